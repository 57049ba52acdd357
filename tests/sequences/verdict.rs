//! What has to hold after any sequence: nothing was lost, nothing was doubled, and the plugin's state is what a plain model makes of the
//! same events, one after another.

use crate::laws::{Turn, all_get_a_turn, asked_for, ends_once, is_kept_for_whoever_waits, lost_turns, no_doubles};
use crate::record::Record;
use crate::vocabulary::{Pressed, Vocabulary};
use hatstand::ledger::AuditEntry;
use hatstand::model::{Event, Order, PluginName, Say, What};
use hatstand_common::message::Action;
use hatstand_common::transcript::Pressable;
use hatstand_common::value::{MessageId, PersonId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use turns::{Handoff, Policy, Resource};

/// What is wrong, in a sentence.
pub type Verdict = Result<(), String>;

/// The thing of each channel.
type Things = BTreeMap<String, Resource>;

/// Looks for anything that is wrong.
pub fn judge(vocabulary: &Vocabulary, record: &Record) -> Verdict {
    every_event_is_there_once(record)?;
    let handled = every_event_is_handled_once(record)?;
    every_command_is_answered(record)?;
    everything_is_said_once(record)?;
    let things = replay(vocabulary, record, &handled)?;
    everybody_gets_a_turn(&things, &(vocabulary.policy)(), record)?;
    state_is(vocabulary, record, &things)
}

/// An event and what came of it.
type Handled<'r> = (&'r Event, &'r AuditEntry);

fn every_event_is_there_once(record: &Record) -> Verdict {
    let by_people = |event: &&Event| event.person.is_some();
    let mut arrived: Vec<_> = record.inbox.iter().map(|(_, event)| event).filter(by_people).map(told_apart).collect();
    let mut happened: Vec<_> = record.happened.iter().map(told_apart).collect();
    arrived.sort();
    happened.sort();
    if arrived == happened { Ok(()) } else { Err(format!("people did {} things, {} arrived", happened.len(), arrived.len())) }
}

/// What tells what somebody did from everything else, under whatever key it arrived.
fn told_apart(event: &Event) -> String {
    format!("{:?} {:?} {:?} {:?}", event.at, event.person, event.place, event.what)
}

/// Every event was handled, by one invocation; those of a plugin in the order in which they came.
fn every_event_is_handled_once(record: &Record) -> Result<Vec<Handled<'_>>, String> {
    let places: BTreeMap<i64, usize> = record.inbox.iter().enumerate().map(|(place, (number, _))| (*number, place)).collect();
    let mut handled: Vec<Option<&AuditEntry>> = vec![None; record.inbox.len()];
    let mut last: BTreeMap<&PluginName, usize> = BTreeMap::new();
    for entry in &record.audit {
        // Its reference is too short to tell it from all others.
        let place = entry.event.and_then(|event| places.get(&event.0).copied());
        let place = place.filter(|place| reference(&record.inbox[*place].1, &entry.plugin) == entry.reference);
        let place = place.ok_or_else(|| format!("{entry:?} came of nothing"))?;
        if last.insert(&entry.plugin, place).is_some_and(|before| before > place) {
            return Err(format!("{entry:?} came before its turn"));
        }
        if handled[place].replace(entry).is_some() {
            return Err(format!("{entry:?} came of what had come to something before"));
        }
    }
    let events = record.inbox.iter().map(|(_, event)| event).zip(handled);
    events.map(|(event, entry)| entry.map(|entry| (event, entry)).ok_or_else(|| format!("nothing came of {event:?}"))).collect()
}

