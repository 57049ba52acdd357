//! Never comes to an end.

use hatstand_plugin::prelude::*;
use std::hint::black_box;

/// Never comes to an end.
#[derive(Plugin)]
struct Looper;

#[commands]
impl Looper {
    /// Go round and round.
    #[command("loop")]
    fn go_round(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        loop {
            black_box(());
        }
    }

    /// Keep a word.
    #[command("loop remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("loop recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}
