//! Cannot stop asking.

use hatstand_plugin::prelude::*;

/// Cannot stop asking.
#[derive(Plugin)]
struct Caller;

#[commands]
impl Caller {
    /// Call the host a million times.
    #[command("call")]
    fn call(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        for _ in 0..1_000_000 {
            cx.store().get::<String>("word")?;
        }
        Ok("That was a million.".into())
    }

    /// Keep a word.
    #[command("call remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("call recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}
