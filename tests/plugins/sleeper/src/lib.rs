//! Has all the time in the world.

use hatstand_plugin::prelude::*;

/// Has all the time in the world.
#[derive(Plugin)]
struct Sleeper;

#[commands]
impl Sleeper {
    /// Sleep for an hour.
    #[command("sleep")]
    fn sleep(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        std::thread::sleep(Duration::from_secs(3600));
        Ok("Good morning.".into())
    }

    /// Keep a word.
    #[command("sleep remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("sleep recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}
