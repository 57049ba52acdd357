//! A build that keeps many notes instead of one.

use hatstand_plugin::prelude::*;

/// Keeps many notes.
#[derive(Plugin)]
#[plugin(name = "notes")]
struct Notes;

#[commands]
impl Notes {
    /// The one note becomes the first of many.
    #[migration(1)]
    fn to_many(cx: &mut Context) -> Result<Reply> {
        let note = cx.store().get::<String>("note")?;
        cx.store().delete("note")?;
        cx.store().set("notes", &Vec::from_iter(note))?;
        Ok(Reply::nothing())
    }

    /// Keep a note.
    #[command("note <text...>")]
    fn note(cx: &mut Context, text: String) -> Result<Reply> {
        let mut notes = cx.store().get::<Vec<String>>("notes")?.unwrap_or_default();
        notes.push(text);
        cx.store().set("notes", &notes)?;
        Ok(say!("Noted.").into())
    }

    /// Read the notes.
    #[command("notes")]
    fn notes(cx: &mut Context) -> Result<Reply> {
        let notes = cx.store().get::<Vec<String>>("notes")?.unwrap_or_default();
        Ok(say!("2.0.0 reads: {}", notes.join(", ")).into())
    }
}
