//! Slack to practise in: the real adapter against the double.

use super::slack_page::{self, Eyes};
use super::{Canary, FOR_EVER};
use async_trait::async_trait;
use hatstand::adapters::Adapter;
use hatstand::adapters::slack::{Settings, Slack};
use hatstand::clock::Clock;
use hatstand::intake::Intake;
use hatstand::model::Order;
use hatstand::practice::{BOT, Chat};
use hatstand::secrets::{SlackTokens, Token};
use hatstand_common::transcript::{Act, Audience, Line, Name, Room};
use hatstand_common::value::PersonId;
use serde_json::Value;
use slack_double::{Call, Channel, ChannelId, Double, Input, Interaction, Outcome, Person, Settings as Setup, Ts, UserId};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// Who is in every channel from the beginning, so that nobody has to come in first. Others come when they speak.
const CREW: [&str; 12] = ["andre", "ann", "ben", "bob", "cid", "dan", "eve", "jane", "joe", "kim", "max", "zoe"];

/// A workspace of its own, and whoever speaks there.
#[derive(Debug)]
pub struct SlackChat {
    pub double: Double,
    clock: Clock,
    slack: Option<Arc<Slack>>,
    people: BTreeMap<Name, UserId>,
    channels: BTreeMap<Name, ChannelId>,
    /// The call after the last that was looked at.
    seen: u64,
    /// What can be pressed, oldest first.
    pressable: Vec<Pressable>,
    /// For the double alone: it outlives the hosts.
    _runtime: Runtime,
}

/// A message with something to press.
#[derive(Clone, Debug)]
struct Pressable {
    audience: Audience,
    channel: ChannelId,
    ts: Ts,
    choices: Vec<slack_page::Choice>,
}

