//! What everybody in the channel is told. It is read by others than those whom it is about, so it speaks of all in the third person.

use super::{ARCHIVE, Scene};
use hatstand_plugin::prelude::*;
use manners::words::{because, in_front, lapsed, length, names, together, until, waiting, wanted};
use turns::{Began, End, Ended, Entry, Id, Outcome, Removal, Start};

/// So many of those who have it are named to whoever waits.
const TOLD: usize = 8;

/// So many of those who wait are told when to expect their turn.
const EXPECTING: usize = 8;

/// One message for everything that happened in one turn; none if it concerns nobody but those who get a letter.
pub fn announcement(scene: &Scene<'_>, outcomes: &[Outcome]) -> Option<Message> {
    let sentences = (0..outcomes.len()).filter_map(|index| {
        let (before, rest) = outcomes.split_at(index);
        sentence(scene, before, &rest[0], &rest[1..])
    });
    together(sentences.chain(freedom(scene, outcomes)), " ")
}

/// What is said about something that happened; some things are said together with what came of them.
fn sentence(scene: &Scene<'_>, before: &[Outcome], outcome: &Outcome, after: &[Outcome]) -> Option<Message> {
    match outcome {
        Outcome::Began(began) if is_back(began, before) => Some(back(began)),
        Outcome::Began(began) => Some(beginning(scene, began)),
        Outcome::Rejoined { person, .. } if begins(person, after) => None,
        Outcome::Queued { person, ahead } => Some(queued(scene, person, *ahead, before.is_empty())),
        Outcome::Ended(ended) => Some(ending(scene, ended)),
        Outcome::Retimed { person, deadline, capped, .. } => Some(retimed(scene, person, *deadline, capped.is_some())),
        Outcome::Declined { person } => Some(let_by(scene, person, &say!("{person} lets {} go by", scene.thing()), after)),
        Outcome::Lapsed { person } => Some(let_by(scene, person, &lapsed(person, after), after)),
        Outcome::Orphaned { person, until, .. } => {
            Some(say!("The account of {person} is gone: {} is free again {until}, or by `dibs steal`.", scene.thing()))
        }
        Outcome::Returned { person, .. } => Some(say!("{person} is back and keeps {}.", scene.thing())),
        Outcome::Frozen { by, reason } => freezing(scene, by, reason.as_deref()),
        Outcome::Thawed { by } if by.as_str() != ARCHIVE => Some(say!("{by} thawed {}.", scene.thing())),
        _ => queue(scene, outcome).or_else(|| turn(scene, outcome)).or_else(|| pass(scene, outcome)),
    }
}

fn queue(scene: &Scene<'_>, outcome: &Outcome) -> Option<Message> {
    let thing = scene.thing();
    Some(match outcome {
        Outcome::Rejoined { person, ahead } => say!("{person} waits again: {}.", place(scene, *ahead)),
        Outcome::Left { person, ahead, waited } => {
            say!("{person} gave up place {} for {thing} after waiting {}.", ahead + 1, length(*waited))
        }
        Outcome::Removed { person, cause: Removal::Kicked { by, reason } } => {
            say!("{by} took {} out of the queue of {thing}{}.", scene.call(person), because(reason.as_deref()))
        }
        Outcome::Removed { person, cause: Removal::Gone } => {
            say!("{person}, whose account is gone, is out of the queue of {thing}.")
        }
        Outcome::Jumped { person, ahead, over } => jumped(scene, person, *ahead, over),
        _ => return None,
    })
}

/// Whose turn it is.
fn turn(scene: &Scene<'_>, outcome: &Outcome) -> Option<Message> {
    let thing = scene.thing();
    Some(match outcome {
        Outcome::Next { person } => {
            let take = Button::new("Dibs").says(format!("dibs on {}", scene.typed())).primary().only(person);
            say!("{} is next: `dibs on {}` takes it.", scene.call(person), scene.typed()).button(take)
        }
        Outcome::Drawn { among, .. } => say!("The next was drawn from {among}."),
        Outcome::Offered { offer, person, until } => {
            offered(scene, *offer, person, *until, say!("{} has until {until} to take {thing}.", scene.call(person)))
        }
        Outcome::OfferRenewed { offer, person, until } => {
            let sentence = say!("I was offline, so {} has more time: until {until} to take {thing}.", person.mention());
            offered(scene, *offer, person, *until, sentence)
        }
        Outcome::OfferWithdrawn { person } => {
            say!("The offer of {thing} to {} is void for now; the place in the queue stays.", scene.call(person))
        }
        Outcome::Unclaimed => say!("Nobody who waited wants {thing}: it is free for anybody."),
        _ => return None,
    })
}

