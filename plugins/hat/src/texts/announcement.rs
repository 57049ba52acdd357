//! What everybody in the channel is told. It is read by others than those whom it is about, so it speaks of all in the third person.

use super::Scene;
use super::refusal::ARCHIVE;
use crate::button::About;
use hatstand_plugin::prelude::*;
use manners::words::{because, in_front, lapsed, length, mentions, names, together, until, waiting, wanted};
use turns::{Began, End, Ended, Entry, Hold, Id, Outcome, Removal, Start};

/// So many of those who wait are told when to expect their turn.
const EXPECTING: usize = 8;

/// One message for everything that happened in one turn; none if it concerns nobody but those who get a letter.
pub fn announcement(scene: &Scene<'_>, outcomes: &[Outcome]) -> Option<Message> {
    let sentences = outcomes.iter().enumerate().filter_map(|(index, outcome)| sentence(scene, outcome, &outcomes[index + 1..]));
    together(sentences.chain(freedom(scene, outcomes)), " ")
}

/// What is said about something that happened; some things are said together with what came of them.
fn sentence(scene: &Scene<'_>, outcome: &Outcome, after: &[Outcome]) -> Option<Message> {
    match outcome {
        Outcome::Began(began) => Some(beginning(scene, began)),
        Outcome::Ended(ended) => Some(ending(scene, ended)),
        Outcome::Retimed { person, deadline, capped, .. } => Some(retimed(scene, person, *deadline, capped.is_some())),
        Outcome::Declined { person } => Some(let_by(person, &say!("{person} lets the hat go by"), after)),
        Outcome::Lapsed { person } => Some(let_by(person, &lapsed(person, after), after)),
        Outcome::Orphaned { person, until, .. } => {
            Some(say!("The account of {person} is gone: the hat comes off {until}, or by `hat force off`."))
        }
        Outcome::Returned { person, .. } => Some(say!("{person} is back and keeps the hat.")),
        Outcome::Frozen { by, reason } => freezing(by, reason.as_deref()),
        Outcome::Thawed { by } => Some(thawing(by)),
        _ => queue(scene, outcome).or_else(|| crew(scene, outcome)).or_else(|| pass(scene, outcome)),
    }
}

fn queue(scene: &Scene<'_>, outcome: &Outcome) -> Option<Message> {
    Some(match outcome {
        Outcome::Queued { person, ahead } => queued(scene, person, *ahead),
        Outcome::Left { person, waited, .. } => say!("{person} left the queue after waiting {}.", length(*waited)),
        Outcome::Removed { person, cause: Removal::Kicked { by, reason } } => {
            say!("{by} took {} out of the queue{}.", scene.call(person), because(reason.as_deref()))
        }
        Outcome::Removed { person, cause: Removal::Gone } => say!("{person}, whose account is gone, is out of the queue."),
        Outcome::Jumped { person, ahead, over } => jumped(scene, person, *ahead, over),
        Outcome::Next { person } => next(scene, person),
        Outcome::Offered { offer, person, until } => {
            offered(scene, *offer, person, *until, say!("{} has until {until} to take the hat.", scene.call(person)))
        }
        Outcome::OfferRenewed { offer, person, until } => {
            let sentence = say!("I was offline, so {} has more time: until {until} to take the hat.", person.mention());
            offered(scene, *offer, person, *until, sentence)
        }
        Outcome::OfferWithdrawn { person } => say!("The offer to {} is void for now; the place in the queue stays.", scene.call(person)),
        Outcome::Unclaimed => "Nobody who waited wants the hat: it is free for anybody.".into(),
        _ => return None,
    })
}

fn crew(scene: &Scene<'_>, outcome: &Outcome) -> Option<Message> {
    Some(match outcome {
        Outcome::CrewJoined { person, holder, waited } => {
            let waited = waited.map(|waited| say!(", after waiting {}", length(waited)));
            say!("{} rides along with {holder}{waited}.", scene.call(person))
        }
        Outcome::CrewLeft { person, holder } => match scene.actor.filter(|actor| *actor != person) {
            Some(actor) => say!("{actor} took {} off the crew of {holder}.", person.mention()),
            None => say!("{person} no longer rides along with {holder}."),
        },
        Outcome::CrewDismissed { crew, .. } => say!("The ride is over for {} too.", mentions(crew)),
        _ => return None,
    })
}