impl SlackChat {
    pub fn new(clock: Clock) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let double = runtime.block_on(Double::start(Setup::default())).expect("the double starts");
        let mut chat = Self {
            double,
            clock,
            slack: None,
            people: BTreeMap::new(),
            channels: BTreeMap::new(),
            seen: 0,
            pressable: Vec::new(),
            _runtime: runtime,
        };
        chat.double.change_person(&chat.double.home().tokens.user, |bot| BOT.clone_into(&mut bot.display_name));
        let home = chat.double.home();
        chat.double.join(&home.random, &home.tokens.user);
        chat.channels.extend([("general", home.general), ("random", home.random)].map(|(name, channel)| (Name::from(name), channel)));
        for name in CREW {
            chat.person(&Name::from(name));
        }
        chat
    }

    /// Somebody of this name, who is there from now on.
    fn person(&mut self, name: &Name) -> UserId {
        let team = self.double.home().team;
        let double = &self.double;
        let somebody = || Person { display_name: name.to_string(), tz: "UTC".to_owned(), tz_offset: 0, ..Person::named(name.as_str()) };
        self.people.entry(name.clone()).or_insert_with(|| double.add_person(&team, somebody())).clone()
    }

    /// A channel of this name, in which the bot and everybody are.
    fn channel(&mut self, name: &Name) -> ChannelId {
        if let Some(channel) = self.channels.get(name) {
            return channel.clone();
        }
        let home = self.double.home();
        let members = self.people.values().cloned().chain([home.tokens.user]).collect();
        let channel = self.double.add_channel(&home.team, Channel { members, ..Channel::named(name.as_str()) });
        self.channels.insert(name.clone(), channel.clone());
        channel
    }

    fn place(&mut self, room: &Room, who: &Name) -> (ChannelId, UserId) {
        let user = self.person(who);
        let channel = match room {
            Room::Channel(name) => self.channel(name),
            Room::Direct => self.double.open_direct(&self.double.home().app, &user),
        };
        if !self.double.members(&channel).contains(&user) {
            self.double.join(&channel, &user);
        }
        (channel, user)
    }

    /// Whoever and whatever is mentioned has to be there.
    fn meet(&mut self, text: &str) {
        for word in text.split_whitespace() {
            let name = word.trim_start_matches(['@', '#']).trim_end_matches(|c: char| !c.is_alphanumeric());
            match (word.chars().next(), Name::read(name)) {
                (Some('@'), Some(name)) if name.as_str() != BOT => drop(self.person(&name)),
                (Some('#'), Some(name)) if name.as_str().starts_with(char::is_alphabetic) => drop(self.channel(&name)),
                _ => {}
            }
        }
    }

    /// The newest message in the room that offers this person a choice which reads like what was typed.
    fn press(&mut self, room: &Room, who: &Name, text: &str) -> Option<Interaction> {
        let newest = self.pressable.iter().rev().find(|pressable| pressable.audience.is_seen_by(who, room))?.clone();
        let choice = slack_page::chosen(text, &newest.choices)?.clone();
        let user = self.person(who);
        Some(match choice.option {
            None => self.double.press(&newest.channel, newest.ts, &choice.action_id, &user),
            Some(option) => self.double.choose(&newest.channel, newest.ts, &choice.action_id, Input::Option(option), &user),
        })
    }

    /// Waits until the host has taken everything that Slack sent.
    async fn taken(&self) -> Result<(), String> {
        let taken = |double: &Double| (double.counts().outstanding == 0 && double.counts().waiting == 0).then_some(());
        self.double.until(FOR_EVER, taken).await.ok_or_else(|| "the host does not acknowledge".to_owned())
    }

    /// A call as what people see of it, and where it belongs.
    fn shown(&mut self, call: &Call) -> Option<Shown> {
        let arguments = &call.arguments;
        let channel = ChannelId::from(text(&arguments["channel"])?);
        let act = match call.method.as_str() {
            "chat.postMessage" | "chat.postEphemeral" => Act::Says,
            "chat.update" => Act::Edits,
            _ => return None,
        };
        let audience = self.audience(&channel, text(&arguments["user"]))?;
        let eyes = Eyes {
            person: &|id| self.double.person(&id.into()).display_name,
            channel: &|id| self.called(&id.into()).map_or_else(|| id.to_owned(), |name| name.to_string()),
            zone: match &audience {
                Audience::Channel(_) => "UTC".to_owned(),
                Audience::Whisper { person, .. } | Audience::Direct(person) => self.double.person(&self.people[person]).tz,
            },
            now: self.clock.now(),
        };
        let page = slack_page::read(arguments, &eyes);
        drop(eyes);
        let ts = text(&call.answer["ts"]).or_else(|| text(&call.answer["message_ts"])).and_then(|ts| ts.parse().ok())?;
        self.pressable.retain(|known| known.ts != ts || known.channel != channel);
        if !page.choices.is_empty() {
            self.pressable.push(Pressable { audience: audience.clone(), channel: channel.clone(), ts, choices: page.choices });
        }
        let order = Order::of(&page.message?);
        Some(Shown { channel, order, is_edit: act == Act::Edits, line: Line::new(audience, act, page.lines) })
    }

    fn audience(&self, channel: &ChannelId, only: Option<&str>) -> Option<Audience> {
        let person = |user: &UserId| self.people.iter().find(|(_, id)| *id == user).map(|(name, _)| name.clone());
        match (self.called(channel), only) {
            (Some(channel), Some(user)) => Some(Audience::Whisper { person: person(&user.into())?, channel }),
            (Some(channel), None) => Some(Audience::Channel(channel)),
            (None, _) => self.double.members(channel).iter().find_map(person).map(Audience::Direct),
        }
    }

    fn called(&self, channel: &ChannelId) -> Option<Name> {
        self.channels.iter().find(|(_, id)| *id == channel).map(|(name, _)| name.clone())
    }
}

