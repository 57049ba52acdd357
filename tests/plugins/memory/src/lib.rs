//! One word that lasts: what the misbehaving plugins must not get at when they misbehave.

use hatstand_plugin::prelude::*;

const WORD: &str = "word";

/// Keeps a word.
pub fn remember(cx: &mut Context, word: &str) -> Result<Reply> {
    cx.store().set(WORD, word)?;
    Ok(Reply::say(say!("I remember {word}.")))
}

/// Says the word again.
pub fn recall(cx: &mut Context) -> Result<Reply> {
    Ok(match cx.store().get::<String>(WORD)? {
        Some(word) => Reply::say(say!("You told me {word}.")),
        None => Reply::say("You told me nothing."),
    })
}

/// Does a little of everything that must leave no trace, because what follows goes wrong.
pub fn spoil(cx: &mut Context) -> Result<()> {
    cx.store().set(WORD, "spoiled")?;
    cx.chat().post(cx.here()?, "This must never be said.")?;
    cx.timers().set("spoiled", cx.now(), &())?;
    Ok(())
}
