//! Why nothing happened, for whoever asked: what is, and what they can do.

use super::{ARCHIVE, Scene, bold, typed};
use crate::names::{LONGEST, MOST};
use crate::settings::Who;
use crate::shelf::{MOST_NAMES, MOST_THINGS};
use hatstand_plugin::prelude::*;
use manners::words::{because, enumerated, in_front, length, names, until, waiting};
use turns::{Entry, Freeze, Hold, Refusal, Request};

/// What dibs itself refuses, before the rules of taking turns are asked.
#[derive(Clone, Debug)]
pub enum No<'a> {
    /// There is no such thing, and it cannot be made by asking for it.
    Unknown {
        name: &'a str,
        near: Vec<String>,
        who: Who,
    },
    /// There is no such thing, and to do that with it makes none.
    Nothing {
        name: &'a str,
        near: Vec<String>,
    },
    Removed {
        name: &'a str,
        by: User,
        at: Instant,
    },
    Archived,
    TooLong,
    TooMany,
    Nameless,
    BothEnds,
    /// It is a group, so it is nobody's.
    Group {
        name: &'a str,
    },
    Single {
        name: &'a str,
    },
    Taken {
        name: &'a str,
    },
    NotAllowed {
        what: &'static str,
        who: Who,
    },
    NothingHeld {
        waiting: Vec<String>,
    },
    NobodyKicked {
        whom: &'a User,
    },
    NotWatched {
        name: &'a str,
    },
    AlreadyWatched {
        name: &'a str,
    },
    NotApproved {
        name: &'a str,
    },
    /// As many people watch it as can.
    Crowded {
        name: &'a str,
    },
    /// There is no room for more things.
    Full,
    ManyNames {
        name: &'a str,
        most: usize,
    },
    ManyGroups {
        name: &'a str,
        most: usize,
    },
    /// There is no time left for this one.
    Enough {
        name: &'a str,
    },
    /// There was no time for so many.
    Left {
        things: usize,
    },
    NothingHere,
    EmptyPage {
        page: usize,
    },
    /// What a button was about is there no longer.
    Gone,
    /// A key that is made up, or somebody else's.
    ForeignKey,
}

impl No<'_> {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } | Self::Nothing { .. } | Self::Single { .. } => "refused.unknown",
            Self::Removed { .. } => "refused.removed",
            Self::Archived => "refused.frozen",
            Self::TooLong | Self::TooMany | Self::Nameless => "refused.name",
            Self::BothEnds => "refused.both-ends",
            Self::Group { .. } => "refused.group",
            Self::Taken { .. } => "refused.taken",
            Self::NotAllowed { .. } => "refused.not-allowed",
            Self::NothingHeld { .. } | Self::NothingHere | Self::EmptyPage { .. } => "refused.free",
            Self::Gone => "refused.changed",
            Self::ForeignKey => "refused.foreign-key",
            Self::NobodyKicked { .. } => "refused.not-here",
            Self::NotWatched { .. } => "refused.not-watched",
            Self::AlreadyWatched { .. } => "already.watched",
            Self::NotApproved { .. } => "refused.not-approved",
            Self::Crowded { .. } => "refused.crowded",
            Self::Full | Self::ManyNames { .. } | Self::ManyGroups { .. } => "refused.full",
            Self::Enough { .. } | Self::Left { .. } => "refused.enough",
        }
    }
}

/// Why dibs did nothing.
/// A thing is not given to somebody who may not take it.
pub fn barred(scene: &Scene<'_>, to: &User) -> Message {
    say!("{to} may not take {}. Nothing was changed.", scene.thing())
}