#[async_trait]
impl Chat for SlackChat {
    async fn adapter(&mut self) -> Result<Arc<dyn Adapter>, String> {
        let tokens = self.double.home().tokens;
        let settings = Settings {
            api_url: self.double.api_url(),
            tokens: SlackTokens {
                app: Token::new(&tokens.app),
                workspaces: vec![("slack".to_owned(), Token::new(&tokens.bot))],
                warnings: Vec::new(),
            },
            connections: 1,
            per_second: None,
            times: Default::default(),
        };
        let slack = Arc::new(Slack::begin(settings, self.clock.clone()).await.map_err(|why| why.to_string())?);
        self.slack = Some(Arc::clone(&slack));
        Ok(slack)
    }

    async fn connect(&mut self, intake: &Intake, stop: &CancellationToken) -> Result<(), String> {
        let slack = self.slack.as_ref().ok_or("there is no connection")?;
        tokio::spawn(Arc::clone(slack).listen(intake.clone(), stop.clone()));
        let ready = tokio::time::timeout(FOR_EVER, slack.ready()).await;
        ready.map_err(|_| format!("no connection: {:?}", slack.status().borrow()))
    }

    fn disconnect(&mut self) {
        self.slack = None;
        let mut canary = Canary::default();
        canary.guard(&self.double.home().tokens);
        canary.guard_sockets(&self.double);
        canary.is_silent_in_chat(&self.double);
    }

    async fn type_in(&mut self, room: &Room, who: &Name, text: &str) -> Result<(), String> {
        match self.press(room, who, text) {
            Some(interaction) => match interaction.outcome().await {
                Outcome::Acked { .. } => Ok(()),
                other => Err(format!("the press was not acknowledged: {other:?}")),
            },
            None => {
                self.meet(text);
                let (channel, user) = self.place(room, who);
                self.double.post(&channel, &user, &picked(text));
                self.taken().await
            }
        }
    }

    fn identity(&mut self, who: &Name) -> PersonId {
        self.person(who).to_string().into()
    }

    fn said(&mut self) -> Vec<Line> {
        let calls: Vec<Call> = self.double.calls().into_iter().filter(|call| call.seq > self.seen && call.error.is_none()).collect();
        self.seen = calls.last().map_or(self.seen, |call| call.seq);
        let mut shown: Vec<Shown> = calls.iter().filter_map(|call| self.shown(call)).collect();
        place_edits(&mut shown);
        shown.sort_by(|one, other| one.order.cmp(&other.order));
        shown.into_iter().map(|shown| shown.line).collect()
    }

    async fn make_admin(&mut self, who: &Name) -> Result<(), String> {
        let user = self.person(who);
        self.double.change_person(&user, |person| person.is_admin = true);
        self.taken().await
    }

    async fn set_zone(&mut self, who: &Name, zone: &str) -> Result<(), String> {
        let user = self.person(who);
        self.double.change_person(&user, |person| zone.clone_into(&mut person.tz));
        self.taken().await
    }
}

/// Something that the bot did, as it came to Slack.
struct Shown {
    channel: ChannelId,
    /// Of an edit it is that of the message that is edited.
    order: Order,
    is_edit: bool,
    line: Line,
}

/// An edit does not show when it was committed. But in a channel everything comes in its order: so it belongs to what came there right before,
/// or else after.
fn place_edits(shown: &mut [Shown]) {
    for at in 0..shown.len() {
        let here = |other: &&Shown| other.channel == shown[at].channel && !other.is_edit;
        if !shown[at].is_edit {
            continue;
        }
        let beside = shown[..at].iter().rev().find(here).or_else(|| shown[at..].iter().find(here));
        if let Some(order) = beside.map(|beside| beside.order.clone()) {
            shown[at].order = order;
        }
    }
}

/// Whoever mentions the bot picks it from the list that Slack offers, however they began to type.
fn picked(text: &str) -> String {
    let mention = format!("@{BOT}");
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let typed = starts.into_iter().find(|at| text.get(*at..*at + mention.len()).is_some_and(|word| word.eq_ignore_ascii_case(&mention)));
    typed.map_or_else(|| text.to_owned(), |at| format!("{}{mention}{}", &text[..at], &text[at + mention.len()..]))
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}
