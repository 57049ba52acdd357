//! What ever happened to something. Numbers come from here and never from the queue.
//!
//! A `subject` names what the log is about, and has no blank in it: so no prefix is one of another subject's.

use hatstand_plugin::prelude::*;
use turns::{Line, Transition};

/// In milliseconds.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

/// How far back the log is read, at most.
pub const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Adds to the log. `number` counts what was ever added to it.
pub fn append(cx: &Context, subject: &str, number: u64, transition: &Transition) -> Result<()> {
    let key = format!("{}{number:010}", prefix(subject, week(transition.at)));
    Ok(cx.store().set(&key, transition)?)
}

/// What has happened since then, in its order.
pub fn since(cx: &Context, subject: &str, begin: Instant) -> Result<Vec<Line>> {
    let mut log = Vec::new();
    for week in week(begin)..=week(cx.now()) {
        log.extend(read(cx, subject, week)?);
    }
    log.retain(|line| line.at >= begin);
    Ok(log)
}

/// What happened last, in its order: whole weeks, as many as have `enough` in them, or those of a year.
pub fn last(cx: &Context, subject: &str, enough: impl Fn(&[Line]) -> bool) -> Result<Vec<Line>> {
    let mut log = Vec::new();
    for week in (week(cx.now() - YEAR)..=week(cx.now())).rev() {
        let mut earlier = read(cx, subject, week)?;
        earlier.append(&mut log);
        log = earlier;
        if enough(&log) {
            break;
        }
    }
    Ok(log)
}

fn read(cx: &Context, subject: &str, week: u64) -> Result<Vec<Line>> {
    let entries = cx.store().scan(&prefix(subject, week))?;
    Ok(entries.into_iter().map(|(_, line)| line).collect())
}

fn prefix(subject: &str, week: u64) -> String {
    format!("log {subject} {week:05} ")
}

fn week(moment: Instant) -> u64 {
    moment.millis() / WEEK
}
