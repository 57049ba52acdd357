//! How things stand, for whoever asked. Nobody is notified.

use super::announcement::{estimate, place};
use super::refusal::{frozen, things};
use super::{Scene, bold};
use crate::viewing::Next;
use hatstand_plugin::prelude::*;
use manners::words::{because_short, count, enumerated, in_front, list, names, sums, together, turn, until, wait};
use turns::{End, Hold, Stint, Tally};

/// Who has it, and who waits in which order.
pub fn queue(scene: &Scene<'_>) -> Message {
    let holds = &scene.resource().holds;
    let having = some(holds, |hold| scene.having(hold));
    let title = match having.is_empty() {
        true if scene.policy.waiting_only => say!("{}: any of it will do.", scene.thing()),
        true => say!("Nobody has {}.", scene.thing()),
        false => say!("{}{}: {}.", scene.thing(), scene.share(), enumerated(having)),
    };
    let title = match &scene.resource().frozen {
        Some(freeze) => say!("{title} {}", frozen(scene, freeze)),
        None => title,
    };
    if scene.is_secret() {
        return say!("{title} {}.", waiting_and_own(scene, scene.resource().queue.len()));
    }
    let lines = scene
        .resource()
        .queue
        .iter()
        .enumerate()
        .map(|(ahead, entry)| say!("{}. {}", ahead + 1, wait(entry, scene.now, estimate(scene, ahead))));
    list(title, lines)
}

