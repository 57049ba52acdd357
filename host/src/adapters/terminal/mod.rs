//! The terminal: a chat of its own, with several people, channels and direct messages, for practice and for transcripts.
//!
//! A person's identity is the name, a channel's too; a direct conversation with jane is the channel `@jane`.

mod chat;

pub use chat::TerminalChat;

use super::{Abilities, Adapter, Undelivered, tell_no_room};
use crate::clock::Clock;
use crate::directory::zone_offset;
use crate::intake::Intake;
use crate::ledger::{self, LedgerError};
use crate::model::{Account, Affiliation, Event, How, Membership, Order, Said, Say, What, WorkspaceId};
use async_trait::async_trait;
use hatstand_common::message::Message;
use hatstand_common::transcript::{Act, Audience, Line, Name, Pressable, Reader, Room, addressed, render, typed};
use hatstand_common::value::{Channel, ChannelId, Instant, MessageId, Person, PersonId, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// The adapter. Everything that the bot says goes into one stream, for whoever shows it.
#[derive(Debug)]
pub struct Terminal {
    clock: Clock,
    /// What the bot is called here.
    bot: String,
    shown: mpsc::UnboundedSender<Shown>,
    state: Mutex<State>,
}

/// Something the bot said, and its place in the order of the commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub order: Order,
    pub line: Line,
}

#[derive(Debug, Default)]
struct State {
    zones: BTreeMap<PersonId, String>,
    admins: BTreeSet<PersonId>,
    /// How many things people did, which makes each one's key.
    done: u64,
    /// What comes before that number, if somebody counted on the same ledger before.
    session: String,
    /// Messages with something to press, oldest first.
    pressable: Vec<(MessageId, Audience, Message)>,
}

/// The one workspace of a terminal.
pub fn workspace() -> WorkspaceId {
    WorkspaceId::from("terminal")
}

impl Terminal {
    /// A terminal, and the stream of what the bot says.
    pub fn new(bot: &str, clock: Clock) -> (Self, mpsc::UnboundedReceiver<Shown>) {
        let (shown, stream) = mpsc::unbounded_channel();
        (Self { clock, bot: bot.to_owned(), shown, state: Mutex::default() }, stream)
    }

    /// What happens when somebody types this in a room: a press, or something said.
    pub fn typed(&self, room: &Room, who: &Name, text: &str) -> Event {
        let what = self.press(room, who, text).unwrap_or_else(|| self.said(room, text));
        let mut state = self.state();
        state.done += 1;
        let now = self.clock.now();
        let key = format!("{}-{}{}", now.0, state.session, state.done);
        let what = match what {
            What::Said(said) => What::Said(Said { message: MessageId(key.clone()), ..said }),
            other => other,
        };
        Event { workspace: workspace(), key, at: now, place: Some(place(room, who)), person: Some(person_id(who)), what }
    }

    /// Hands over what happened; who typed it is told if there is no room for it.
    pub async fn hand_over(&self, event: Event, intake: &Intake) -> ledger::Result<()> {
        match intake.take(event.clone()).await {
            Err(LedgerError::Full) if tell_no_room(self, &event).await => Ok(()),
            taken => taken.map(drop),
        }
    }

    /// Tells what is typed from now on from whatever was typed to earlier processes with the same ledger: people mean what they say, also
    /// when they say it again.
    pub fn begin_session(&self, session: &str) {
        self.state().session = format!("{session}-");
    }

    fn said(&self, room: &Room, text: &str) -> What {
        let meant = addressed(text, &self.bot);
        let to_the_bot = meant.is_some() || *room == Room::Direct;
        What::Said(Said { line: meant.unwrap_or_else(|| typed(text)), addressed: to_the_bot, message: MessageId(String::new()) })
    }

    /// The newest message in the room that offers this person a choice which reads like what was typed.
    fn press(&self, room: &Room, who: &Name, text: &str) -> Option<What> {
        let state = self.state();
        let (message, _, body) = state.pressable.iter().rev().find(|(_, audience, _)| audience.is_seen_by(who, room))?;
        let chosen = Pressable::chosen(text, body)?;
        let number = Pressable::all(body).iter().position(|pressable| *pressable == chosen)?;
        Some(What::Pressed { message: message.clone(), number })
    }

    pub fn set_zone(&self, who: &Name, zone: &str) {
        self.state().zones.insert(person_id(who), zone.to_owned());
    }

