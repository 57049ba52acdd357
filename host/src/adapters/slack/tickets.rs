//! What Slack hands out for a short time with a command or a press: a trigger to open a form with, an address to answer to.
//!
//! They are kept in memory only: they let whoever has them speak as the bot, and they outlive no restart that takes longer than a moment.

use hatstand_common::value::{ChannelId, PersonId};
use secrecy::SecretString;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A trigger is good for 3 seconds and for one form. See "Handling user interaction in your Slack apps".
const TRIGGER: Duration = Duration::from_secs(3);

/// An address is good for half an hour and for five answers. See the same page.
const ADDRESS: Duration = Duration::from_secs(30 * 60);
const ANSWERS: u8 = 5;

/// More than anybody presses in half an hour; the oldest is forgotten first.
const REMEMBERED: usize = 1_000;

/// What came with one command or press.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub person: PersonId,
    pub channel: Option<ChannelId>,
    pub trigger: Option<SecretString>,
    pub address: Option<SecretString>,
}

/// The tickets of one workspace that are still good.
#[derive(Debug, Default)]
pub struct Tickets {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    triggers: HashMap<PersonId, (SecretString, Instant)>,
    addresses: VecDeque<Address>,
}

#[derive(Debug)]
struct Address {
    person: PersonId,
    channel: ChannelId,
    url: SecretString,
    came: Instant,
    left: u8,
}

impl Tickets {
    /// Keeps what came now.
    pub fn keep(&self, ticket: Ticket) {
        let now = Instant::now();
        let mut state = self.state();
        let Ticket { person, channel, trigger, address } = ticket;
        state.triggers.retain(|_, (_, came)| now - *came < TRIGGER);
        if let Some(trigger) = trigger {
            state.triggers.insert(person.clone(), (trigger, now));
        }
        if let (Some(channel), Some(url)) = (channel, address) {
            state.addresses.truncate(REMEMBERED - 1);
            state.addresses.push_front(Address { person, channel, url, came: now, left: ANSWERS });
        }
    }

    /// A trigger for a form for this person: it is good for this once.
    pub fn trigger(&self, person: &PersonId) -> Option<SecretString> {
        let (trigger, came) = self.state().triggers.remove(person)?;
        (came.elapsed() < TRIGGER).then_some(trigger)
    }

    /// The newest address in a channel that takes an answer: of this person, or of anybody. It is counted as used.
    pub fn address(&self, channel: &ChannelId, person: Option<&PersonId>) -> Option<SecretString> {
        let mut state = self.state();
        state.addresses.retain(|address| address.came.elapsed() < ADDRESS && address.left > 0);
        let fits = |address: &&mut Address| address.channel == *channel && person.is_none_or(|person| address.person == *person);
        let address = state.addresses.iter_mut().find(fits)?;
        address.left -= 1;
        Some(address.url.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn ticket(person: &str, channel: &str, url: &str) -> Ticket {
        Ticket {
            person: person.into(),
            channel: Some(channel.into()),
            trigger: Some("t".to_owned().into()),
            address: Some(url.to_owned().into()),
        }
    }

    fn url(secret: Option<SecretString>) -> Option<String> {
        secret.map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_trigger_opens_one_form() {
        let tickets = Tickets::default();
        tickets.keep(ticket("U1", "C1", "one"));
        assert!(tickets.trigger(&"U2".into()).is_none());
        assert!(tickets.trigger(&"U1".into()).is_some());
        assert!(tickets.trigger(&"U1".into()).is_none());
    }

    #[test]
    fn an_address_takes_five_answers_and_the_newest_comes_first() {
        let tickets = Tickets::default();
        tickets.keep(ticket("U1", "C1", "one"));
        tickets.keep(ticket("U2", "C1", "two"));
        assert_eq!(url(tickets.address(&"C1".into(), Some(&"U1".into()))).as_deref(), Some("one"));
        for _ in 0..5 {
            assert_eq!(url(tickets.address(&"C1".into(), None)).as_deref(), Some("two"));
        }
        assert_eq!(url(tickets.address(&"C1".into(), None)).as_deref(), Some("one"));
        assert_eq!(url(tickets.address(&"C2".into(), None)), None);
    }

    #[test]
    fn it_prints_nothing_of_what_it_keeps() {
        let tickets = Tickets::default();
        tickets.keep(ticket("U1", "C1", "https://hooks.example/secret"));
        assert!(!format!("{tickets:?}").contains("hooks.example"));
    }
}
