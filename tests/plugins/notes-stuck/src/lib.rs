//! A build whose migration fails when it has changed half of what is there.

use hatstand_plugin::prelude::*;

/// Keeps many notes.
#[derive(Plugin)]
#[plugin(name = "notes")]
struct Notes;

#[commands]
impl Notes {
    #[migration(1)]
    fn to_many(cx: &mut Context) -> Result<Reply> {
        cx.store().delete("note")?;
        cx.chat();
        panic!("no room for many")
    }

    /// Read the notes.
    #[command("notes")]
    fn notes(_: &mut Context) -> Result<Reply> {
        Ok(say!("2.0.0 reads nothing").into())
    }
}
