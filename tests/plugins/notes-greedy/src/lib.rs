//! A build that wants more than the one before.

use hatstand_plugin::prelude::*;

/// Keeps one note.
#[derive(Plugin)]
#[plugin(name = "notes", wants("chat:direct"))]
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

    /// Send somebody the note.
    #[command("notes to <who>")]
    fn send(cx: &mut Context, who: User) -> Result<Reply> {
        let note = cx.store().get::<String>("note")?.unwrap_or_default();
        cx.chat().direct(&who, say!("The note: {note}"))?;
        Ok(say!("Sent.").into())
    }
}