    pub fn make_admin(&self, who: &Name) {
        self.state().admins.insert(person_id(who));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn zone_of(&self, id: &PersonId) -> String {
        self.state().zones.get(id).cloned().unwrap_or_else(|| "UTC".to_owned())
    }

    fn show(&self, say: &Say) -> Result<(), Undelivered> {
        let (audience, act, text) = match &say.how {
            How::React { to, emoji, .. } => (channel_audience(&to.channel)?, Act::Reacts, vec![format!(":{emoji}:")]),
            How::Edit { to, original, message } => {
                let audience = self.remembered(original).map_or_else(|| channel_audience(&to.channel), Ok)?;
                (audience.clone(), Act::Edits, self.render(message, &audience))
            }
            How::Post { to, message } => {
                let audience = channel_audience(&to.channel)?;
                (audience.clone(), Act::Says, self.render(message, &audience))
            }
            How::Whisper { to, person, message } => {
                let audience = whisper_audience(&to.channel, person)?;
                (audience.clone(), Act::Says, self.render(message, &audience))
            }
            How::Direct { to, message } => {
                let audience = Audience::Direct(name(&to.0)?);
                (audience.clone(), Act::Says, self.render(message, &audience))
            }
            How::OpenForm { .. } => return Err(Undelivered::Never("a terminal has no forms".to_owned())),
        };
        self.remember(say, &audience);
        // Nobody may be looking any more.
        drop(self.shown.send(Shown { order: Order::of(&say.id), line: Line::new(audience, act, text) }));
        Ok(())
    }

    /// Keeps what can be pressed, as it stands.
    fn remember(&self, say: &Say, audience: &Audience) {
        let Some(message) = say.how.message() else { return };
        let id = match &say.how {
            How::Edit { original, .. } => original,
            _ => &say.id,
        };
        let mut state = self.state();
        state.pressable.retain(|(known, _, _)| known != id);
        if !Pressable::all(message).is_empty() {
            state.pressable.push((id.clone(), audience.clone(), message.clone()));
        }
    }

    fn remembered(&self, id: &MessageId) -> Option<Audience> {
        self.state().pressable.iter().find(|(known, _, _)| known == id).map(|(_, audience, _)| audience.clone())
    }

    fn render(&self, message: &Message, audience: &Audience) -> Vec<String> {
        let zone = match audience {
            Audience::Channel(_) => "UTC".to_owned(),
            Audience::Whisper { person, .. } | Audience::Direct(person) => self.zone_of(&person_id(person)),
        };
        render(message, &Eyes { zone, now: self.clock.now() })
    }
}

/// Whoever reads a message.
struct Eyes {
    zone: String,
    now: Instant,
}

impl Reader for Eyes {
    fn person(&self, id: &PersonId) -> String {
        id.0.clone()
    }

    fn channel(&self, id: &ChannelId) -> String {
        id.0.clone()
    }

    fn offset(&self, at: Instant) -> i32 {
        zone_offset(&self.zone, at).unwrap_or(0)
    }

    fn now(&self) -> Instant {
        self.now
    }
}

#[async_trait]
impl Adapter for Terminal {
    fn workspaces(&self) -> Vec<WorkspaceId> {
        vec![workspace()]
    }

    fn abilities(&self) -> Abilities {
        Abilities { forms: false }
    }

    async fn deliver(&self, _: &WorkspaceId, say: &Say, _: Option<&ledger::Said>) -> Result<Option<String>, Undelivered> {
        self.show(say).map(|()| None)
    }

    /// Everybody who can be named is there, as a full member.
    async fn account(&self, _: &WorkspaceId, id: &PersonId) -> Option<Account> {
        Name::read(&id.0)?;
        let admin = self.state().admins.contains(id);
        let person = Person { zone: self.zone_of(id), admin, bot: id.0 == self.bot, ..Account::bare(id).person };
        Some(Account { person, affiliation: Affiliation::Member })
    }

    fn admins(&self, _: &WorkspaceId) -> Vec<PersonId> {
        self.state().admins.iter().cloned().collect()
    }

    async fn channel(&self, _: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        let direct = id.0.starts_with('@');
        Name::read(id.0.trim_start_matches('@'))?;
        Some(Channel { id: id.clone(), name: id.0.clone(), direct, archived: false })
    }

    /// Everybody is in every channel; a direct conversation belongs to its person.
    async fn belongs(&self, _: &WorkspaceId, channel: &ChannelId, person: &PersonId) -> Membership {
        match channel.0.strip_prefix('@') {
            Some(partner) => Membership::of(partner == person.0),
            None => Membership::of(Name::read(&person.0).is_some()),
        }
    }

    async fn person_called(&self, _: &WorkspaceId, name: &str) -> Option<PersonId> {
        Name::read(name).map(|name| person_id(&name))
    }

    fn channel_name(&self, _: &WorkspaceId, id: &ChannelId) -> Option<String> {
        Some(id.0.clone())
    }
}

fn person_id(who: &Name) -> PersonId {
    PersonId(who.as_str().to_owned())
}

fn place(room: &Room, who: &Name) -> Place {
    let channel = match room {
        Room::Channel(name) => name.as_str().to_owned(),
        Room::Direct => format!("@{who}"),
    };
    Place { channel: ChannelId(channel), thread: None }
}

fn channel_audience(channel: &ChannelId) -> Result<Audience, Undelivered> {
    match channel.0.strip_prefix('@') {
        Some(person) => Ok(Audience::Direct(name(person)?)),
        None => Ok(Audience::Channel(name(&channel.0)?)),
    }
}

/// In a direct conversation everything is for one person's eyes only.
fn whisper_audience(channel: &ChannelId, person: &PersonId) -> Result<Audience, Undelivered> {
    match channel_audience(channel)? {
        Audience::Channel(channel) => Ok(Audience::Whisper { person: name(&person.0)?, channel }),
        direct => Ok(direct),
    }
}

fn name(text: &str) -> Result<Name, Undelivered> {
    Name::read(text).ok_or_else(|| Undelivered::Never(format!("`{text}` is nobody and nowhere here")))
}
