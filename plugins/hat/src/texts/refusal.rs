//! Why nothing happened, for whoever asked: what is, and what they can do.

use super::Scene;
use hatstand_plugin::prelude::*;
use manners::words::{age, because, count, enumerated, in_front, length, names, until, waiting};
use turns::{Entry, Freeze, Hold, Refusal, Request};

/// By whom the hat of an archived channel is frozen: by nobody.
pub const ARCHIVE: &str = "archive";

/// Why this request changed nothing.
pub fn refusal(scene: &Scene<'_>, request: &Request, refusal: &Refusal) -> Message {
    match refusal {
        Refusal::AlreadyHolding(hold) => already_holding(hold),
        Refusal::Held { holds, waiting } => held(scene, holds, *waiting),
        Refusal::Reserved { offered, ahead, waiting } => reserved(offered, *ahead, *waiting),
        Refusal::InCrew(hold) => {
            say!("You ride along with {}, who wears the hat{}. `hat unpool` takes you off the crew.", hold.person, term(hold))
        }
        Refusal::Frozen(freeze) | Refusal::AlreadyFrozen(freeze) => frozen(freeze),
        Refusal::Crowded { .. } => "So many people wait for the hat or ride along that there is no place left. Nothing was changed.".into(),
        Refusal::NotFrozen => "The hat is not frozen.".into(),
        Refusal::Free => nobody_wears(request),
        Refusal::NotHolding { holds } => not_holding(scene, request, holds),
        Refusal::HoldChanged { holds } => hold_changed(scene, holds),
        _ => queue(scene, refusal).or_else(|| crew(scene, refusal)).unwrap_or_else(|| term_refusal(request, refusal)),
    }
}

/// What refuses those who wait, or would like others to.
fn queue(scene: &Scene<'_>, refusal: &Refusal) -> Option<Message> {
    Some(match refusal {
        Refusal::AlreadyQueued { ahead, waited } => {
            say!("You are in the queue already: {}, waiting for {} so far.", in_front(*ahead), length(*waited))
        }
        Refusal::AlreadyFirst { ahead: 0 } => "You are next in line already.".into(),
        Refusal::AlreadyFirst { .. } => "You are as far in front as it goes: the hat is offered to somebody already.".into(),
        Refusal::NotQueued => "You are not in the queue.".into(),
        Refusal::NotOffered => "Nothing is offered to you right now.".into(),
        Refusal::NobodyWaits => "Nobody waits for the hat, so there is nobody to let go first. `hat off` takes it off.".into(),
        Refusal::NotHere { person } => say!("{person} neither wears the hat nor waits for it nor rides along."),
        Refusal::OthersWait { queue } => {
            let end = scene.resource.holds.first().and_then(Hold::ends);
            say!("Nobody gets more time while others wait: {}. You wear the hat{} as before.", waiting(queue), until(end))
        }
        _ => return None,
    })
}

/// What refuses those who would like to ride along, or to pass the hat on.
fn crew(scene: &Scene<'_>, refusal: &Refusal) -> Option<Message> {
    Some(match refusal {
        Refusal::AlreadyInCrew(hold) => say!("You ride along with {} already. `hat unpool` takes you off the crew.", hold.person),
        Refusal::AlreadyAsked { holder, until, .. } => say!("You have asked {holder} already, who has until {until} to answer."),
        Refusal::NotInCrew => match scene.resource.holds.first() {
            Some(hold) => say!("You do not ride along with {}, who wears the hat.", hold.person),
            None => "You do not ride along: nobody wears the hat.".into(),
        },
        Refusal::RequestClosed => "That question is closed. Nothing was changed.".into(),
        Refusal::CrewFull { crew, limit } => {
            let place = scene.actor.and_then(|actor| scene.resource.ahead_of(actor)).map(|_| " You keep your place in the queue.");
            say!("The crew is full, {limit} can ride along: {}.{place}", names(crew))
        }
        Refusal::AlreadyPassing { to, until } => say!("You are passing the hat to {to} already, who has until {until} to take it."),
        Refusal::ReceiverHolds { to } => say!("{to} wears the hat already."),
        _ => return None,
    })
}

/// What refuses lengths of time and the like.
fn term_refusal(request: &Request, refusal: &Refusal) -> Message {
    match refusal {
        Refusal::WithYourself if matches!(request, Request::JoinCrew) => "You wear the hat: nobody rides along with themselves.".into(),
        Refusal::WithYourself => "You wear the hat already.".into(),
        Refusal::NoDeadline(_) => "Your turn has no end, so there is nothing to extend. `hat extend until 17:30` gives it one.".into(),
        Refusal::DeadlinePassed { deadline } => say!("{deadline} has passed already."),
        Refusal::AtMaximum { deadline, max } => say!("{max} in all is the maximum: your turn ends {deadline}."),
        Refusal::DurationRequired { .. } => "Say for how long, such as `hat on for 2 hours`.".into(),
        Refusal::NoTime => "That is no time at all. Say it like `for 2 hours`.".into(),
        Refusal::ReasonRequired => "Say why, such as `hat jump because production is down`.".into(),
        _ => "That does not work right now. Nothing was changed.".into(),
    }
}

