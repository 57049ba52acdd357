//! A build that wants to know what a cloud tells only the machine itself.

use hatstand_plugin::prelude::*;

/// Keeps one note.
#[derive(Plugin)]
#[plugin(name = "notes", wants("http:http://169.254.169.254"))]
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
        Ok(say!("1.2.0 reads: {note}").into())
    }
}
