//! Channel rosters: who belongs to which channel, believed for a minute and kept current by what Slack reports.

use super::places::{Where, locate};
use super::team::{Team, is_name};
use super::web::WebError;
use crate::model::Membership;
use hatstand_common::value::{ChannelId, PersonId};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a roster is believed. Changes are reported only of channels that the bot is in.
const FRESH: Duration = Duration::from_secs(60);

/// How long a failed lookup is not repeated: everybody who waited for it would run into the same time-out, one after another.
const RETRY: Duration = Duration::from_secs(5);

/// So many channels are remembered; more only while all of them are fresh or being looked up.
const CHANNELS: usize = 500;

/// So many pages of a thousand people are read. Of a larger private channel nothing is known.
const PAGES: usize = 20;

/// The rosters of one workspace.
#[derive(Debug, Default)]
pub struct Rosters {
    channels: Mutex<HashMap<ChannelId, Arc<Slot>>>,
}

/// One channel's place in the cache.
#[derive(Debug, Default)]
struct Slot {
    /// Held during a lookup: there is one at a time for each channel.
    lookup: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    roster: Option<(Roster, Instant)>,
    failed: Option<Instant>,
    /// The changes reported while a lookup runs: its pages may be older.
    reported: HashMap<PersonId, bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Roster {
    /// May every full member of the workspace join?
    public: bool,
    /// Not asked for while only full members want to know of a public channel.
    members: Option<HashSet<PersonId>>,
}

impl Rosters {
    fn slot(&self, channel: &ChannelId) -> Arc<Slot> {
        let mut channels = lock(&self.channels);
        if channels.len() >= CHANNELS && !channels.contains_key(channel) {
            channels.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.is_fresh(Instant::now()));
        }
        Arc::clone(channels.entry(channel.clone()).or_default())
    }

    /// Takes over that somebody joined or left.
    pub fn report(&self, channel: &ChannelId, person: &PersonId, joined: bool) {
        if let Some(slot) = lock(&self.channels).get(channel) {
            slot.report(person, joined);
        }
    }
}

impl Slot {
    fn is_fresh(&self, now: Instant) -> bool {
        let state = lock(&self.state);
        state.roster.as_ref().is_some_and(|(_, at)| now.duration_since(*at) < FRESH)
    }

    /// What is known without a lookup; none if one is needed.
    fn membership(&self, person: &PersonId, could_join: bool, now: Instant) -> Option<Membership> {
        let state = lock(&self.state);
        if state.failed.is_some_and(|at| now.duration_since(at) < RETRY) {
            return Some(Membership::Unknown);
        }
        let (roster, _) = state.roster.as_ref().filter(|(_, at)| now.duration_since(*at) < FRESH)?;
        match &roster.members {
            _ if roster.public && could_join => Some(Membership::Member),
            Some(members) => Some(Membership::of(members.contains(person))),
            None => None,
        }
    }

    fn begin(&self) {
        lock(&self.state).reported.clear();
    }

    /// Takes over what a lookup found, with what was reported meanwhile.
    fn learn(&self, roster: Option<Roster>, now: Instant) {
        let mut state = lock(&self.state);
        let reported = std::mem::take(&mut state.reported);
        state.failed = roster.is_none().then_some(now);
        state.roster = roster.map(|roster| (roster, now));
        for (person, joined) in reported {
            state.change(person, joined);
        }
    }

    fn report(&self, person: &PersonId, joined: bool) {
        let mut state = lock(&self.state);
        if self.lookup.try_lock().is_err() {
            state.reported.insert(person.clone(), joined);
        }
        state.change(person.clone(), joined);
    }
}

impl State {
    fn change(&mut self, person: PersonId, joined: bool) {
        let Some((Roster { members: Some(members), .. }, _)) = &mut self.roster else { return };
        if joined {
            members.insert(person);
        } else {
            members.remove(&person);
        }
    }
}

