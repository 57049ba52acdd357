//! The next version of greeter: other words, the same state.

use hatstand_plugin::prelude::*;

/// Greets people, and counts how often.
#[derive(Plugin)]
#[plugin(name = "greeter", settings(Manners))]
struct Greeter;

/// What can be set.
#[derive(Debug, Settings)]
struct Manners {
    /// How a greeting begins and ends.
    #[setting(default = "plain")]
    ending: Ending,
}

#[derive(Choice, Clone, Copy, Debug)]
enum Ending {
    Plain,
    Grand,
}

#[commands]
impl Greeter {
    /// Greet somebody, or yourself.
    #[command("greet [who]")]
    fn greet(cx: &mut Context, who: Option<User>) -> Result<Reply> {
        let who = who.unwrap_or(cx.user()?.clone());
        let key = format!("greeted/{who}");
        let count = cx.store().get::<u64>(&key)?.unwrap_or(0) + 1;
        cx.store().set(&key, &count)?;
        let day = match cx.settings::<Manners>()?.ending {
            Ending::Plain => "Good day",
            Ending::Grand => "A splendid day",
        };
        Ok(Reply::say(say!("{day} {who}, greeting {count} from greeter {}.", env!("CARGO_PKG_VERSION"))))
    }

    /// Say how often somebody was greeted; only you see it.
    #[command("greetings [of <who>]")]
    fn greetings(cx: &mut Context, who: Option<User>) -> Result<Reply> {
        let who = who.unwrap_or(cx.user()?.clone());
        let count = cx.store().get::<u64>(&format!("greeted/{who}"))?.unwrap_or(0);
        Ok(Reply::whisper(say!("{who}: {count}")))
    }

    /// Wave.
    #[command("wave")]
    fn wave(cx: &mut Context) -> Result<Reply> {
        Ok(Reply::say(say!("{} waves.", cx.user()?)))
    }

    #[timer("greeting")]
    fn due(_cx: &mut Context, timer: Timer) -> Result<Reply> {
        let words: String = timer.payload()?;
        Ok(Reply::say(say!("{words} Yours, greeter {}.", env!("CARGO_PKG_VERSION"))))
    }
}
