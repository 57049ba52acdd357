//! A build that fails with some notes, but not with those that were kept before.

use hatstand_plugin::prelude::*;

/// Keeps one note.
#[derive(Plugin)]
#[plugin(name = "notes")]
struct Notes;

#[commands]
impl Notes {
    /// Keep a note.
    #[command("note <text...>")]
    fn note(cx: &mut Context, text: String) -> Result<Reply> {
        cx.store().set("note", &text)?;
        assert!(!text.contains("trouble"), "I cannot write {text}");
        Ok(say!("Noted.").into())
    }

    /// Read the note.
    #[command("notes")]
    fn notes(cx: &mut Context) -> Result<Reply> {
        let note = cx.store().get::<String>("note")?.unwrap_or_default();
        Ok(say!("1.1.0 reads: {note}").into())
    }
}
