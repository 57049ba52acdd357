//! Says what it may not say, reaches where it may not reach, and is at the mercy of what people give it to keep.

use hatstand_plugin::prelude::*;

const PILE: &str = "pile";

/// Does what it may not do.
#[derive(Plugin)]
#[plugin(name = "unruly", wants("chat:channels"))]
struct Unruly;

/// How a refusal breaks the rules for messages.
#[derive(Choice, Clone, Copy, Debug)]
enum Rudely {
    Broadcast,
    Long,
    Picture,
    Blocks,
}

#[commands]
impl Unruly {
    /// Call everybody, in a field.
    #[command("shout in a field")]
    fn shout(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::say(say!("Listen:").field("who", Message::from(Span::Everybody))))
    }

    /// Refuse in a message that nobody may say.
    #[command("refuse <rudely>")]
    fn refuse(_cx: &mut Context, rudely: Rudely) -> Result<Reply> {
        Err(Error::refused(match rudely {
            Rudely::Broadcast => say!("No,").field("who", Message::from(Span::Everybody)),
            Rudely::Long => say!("{}", "No. ".repeat(50_000)),
            Rudely::Picture => say!("No.").image("http://unruly.example/no.png", "a no"),
            Rudely::Blocks => (0..100).fold(say!("No."), |no, _| no.image("https://unruly.example/no.png", "a no")),
        }))
    }

    /// Say something in a channel.
    #[command("intrude <channel>")]
    fn intrude(cx: &mut Context, channel: String) -> Result<Reply> {
        cx.chat().post(&Place { channel: channel.as_str().into(), thread: None }, "Surprise.")?;
        Ok(Reply::nothing())
    }

    /// Put so many things on the pile.
    #[command("pile <things>")]
    fn pile(cx: &mut Context, things: u32) -> Result<Reply> {
        cx.store().set(PILE, &things)?;
        Ok(say!("{things} things.").into())
    }

    /// Count the pile, thing by thing.
    #[command("count")]
    fn count(cx: &mut Context) -> Result<Reply> {
        let things = cx.store().get::<u32>(PILE)?.unwrap_or_default();
        for thing in 0..things {
            cx.store().get::<u32>(&format!("thing/{thing}"))?;
        }
        Ok(say!("I count {things}.").into())
    }

    /// Ring later; the first attempt fails.
    #[command("ring late in <time>")]
    fn ring_late(cx: &mut Context, time: Duration) -> Result<Reply> {
        cx.timers().set("late", cx.now() + time, &())?;
        Ok("I will.".into())
    }

    /// Ring never; every attempt fails.
    #[command("ring never in <time>")]
    fn ring_never(cx: &mut Context, time: Duration) -> Result<Reply> {
        cx.timers().set("never", cx.now() + time, &())?;
        Ok("I will.".into())
    }

    #[timer("late")]
    fn late(cx: &mut Context, timer: Timer) -> Result<Reply> {
        assert!(cx.now() > timer.due, "not yet");
        Ok(say!("Ring of {}.", timer.due).into())
    }

    #[timer("never")]
    fn never(_cx: &mut Context, _timer: Timer) -> Result<Reply> {
        panic!("never")
    }
}
