//! What ever happened to something. Numbers come from here and never from the queue.
//!
//! A `subject` names what the log is about: a channel, or `channel/name`. It has no blank in it, so no prefix is one of another's. The
//! lines of a channel are kept in the order of their weeks, and the oldest make room for new ones.

use hatstand_plugin::prelude::*;
use serde::de::IgnoredAny;
use turns::{Began, Line, Outcome, Start, Transition};

/// In milliseconds.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

/// How far back the log is read, at most.
pub const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// So many lines are kept for a channel.
pub const MOST: u64 = 5_000;

/// So many lines are read at once.
const PAGE: u32 = 200;

/// So many lines are removed in one invocation, which is more than are added in most.
const PRUNED: u32 = 100;

/// More people than this are not listed in one line of the log.
const NAMED: usize = 20;

/// Adds to the log. `logged` counts what was ever added to that of the channel.
pub fn append(cx: &Context, subject: &str, transitions: &[Transition], logged: &mut u64) -> Result<()> {
    for transition in transitions {
        let key = format!("{}{logged:010}", prefix(subject, week(transition.at)));
        cx.store().set(&key, &abridged(transition))?;
        *logged += 1;
    }
    Ok(())
}

/// Removes the oldest lines of a channel that has too many; at once only as many as an invocation has time for. `pruned` counts what was
/// ever removed.
pub fn prune(cx: &Context, channel: &Channel, logged: u64, pruned: &mut u64) -> Result<()> {
    let surplus = logged.saturating_sub(*pruned).saturating_sub(MOST);
    let surplus = u32::try_from(surplus).unwrap_or(PRUNED).min(PRUNED);
    if surplus == 0 {
        return Ok(());
    }
    let oldest = cx.store().page::<IgnoredAny>(&format!("log {channel} "), None, surplus)?;
    for (key, _) in &oldest {
        cx.store().delete(key)?;
        *pruned += 1;
    }
    Ok(())
}

/// The line without what makes it long.
fn abridged(transition: &Transition) -> Transition {
    let mut line = transition.clone();
    let people = match &mut line.outcome {
        Outcome::Jumped { over, .. } => over,
        Outcome::CrewDismissed { crew, .. } => crew,
        Outcome::Began(Began { start: Start::Taken { over }, .. }) => over,
        _ => return line,
    };
    people.truncate(NAMED);
    line
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
    let prefix = prefix(subject, week);
    let mut lines: Vec<Line> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = cx.store().page(&prefix, after.as_deref(), PAGE)?;
        let more = page.len() == PAGE as usize;
        after = page.last().map(|(key, _)| key.clone());
        lines.extend(page.into_iter().map(|(_, line)| line));
        if !more {
            return Ok(lines);
        }
    }
}

/// Where a line goes that an earlier build kept by its subject first; none if the line is not one of those.
pub fn moved(key: &str) -> Option<String> {
    let mut parts = key.strip_prefix("log ")?.split(' ');
    let (subject, week, number) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    (subject.contains('/') && parts.next().is_none()).then(|| format!("{}{number}", prefix(subject, week)))
}

fn prefix(subject: &str, week: u64) -> String {
    match subject.split_once('/') {
        Some((channel, name)) => format!("log {channel} {week:05} {name} "),
        None => format!("log {subject} {week:05} "),
    }
}

fn week(moment: Instant) -> u64 {
    moment.millis() / WEEK
}