fn pass(scene: &Scene<'_>, outcome: &Outcome) -> Option<Message> {
    Some(match outcome {
        Outcome::PassOffered { pass, from, to, until } => {
            offered(scene, *pass, to, *until, say!("{from} passes the hat to {}, who has until {until} to take it.", scene.call(to)))
        }
        Outcome::PassRenewed { pass, from, to, until } => {
            let sentence = say!("I was offline, so {} has more time: until {until} to take the hat from {from}.", to.mention());
            offered(scene, *pass, to, *until, sentence)
        }
        Outcome::PassDeclined { from, to } => say!("{to} does not want the hat: {} keeps it.", scene.call(from)),
        Outcome::PassLapsed { from, to } => say!("{to} did not answer: {} keeps the hat.", from.mention()),
        Outcome::PassWithdrawn { to, .. } => say!("The hat does not go to {} after all.", scene.call(to)),
        _ => return None,
    })
}

fn beginning(scene: &Scene<'_>, began: &Began) -> Message {
    let Began { person, deadline, .. } = began;
    let reason = scene.resource.hold(began.hold).and_then(Hold::reason);
    let (until, because, called) = (until(*deadline), because(reason), scene.call(person));
    let waited = began.waited.map(|waited| say!(", after waiting {}", length(waited)));
    let sentence = match &began.start {
        Start::Taken { over } if !over.is_empty() => {
            say!("{person} wears the hat{until}{waited}{because}, although it was the turn of {}.", names(over))
        }
        Start::Taken { .. } => say!("{person} wears the hat{until}{waited}{because}."),
        Start::Joined => say!("It's free – it's yours: {person} wears the hat{until}{because}."),
        Start::Accepted => say!("{person} takes the hat{until}{waited}{because}."),
        Start::Granted => say!("It is the turn of {called}, who wears the hat{until}{waited}{because}."),
        Start::Inherited { .. } if began.waited.is_some() => {
            say!("It goes to {called}, who rode along, leaves the queue and wears it{until}{because}.")
        }
        Start::Inherited { .. } => say!("It goes to {called}, who rode along and wears it{until}{because}."),
        Start::Passed { .. } => say!("It goes to {called}, who wears it{until}{because}."),
        Start::Stolen { from } => say!("{person} wears the hat of {}{until}{because}.", scene.call(from)),
    };
    match (began.capped, scene.policy.max_duration) {
        (Some(wanted), Some(max)) => say!("{sentence} {wanted} is more than the maximum of {max}."),
        _ => sentence,
    }
}

fn ending(scene: &Scene<'_>, ended: &Ended) -> Message {
    let Ended { person, until, end, .. } = ended;
    let held = length(ended.held_for());
    match end {
        End::Released | End::Retired => say!("{person} took the hat off after {held}."),
        End::Passed { .. } => say!("{person} passed the hat on after {held}."),
        End::Yielded => say!("{person} lets the next one go first after {held}."),
        End::Bumped { by } | End::Stolen { by, .. } => say!("{by} ended the turn of {} after {held}.", scene.call(person)),
        // Whose hat it was gets a letter.
        End::Evicted { by, reason } | End::Kicked { by, reason } => {
            say!("{by} took the hat off {person} after {held}{}.", because(reason.as_deref()))
        }
        End::Expired { late_by } if *late_by > scene.policy.tolerance => {
            say!("Time is up for {}: the turn ended {until} after {held}, I was offline.", person.mention())
        }
        End::Expired { .. } => say!("Time is up for {}: the hat comes off after {held}.", person.mention()),
        End::Orphaned => say!("The hat of {person}, whose account is gone, comes off after {held}."),
    }
}

/// If nobody has the hat, and nobody is asked to take it, everybody may: said when it just became so.
fn freedom(scene: &Scene<'_>, outcomes: &[Outcome]) -> Option<Message> {
    let is_over = |outcome: &Outcome| matches!(outcome, Outcome::Ended(_) | Outcome::Left { .. } | Outcome::Thawed { .. });
    let is_said = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Unclaimed | Outcome::Frozen { .. }));
    let nobody_has_it = scene.resource.holds.is_empty() && scene.resource.queue.is_empty();
    if is_said || !nobody_has_it || !outcomes.iter().any(is_over) {
        return None;
    }
    Some(if scene.resource.frozen.is_some() { "The hat stays frozen.".into() } else { "The hat is free.".into() })
}

