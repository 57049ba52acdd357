//! How things stand, for whoever asked. Nobody is notified.

use super::Scene;
use super::refusal::{self, wears};
use crate::settings::Force;
use hatstand_plugin::prelude::*;
use manners::words::{because_short, count, enumerated, in_front, list, names, sums, together, turn, wait};
use turns::{End, Hold, Refusal, Request, Stint, Tally};

/// Who wears it, who rides along, who is next.
pub fn who(scene: &Scene<'_>) -> Message {
    let wearer = match scene.resource.holds.first() {
        Some(hold) => say!("{}.", wears(scene, hold)),
        None => "Nobody wears the hat.".into(),
    };
    let lines = [Some(wearer), crew(scene), frozen(scene), next(scene)];
    together(lines.into_iter().flatten(), "\n").unwrap_or_default()
}

/// Who waits, in their order.
pub fn queue(scene: &Scene<'_>) -> Message {
    let queue = &scene.resource.queue;
    if queue.is_empty() {
        return "Nobody waits for the hat.".into();
    }
    let lines = queue.iter().enumerate().map(|(ahead, entry)| {
        let about = turns::estimate(scene.resource, scene.policy, ahead, scene.now);
        say!("{}. {}", ahead + 1, wait(entry, scene.now, about))
    });
    list(say!("{} for the hat:", count(queue.len(), "person waits", "people wait")), lines)
}

/// Everybody's numbers since then.
pub fn stats(begin: Instant, tallies: &[Tally]) -> Message {
    if tallies.is_empty() {
        return say!("Nobody took the hat or gave it up since {begin}.");
    }
    let lines = tallies.iter().map(|tally| say!("• {}: {}", tally.person, sums(tally)));
    list(say!("Since {begin}:"), lines)
}

/// One person's numbers.
pub fn info(scene: &Scene<'_>, person: &User, tally: Option<&Tally>, tips: usize) -> Message {
    let worn = match tally {
        Some(tally) => say!("{person}, in a year: {}", sums(tally)),
        None => say!("{person} had nothing to do with the hat in a year"),
    };
    let now = standing(scene, person).map(|standing| say!(" Now: {standing}."));
    say!("{worn}; {} received.{now}", tips_in_words(tips))
}

/// The last turns, newest first.
pub fn history(scene: &Scene<'_>, stints: &[Stint]) -> Message {
    if stints.is_empty() {
        return "Nobody has worn the hat yet.".into();
    }
    list("The last turns:".into(), stints.iter().rev().map(|stint| say!("• {}", turn(stint, scene.now, ending))))
}

fn tips_in_words(tips: usize) -> String {
    if tips == 0 { "no tips".to_owned() } else { count(tips, "tip", "tips") }
}

fn crew(scene: &Scene<'_>) -> Option<Message> {
    let hold = scene.resource.holds.first().filter(|hold| !hold.crew.is_empty())?;
    Some(say!("Riding along: {}.", names(hold.crew.iter().map(|rider| &rider.person))))
}

fn frozen(scene: &Scene<'_>) -> Option<Message> {
    let freeze = scene.resource.frozen.clone()?;
    Some(refusal::refusal(scene, &Request::Thaw, &Refusal::Frozen(freeze)))
}

fn next(scene: &Scene<'_>) -> Option<Message> {
    let (next, others) = scene.resource.queue.split_first()?;
    let offer = next.offer.as_ref().map(|offer| say!(", who has until {} to take it", offer.until));
    let more = (!others.is_empty()).then(|| say!(" Then: {}.", names(others.iter().map(|entry| &entry.person))));
    Some(say!("Next: {}{offer}, waiting since {}.{more}", next.person, next.since))
}

/// What somebody has to do with it; none if nothing.
pub fn standing(scene: &Scene<'_>, person: &User) -> Option<Message> {
    let resource = scene.resource;
    let wearing = resource.held_by(person).map(|hold| say!("wearing it since {}", hold.since));
    let riding = resource.ridden_by(person).map(|hold| say!("riding along with {}", hold.person));
    let waiting = resource.ahead_of(person).map(|ahead| say!("waiting, {}", in_front(ahead)));
    let parts: Vec<Message> = [wearing, riding, waiting].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| enumerated(parts))
}

fn ending(end: &End) -> Message {
    match end {
        End::Released | End::Retired | End::Bumped { .. } | End::Stolen { .. } => Message::default(),
        End::Passed { to } => say!(", passed to {to}"),
        End::Yielded => ", let others go first".into(),
        End::Evicted { by, reason } | End::Kicked { by, reason } => say!(", taken off by {by}{}", because_short(reason.as_deref())),
        End::Expired { .. } => ", time was up".into(),
        End::Orphaned => ", account gone".into(),
    }
}

/// What is asked before the hat is taken off somebody.
pub fn confirmation(scene: &Scene<'_>, hold: &Hold, seen: Instant) -> Message {
    let crew = (!hold.crew.is_empty()).then(|| say!(" Riding along: {}.", names(hold.crew.iter().map(|rider| &rider.person))));
    say!("{}. Last activity: {seen}.{crew} Really take it off? You have a minute.", wears(scene, hold))
}

/// Nobody but these may take the hat off somebody.
pub fn who_may(scene: &Scene<'_>, force: Force) -> Message {
    let crew = scene.resource.holds.iter().flat_map(|hold| &hold.crew).map(|rider| &rider.person);
    match force {
        Force::Anyone => Message::default(),
        Force::Crew if crew.clone().next().is_none() => {
            "Only the crew, which is empty, and administrators may take the hat or a place from others.".into()
        }
        Force::Crew => say!("Only the crew ({}) and administrators may take the hat or a place from others.", names(crew)),
        Force::Admins => "Only administrators may take the hat or a place from others.".into(),
        Force::Never => "Nobody may take the hat or a place from others here: ask them.".into(),
    }
}
