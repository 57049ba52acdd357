//! The one message that tells how a deploy goes, what is said beside it, and what is written to whoever began it.

use super::{link, of_run, refusal::of, short};
use crate::apps::{App, Environment};
use crate::providers::Progress;
use crate::run::{End, Run, Stage};
use hatstand_plugin::prelude::*;
use manners::words::{because, length, together};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The whole card, as it stands now.
pub fn card(run: &Run, app: &App, difference: Option<&str>, now: Instant) -> Message {
    let head = head(run, difference);
    let state = state(run, app, now);
    let warnings = run.warnings.iter().map(|warning| say!("⚠ {warning}"));
    // In a thread each of these is a message of its own.
    let log = run.lines.iter().filter(|_| run.place.thread.is_none()).map(|line| say!("{} – {}", line.at, line.text));
    let whole = together(std::iter::once(head).chain(warnings).chain(std::iter::once(state)).chain(log), "\n").unwrap_or_default();
    buttons(run, whole)
}

fn head(run: &Run, difference: Option<&str>) -> Message {
    let Run { id, by, .. } = run;
    let task = run.ask.task.as_deref().map(|task| say!(" `{task}`"));
    let word = if run.is_rollback() { "Rollback" } else { "Deploy" };
    let because = because(run.ask.reason.as_deref());
    let change = match (&run.before, difference) {
        (Some(before), _) if before == run.what() => Some(say!(" No change.")),
        (Some(before), Some(url)) => Some(say!(" Instead of `{}`: {}.", short(before), link("what changes", url))),
        (Some(before), None) => Some(say!(" Instead of `{}`.", short(before))),
        (None, _) => None,
    };
    say!("{word} {id}{task}: {} of {}, by {by}{because}.{change}", of_run(run), of(run))
}

fn state(run: &Run, app: &App, now: Instant) -> Message {
    let name = app.origin.name();
    let link = run.link.as_deref().map(|url| say!(" {}", link("Look", url)));
    let lasted = length(run.ended.unwrap_or(now).since(run.started.unwrap_or(run.since)));
    match &run.stage {
        Stage::Finding { .. } => say!("{name} did not say whether it has begun: I look for it, and do not begin it twice.{link}"),
        Stage::Going(_) if run.cancelled_by.is_some() => say!("{name} is asked to stop it.{link}"),
        Stage::Going(Progress::Running) => say!("Running.{link}"),
        Stage::Going(_) => say!("{name} has it, and has not begun yet.{link}"),
        Stage::Over(End::Succeeded) => say!("*Done* after {lasted}.{link}"),
        Stage::Over(End::Failed) => say!("*Failed* after {lasted}.{link}{}", run.why.as_ref().map(|why| say!(" {why}"))),
        Stage::Over(End::Cancelled) => say!("*Cancelled* after {lasted}.{link}"),
        Stage::Over(End::Unknown) => say!("*Nobody knows* what became of it: look at {name} before it is tried again.{link}"),
        _ => say!("{name} is asked to begin."),
    }
}

/// Tells one card from another.
pub fn mark(card: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{card:?}").hash(&mut hasher);
    hasher.finish()
}

fn buttons(run: &Run, card: Message) -> Message {
    match &run.stage {
        Stage::Over(End::Failed | End::Unknown) => {
            let (app, environment) = (&run.app, &run.environment);
            let rollback = Button::new("Rollback").says(format!("deploy rollback {app} to {environment}"));
            let retry = Button::new("Retry").says(run.ask.typed("deploy", Some(run.what()), environment));
            if run.ask.task.is_some() { card.button(retry) } else { card.button(rollback.danger()).button(retry) }
        }
        Stage::Over(_) => card,
        _ => card.button(Button::new("Cancel").says(format!("deploy cancel {}", run.id))),
    }
}

/// What became of it, for whoever began it: they alone are notified.
pub fn ended(run: &Run, end: End, name: &str) -> Message {
    let Run { id, by, .. } = run;
    let said = run.said.as_ref().map(|said| say!(" {name} says: {}.", said.trim_end_matches('.')));
    let by = by.mention();
    match end {
        End::Succeeded if run.ask.task.is_some() => say!("{by}: deploy {id} of {} is done.", of(run)),
        End::Succeeded => say!("{by}: {} of *{}* is on *{}* (deploy {id}).", of_run(run), run.app, run.environment),
        End::Failed => match &run.why {
            Some(why) => say!("{by}: deploy {id} of {} failed. {why}", of(run)),
            None => say!("{by}: deploy {id} of {} failed.{said}", of(run)),
        },
        End::Cancelled => match &run.cancelled_by {
            Some(who) => say!("{by}: deploy {id} of {} was cancelled by {who}.{said}", of(run)),
            None => say!("{by}: deploy {id} of {} was cancelled at {name}.{said}", of(run)),
        },
        End::Refused | End::Planned | End::Unknown => {
            say!("{by}: I do not know what became of deploy {id} of {}. Look at {name} before you try again.", of(run))
        }
    }
}

/// The provider says now that it ended otherwise.
pub fn corrected(run: &Run, end: End, name: &str) -> Message {
    say!("{}: {name} says now that deploy {} of {} {}.", run.by.mention(), run.id, of(run), end.code())
}

pub fn not_picked_up(run: &Run, app: &App, environment: &Environment) -> Message {
    let name = app.origin.name();
    say!("Nobody picked up deploy {} of {} within {}. Is whatever deploys for {name} running?", run.id, of(run), environment.pickup)
        .button(Button::new("Cancel").says(format!("deploy cancel {}", run.id)))
}

pub fn stuck(run: &Run, environment: &Environment, now: Instant) -> Message {
    let since = length(now.since(run.started.unwrap_or(run.since)));
    say!("Deploy {} of {} has been running for {since}, longer than {}: it may be stuck.", run.id, of(run), environment.limit)
        .button(Button::new("Cancel").says(format!("deploy cancel {}", run.id)).danger())
        .button(Button::new("Keep waiting").presses(format!("keep:{}", run.id)).only(&run.by))
}

/// After something that is not the default ref: the next one would simply take it away.
pub fn offer_lock(run: &Run) -> Message {
    let line = format!("lock {} on {} because {}", run.environment, run.app, run.git_ref);
    say!("`{}` is on *{}* now. Lock it, so that nobody deploys over it?", short(&run.git_ref), run.environment)
        .button(Button::new("Lock").says(line).only(&run.by))
}

/// After the default ref is back.
pub fn offer_unlock(run: &Run) -> Message {
    say!("`{}` is on *{}* again, and you have the lock.", run.git_ref, run.environment)
        .button(Button::new("Unlock").says(format!("unlock {} on {}", run.environment, run.app)).only(&run.by))
}
