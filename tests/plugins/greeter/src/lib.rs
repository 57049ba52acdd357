//! A plugin that behaves: a little of everything that a plugin does.

use hatstand_plugin::prelude::*;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Greets people, and counts how often.
#[derive(Plugin)]
#[plugin(wants("chat:direct"), settings(Manners))]
struct Greeter;

/// What can be set.
#[derive(Debug, Settings)]
struct Manners {
    /// How a greeting ends.
    #[setting(default = "plain")]
    ending: Ending,
}

#[derive(Choice, Clone, Copy, Debug)]
enum Ending {
    Plain,
    Loud,
}

#[commands]
impl Greeter {
    /// Greet somebody, or yourself.
    #[command("greet [who]")]
    fn greet(cx: &mut Context, who: Option<User>) -> Result<Reply> {
        let who = who.unwrap_or(cx.user()?.clone());
        let count = greetings(cx, &who)? + 1;
        cx.store().set(&key(&who), &count)?;
        Ok(Reply::say(match cx.settings::<Manners>()?.ending {
            Ending::Plain => say!("Hello {who}, greeting {count} from greeter {VERSION}."),
            Ending::Loud => say!("Hello {who}, greeting {count} from greeter {VERSION}!"),
        }))
    }

    /// Say how often somebody was greeted; only you see it.
    #[command("greetings [of <who>]")]
    fn greetings(cx: &mut Context, who: Option<User>) -> Result<Reply> {
        let who = who.unwrap_or(cx.user()?.clone());
        let count = greetings(cx, &who)?;
        Ok(Reply::whisper(say!("{who}: {count}")))
    }

    /// Greet somebody in private.
    #[command("greet <who> quietly")]
    fn quietly(cx: &mut Context, who: User) -> Result<Reply> {
        cx.chat().direct(&who, say!("Psst, {who}: hello from {}.", cx.user()?))?;
        Ok(Reply::whisper("Done."))
    }

    /// Greet everybody later.
    ///
    /// The greeting comes even if I am replaced or restarted meanwhile.
    #[command("greet in <time> [with <words...>]")]
    fn later(cx: &mut Context, time: Duration, words: Option<String>) -> Result<Reply> {
        let words = words.unwrap_or_else(|| "Hello!".to_owned());
        let due = cx.now() + time;
        cx.timers().set(&format!("greeting:{}", words.to_lowercase()), due, &words)?;
        Ok(Reply::say(say!("At {due}.")))
    }

    #[timer("greeting")]
    fn due(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let words: String = timer.payload()?;
        let late = cx.now().since(timer.due);
        Ok(match late.is_zero() {
            true => Reply::say(say!("{words}")),
            false => Reply::say(say!("{words} ({late} late)")),
        })
    }

    /// Repeat what was typed.
    #[command("say <words...>")]
    fn say(_cx: &mut Context, words: String) -> Result<Reply> {
        Ok(Reply::say(say!("{words}")))
    }

    /// Count to a number.
    #[command("count to <number>")]
    fn count(_cx: &mut Context, number: u8) -> Result<Reply> {
        Ok(Reply::say(say!("{number} it is.")))
    }

    /// Refuse to greet.
    #[command("greet nobody")]
    fn nobody(cx: &mut Context) -> Result<Reply> {
        cx.store().set(&key(cx.user()?), &0)?;
        Err(Error::refused("Somebody must be greeted."))
    }

    /// Only for administrators.
    #[command("forget greetings", admins)]
    fn forget(cx: &mut Context) -> Result<Reply> {
        for (key, _) in cx.store().scan::<u64>("greeted/")? {
            cx.store().delete(&key)?;
        }
        Ok("Forgotten.".into())
    }
}

fn greetings(cx: &mut Context, who: &User) -> Result<u64> {
    Ok(cx.store().get(&key(who))?.unwrap_or(0))
}

fn key(who: &User) -> String {
    format!("greeted/{who}")
}
