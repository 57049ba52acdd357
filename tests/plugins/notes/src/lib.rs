//! Keeps one note.

use hatstand_plugin::prelude::*;

/// Keeps one note.
#[derive(Plugin)]
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
        let note = cx.store().get::<String>("note")?.unwrap_or_default();
        Ok(say!("1.0.0 reads: {note}").into())
    }
}
