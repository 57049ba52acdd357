//! A plugin that tells what it was told of people, channels and messages, and changes what it said.

use hatstand_plugin::directory::{Channel as KnownChannel, Person};
use hatstand_plugin::prelude::*;

/// Everything that was seen and not told yet, in order.
const SEEN: &str = "seen";

/// The message that everybody may press.
const BOARD: &str = "board";

/// Sees what happens.
#[derive(Plugin)]
#[plugin(wants("hear", "chat:direct"))]
struct Witness;

#[commands]
impl Witness {
    /// Tell what was seen since the last time.
    #[command("testify")]
    fn testify(cx: &mut Context) -> Result<Reply> {
        let seen: Option<Vec<String>> = cx.store().get(SEEN)?;
        cx.store().delete(SEEN)?;
        Ok(match seen {
            Some(seen) => Reply::say(say!("{}", seen.join("; "))),
            None => Reply::say("Nothing."),
        })
    }

    /// Tell what is known of somebody.
    #[command("identify <who>")]
    fn identify(cx: &mut Context, who: User) -> Result<Reply> {
        Ok(match cx.directory().person(&who) {
            Some(person) => Reply::say(say!("{}", described(&person))),
            None => Reply::say("Nobody."),
        })
    }

    /// Put up something to press for everybody.
    #[command("board")]
    fn board(cx: &mut Context) -> Result<Reply> {
        let id = cx.chat().post(cx.here()?, board(cx.user()?, 0))?;
        cx.store().set(BOARD, &id.0)?;
        Ok(Reply::nothing())
    }

    /// Put up something to press for yourself.
    #[command("board quietly")]
    fn quietly(cx: &mut Context) -> Result<Reply> {
        Ok(Reply::whisper(board(cx.user()?, 0)))
    }

    /// Put up something to press for somebody else.
    #[command("board for <who>")]
    fn board_for(cx: &mut Context, who: User) -> Result<Reply> {
        cx.chat().direct(&who, board(&who, 0))?;
        Ok(Reply::nothing())
    }

    #[press("count")]
    fn count(cx: &mut Context, press: Press) -> Result<Reply> {
        let count = press.rest().parse::<u32>().map_err(Error::broken)? + 1;
        cx.chat().edit(&press.message, board(cx.user()?, count))?;
        Ok(Reply::nothing())
    }

    #[press("paint")]
    fn paint(cx: &mut Context, colour: String) -> Result<Reply> {
        Ok(Reply::say(say!("{} paints it {colour}.", cx.user()?)))
    }

    /// Recite a poem of so many verses.
    #[command("recite <verses>")]
    fn recite(_cx: &mut Context, verses: u16) -> Result<Reply> {
        let verses: Vec<String> = (1..=verses).map(|verse| format!("{verse} green bottles hanging on the wall")).collect();
        Ok(Reply::say(say!("{}", verses.join("\n"))))
    }

    /// Call somebody.
    #[command("call <who>")]
    fn call(_cx: &mut Context, who: User) -> Result<Reply> {
        Ok(Reply::say(say!("{}, you are wanted.", who.mention())))
    }

    #[hears("coffee")]
    fn coffee(cx: &mut Context, heard: Heard) -> Result<Reply> {
        cx.chat().react(&heard.id, "coffee")?;
        Ok(Reply::say(say!("Somebody said: {}", heard.text)))
    }

    #[on(reaction)]
    fn reacted(cx: &mut Context, reaction: Reaction) -> Result<Reply> {
        let board: Option<String> = cx.store().get(BOARD)?;
        let whose = if board == Some(reaction.message.0) { "my board" } else { "a message" };
        let done = if reaction.added { "on" } else { "off" };
        saw(cx, format!("{} {done} {whose}", reaction.emoji))
    }

    #[on(member_joined)]
    fn joined(cx: &mut Context, membership: Membership) -> Result<Reply> {
        saw(cx, format!("{} joined #{}", membership.person.name, membership.channel.name))
    }

    #[on(member_left)]
    fn left(cx: &mut Context, membership: Membership) -> Result<Reply> {
        saw(cx, format!("{} left #{}", membership.person.name, membership.channel.name))
    }

    #[on(person_changed)]
    fn person_changed(cx: &mut Context, person: Person) -> Result<Reply> {
        saw(cx, described(&person))
    }

    #[on(channel_changed)]
    fn channel_changed(cx: &mut Context, channel: KnownChannel) -> Result<Reply> {
        let standing = if channel.archived { "archived" } else { "open" };
        saw(cx, format!("#{} is {standing}", channel.name))
    }
}

fn saw(cx: &Context, what: String) -> Result<Reply> {
    let mut seen: Vec<String> = cx.store().get(SEEN)?.unwrap_or_default();
    seen.push(what);
    cx.store().set(SEEN, &seen)?;
    Ok(Reply::nothing())
}

fn described(person: &Person) -> String {
    let kind = if person.bot { "program" } else { "human" };
    let rank = if person.admin { "admin" } else { "member" };
    let standing = if person.active { "here" } else { "gone" };
    format!("{}, {}, {kind}, {rank}, {standing}", person.name, person.zone)
}

/// What counts how often it was pressed. Only whoever pressed last may gild it.
fn board(last: &User, count: u32) -> Message {
    say!("Pressed {count} times.")
        .button(Button::new("Count").presses(format!("count:{count}")))
        .button(Button::new("Gild").presses("paint:gold").only(last))
        .menu(Menu::new("Colour").presses("Red", "paint:red").presses("Blue", "paint:blue"))
}