pub fn no(no: &No<'_>) -> Message {
    match no {
        No::Unknown { name, near, who } => {
            say!("There is no {} here.{} {}", bold(name), suggested(near), who_may("approve a new name", *who))
        }
        No::Nothing { name, near } => say!("There is no {} here.{} `dibs q` lists what there is.", bold(name), suggested(near)),
        No::Removed { name, by, at } => say!("{} was removed by {by} ({at}). `dibs approve {}` brings it back.", bold(name), typed(name)),
        No::Archived => "The channel is archived, so nobody gets anything there.".into(),
        No::TooLong => say!("That is a long name: {LONGEST} letters are the most. Nothing was changed."),
        No::TooMany => say!("Those are a lot: {MOST} at once are the most. Nothing was changed."),
        No::Nameless => "Say what it is about, such as `dibs on staging`.".into(),
        No::BothEnds => "Say for how long or until when, not both. Nothing was changed.".into(),
        No::Group { name } => say!("{} is a group: `dibs info {}` lists what belongs to it.", bold(name), typed(name)),
        No::Single { name } => say!("{} is no group: `dibs on {}` takes it.", bold(name), typed(name)),
        No::Taken { name } => say!("There is a {} already. Nothing was changed.", bold(name)),
        No::NotAllowed { what, who } => who_may(what, *who),
        No::NothingHeld { waiting } if waiting.is_empty() => "You have nothing here, and you wait for nothing.".into(),
        No::NothingHeld { waiting } => {
            say!("You have nothing here. You wait for {}: `dibs off` with its name gives the place up.", things(waiting))
        }
        No::NobodyKicked { whom } => say!("{whom} has nothing here, and waits for nothing."),
        No::NotWatched { name } => say!("You do not watch {}.", bold(name)),
        No::AlreadyWatched { name } => say!("You watch {} already.", bold(name)),
        No::NotApproved { name } => say!("{} is not approved. Nothing was changed.", bold(name)),
        No::Crowded { name } => say!("So many people watch {} already that I cannot tell one more. Nothing was changed.", bold(name)),
        No::Full => say!("There are {MOST_THINGS} things or {MOST_NAMES} names here, and more I do not keep. Nothing was changed."),
        No::ManyNames { name, most } => say!("{} has {most} other names already, and more I do not keep. Nothing was changed.", bold(name)),
        No::ManyGroups { name, most } => {
            say!("{} belongs to {most} groups already, and more I do not keep. Nothing was changed.", bold(name))
        }
        No::Enough { name } => say!("That was a lot at once, so I left {} as it was: say it again for the rest.", bold(name)),
        No::Left { things } => say!("That was a lot at once, and there is more: say it again for the other {things}."),
        No::ForeignKey => "That is no release key of yours. Nothing was changed.".into(),
        No::Gone => "That is over: nobody has it or waits for it any more. Nothing was changed.".into(),
        No::EmptyPage { page } => say!("There is nothing on page {page}."),
        No::NothingHere => "There is nothing here. `dibs on staging` makes a start.".into(),
    }
}

/// Why this request changed nothing.
pub fn refusal(scene: &Scene<'_>, request: &Request, refusal: &Refusal) -> Message {
    match refusal {
        Refusal::AlreadyHolding(hold) => already_holding(scene, hold),
        Refusal::Held { holds, .. } => say!("{}.", taken(scene, holds)),
        Refusal::Reserved { offered, ahead, .. } => reserved(scene, offered, *ahead),
        Refusal::Frozen(freeze) | Refusal::AlreadyFrozen(freeze) => frozen(scene, freeze),
        Refusal::NotFrozen => say!("{} is not frozen.", scene.thing()),
        Refusal::Free => say!("Nobody has {}. Nothing was changed.", scene.thing()),
        Refusal::NotHolding { holds } => not_holding(scene, request, holds),
        Refusal::HoldChanged { holds } => hold_changed(scene, request, holds),
        Refusal::Crowded { .. } => {
            say!("So many people wait for {} that there is no place left. Nothing was changed.", scene.thing())
        }
        Refusal::WithYourself => say!("You have {} already.", scene.thing()),
        _ => queue(scene, refusal).or_else(|| pass(scene, refusal)).unwrap_or_else(|| term(scene, request, refusal)),
    }
}

