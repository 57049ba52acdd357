//! What happened to the hat of each channel, for ever. Numbers come from here and never from the queue.

use hatstand_plugin::prelude::*;
use turns::Transition;

/// In milliseconds.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

/// How far back the log is read, at most.
pub const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Adds to the log. `number` counts what was ever added to it.
pub fn append(cx: &Context, channel: &Channel, number: u64, transition: &Transition) -> Result<()> {
    let key = format!("{}{number:010}", prefix(channel, week(transition.at)));
    Ok(cx.store().set(&key, transition)?)
}

/// What has happened since then, in its order.
pub fn since(cx: &Context, channel: &Channel, begin: Instant) -> Result<Vec<Transition>> {
    let mut log = Vec::new();
    for week in week(begin)..=week(cx.now()) {
        log.extend(read(cx, channel, week)?);
    }
    log.retain(|transition| transition.at >= begin);
    Ok(log)
}

/// What happened last, in its order: whole weeks, as many as have `enough` in them, or those of a year.
pub fn last(cx: &Context, channel: &Channel, enough: impl Fn(&[Transition]) -> bool) -> Result<Vec<Transition>> {
    let mut log = Vec::new();
    for week in (week(cx.now() - YEAR)..=week(cx.now())).rev() {
        let mut earlier = read(cx, channel, week)?;
        earlier.append(&mut log);
        log = earlier;
        if enough(&log) {
            break;
        }
    }
    Ok(log)
}

fn read(cx: &Context, channel: &Channel, week: u64) -> Result<Vec<Transition>> {
    let entries = cx.store().scan(&prefix(channel, week))?;
    Ok(entries.into_iter().map(|(_, transition)| transition).collect())
}

/// No identity of a channel has a blank in it, so no prefix is one of another channel's.
fn prefix(channel: &Channel, week: u64) -> String {
    format!("log {channel} {week:05} ")
}

fn week(moment: Instant) -> u64 {
    moment.millis() / WEEK
}