fn retimed(scene: &Scene<'_>, person: &User, deadline: Instant, capped: bool) -> Message {
    let most = scene.policy.max_duration.filter(|_| capped).map(|max| say!(": {max} in all is the maximum"));
    let sentence = say!("{person} wears the hat until {deadline} now{most}.");
    let waiting = scene.resource.others_waiting(person).take(EXPECTING).map(|entry| expectation(scene, entry));
    let more = scene.resource.others_waiting(person).count().saturating_sub(EXPECTING);
    let more = (more > 0).then(|| say!("{more} more"));
    match together(waiting.chain(more), ", ") {
        Some(waiting) => say!("{sentence} Waiting: {waiting}."),
        None => sentence,
    }
}

fn expectation(scene: &Scene<'_>, entry: &Entry) -> Message {
    let ahead = scene.resource.ahead_of(&entry.person).unwrap_or_default();
    match turns::estimate(scene.resource, scene.policy, ahead, scene.now) {
        Some(at) => say!("{} from about {at}", entry.person),
        None => say!("{}", entry.person),
    }
}

fn queued(scene: &Scene<'_>, person: &User, ahead: usize) -> Message {
    let wanted = scene.resource.entry(person).and_then(|entry| wanted(&entry.wish));
    let estimate = turns::estimate(scene.resource, scene.policy, ahead, scene.now);
    let about = estimate.map(|at| say!(" The turn comes about {at}."));
    let inherits = scene.resource.ridden_by(person).map(|hold| say!(" Whoever inherits the hat from {} leaves the queue.", hold.person));
    say!("{person} waits for the hat{wanted}: {}.{about}{inherits}", in_front(ahead))
}

/// Somebody let an offer go by, and what came of that.
fn let_by(person: &User, sentence: &Message, after: &[Outcome]) -> Message {
    match after.first() {
        Some(Outcome::MovedBack { behind, .. }) => say!("{sentence} and waits behind {behind} now."),
        Some(Outcome::Removed { .. }) => {
            let rejoin = Button::new("Queue again").says("hat queue").only(person);
            say!("{sentence} and is out of the queue.").button(rejoin)
        }
        _ => say!("{sentence}, and nobody else waits."),
    }
}

fn jumped(scene: &Scene<'_>, person: &User, ahead: usize, over: &[User]) -> Message {
    let reason = because(scene.resource.entry(person).and_then(|entry| entry.wish.reason.as_deref()));
    let past = (!over.is_empty()).then(|| say!(" past {}", names(over)));
    say!("{person} jumps the queue{past}{reason}: {}.", in_front(ahead))
}

fn next(scene: &Scene<'_>, person: &User) -> Message {
    let others = scene.resource.others_waiting(person).count();
    let more = (others > 0).then(|| say!(" Then: {}.", waiting(scene.resource.others_waiting(person))));
    let take = Button::new("Hat on").says("hat on").primary().only(person);
    say!("{} is next: `hat on` takes it.{more}", scene.call(person)).button(take)
}

/// Something that a person may take: `id` is that of the offer or of the pass.
fn offered(scene: &Scene<'_>, id: Id, person: &User, until: Instant, sentence: Message) -> Message {
    let take = Button::new("Take it").says("hat on").primary().only(person).until(until);
    let decline = Button::new("Not now").presses(About::new(scene.channel, id).pressed("decline")).only(person).until(until);
    sentence.button(take).button(decline)
}

/// In an archived channel nobody reads anything.
fn freezing(by: &User, reason: Option<&str>) -> Option<Message> {
    (by.as_str() != ARCHIVE).then(|| say!("{by} froze the hat{}: nobody gets it until it is thawed.", because(reason)))
}

fn thawing(by: &User) -> Message {
    if by.as_str() == ARCHIVE {
        return "The channel is back, and so is its hat.".into();
    }
    say!("{by} thawed the hat.")
}