/// As the host names an invocation.
fn reference(event: &Event, plugin: &PluginName) -> String {
    let mut hasher = Sha256::new();
    for part in [&event.workspace.0, &event.key, &plugin.0] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.update(event.at.0.to_be_bytes());
    let digest = hasher.finalize();
    format!("{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2])
}

/// Whoever does something sees what came of it: in the channel, or alone.
fn every_command_is_answered(record: &Record) -> Verdict {
    let mut readers: BTreeMap<i64, Vec<Option<&PersonId>>> = BTreeMap::new();
    for say in &record.said {
        readers.entry(Order::of(&say.id).event).or_default().push(say.how.only_seen_by());
    }
    for (number, event) in &record.inbox {
        let Some(person) = &event.person else { continue };
        let readers = readers.get(number).into_iter().flatten();
        if !readers.into_iter().any(|reader| reader.is_none_or(|reader| reader == person)) {
            let told = record.audit.iter().filter(|entry| entry.event.is_some_and(|event| event.0 == *number)).collect::<Vec<_>>();
            return Err(format!("nobody answered {event:?}, of which the audit tells {told:?}"));
        }
    }
    Ok(())
}

/// What was committed was said, once, and nothing else was.
fn everything_is_said_once(record: &Record) -> Verdict {
    let said: BTreeSet<&MessageId> = record.said.iter().map(|say| &say.id).collect();
    if said.len() != record.said.len() {
        return Err(format!("{} messages were said twice", record.said.len() - said.len()));
    }
    let meant: BTreeSet<&MessageId> = record.outbox.iter().filter(|(_, sent)| *sent).map(|(say, _)| &say.id).collect();
    match record.outbox.iter().find(|(_, sent)| !sent) {
        Some((say, _)) => Err(format!("{say:?} was never said")),
        None if meant == said => Ok(()),
        None => Err("something was said that nobody meant to say".to_owned()),
    }
}

/// The same events, one after another, in a plain model.
fn replay(vocabulary: &Vocabulary, record: &Record, handled: &[Handled<'_>]) -> Result<Things, String> {
    let (mut things, mut newest) = (Things::new(), Newest::new());
    let says: BTreeMap<&MessageId, &Say> = record.outbox.iter().map(|(say, _)| (&say.id, say)).collect();
    let shown = shown(vocabulary, record);
    for (event, entry) in handled.iter().filter(|(_, entry)| was_asked(vocabulary, entry)) {
        let (channel, done) = done(vocabulary, event, &says).ok_or_else(|| format!("nobody knows what {event:?} means"))?;
        if !is_about_the_past(&done, newest.get(&channel)) {
            let before = things.remove(&channel).unwrap_or_default();
            let after = step(vocabulary, &before, event.person.as_ref(), &done, entry)?;
            if vocabulary.keeps_idle || !(after.holds.is_empty() && after.queue.is_empty()) {
                things.insert(channel, after);
            }
        }
        let buttons = entry.event.and_then(|event| shown.get(&event.0)).into_iter().flatten();
        newest.extend(buttons.map(|button| (button.channel.clone(), button.thing)));
    }
    Ok(things)
}

/// Of each channel the thing of which people saw buttons last.
type Newest = BTreeMap<String, u64>;

/// The buttons that came of each event.
fn shown(vocabulary: &Vocabulary, record: &Record) -> BTreeMap<i64, Vec<Pressed>> {
    let mut shown: BTreeMap<i64, Vec<Pressed>> = BTreeMap::new();
    for (say, _) in &record.outbox {
        let pressables = say.how.message().map(Pressable::all).unwrap_or_default();
        let buttons = pressables.into_iter().filter_map(|pressable| match pressable.action {
            Action::Press(value) => (vocabulary.pressed)(value),
            Action::Say(_) => None,
        });
        shown.entry(Order::of(&say.id).event).or_default().extend(buttons);
    }
    shown
}

/// A button of a thing that is gone does nothing to the one that came after it: not even what is due happens to that.
fn is_about_the_past(done: &Done, newest: Option<&u64>) -> bool {
    matches!(done, Done::Pressed(pressed) if newest.is_some_and(|newest| pressed.thing < *newest))
}

/// Did the plugin handle this, and keep what came of it?
fn was_asked(vocabulary: &Vocabulary, entry: &AuditEntry) -> bool {
    let is_kept = !["stale", "usage", "refused", "broken"].contains(&entry.outcome.as_str());
    entry.plugin.0 == vocabulary.plugin && !entry.build.is_empty() && is_kept
}

/// What was done to the thing of a channel.
enum Done {
    Said(String),
    Pressed(Pressed),
    /// Time has passed.
    Nothing,
}

fn done(vocabulary: &Vocabulary, event: &Event, says: &BTreeMap<&MessageId, &Say>) -> Option<(String, Done)> {
    match &event.what {
        What::TimerDue { key, .. } => Some(((vocabulary.timer)(key)?, Done::Nothing)),
        What::Said(said) => Some((event.place.as_ref()?.channel.0.clone(), Done::Said(said.line.text.clone()))),
        What::Pressed { message, number, .. } => match Pressable::all(says.get(message)?.how.message()?).get(*number)?.action {
            Action::Press(value) => (vocabulary.pressed)(value).map(|pressed| (pressed.channel.clone(), Done::Pressed(pressed))),
            Action::Say(_) => None,
        },
        _ => None,
    }
}

/// One step of one thing: what is due happens, then what was asked. The laws hold on the way.
fn step(vocabulary: &Vocabulary, before: &Resource, who: Option<&PersonId>, done: &Done, entry: &AuditEntry) -> Result<Resource, String> {
    let (policy, now) = ((vocabulary.policy)(), entry.at);
    let due = turns::catch_up(before, &policy, now).resource;
    let due = turns::adapt(&due, &policy, now).resource;
    let request = match done {
        // Whoever was refused has changed nothing: a button of a turn that is over, for instance.
        _ if entry.outcome.starts_with("refused.") => None,
        Done::Said(text) => who.and_then(|who| (vocabulary.asked)(&due, who, text)),
        Done::Pressed(pressed) => Some(pressed.request.clone()),
        Done::Nothing => None,
    };
    let asked = who.zip(request.as_ref());
    let after = match asked {
        Some((who, request)) => turns::apply(&due, &policy, who, request.clone(), now).map_or(due, |turn| turn.resource),
        None => due,
    };
    let is_rightful = |turn: &Turn<'_>| turn.is_over(now) || asked.is_some_and(|(who, request)| asked_for(who, request, turn));
    if let Some(taken) = lost_turns(before, &after).find(|turn| !is_rightful(turn)) {
        return Err(format!("{taken:?} was taken by {entry:?}"));
    }
    let fits = after.holds.len() <= policy.capacity.get() && ends_once(&after, &policy, now);
    if fits && no_doubles(&after) && is_kept_for_whoever_waits(&after, &policy) { Ok(after) } else { Err(format!("{after:?} cannot be")) }
}

/// From here on, if nobody says anything new.
fn everybody_gets_a_turn(things: &Things, policy: &Policy, record: &Record) -> Verdict {
    let now = record.audit.last().map(|entry| entry.at).unwrap_or_default();
    // Where the next one is only named, anybody may take it before.
    let promised = policy.handoff != Handoff::Notify;
    let unfair = things.values().find(|thing| promised && !all_get_a_turn(thing, policy, now));
    unfair.map_or(Ok(()), |thing| Err(format!("somebody waits for ever: {thing:?}")))
}

fn state_is(vocabulary: &Vocabulary, record: &Record, expected: &Things) -> Verdict {
    let kept = record.state.iter().filter_map(|(key, value)| (vocabulary.kept)(key, value));
    let is_something = |(_, resource): &(String, Resource)| *resource != Resource::default();
    let kept: Things = kept.filter(is_something).collect();
    let expected: Things = expected.clone().into_iter().filter(is_something).collect();
    if kept == expected { Ok(()) } else { Err(format!("the plugin keeps\n  {kept:?}\nand it should be\n  {expected:?}")) }
}
