//! Kudos: counted for whoever gets them, and limited by day for whoever gives them.

use crate::settings::Config;
use hatstand_plugin::chat::Error as ChatError;
use hatstand_plugin::prelude::*;
use manners::night::{midnight, offset_of};
use manners::words::count;
use serde::{Deserialize, Serialize};

/// What somebody has given on one day.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Given {
    day: Instant,
    tips: u32,
}

/// Gives somebody a tip, and says so to everybody. A blessing has decorations, but only if it comes to one.
pub fn tip(cx: &Context, whom: &User, blessing: bool) -> Result<Reply> {
    let giver = cx.user()?;
    if giver == whom {
        return Ok(Reply::whisper("A tip for yourself only moves coins from one pocket to the other. Nothing was changed.")
            .code("refused.yourself"));
    }
    let limit = cx.settings::<Config>()?.tips_per_day();
    if !take_from_today(cx, giver, limit)? {
        let limit = count(limit as usize, "tip", "tips");
        return Ok(Reply::whisper(say!("You have given all your tips for today: {limit} a day is the limit. Nothing was changed."))
            .code("refused.limit"));
    }
    let tips = received(cx, whom)? + 1;
    cx.store().set(&key(whom), &tips)?;
    let thanks = thanks(giver, whom, tips, blessing);
    tell_from_elsewhere(cx, whom, &thanks)?;
    Ok(Reply::say(thanks).code("tipped"))
}

/// How many tips somebody ever got.
pub fn received(cx: &Context, person: &User) -> Result<usize> {
    Ok(cx.store().get(&key(person))?.unwrap_or_default())
}

fn thanks(giver: &User, whom: &User, tips: usize, blessing: bool) -> Message {
    let tips = count(tips, "tip", "tips");
    if blessing { say!("🙏 {giver} blesses {whom}, who has {tips} now.") } else { say!("{giver} tips {whom}, who has {tips} now.") }
}

/// In direct messages only the giver sees the thanks, so whoever gets the tip is told too, where the operator allows that.
fn tell_from_elsewhere(cx: &Context, whom: &User, thanks: &Message) -> Result<()> {
    if !cx.directory().channel(&cx.here()?.channel).is_some_and(|channel| channel.direct) {
        return Ok(());
    }
    match cx.chat().direct(whom, thanks.clone()) {
        Err(ChatError::NotGranted(_) | ChatError::Unknown) => Ok(()),
        sent => Ok(sent.map(drop)?),
    }
}

/// One of the tips that somebody may give today, in their own zone; false if there is none left.
fn take_from_today(cx: &Context, giver: &User, limit: u32) -> Result<bool> {
    let key = format!("given {giver}");
    let today = midnight(cx.now(), offset_of(cx, giver, cx.now()));
    let given: Given = cx.store().get(&key)?.filter(|given: &Given| given.day == today).unwrap_or_default();
    if given.tips >= limit {
        return Ok(false);
    }
    cx.store().set(&key, &Given { day: today, tips: given.tips + 1 })?;
    Ok(true)
}

fn key(person: &User) -> String {
    format!("tips {person}")
}
