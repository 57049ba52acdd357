//! The small parts of which sentences are made.

use hatstand_plugin::message::{Block, Span};
use hatstand_plugin::prelude::*;
use turns::{End, Entry, Outcome, Stint, Tally, Wish};

/// So many people are named in one sentence, at most.
const NAMED: usize = 8;

/// A reason that is longer is cut where several are listed.
const SHORT: usize = 80;

/// More than this is not listed.
const LISTED: usize = 20;

/// The period in words. Nobody wants to know the seconds.
pub fn length(period: Duration) -> Message {
    match period.as_secs() / 60 {
        0 => "a moment".into(),
        minutes => say!("{}", Duration::from_secs(minutes * 60)),
    }
}

/// How long ago it began.
pub fn age(period: Duration) -> Message {
    if period < Duration::from_secs(60) { "just now".into() } else { length(period) }
}

/// ` until 12:00`.
pub fn until(end: Option<Instant>) -> Option<Message> {
    end.map(|end| say!(" until {end}"))
}

/// ` (for 2 h, because the build is broken)`: what somebody who waits has asked for.
pub fn wanted(wish: &Wish) -> Option<Message> {
    let period = wish.duration.map(|period| say!("for {period}"));
    let reason = wish.reason.as_deref().map(|reason| say!("because {reason}"));
    together(period.into_iter().chain(reason), ", ").map(|wanted| say!(" ({wanted})"))
}

/// `, because the build is broken`.
pub fn because(reason: Option<&str>) -> Option<Message> {
    reason.map(|reason| say!(", because {reason}"))
}

/// The same where several are listed.
pub fn because_short(reason: Option<&str>) -> Option<Message> {
    let reason = reason?;
    match reason.char_indices().nth(SHORT) {
        Some((end, _)) => Some(say!(", because {}…", &reason[..end])),
        None => because(Some(reason)),
    }
}

/// `1 turn`, `2 turns`.
pub fn count(number: usize, one: &'static str, many: &'static str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `next in line`, or how many are in front.
pub fn in_front(ahead: usize) -> Message {
    match ahead {
        0 => "next in line".into(),
        1 => "1 person in front".into(),
        ahead => say!("{ahead} people in front"),
    }
}

/// `ann, bob and cid`, without notifying them.
pub fn names<'a>(people: impl IntoIterator<Item = &'a User>) -> Message {
    listed(people.into_iter().map(User::name))
}

/// `@ann, @bob and @cid`.
pub fn mentions<'a>(people: impl IntoIterator<Item = &'a User>) -> Message {
    listed(people.into_iter().map(User::mention))
}

/// The names of those who wait.
pub fn waiting<'a>(queue: impl IntoIterator<Item = &'a Entry>) -> Message {
    names(queue.into_iter().map(|entry| &entry.person))
}

/// Since when somebody waits, for what, and when their turn comes `about`, unless they are asked already.
pub fn wait(entry: &Entry, now: Instant, about: Option<Instant>) -> Message {
    let Entry { person, since, wish, offer, .. } = entry;
    let age = age(now.since(*since));
    let period = wish.duration.map(|period| say!(", wants {period}"));
    let reason = because_short(wish.reason.as_deref());
    let turn = match (offer, about) {
        (Some(offer), _) => Some(say!(" – has until {} to take it", offer.until)),
        (None, Some(at)) => Some(say!(" – turn about {at}")),
        (None, None) => None,
    };
    say!("{person} since {since} ({age}){period}{reason}{turn}")
}

/// Somebody let an offer lapse. Who loses their place by that is told.
pub fn lapsed(person: &User, after: &[Outcome]) -> Message {
    match after.first() {
        Some(Outcome::Removed { .. }) => say!("{} did not answer again", person.mention()),
        _ => say!("{person} did not answer"),
    }
}

/// Who had it, from when to when, and what `ending` calls its end.
pub fn turn(stint: &Stint, now: Instant, ending: impl FnOnce(&End) -> Message) -> Message {
    let Stint { person, since, until, end, .. } = stint;
    let lasted = length(stint.lasted(now));
    match (until, end) {
        (Some(until), Some(end)) => say!("{person}, {since} to {until} ({lasted}){}", ending(end)),
        _ => say!("{person}, since {since} ({lasted})"),
    }
}

/// Some lines under a title, and how many more there are.
pub fn list(title: Message, lines: impl ExactSizeIterator<Item = Message>) -> Message {
    let more = lines.len().checked_sub(LISTED).filter(|more| *more > 0).map(|more| say!("… and {more} more"));
    let lines = lines.take(LISTED).chain(more);
    together(std::iter::once(title).chain(lines), "\n").unwrap_or_default()
}

/// `2 turns, 3 h in all (median 1 h 30 min)`.
pub fn sums(tally: &Tally) -> Message {
    let rides = (tally.rides > 0).then(|| format!(", {}", count(tally.rides, "ride", "rides")));
    match tally.median {
        Some(median) if tally.turns > 1 => {
            say!("{}, {} in all (median {}){rides}", count(tally.turns, "turn", "turns"), length(tally.total), length(median))
        }
        Some(_) => say!("1 turn, {}{rides}", length(tally.total)),
        None => say!("no turn{rides}"),
    }
}

/// Several sentences as one message; their buttons stand below.
pub fn together(sentences: impl IntoIterator<Item = Message>, between: &'static str) -> Option<Message> {
    sentences.into_iter().reduce(|mut whole, sentence| {
        whole.text.push(Span::Markdown(between.to_owned()));
        whole.text.extend(sentence.text);
        sentence.blocks.into_iter().fold(whole, add_block)
    })
}

fn add_block(mut whole: Message, block: Block) -> Message {
    match (whole.blocks.last_mut(), block) {
        (Some(Block::Buttons(buttons)), Block::Buttons(more)) => buttons.extend(more),
        (_, block) => whole.blocks.push(block),
    }
    whole
}

fn listed(people: impl Iterator<Item = Span>) -> Message {
    let mut people: Vec<Message> = people.map(Message::from).collect();
    if people.len() > NAMED {
        let more = people.split_off(NAMED - 1).len();
        people.push(say!("{more} more"));
    }
    enumerated(people)
}

/// `a, b and c`.
pub fn enumerated(mut things: Vec<Message>) -> Message {
    let last = things.pop();
    match (together(things, ", "), last) {
        (Some(first), Some(last)) => say!("{first} and {last}"),
        (_, last) => last.unwrap_or_else(|| "nobody".into()),
    }
}
