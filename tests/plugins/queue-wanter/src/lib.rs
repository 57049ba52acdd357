//! Wants what this host does not serve yet.

use hatstand_plugin::prelude::*;

/// Writes letters.
#[derive(Plugin)]
#[plugin(wants("queue:letters"))]
struct QueueWanter;

#[commands]
impl QueueWanter {
    /// Write a letter.
    #[command("write <words...>")]
    fn write(cx: &mut Context, words: String) -> Result<Reply> {
        cx.queue().publish("letters", words)?;
        Ok(Reply::nothing())
    }
}