/// What refuses those who wait, or would like others to.
fn queue(scene: &Scene<'_>, refusal: &Refusal) -> Option<Message> {
    let thing = scene.thing();
    Some(match refusal {
        Refusal::AlreadyQueued { ahead, waited } => {
            let place = super::announcement::place(scene, *ahead);
            say!("You wait for {thing} already: {place}, for {} so far.", length(*waited))
        }
        Refusal::AlreadyFirst { ahead: 0 } => say!("You are next in line for {thing} already."),
        Refusal::AlreadyFirst { .. } => say!("You are as far in front as it goes: {thing} is offered to somebody already."),
        Refusal::NotQueued => say!("You do not wait for {thing}. Nothing was changed."),
        Refusal::NotOffered => say!("{thing} is not offered to you right now."),
        Refusal::NobodyWaits => {
            say!("Nobody waits for {thing}, so there is nobody to let go first. `dibs off {}` gives it back.", scene.typed())
        }
        Refusal::NotHere { person } => say!("{person} neither has {thing} nor waits for it. Nothing was changed."),
        Refusal::OthersWait { queue } => {
            let end = scene.actor.and_then(|actor| scene.resource().held_by(actor)).and_then(Hold::ends);
            say!("Nobody gets more time while others wait: {}. You have {thing}{} as before.", waiting(queue), until(end))
        }
        _ => return None,
    })
}

/// What refuses those who would like to hand it on.
fn pass(scene: &Scene<'_>, refusal: &Refusal) -> Option<Message> {
    Some(match refusal {
        Refusal::AlreadyPassing { to, until } => {
            say!("You are handing {} to {to} already, who has until {until} to take it.", scene.thing())
        }
        Refusal::ReceiverHolds { to } => say!("{to} has {} already.", scene.thing()),
        _ => return None,
    })
}

/// What refuses lengths of time and reasons.
fn term(scene: &Scene<'_>, request: &Request, refusal: &Refusal) -> Message {
    let (thing, typed) = (scene.thing(), scene.typed());
    match refusal {
        Refusal::NoDeadline(_) => {
            say!("Your turn with {thing} has no end, so there is nothing to extend. `dibs extend {typed} until 17:30` gives it one.")
        }
        Refusal::DeadlinePassed { deadline } => say!("{deadline} has passed already. Nothing was changed."),
        Refusal::AtMaximum { deadline, max } => say!("{max} in all is the maximum: your turn with {thing} ends {deadline}."),
        Refusal::DurationRequired { max } => {
            let most = max.map(|max| say!(" At most {max}."));
            say!("Say for how long, such as `dibs on {typed} for 2 hours`.{most} Nothing was changed.")
        }
        Refusal::NoTime => say!("That is no time at all. Say it like `dibs on {typed} for 2 hours`."),
        Refusal::ReasonRequired if matches!(request, Request::Jump(_)) => {
            say!("Say why: `dibs jump {typed} because production is down`. Nothing was changed.")
        }
        Refusal::ReasonRequired => say!("Say why: `dibs steal {typed} because production is down`. Nothing was changed."),
        _ => say!("That does not work with {thing} right now. Nothing was changed."),
    }
}

fn already_holding(scene: &Scene<'_>, hold: &Hold) -> Message {
    let (thing, typed, since) = (scene.thing(), scene.typed(), hold.since);
    match hold.ends() {
        Some(end) => say!(
            "You have {thing} already: since {since}, until {end}. `dibs extend {typed} 1h` gives you longer, `dibs on {typed} again` another turn."
        ),
        None => say!(
            "You have {thing} already: since {since}, without an end. `dibs extend {typed} until 17:30` gives it one, `dibs on {typed} again` another turn."
        ),
    }
}

fn reserved(scene: &Scene<'_>, offered: &[Entry], ahead: Option<usize>) -> Message {
    let offers = offered.iter().filter_map(|entry| Some(say!("{} until {}", entry.person, entry.offer.as_ref()?.until)));
    let place = ahead.map(|ahead| say!(" You wait: {}.", in_front(ahead)));
    say!("{} is offered to {}.{place}", scene.thing(), enumerated(offers.collect()))
}

/// Why nobody gets it.
pub fn frozen(scene: &Scene<'_>, freeze: &Freeze) -> Message {
    let Freeze { by, since, reason } = freeze;
    if by.as_str() == ARCHIVE {
        return no(&No::Archived);
    }
    say!("{} has been frozen by {by} since {since}{}.", scene.thing(), because(reason.as_deref()))
}