fn already_holding(hold: &Hold) -> Message {
    match hold.ends() {
        Some(end) => {
            say!("You wear the hat already: since {}, until {end}. `hat extend 1h` gives you longer, `hat off` takes it off.", hold.since)
        }
        None => say!(
            "You wear the hat already: since {}, without an end. `hat extend until 17:30` gives it one, `hat off` takes it off.",
            hold.since
        ),
    }
}

fn held(scene: &Scene<'_>, holds: &[Hold], waiting: usize) -> Message {
    let Some(hold) = holds.first() else { return "Somebody wears the hat.".into() };
    let queue = match waiting {
        0 => say!("Nobody waits"),
        1 => say!("1 person waits"),
        waiting => say!("{waiting} people wait"),
    };
    let sentence = say!("{}. {queue}", wears(scene, hold));
    match scene.actor.and_then(|actor| scene.resource.ahead_of(actor)) {
        Some(0) if waiting == 1 => {
            say!("{}. You alone wait for it. Say `hat pool` to ride along meanwhile.", wears(scene, hold)).button(ride())
        }
        Some(ahead) => {
            say!("{sentence}, and you are one of them: {}. Say `hat pool` to ride along meanwhile.", in_front(ahead)).button(ride())
        }
        None => say!("{sentence}: say `hat queue` to wait, or `hat pool` to ride along.").button(join()).button(ride()),
    }
}

fn reserved(offered: &[Entry], ahead: Option<usize>, waiting: usize) -> Message {
    let offers = offered.iter().filter_map(|entry| Some((entry, entry.offer.as_ref()?)));
    let offers: Vec<Message> = offers.map(|(entry, offer)| say!("{} until {}", entry.person, offer.until)).collect();
    let sentence = say!("The hat is offered to {}", enumerated(offers));
    match ahead {
        Some(ahead) => say!("{sentence}. You are in the queue: {}.", in_front(ahead)),
        None => say!("{sentence}. Say `hat queue` to wait: {} so far.", count(waiting, "person waits", "people wait")).button(join()),
    }
}

fn frozen(freeze: &Freeze) -> Message {
    let Freeze { by, since, reason } = freeze;
    if by.as_str() == ARCHIVE {
        return say!("The channel is archived, so nobody gets its hat.");
    }
    say!("The hat has been frozen by {by} since {since}{}.", because(reason.as_deref()))
}

fn nobody_wears(request: &Request) -> Message {
    match request {
        Request::JoinCrew => "Nobody wears the hat, so there is nobody to ride along with. `hat on` puts it on.".into(),
        Request::AnswerCrew { .. } => "That question is closed: nobody wears the hat. Nothing was changed.".into(),
        _ => "Nobody wears the hat. Nothing was changed.".into(),
    }
}

fn not_holding(scene: &Scene<'_>, request: &Request, holds: &[Hold]) -> Message {
    let Some(hold) = holds.first() else { return nobody_wears(request) };
    match request {
        Request::AnswerCrew { .. } => say!("That question is closed: {} wears the hat now. Nothing was changed.", hold.person),
        Request::Release { .. } if scene.may_force => say!("{}. If it was forgotten, `hat force off` takes it off.", wears(scene, hold)),
        Request::Release { .. } => say!("{}. Nothing was changed.", wears(scene, hold)),
        _ => say!("{}. Only who wears it can do that.", wears(scene, hold)),
    }
}

fn hold_changed(scene: &Scene<'_>, holds: &[Hold]) -> Message {
    match holds.first() {
        Some(hold) => say!("That turn is over already. {}. Nothing was changed.", wears(scene, hold)),
        None => "That turn is over already: nobody wears the hat. Nothing was changed.".into(),
    }
}

/// `ann wears the hat: since 10:00 (2 h), until 14:00, because …`, without the full stop.
pub fn wears(scene: &Scene<'_>, hold: &Hold) -> Message {
    let wearer = if scene.is_actor(&hold.person) { say!("You wear") } else { say!("{} wears", hold.person) };
    let until = hold.ends().map(|end| say!(", until {end}"));
    say!("{wearer} the hat: since {} ({}){until}{}", hold.since, age(scene.now.since(hold.since)), because(hold.reason()))
}

fn term(hold: &Hold) -> Message {
    say!("{}{}", until(hold.ends()), because(hold.reason()))
}

fn join() -> Button {
    Button::new("Queue").says("hat queue")
}

fn ride() -> Button {
    Button::new("Ride along").says("hat pool")
}
