//! One workspace: its bot token, and what is known of its people and channels.

use super::cache::{Cache, Known};
use super::events::{News, bare_channel, read_account, read_channel};
use super::homes::Homes;
use super::names::{self, Names};
use super::pace::Pace;
use super::places::{Where, locate};
use super::roster::Rosters;
use super::tickets::Tickets;
use super::web::{Api, Identity, WebError};
use crate::clock::Clock;
use crate::model::{Account, Affiliation};
use hatstand_common::message::Message;
use hatstand_common::value::{Channel, ChannelId, MessageId, Person, PersonId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A workspace that the bot is installed in.
#[derive(Debug)]
pub struct Team {
    api: Api,
    pub identity: Identity,
    pub pace: Pace,
    pub tickets: Tickets,
    pub homes: Homes,
    pub clock: Clock,
    pub rosters: Rosters,
    /// People as Slack's directory has them.
    people: Cache<PersonId, Account>,
    /// People as their own messages and presses show them, never as full members.
    met: Cache<PersonId, Account>,
    /// Those of them whom the directory does not show.
    hidden: Cache<PersonId, ()>,
    channels: Cache<ChannelId, Channel>,
    /// The channels of the conversations with single people. They never change.
    directs: Cache<PersonId, ChannelId>,
    /// When all channels that the bot is in were last asked for.
    listed: tokio::sync::Mutex<Option<Instant>>,
    /// The parts of a long message that are out while others are not: their times, as far as they have any.
    pub partly: Mutex<HashMap<MessageId, Vec<Option<String>>>>,
}

impl Team {
    pub fn new(api: Api, identity: Identity, pace: Pace, clock: Clock, believed: Duration) -> Self {
        Self {
            api,
            identity,
            pace,
            tickets: Tickets::default(),
            homes: Homes::default(),
            clock,
            rosters: Rosters::default(),
            people: Cache::new(believed),
            met: Cache::new(believed),
            hidden: Cache::new(believed),
            channels: Cache::new(believed),
            directs: Cache::new(believed),
            listed: tokio::sync::Mutex::default(),
            partly: Mutex::default(),
        }
    }

    /// A call that changes something. Not sent while Slack wants the method to wait.
    pub async fn post<T>(&self, method: &str, request: &(impl Serialize + Send + Sync)) -> Result<T, WebError>
    where
        T: DeserializeOwned + Send,
    {
        self.open_gate(method)?;
        self.api.post(method, request).await.inspect_err(|why| self.pace.note(why))
    }

    /// A call that only reads.
    pub async fn get<T>(&self, method: &str, parameters: &[(&str, &str)]) -> Result<T, WebError>
    where
        T: DeserializeOwned + Send,
    {
        self.open_gate(method)?;
        self.api.get(method, parameters).await.inspect_err(|why| self.pace.note(why))
    }

    /// Answers to the newest address of this person, or of anybody, in a channel. False if there is none.
    pub async fn answer(
        &self,
        channel: &ChannelId,
        person: Option<&PersonId>,
        request: &(impl Serialize + Send + Sync),
    ) -> Result<bool, WebError> {
        match self.tickets.address(channel, person) {
            Some(url) => self.api.respond(&url, request).await.map(|()| true),
            None => Ok(false),
        }
    }

    fn open_gate(&self, method: &str) -> Result<(), WebError> {
        match self.pace.wait(method) {
            Some(wait) => Err(WebError::TooFast { method: method.to_owned(), wait }),
            None => Ok(()),
        }
    }

    /// Takes over what Slack reported.
    pub fn learn(&self, news: &News) {
        match news {
            News::Person(account) => self.people.put(account.person.id.clone(), account.clone()),
            News::Member { channel, person, joined } => self.rosters.report(channel, person, *joined),
            News::Channel(channel) => self.channels.put(channel.id.clone(), channel.clone()),
            News::RateLimited => tracing::error!(team = %self.identity.team, "more happens than Slack reports: it leaves out events"),
            News::TokenGone => tracing::error!(team = %self.identity.team, "the bot token was revoked; see: hatstand doctor"),
        }
    }

    pub fn person_last_known(&self, id: &PersonId) -> Option<Person> {
        self.people.last(id).or_else(|| self.met.last(id)).map(|account| account.person)
    }

    pub fn channel_last_known(&self, id: &ChannelId) -> Option<Channel> {
        self.channels.last(id)
    }

    /// Somebody who was seen before and is the only one who is called so: names are not unique.
    pub fn person_called(&self, name: &str) -> Option<PersonId> {
        let mut called = self
            .people
            .values()
            .into_iter()
            .map(|account| account.person)
            .filter(|person| person.active && person.name.eq_ignore_ascii_case(name));
        let person = called.next()?;
        called.next().is_none().then_some(person.id)
    }

    pub fn admins(&self) -> Vec<PersonId> {
        let people = self.people.values().into_iter().map(|account| account.person);
        let admins = people.filter(|person| person.admin && person.active && !person.bot);
        admins.map(|person| person.id).collect()
    }

    pub async fn person(&self, id: &PersonId) -> Option<Person> {
        self.account(id).await.map(|account| account.person)
    }

    /// A person with their affiliation. Where the directory cannot be asked, or does not show somebody, it is whoever was last heard of,
    /// but neither a full member nor an administrator.
    pub async fn account(&self, id: &PersonId) -> Option<Account> {
        let known = self.people.get(id);
        if let Known::Fresh(account) = known {
            return Some(account);
        }
        if let Known::Fresh(()) = self.hidden.get(id) {
            return self.met.last(id);
        }
        let unconfirmed = known.any().map(Account::unconfirmed).or_else(|| self.met.last(id));
        match self.ask_for(id).await {
            Ok(account) => {
                self.people.put(id.clone(), account.clone());
                Some(account)
            }
            Err(WebError::Refused { code, .. }) if NOBODY.contains(&code.as_str()) => {
                let met = unconfirmed?;
                self.people.forget(id);
                self.met.put(id.clone(), met.clone());
                self.hidden.put(id.clone(), ());
                Some(met)
            }
            Err(why) => {
                tracing::warn!(%why, person = %id, "a person cannot be looked up");
                Some(unconfirmed.unwrap_or_else(|| Account::bare(id)))
            }
        }
    }

    async fn ask_for(&self, id: &PersonId) -> Result<Account, WebError> {
        let method = "users.info";
        let answer: Value = self.get(method, &[("user", &id.0)]).await?;
        let garbled = || WebError::Unknown { method: method.to_owned(), why: "there is no user in the answer".to_owned() };
        read_account(&answer["user"], &self.identity.team).ok_or_else(garbled)
    }

    /// Takes over how an envelope shows the person who sent it. A guest in it is one, whatever was known before.
    pub fn meet(&self, sender: Account) {
        let id = sender.person.id.clone();
        let is_guest = matches!(sender.affiliation, Affiliation::Guest | Affiliation::SingleChannelGuest);
        if let Some(known) = self.people.last(&id).filter(|known| is_guest && known.affiliation == Affiliation::Member) {
            self.people.put(id.clone(), Account { affiliation: sender.affiliation, ..known.unconfirmed() });
        }
        let met = self.met.last(&id).unwrap_or_else(|| Account::bare(&id));
        let person = if sender.person.name == id.0 { met.person } else { sender.person };
        let affiliation = if sender.affiliation == Affiliation::Unknown { met.affiliation } else { sender.affiliation };
        self.met.put(id, Account { person, affiliation });
    }

    /// A channel by its id, or by its name as an operator writes it; if Slack cannot be asked, as last known, or with no more than the id.
    pub async fn channel(&self, id: &ChannelId) -> Option<Channel> {
        if let Where::DirectWith(person) | Where::HomeOf(person) = locate(id) {
            return self.person(&person).await.map(|person| Channel { id: id.clone(), name: person.name, direct: true, archived: false });
        }
        self.look_up_channel(id).await.unwrap_or_else(|_| Some(bare_channel(id)))
    }

    /// The same, but only if Slack said what it is called; a direct conversation is called by its id.
    pub async fn known_channel(&self, id: &ChannelId) -> Option<Channel> {
        if let Where::DirectWith(_) | Where::HomeOf(_) = locate(id) {
            return Some(Channel { direct: true, ..bare_channel(id) });
        }
        let found = self.look_up_channel(id).await.ok().flatten();
        found.filter(|channel| channel.direct || channel.name != channel.id.0)
    }

    /// None if there is no such channel; an error if that could not be found out.
    async fn look_up_channel(&self, id: &ChannelId) -> Result<Option<Channel>, WebError> {
        if is_name(&id.0) {
            return Ok(self.channel_called(id.0.trim_start_matches('#')).await);
        }
        let known = self.channels.get(id);
        if let Known::Fresh(channel) = known {
            return Ok(Some(channel));
        }
        let asked: Result<Value, _> = self.get("conversations.info", &[("channel", &id.0)]).await;
        match asked {
            Ok(answer) => {
                let channel = read_channel(&answer["channel"]);
                channel.iter().for_each(|channel| self.channels.put(id.clone(), channel.clone()));
                Ok(channel)
            }
            Err(WebError::Refused { code, .. }) if code == "channel_not_found" && !id.0.starts_with('D') => Ok(None),
            Err(why) => {
                tracing::warn!(%why, channel = %id, "a channel cannot be looked up");
                known.any().map(Some).ok_or(why)
            }
        }
    }

    /// One of the channels that the bot is in, by its name.
    async fn channel_called(&self, name: &str) -> Option<Channel> {
        let find = || {
            let called = self.channels.values().into_iter().filter(|channel| !channel.direct && channel.name.eq_ignore_ascii_case(name));
            called.min_by_key(|channel| channel.archived)
        };
        if let Some(channel) = find() {
            return Some(channel);
        }
        if let Err(why) = self.list_channels().await {
            tracing::warn!(%why, "the channels that the bot is in cannot be listed");
        }
        find()
    }

    /// Learns of all channels that the bot is in, at most once in a while.
    async fn list_channels(&self) -> Result<(), WebError> {
        let mut listed = self.listed.lock().await;
        if listed.is_some_and(|at| at.elapsed() < RELIST) {
            return Ok(());
        }
        let mut cursor = String::new();
        loop {
            let parameters = [("types", "public_channel,private_channel"), ("limit", "999"), ("cursor", cursor.as_str())];
            let page: Value = self.get("users.conversations", &parameters).await?;
            for channel in page["channels"].as_array().into_iter().flatten().filter_map(read_channel) {
                self.channels.put(channel.id.clone(), channel);
            }
            cursor = page["response_metadata"]["next_cursor"].as_str().unwrap_or_default().to_owned();
            if cursor.is_empty() {
                *listed = Some(Instant::now());
                return Ok(());
            }
        }
    }

    /// The channel of the conversation with a person.
    pub async fn direct_channel(&self, person: &PersonId) -> Result<ChannelId, WebError> {
        if let Some(channel) = self.directs.last(person) {
            return Ok(channel);
        }
        let opened: Value = self.post("conversations.open", &serde_json::json!({ "users": person })).await?;
        let channel = opened["channel"]["id"].as_str().unwrap_or_default();
        let channel = ChannelId::from(channel);
        self.directs.put(person.clone(), channel.clone());
        Ok(channel)
    }

    /// The names of everybody in a message.
    pub async fn names(&self, message: &Message) -> Names {
        let mut names = Names::default();
        for id in names::people(message) {
            if let Some(person) = self.person(id).await {
                names.people.insert(id.clone(), person.name);
            }
        }
        for id in names::channels(message) {
            if let Some(channel) = self.channel(id).await {
                names.channels.insert(id.clone(), channel.name);
            }
        }
        names
    }
}

/// How long a list of channels is good enough for names that it does not have.
const RELIST: Duration = Duration::from_secs(60);

/// Ids of Slack's are in capitals, names of channels never.
pub fn is_name(id: &str) -> bool {
    id.contains(char::is_lowercase)
}

/// With these, Slack says that there is no such person; see the page of `users.info`.
const NOBODY: [&str; 2] = ["user_not_found", "user_not_visible"];
