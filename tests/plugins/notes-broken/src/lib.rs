//! A build that fails with what was kept before.

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
        Ok(say!("Noted.").into())
    }

    /// Read the note.
    #[command("notes")]
    fn notes(cx: &mut Context) -> Result<Reply> {
        // It was never a number.
        let note = cx.store().get::<u64>("note")?.unwrap_or_default();
        Ok(say!("1.1.1 reads: {note}").into())
    }
}