/// A page of everything, in a line each.
pub fn all(scenes: &[Scene<'_>], number: usize, next: Option<Next>) -> Message {
    let lines = list(say!("{}:", count(number, "thing", "things")), scenes.iter().map(|scene| say!("• {}", line(scene))));
    match next {
        Some(next) => say!("{lines}\n… and {} more: say `dibs q page {}`", next.more, next.page),
        None => lines,
    }
}

/// What can be had at once.
pub fn free(scenes: &[Scene<'_>], next: Option<Next>) -> Message {
    let names: Vec<String> = scenes.iter().map(|scene| scene.kept.name.clone()).collect();
    let free = match names.as_slice() {
        [] if next.is_some() => "Nothing that I looked at is free.".into(),
        [] => "Nothing that I know of is free.".into(),
        _ => say!("Free: {}.", things(&names)),
    };
    match next {
        Some(next) => say!("{free} I have not looked at {} more: say `dibs free page {}`", next.more, next.page),
        None => free,
    }
}

/// What somebody has and waits for.
pub fn mine(scenes: &[Scene<'_>], person: &User, next: Option<Next>) -> Message {
    let held = scenes.iter().filter_map(|scene| Some(say!("{}{}", scene.thing(), term(scene.resource().held_by(person)?))));
    let waiting = scenes.iter().filter_map(|scene| {
        let ahead = scene.resource().ahead_of(person)?;
        Some(say!("{} ({})", scene.thing(), place(scene, ahead)))
    });
    let (held, waiting): (Vec<Message>, Vec<Message>) = (held.collect(), waiting.collect());
    let mine = match (held.is_empty(), waiting.is_empty()) {
        (true, true) => "You have nothing here, and you wait for nothing.".into(),
        (false, true) => say!("You have {}.", enumerated(held)),
        (true, false) => say!("You wait for {}.", enumerated(waiting)),
        (false, false) => say!("You have {}. You wait for {}.", enumerated(held), enumerated(waiting)),
    };
    match next {
        Some(next) => say!("{mine}\n… and {} more: say `dibs mine page {}`", next.more, next.page),
        None => mine,
    }
}

/// How to go about it.
pub fn help(mine: &Message) -> Message {
    say!(
        "`dibs on staging for 2 hours` takes something, or a place in its queue; `dibs off staging` gives either up. \
         `dibs q` shows who has what, `help dibs` everything else.\n{mine}"
    )
}

/// What is known of a thing.
pub fn info(scene: &Scene<'_>, members: &[String], groups: &[String]) -> Message {
    let kept = scene.kept;
    let several = (scene.policy.capacity.get() > 1).then(|| say!("{} can have it at once", scene.policy.capacity.get()));
    let facts = [
        kept.approved.then(|| "approved".into()),
        several,
        scene.policy.default_duration.map(|timer| say!("for {timer} unless said otherwise")),
        scene.policy.max_duration.map(|max| say!("for at most {max}")),
        scene.policy.enforce_duration.then(|| "never without an end".into()),
        scene.policy.repeat.then(|| "a roster".into()),
        scene.is_random().then(|| "the next is drawn".into()),
        scene.is_secret().then(|| "secret".into()),
        (!kept.aliases.is_empty()).then(|| say!("also called {}", things(&kept.aliases))),
        (!members.is_empty()).then(|| say!("any of {}", things(members))),
        (!groups.is_empty()).then(|| say!("belongs to {}", things(groups))),
    ];
    let facts: Vec<Message> = facts.into_iter().flatten().collect();
    let facts = if facts.is_empty() { "nothing is set for it".into() } else { together(facts, "; ").unwrap_or_default() };
    say!("{}: {facts}.\n{}", scene.thing(), queue(scene))
}

/// The last turns, newest first.
pub fn history(scene: &Scene<'_>, stints: &[Stint]) -> Message {
    if stints.is_empty() {
        return say!("Nobody has had {} yet.", scene.thing());
    }
    list(say!("The last turns with {}:", scene.thing()), stints.iter().rev().map(|stint| say!("• {}", turn(stint, scene.now, ending))))
}

/// Everybody's numbers since then.
pub fn stats(scene: &Scene<'_>, begin: Instant, tallies: &[Tally]) -> Message {
    if tallies.is_empty() {
        return say!("Nobody took {} or gave it back since {begin}.", scene.thing());
    }
    list(say!("{} since {begin}:", scene.thing()), tallies.iter().map(|tally| say!("• {}: {}", tally.person, sums(tally))))
}

/// Whose log only administrators read.
pub fn secret_log(name: &str) -> Message {
    say!("{} is secret: only administrators read its log.", bold(name))
}

fn line(scene: &Scene<'_>) -> Message {
    let resource = scene.resource();
    let having = some(&resource.holds, |hold| match scene.is_secret() {
        true => say!("taken{}", until(hold.ends())),
        false => say!("{}{}", hold.person, term(hold)),
    });
    let having = match having.is_empty() {
        true if scene.policy.waiting_only => "any of it".into(),
        true if resource.frozen.is_some() => "frozen".into(),
        true => "free".into(),
        false if resource.frozen.is_some() => say!("{}, frozen", enumerated(having)),
        false => enumerated(having),
    };
    let waiting = match resource.queue.len() {
        0 => None,
        waiting if scene.is_secret() => Some(say!("; {}", waiting_and_own(scene, waiting))),
        _ => Some(say!("; then {}", names(resource.queue.iter().map(|entry| &entry.person)))),
    };
    say!("{}{}: {having}{waiting}", scene.thing(), scene.share())
}

/// The first of many who have it, and how many more there are.
pub fn some(holds: &[Hold], told: impl Fn(&Hold) -> Message) -> Vec<Message> {
    const TOLD: usize = 8;
    let more = holds.len().saturating_sub(TOLD);
    holds.iter().take(TOLD).map(told).chain((more > 0).then(|| say!("{more} more"))).collect()
}

/// Of a secret queue, everybody knows its length and their own place.
fn waiting_and_own(scene: &Scene<'_>, waiting: usize) -> Message {
    let own = scene.actor.and_then(|actor| scene.resource().ahead_of(actor));
    let own = own.map(|ahead| say!(" (you: {})", place(scene, ahead)));
    match waiting {
        0 => "Nobody waits".into(),
        waiting => say!("{}{own}", count(waiting, "person waits", "people wait")),
    }
}

fn term(hold: &Hold) -> Message {
    say!("{}{}", until(hold.ends()), because_short(hold.reason()))
}

fn ending(end: &End) -> Message {
    match end {
        End::Released | End::Retired => Message::default(),
        End::Bumped { .. } => ", left to the next".into(),
        End::Passed { to } => say!(", handed to {to}"),
        End::Yielded => ", let others go first".into(),
        End::Stolen { by, reason } | End::Evicted { by, reason } | End::Kicked { by, reason } => {
            say!(", taken by {by}{}", because_short(reason.as_deref()))
        }
        End::Expired { .. } => ", time was up".into(),
        End::Orphaned => ", account gone".into(),
    }
}

/// Where somebody stands, for their page.
pub fn standing(scene: &Scene<'_>, person: &User) -> Option<Message> {
    let resource = scene.resource();
    let held = resource.held_by(person).map(|hold| say!("You have {} since {}{}.", scene.thing(), hold.since, until(hold.ends())));
    let waits = resource.ahead_of(person).map(|ahead| say!("You wait for {}: {}.", scene.thing(), in_front(ahead)));
    together([held, waits].into_iter().flatten(), " ")
}
