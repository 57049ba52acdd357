//! Locks, freezes and the deploy hat.

use super::of_run;
use super::refusal::{having, having_short};
use crate::lock::{Kept, Spot};
use crate::run::Run;
use crate::shelf::Freeze;
use hatstand_plugin::prelude::*;
use manners::words::{because, enumerated, length, list, names, until, wait};
use turns::{Entry, Hold};

/// What a lock is about, at the beginning of a sentence.
pub fn place(spot: &Spot) -> Message {
    match (spot.is_hat(), spot.app(), spot.is_everything()) {
        (true, _, _) => "The deploy hat".into(),
        (_, None, _) => "Everything".into(),
        (_, Some(app), true) => say!("Everything of *{app}*"),
        (_, Some(app), false) => say!("*{}* of *{app}*", spot.environment),
    }
}

/// How it is opened.
pub fn opened(spot: &Spot) -> String {
    match (spot.app(), spot.is_everything()) {
        (None, _) => "unlock everything".to_owned(),
        (Some(app), true) => format!("unlock everything on {app}"),
        (Some(app), false) => format!("unlock {} on {app}", spot.environment),
    }
}

pub fn locked(spot: &Spot, by: &User, end: Option<Instant>, reason: Option<&str>) -> Message {
    say!("{} is locked by {by}{}{}.", place(spot), until(end), because(reason))
}

pub fn stolen(spot: &Spot, by: &User, from: &User, reason: Option<&str>) -> Message {
    say!("{by} has taken the lock from {from}: {}{}.", place(spot), because(reason))
}

pub fn yours_already(spot: &Spot, hold: &Hold, explained: bool) -> Message {
    let explained = explained.then(|| Message::from(" The reason is the new one."));
    say!("You have locked that already, since {}: {}.{explained}", hold.since, place(spot))
}

/// Somebody else has it.
pub fn theirs(spot: &Spot, hold: &Hold, now: Instant) -> Message {
    say!("{} is locked: {}.", place(spot), having(hold, now))
}

pub fn promised(spot: &Spot, to: &User, until: Instant) -> Message {
    say!("{} is kept for {to} until {until}.", place(spot))
}

pub fn unlocked(spots: &[Spot], by: &User) -> Message {
    say!("{by} has unlocked {}.", enumerated(spots.iter().map(lower_place).collect()))
}

pub fn unlocked_others(spot: &Spot, by: &User, owner: &User) -> Message {
    say!("{by} has opened the lock of {owner}: {}.", place(spot))
}

pub fn not_locked(spot: &Spot) -> Message {
    say!("{} is not locked.", place(spot))
}

pub fn nothing_of_yours() -> Message {
    "You have locked nothing.".into()
}

pub fn not_yours(spot: &Spot, hold: &Hold, admins: bool) -> Message {
    let who =
        if admins { say!("Only {} or an administrator may open it.", hold.person) } else { say!("Only {} may open it.", hold.person) };
    say!("{} is {}'s. {who}", place(spot), hold.person)
}

pub fn unreadable(spot: &Spot) -> Message {
    say!("I cannot read the lock of {}, so it counts as locked. An administrator opens it: `{}`.", lower_place(spot), opened(spot))
}

pub fn forgotten(spot: &Spot) -> Message {
    say!("The lock of {} that nobody could read is gone.", lower_place(spot))
}

/// How one lock stands.
pub fn check(spot: &Spot, kept: &Kept, now: Instant) -> Message {
    let state = match kept.resource.holds.first() {
        Some(hold) => say!("{} is locked: {}.", place(spot), having_short(hold, now)),
        None => not_locked(spot),
    };
    let waiting: Vec<Message> = kept.resource.queue.iter().map(|entry| wait(entry, now, None)).collect();
    if waiting.is_empty() { state } else { list(say!("{state} Waiting:"), waiting.into_iter().map(|line| say!("• {line}"))) }
}

/// How all locks stand.
pub fn all(locks: &[(Spot, Kept)], unreadable_spots: &[Spot], now: Instant) -> Message {
    let known = locks.iter().map(|(spot, kept)| check(spot, kept, now));
    let lines: Vec<Message> = known.chain(unreadable_spots.iter().map(unreadable)).collect();
    match lines.len() {
        0 => "Nothing is locked.".into(),
        _ => list("Locks:".into(), lines.into_iter().map(|line| say!("• {line}"))),
    }
}

pub fn queued(spot: &Spot, ahead: usize) -> Message {
    say!(
        "You wait for {}, {}. When it is your turn I ask you whether you still want to deploy.",
        lower_place(spot),
        manners::words::in_front(ahead)
    )
}

