//! A build that cannot count, whatever there is to count.

use hatstand_plugin::prelude::*;

const PILE: &str = "pile";

/// Counts for ever.
#[derive(Plugin)]
#[plugin(name = "unruly", wants("chat:channels"))]
struct Unruly;

#[commands]
impl Unruly {
    /// Put so many things on the pile.
    #[command("pile <things>")]
    fn pile(cx: &mut Context, things: u32) -> Result<Reply> {
        cx.store().set(PILE, &things)?;
        Ok(say!("{things} things.").into())
    }

    /// Count the pile, again and again.
    #[command("count")]
    fn count(cx: &mut Context) -> Result<Reply> {
        loop {
            cx.store().get::<u32>(PILE)?;
        }
    }
}
