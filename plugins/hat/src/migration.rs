//! What builds of version 0 kept becomes what this one keeps: the parts of people are listed, and so are the channels, and nothing is
//! larger than it can be now. That is done a part at a time, because nobody knows how much there is.

use crate::person::gone;
use crate::room;
use hatstand_plugin::prelude::*;
use manners::parts;
use turns::Resource;

/// So many calls of the host, about, are made at once.
const CALLS: usize = 500;

/// So many hats are read at once.
const HATS: u32 = 20;

/// Lists what there is after this channel.
pub fn go_on(cx: &Context, after: Option<&Channel>) -> Result<Reply> {
    let mut hats = room::some(cx, after, HATS)?;
    let (number, mut calls, mut last) = (hats.len(), 0, None);
    let mut listed = 0;
    for (channel, hat) in &mut hats {
        room::list(cx, channel)?;
        room::lighten(cx, channel, hat)?;
        list_parts(cx, channel, hat)?;
        (listed, last) = (listed + 1, Some(&*channel));
        calls += 1 + parts::count(hat);
        if calls > CALLS {
            break;
        }
    }
    let is_all = listed == number && number < HATS as usize;
    if let Some(last) = last.filter(|_| !is_all) {
        cx.timers().set("list", cx.now(), last)?;
    }
    Ok(Reply::nothing())
}

fn list_parts(cx: &Context, channel: &Channel, hat: &Resource) -> Result<()> {
    parts::update(cx, channel.as_str(), &Resource::default(), hat)?;
    for hold in hat.holds.iter().filter(|hold| hold.orphaned.is_some()) {
        cx.store().set(&gone(&hold.person), &())?;
    }
    Ok(())
}