fn not_holding(scene: &Scene<'_>, request: &Request, holds: &[Hold]) -> Message {
    let taken = taken(scene, holds);
    match request {
        Request::Release { .. } | Request::Retire if scene.may_steal => {
            say!("{taken}. If it was forgotten, `dibs steal {} because …` takes it.", scene.typed())
        }
        Request::Release { .. } | Request::Retire => say!("{taken}. Nothing was changed."),
        Request::Extend { .. } | Request::Retime { .. } => {
            let in_line = scene.actor.is_some_and(|actor| scene.resource().entry(actor).is_some());
            let message = say!("{taken}. Only who has it gets more time.");
            if in_line { message } else { message.button(scene.again("Queue")) }
        }
        _ => say!("{taken}. Only who has it can do that."),
    }
}

fn hold_changed(scene: &Scene<'_>, request: &Request, holds: &[Hold]) -> Message {
    let now = match holds {
        [] => say!("Nobody has {} now", scene.thing()),
        holds => taken(scene, holds),
    };
    let hint = match request {
        Request::Extend { .. } | Request::Retime { .. } => Some(say!(" `dibs on {}` gets you in line.", scene.typed())),
        Request::Steal { .. } => Some(say!(" `dibs steal {} because …` asks again.", scene.typed())),
        _ => None,
    };
    let message = say!("That turn is over already. {now}. Nothing was changed.{hint}");
    match request {
        Request::Extend { .. } | Request::Retime { .. } => message.button(scene.again("Queue")),
        _ => message,
    }
}

/// `staging is taken: ann has had it since …`, without the full stop.
pub fn taken(scene: &Scene<'_>, holds: &[Hold]) -> Message {
    if let ([hold], true) = (holds, scene.policy.capacity.get() == 1) {
        return say!("{} is taken: {}", scene.thing(), scene.having(hold));
    }
    let having = super::view::some(holds, |hold| scene.having(hold));
    say!("{}{} is taken: {}", scene.thing(), scene.share(), enumerated(having))
}

/// Who may do what somebody else may not.
fn who_may(what: &str, who: Who) -> Message {
    match who {
        Who::Anyone => say!("`dibs approve` can {what}."),
        Who::Admins => say!("Only administrators may {what}. Nothing was changed."),
        Who::Never => say!("Nobody may {what} here. Nothing was changed."),
    }
}

fn suggested(near: &[String]) -> Option<Message> {
    (!near.is_empty()).then(|| say!(" Did you mean {}?", one_of(near)))
}

fn one_of(names: &[String]) -> Message {
    let mut names: Vec<Message> = names.iter().map(|name| bold(name)).collect();
    match (names.pop(), names.is_empty()) {
        (Some(last), false) => {
            let first = manners::words::together(names, ", ");
            say!("{first} or {last}")
        }
        (last, _) => last.unwrap_or_default(),
    }
}

/// The names of several things.
pub fn things(names: &[String]) -> Message {
    enumerated(names.iter().map(|name| bold(name)).collect())
}

/// All or nothing was asked for, and this stands in the way.
pub fn busy(scenes: &[Scene<'_>], line: Option<&str>) -> Message {
    let taken = scenes.iter().map(|scene| match scene.resource().frozen.as_ref() {
        Some(freeze) => say!(" {}", frozen(scene, freeze)),
        None if scene.resource().holds.is_empty() => {
            say!(" {} is kept for {}.", scene.thing(), names(scene.resource().queue.iter().map(|entry| &entry.person)))
        }
        None => say!(" {}.", taken(scene, &scene.resource().holds)),
    });
    let taken = manners::words::together(taken, "");
    let message = say!("Nothing was taken.{taken}");
    match line {
        Some(line) => message.button(Button::new("Queue on each").says(line)),
        None => message,
    }
}

/// Somebody who has it asks for another length of time.
pub fn other_time(scene: &Scene<'_>, hold: &Hold, wanted: Instant) -> Message {
    let about = scene.about(hold.id).moment(wanted);
    let longer = hold.ends().is_some_and(|end| wanted > end);
    let label = match hold.ends() {
        Some(_) if longer => "Extend",
        _ => "Shorten",
    };
    let now = match hold.ends() {
        Some(end) => say!("until {end}"),
        None => "without an end".into(),
    };
    say!("You have {} already, {now}. Shall it be until {wanted}?", scene.thing())
        .button(Button::new(label).presses(about.pressed("retime")).only(&hold.person))
}
