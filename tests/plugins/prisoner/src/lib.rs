//! Looks for ways out. Each that it finds open it names.

use hatstand_plugin::prelude::*;
use std::io::Read;

/// Looks for ways out.
#[derive(Plugin)]
#[plugin(wants("chat:direct", "chat:channels", "chat:broadcast"))]
struct Prisoner;

#[commands]
impl Prisoner {
    /// Look for ways out of the instance.
    #[command("flee")]
    fn flee(_cx: &mut Context) -> Result<Reply> {
        let mut open = Vec::new();
        let mut text = String::new();
        if std::env::vars().next().is_some() {
            open.push("environment");
        }
        if ["HOME", "PATH", "SLACK_BOT_TOKEN", "CARGO_MANIFEST_DIR"].iter().any(|name| std::env::var_os(name).is_some()) {
            open.push("a variable");
        }
        if std::env::args().next().is_some() {
            open.push("arguments");
        }
        if std::io::stdin().read_to_string(&mut text).is_ok_and(|read| read > 0) {
            open.push("standard input");
        }
        if std::thread::Builder::new().spawn(|| {}).is_ok() {
            open.push("threads");
        }
        Ok(Reply::say(say!("open: {}", open.join(", "))))
    }

    /// Look for the state, timers, messages and channels of others.
    #[command("reach for <message> in <channel> of <person>")]
    fn reach(cx: &mut Context, message: String, channel: String, person: String) -> Result<Reply> {
        let mut open = Vec::new();
        let mut tried = |what: &'static str, reached: bool| {
            if reached {
                open.push(what);
            }
        };
        let names = ["word", "../greeter/word", "greeter/word", "w1/greeter/word", "greeter\0word", "%", "_", "' OR 1=1 --"];
        tried("somebody's state", names.iter().any(|name| cx.store().get::<String>(name).is_ok_and(|word| word.is_some())));
        let prefixes = ["", "greet", "../", "%", "\0", "w"];
        tried("somebody's keys", prefixes.iter().any(|prefix| cx.store().scan::<String>(prefix).map_or(true, |found| !found.is_empty())));
        let place = Place { channel: channel.as_str().into(), thread: None };
        tried("a channel", cx.chat().post(&place, "Hello there.").is_ok());
        tried("a whisper in a channel", cx.chat().whisper(&place, cx.user()?, "Hello there.").is_ok());
        tried("somebody alone", cx.chat().direct(&person.as_str().into(), "Hello there.").is_ok());
        tried("everybody", cx.chat().post(cx.here()?, Message::from(Span::Everybody)).is_ok());
        tried("somebody's message", cx.chat().edit(&MessageId(message), "Mine now.").is_ok());
        // One that is not its own is no error, and must not be gone afterwards.
        cx.timers().cancel("greeting:hello!")?;
        cx.store().delete("word")?;
        Ok(Reply::say(say!("open: {}", open.join(", "))))
    }
}