impl Team {
    /// Whether a person is in a channel, or could join it without asking: full members can join public channels, guests and strangers
    /// cannot.
    pub async fn belongs(&self, channel: &ChannelId, person: &PersonId) -> Membership {
        let channel = match locate(channel) {
            Where::DirectWith(other) | Where::HomeOf(other) => return Membership::of(other == *person),
            Where::Channel(id) if is_name(&id.0) => match self.channel(&id).await {
                Some(channel) => channel.id,
                None => return Membership::Unknown,
            },
            Where::Channel(id) => id,
        };
        let could_join = self.account(person).await.is_some_and(|account| account.is_member());
        let slot = self.rosters.slot(&channel);
        if let Some(known) = slot.membership(person, could_join, Instant::now()) {
            return known;
        }
        let _turn = slot.lookup.lock().await;
        if let Some(found_by_another) = slot.membership(person, could_join, Instant::now()) {
            return found_by_another;
        }
        slot.begin();
        let roster = self.roster(&channel, could_join).await;
        let roster = roster.inspect_err(|why| tracing::warn!(%why, %channel, "the members of a channel cannot be looked up"));
        slot.learn(roster.ok().flatten(), Instant::now());
        slot.membership(person, could_join, Instant::now()).unwrap_or(Membership::Unknown)
    }

    /// None for more members than are worth reading.
    async fn roster(&self, channel: &ChannelId, could_join: bool) -> Result<Option<Roster>, WebError> {
        let answer: Value = self.get("conversations.info", &[("channel", &channel.0)]).await?;
        let conversation = &answer["channel"];
        let public = conversation["is_private"] == false && conversation["is_im"] != true && conversation["is_mpim"] != true;
        if public && could_join {
            return Ok(Some(Roster { public, members: None }));
        }
        let members = match conversation["user"].as_str() {
            Some(partner) if conversation["is_im"] == true => Some(HashSet::from([partner.into()])),
            _ => self.members(channel).await?,
        };
        Ok(members.map(|members| Roster { public, members: Some(members) }))
    }

    async fn members(&self, channel: &ChannelId) -> Result<Option<HashSet<PersonId>>, WebError> {
        let mut members = HashSet::new();
        let mut cursor = String::new();
        for _ in 0..PAGES {
            let parameters = [("channel", channel.0.as_str()), ("limit", "1000"), ("cursor", cursor.as_str())];
            let page: Value = self.get("conversations.members", &parameters).await?;
            members.extend(page["members"].as_array().into_iter().flatten().filter_map(Value::as_str).map(PersonId::from));
            cursor = page["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                return Ok(Some(members));
            }
        }
        Ok(None)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn private(members: &[&str]) -> Roster {
        Roster { public: false, members: Some(members.iter().map(|id| PersonId::from(*id)).collect()) }
    }

    fn seen(slot: &Slot, person: &str, at: Instant) -> Option<Membership> {
        slot.membership(&person.into(), true, at)
    }

    #[test]
    fn a_roster_is_not_believed_for_long() {
        let (slot, now) = (Slot::default(), Instant::now());
        slot.learn(Some(private(&["U1"])), now);
        assert_eq!(seen(&slot, "U1", now), Some(Membership::Member));
        assert_eq!(seen(&slot, "U2", now), Some(Membership::Outsider));
        assert_eq!(seen(&slot, "U1", now + FRESH), None);
    }

    #[test]
    fn a_failure_is_unknown_and_soon_forgotten() {
        let (slot, now) = (Slot::default(), Instant::now());
        slot.learn(Some(private(&["U1"])), now);
        slot.learn(None, now);
        assert_eq!(seen(&slot, "U1", now), Some(Membership::Unknown));
        assert_eq!(seen(&slot, "U1", now + RETRY), None);
    }

    #[test]
    fn only_a_full_member_belongs_to_a_public_channel_unseen() {
        let (slot, now) = (Slot::default(), Instant::now());
        slot.learn(Some(Roster { public: true, members: None }), now);
        assert_eq!(slot.membership(&"U1".into(), true, now), Some(Membership::Member));
        assert_eq!(slot.membership(&"U1".into(), false, now), None, "the members have to be asked for");
    }

    #[test]
    fn a_departure_during_a_lookup_is_not_lost() {
        let (slot, now) = (Slot::default(), Instant::now());
        let turn = slot.lookup.try_lock();
        slot.begin();
        slot.report(&"U1".into(), false);
        slot.report(&"U3".into(), true);
        slot.learn(Some(private(&["U1", "U2"])), now);
        drop(turn);
        assert_eq!(
            ["U1", "U2", "U3"].map(|id| seen(&slot, id, now)),
            [Some(Membership::Outsider), Some(Membership::Member), Some(Membership::Member)]
        );
    }

    #[test]
    fn rosters_that_are_not_fresh_make_room() {
        let rosters = Rosters::default();
        for number in 0..CHANNELS * 2 {
            rosters.slot(&ChannelId(format!("C{number}")));
        }
        assert!(lock(&rosters.channels).len() <= CHANNELS);
    }
}
