//! Loses its head.

use hatstand_plugin::prelude::*;

/// Loses its head.
#[derive(Plugin)]
struct Panicker;

#[commands]
impl Panicker {
    /// Panic.
    #[command("panic")]
    fn panic(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        panic!("I cannot go on");
    }

    /// End in the middle.
    #[command("panic quietly")]
    fn exit(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        std::process::exit(0)
    }

    /// Keep a word.
    #[command("panic remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("panic recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}