fn pass(scene: &Scene<'_>, outcome: &Outcome) -> Option<Message> {
    let thing = scene.thing();
    Some(match outcome {
        Outcome::PassOffered { pass, from, to, until } => {
            let sentence = say!("{from} would like to hand {thing} to {}, who has until {until} to take it.", scene.call(to));
            offered(scene, *pass, to, *until, sentence)
        }
        Outcome::PassRenewed { pass, from, to, until } => {
            let sentence = say!("I was offline, so {} has more time: until {until} to take {thing} from {from}.", to.mention());
            offered(scene, *pass, to, *until, sentence)
        }
        Outcome::PassDeclined { from, to } => say!("{to} does not want {thing}: {} keeps it.", scene.call(from)),
        Outcome::PassLapsed { from, to } => say!("{to} did not answer: {} keeps {thing}.", from.mention()),
        Outcome::PassWithdrawn { to, .. } => say!("{thing} does not go to {} after all.", scene.call(to)),
        _ => return None,
    })
}

fn beginning(scene: &Scene<'_>, began: &Began) -> Message {
    let Began { person, deadline, .. } = began;
    let reason = scene.resource().hold(began.hold).and_then(|hold| scene.reason(hold));
    let (thing, until, because, called) = (scene.thing(), until(*deadline), because(reason), scene.call(person));
    let waited = began.waited.map(|waited| say!(", after waiting {}", length(waited)));
    let sentence = match &began.start {
        Start::Taken { .. } | Start::Joined => say!("{person} has {thing}{}{until}{waited}{because}.", scene.share()),
        Start::Accepted => say!("{person} takes {thing}{until}{waited}{because}."),
        Start::Granted => say!("{thing} goes to {called}{until}{waited}{because}."),
        Start::Inherited { .. } | Start::Passed { .. } => say!("It goes to {called}{until}{because}."),
        Start::Stolen { .. } => say!("{person} has it{until} now{because}."),
    };
    match (began.capped, scene.policy.max_duration) {
        (Some(wanted), Some(max)) => say!("{sentence} {wanted} is more than the maximum of {max}."),
        _ => sentence,
    }
}

/// Is this the person whose turn just ended?
fn is_back(began: &Began, before: &[Outcome]) -> bool {
    before.iter().any(|outcome| matches!(outcome, Outcome::Ended(ended) if ended.person == began.person))
}

fn back(began: &Began) -> Message {
    say!("Nobody else waits, so {} has it again{}.", began.person, until(began.deadline))
}

fn begins(person: &User, after: &[Outcome]) -> bool {
    after.iter().any(|outcome| matches!(outcome, Outcome::Began(began) if began.person == *person))
}

fn ending(scene: &Scene<'_>, ended: &Ended) -> Message {
    let Ended { person, until, end, .. } = ended;
    let (thing, held) = (scene.thing(), length(ended.held_for()));
    match end {
        End::Retired if scene.policy.repeat => say!("{person} gave {thing} back for good after {held}."),
        End::Released | End::Retired => say!("{person} gave {thing} back after {held}."),
        End::Passed { .. } => say!("{person} hands {thing} on after {held}."),
        End::Bumped { by } if by == person => say!("{person} leaves {thing} to the next after {held}."),
        End::Bumped { by } => say!("{by} ended the turn of {} with {thing} after {held}.", scene.call(person)),
        End::Yielded => say!("{person} lets the next one go first with {thing} after {held}."),
        End::Stolen { by, .. } => say!("{by} took {thing} from {} after {held}.", scene.call(person)),
        // Whose it was gets a letter.
        End::Evicted { by, reason } | End::Kicked { by, reason } => {
            say!("{by} took {thing} from {person} after {held}{}.", because(reason.as_deref()))
        }
        End::Expired { late_by } if *late_by > scene.policy.tolerance => {
            say!("Time is up: the turn of {} with {thing} ended {until} after {held}, I was offline.", person.mention())
        }
        End::Expired { .. } => say!("Time is up: {} had {thing} for {held}.", person.mention()),
        End::Orphaned => say!("{thing} is taken back from {person}, whose account is gone, after {held}."),
    }
}

/// If nobody has it and nobody is asked to take it, everybody may: said when it just became so.
fn freedom(scene: &Scene<'_>, outcomes: &[Outcome]) -> Option<Message> {
    let resource = scene.resource();
    let is_over = |outcome: &Outcome| matches!(outcome, Outcome::Ended(_) | Outcome::Thawed { .. });
    let is_said = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Unclaimed | Outcome::Frozen { .. }));
    let has_room = resource.free(scene.policy) > 0 && resource.queue.is_empty();
    if is_said || !has_room || !outcomes.iter().any(is_over) {
        return None;
    }
    let archived = resource.frozen.as_ref().is_some_and(|freeze| freeze.by.as_str() == ARCHIVE);
    match (&resource.frozen, resource.holds.len()) {
        _ if archived => None,
        (Some(_), _) => Some("It stays frozen.".into()),
        (None, 0) => Some("It is free.".into()),
        (None, held) => Some(say!("Taken: {held} of {}.", scene.policy.capacity.get())),
    }
}

