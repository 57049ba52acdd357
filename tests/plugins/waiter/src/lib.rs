//! A plugin whose commands end when somebody else gives another one.

use hatstand_plugin::Other;
use hatstand_plugin::calls::Abandoned;
use hatstand_plugin::prelude::*;
use std::collections::BTreeMap;

/// The doors that somebody went away from.
const LEFT: &str = "left";

/// Keeps people waiting at doors.
#[derive(Plugin)]
struct Waiter;

#[commands]
impl Waiter {
    /// Wait at a door until it opens.
    #[command("wait at <door>")]
    fn wait(cx: &mut Context, door: String) -> Result<Reply> {
        cx.calls().open(&door)?;
        let waiting = BTreeMap::from([("door", door.clone())]);
        Ok(Reply::say(say!("{} waits at {door}.", cx.user()?.mention())).code("waiting").data(&waiting))
    }

    /// Open a door: who waits there goes through.
    #[command("open <door>")]
    fn open(cx: &mut Context, door: String) -> Result<Reply> {
        cx.calls().answer(&door, "through", &BTreeMap::from([("by", cx.user()?.as_str())]))?;
        Ok(Reply::say(say!("{door} is open.")))
    }

    /// Close a door for good: who waits there has waited in vain.
    #[command("close <door>")]
    fn close(cx: &mut Context, door: String) -> Result<Reply> {
        cx.calls().answer(&door, "refused.closed", &())?;
        Ok(Reply::say(say!("{door} is closed.")))
    }

    /// Paint a door.
    #[command("paint <door> <colour> [times <coats>] [by <when>] [for <who>] [within <time>] [show <place>] [<wet>]")]
    #[expect(clippy::too_many_arguments, reason = "one of each kind")]
    fn paint(
        _cx: &mut Context,
        door: String,
        colour: Colour,
        coats: Option<i64>,
        when: Option<Instant>,
        who: Option<User>,
        time: Option<Duration>,
        place: Option<Channel>,
        wet: Option<bool>,
    ) -> Result<Reply> {
        if coats == Some(0) {
            return Err(Error::usage("A door without a coat is not painted."));
        }
        let painted = format!("{door} {colour:?} {coats:?} {when:?} {who:?} {time:?} {place:?} {wet:?}");
        Ok(Reply::whisper(say!("{painted}")))
    }

    /// Which doors did somebody go away from?
    #[command("left")]
    fn left(cx: &mut Context) -> Result<Reply> {
        let left: Vec<String> = cx.store().get(LEFT)?.unwrap_or_default();
        Ok(Reply::whisper(say!("Left: {}.", left.join(", "))))
    }

    #[on("call-abandoned")]
    fn abandoned(cx: &mut Context, left: Other) -> Result<Reply> {
        let Abandoned { key } = left.json()?;
        let mut left: Vec<String> = cx.store().get(LEFT)?.unwrap_or_default();
        left.push(key.clone());
        cx.store().set(LEFT, &left)?;
        cx.calls().answer(&key, "gone", &())?;
        Ok(Reply::nothing())
    }
}

#[derive(Choice, Debug)]
enum Colour {
    Red,
    Blue,
}