pub fn queued_already(spot: &Spot, ahead: usize) -> Message {
    say!("You wait for {} already, {}.", lower_place(spot), manners::words::in_front(ahead))
}

pub fn crowded(spot: &Spot) -> Message {
    say!("Too many wait for {} already: try again later.", lower_place(spot))
}

pub fn left_queue(spot: &Spot) -> Message {
    say!("You wait for {} no longer.", lower_place(spot))
}

pub fn not_waiting(spot: &Spot) -> Message {
    say!("You do not wait for {}.", lower_place(spot))
}

pub fn turn_declined(spot: &Spot) -> Message {
    say!("Nothing was deployed, and {} goes to the next.", lower_place(spot))
}

/// To whoever lost it.
pub fn lost(spot: &Spot, by: &User, reason: Option<&str>) -> Message {
    say!("{} has opened your lock: {}{}.", by, place(spot), because(reason))
}

pub fn taken(spot: &Spot, by: &User, reason: Option<&str>) -> Message {
    say!("{by} has taken your lock: {}{}.", place(spot), because(reason))
}

pub fn merged(spot: &Spot, branch: &str) -> Message {
    say!("`{branch}` is merged, so your lock is open: {}.", place(spot))
}

pub fn expired(spot: &Spot, late: Option<Instant>) -> Message {
    let late = late.map(|ended| say!(" That was at {ended}; I was away."));
    say!("Your lock is over: {}.{late}", place(spot))
}

pub fn warn(spot: &Spot, end: Instant) -> Message {
    say!("Your lock ends at {end}: {}.", place(spot))
}

pub fn lapsed(spot: &Spot) -> Message {
    say!("You did not say whether you still want to deploy: {} goes to the next.", lower_place(spot))
}

pub fn free_for_you(spot: &Spot, until: Instant) -> Message {
    say!("{} is yours until {until}. Deploy now, or let it go by.", place(spot))
}

/// For whoever has the lock.
pub fn held_up(spot: &Spot, run: &Run) -> Message {
    say!("{} waits for {} with {}: it is deployed as soon as you unlock it.", run.by, lower_place(spot), of_run(run))
        .button(Button::new("Unlock").says(opened(spot)))
}

/// For the program itself.
pub fn held(spot: &Spot, run: &Run) -> Message {
    say!("{} is locked, so {} is held and deployed as soon as it is not, unless a newer one comes.", place(spot), of_run(run))
}

/// The turn of a program came, and it may not deploy any more.
pub fn not_taken(program: &User, why: &Message) -> Message {
    say!("{program} waited in vain: {why}")
}

pub fn waits_long(spot: &Spot, entry: &Entry, owner: Option<&User>, now: Instant) -> Message {
    let owner = owner.map(|owner| say!(" {} has the lock.", owner.mention()));
    say!("{} has waited for {} for {}.{owner}", entry.person, lower_place(spot), length(now.since(entry.since)))
}

/// `programs` are those that wait.
pub fn nag(spot: &Spot, held: Duration, programs: &[&User]) -> Message {
    let programs = (!programs.is_empty()).then(|| say!(" {} waits for it.", names(programs.iter().copied())));
    let question = say!("You have had {} for {}. Do you still need it?{programs}", lower_place(spot), length(held));
    // The hat is that of a channel, and this is a letter.
    if spot.is_hat() { question } else { question.button(Button::new("Unlock").says(opened(spot))) }
}

pub fn frozen(environments: &[&str], freeze: &Freeze) -> Message {
    let Freeze { by, until, reason } = freeze;
    let verb = if environments.len() == 1 { "is" } else { "are" };
    say!("{} {verb} frozen until {until} by {by}, because {reason}.", bolds(environments))
}

pub fn thawed(environments: &[&str], by: &User) -> Message {
    say!("{by} has thawed {}.", bolds(environments))
}

fn bolds(names: &[&str]) -> Message {
    enumerated(names.iter().map(|name| say!("*{name}*")).collect())
}

pub fn not_frozen(environment: &str) -> Message {
    say!("*{environment}* is not frozen.")
}

pub fn hat_on(by: &User) -> Message {
    say!("{by} wears the deploy hat.")
}

pub fn hat_off(by: &User) -> Message {
    say!("{by} has taken the deploy hat off.")
}

pub fn hat_free() -> Message {
    "Nobody wears the deploy hat.".into()
}

pub fn hat_not_yours() -> Message {
    "You do not wear the deploy hat.".into()
}

fn lower_place(spot: &Spot) -> Message {
    match (spot.is_hat(), spot.app(), spot.is_everything()) {
        (true, _, _) => "the deploy hat".into(),
        (_, None, _) => "everything".into(),
        (_, Some(app), true) => say!("everything of *{app}*"),
        _ => place(spot),
    }
}