fn retimed(scene: &Scene<'_>, person: &User, deadline: Instant, capped: bool) -> Message {
    let most = scene.policy.max_duration.filter(|_| capped).map(|max| say!(": {max} in all is the maximum"));
    let sentence = say!("{person} has {} until {deadline} now{most}.", scene.thing());
    let waiting = scene.resource().others_waiting(person).take(EXPECTING).map(|entry| expectation(scene, entry));
    let more = scene.resource().others_waiting(person).count().saturating_sub(EXPECTING);
    let more = (more > 0).then(|| say!("{more} more"));
    match together(waiting.chain(more), ", ") {
        Some(waiting) => say!("{sentence} Waiting: {waiting}."),
        None => sentence,
    }
}

fn expectation(scene: &Scene<'_>, entry: &Entry) -> Message {
    let ahead = scene.resource().ahead_of(&entry.person).unwrap_or_default();
    match estimate(scene, ahead) {
        Some(at) => say!("{} from about {at}", entry.person),
        None => say!("{}", entry.person),
    }
}

/// When somebody behind so many others can expect their turn.
pub fn estimate(scene: &Scene<'_>, ahead: usize) -> Option<Instant> {
    if scene.is_random() || scene.policy.waiting_only {
        return None;
    }
    turns::estimate(scene.resource(), scene.policy, ahead, scene.now)
}

/// What somebody waits for is said with it, unless that was said just before.
fn queued(scene: &Scene<'_>, person: &User, ahead: usize, is_news: bool) -> Message {
    let thing = scene.thing();
    let wanted = scene.resource().entry(person).and_then(|entry| wanted(&entry.wish));
    let about = estimate(scene, ahead).map(|at| say!(" The turn comes about {at}."));
    let place = place(scene, ahead);
    if scene.policy.waiting_only {
        return say!("{person} waits for any of {thing}{wanted}: {place}.");
    }
    if scene.resource().held_by(person).is_some() {
        return say!("{person} waits for another turn with {thing}{wanted}: {place}.{about}");
    }
    let held = together(
        scene.resource().holds.iter().filter(|_| is_news).take(TOLD).map(|hold| say!(" {}.", sentence_of(scene.having(hold)))),
        "",
    );
    say!("{person} waits for {thing}{wanted}: {place}.{held}{about}")
}

/// Where somebody stands.
pub fn place(scene: &Scene<'_>, ahead: usize) -> Message {
    let waiting = scene.resource().queue.len();
    match (scene.is_random(), waiting) {
        (true, 1) => "nobody else does".into(),
        (true, waiting) => say!("one of {waiting}, and the next is drawn"),
        (false, _) => in_front(ahead),
    }
}

fn sentence_of(mut message: Message) -> Message {
    if let Some(Span::Markdown(first)) = message.text.first_mut() {
        let mut letters = first.chars();
        *first = letters.next().map(|letter| letter.to_uppercase().chain(letters).collect()).unwrap_or_default();
    }
    message
}

/// Somebody let an offer go by, and what came of that.
fn let_by(scene: &Scene<'_>, person: &User, sentence: &Message, after: &[Outcome]) -> Message {
    match after.first() {
        Some(Outcome::MovedBack { behind, .. }) => say!("{sentence} and waits behind {behind} now."),
        Some(Outcome::Removed { .. }) => {
            let rejoin = Button::new("Queue again").says(format!("dibs on {}", scene.typed())).only(person);
            say!("{sentence} and is out of the queue.").button(rejoin)
        }
        _ => say!("{sentence}, and nobody else waits."),
    }
}

fn jumped(scene: &Scene<'_>, person: &User, ahead: usize, over: &[User]) -> Message {
    let reason = because(scene.resource().entry(person).and_then(|entry| entry.wish.reason.as_deref()));
    let past = (!over.is_empty()).then(|| say!(" past {}", names(over)));
    say!("{person} jumps the queue of {}{past}{reason}: {}.", scene.thing(), in_front(ahead))
}

/// Something that a person may take: `id` is that of the offer or of the pass.
fn offered(scene: &Scene<'_>, id: Id, person: &User, until: Instant, sentence: Message) -> Message {
    let button = |label: &str, handler| Button::new(label).presses(scene.about(id).pressed(handler)).only(person).until(until);
    sentence.button(button("Take it", "take").primary()).button(button("Not now", "decline"))
}

/// In an archived channel nobody reads anything.
fn freezing(scene: &Scene<'_>, by: &User, reason: Option<&str>) -> Option<Message> {
    let held = scene.resource().holds.first().map(|hold| say!(" {} keeps it until the turn ends.", hold.person));
    let waits = (!scene.resource().queue.is_empty()).then(|| say!(" Waiting as before: {}.", waiting(&scene.resource().queue)));
    (by.as_str() != ARCHIVE)
        .then(|| say!("{by} froze {}{}: nobody gets it until it is thawed.{held}{waits}", scene.thing(), because(reason)))
}
