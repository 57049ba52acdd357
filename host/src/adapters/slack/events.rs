//! What Slack reports, as what happened. Pure; and lenient: only what is used has to be there.

use super::envelope::Envelope;
use super::form;
use super::places;
use super::press;
use super::spelling;
use super::tickets::Ticket;
use super::words;
use crate::model::{Account, Affiliation, Event, Said, What, WorkspaceId};
use hatstand_common::value::{Channel, ChannelId, Instant, MessageId, Person, PersonId, Place};
use hatstand_common::visible::visible_line;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Debug;

/// What is known where the envelope is read, without asking anybody.
pub trait Known: Debug {
    /// The bot's own user in a workspace that it serves.
    fn bot(&self, workspace: &WorkspaceId) -> Option<PersonId>;

    /// A person as last heard of.
    fn person(&self, workspace: &WorkspaceId, id: &PersonId) -> Option<Person>;

    fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Option<Channel>;
}

/// What one envelope says.
#[derive(Debug, Default)]
pub struct Heard {
    pub workspace: Option<WorkspaceId>,
    /// In the order in which they are to take effect.
    pub events: Vec<Event>,
    pub ticket: Option<Ticket>,
    pub news: Option<News>,
    /// The person who did it, as the envelope itself shows them.
    pub sender: Option<Account>,
}

/// What Slack says about itself or the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Person(Account),
    Channel(Channel),
    /// Somebody joined a channel, or left it.
    Member {
        channel: ChannelId,
        person: PersonId,
        joined: bool,
    },
    /// So many events that Slack leaves some out.
    RateLimited,
    /// The token of this workspace does not work any more.
    TokenGone,
}

/// Reads an envelope at this moment.
pub fn read(envelope: &Envelope, known: &dyn Known, now: Instant) -> Heard {
    let payload = &envelope.payload;
    let Some(workspace) = workspace(payload, known) else {
        return Heard::default();
    };
    let Some(bot) = known.bot(&workspace) else { return Heard::default() };
    let reader = Reader { workspace, bot, known, now };
    let heard = match envelope.kind.as_str() {
        "events_api" => reader.callback(payload),
        "slash_commands" => reader.slash(payload),
        "interactive" => reader.interaction(payload),
        _ => None,
    };
    let sender = heard.as_ref().and_then(|_| reader.sender(payload));
    Heard { workspace: Some(reader.workspace), sender, ..heard.unwrap_or_default() }
}

/// For an event of a shared channel, Slack names the workspace that the bot is installed in separately.
fn workspace(payload: &Value, known: &dyn Known) -> Option<WorkspaceId> {
    let authorized = payload["authorizations"].as_array().into_iter().flatten().map(|authorization| &authorization["team_id"]);
    let others = [&payload["team_id"], &payload["team"]["id"], &payload["user"]["team_id"]];
    let named = authorized.chain(others).filter_map(Value::as_str).map(WorkspaceId::from);
    named.into_iter().find(|workspace| known.bot(workspace).is_some())
}

#[derive(Debug)]
struct Reader<'k> {
    workspace: WorkspaceId,
    bot: PersonId,
    known: &'k dyn Known,
    now: Instant,
}

impl Reader<'_> {
    fn callback(&self, payload: &Value) -> Option<Heard> {
        if payload["type"] == "app_rate_limited" {
            return Some(news(News::RateLimited));
        }
        let event = &payload["event"];
        let key = text(&payload["event_id"])?.to_owned();
        match text(&event["type"])? {
            "message" | "app_mention" => self.message(event).map(event_of),
            "reaction_added" => self.reaction(event, key, true).map(event_of),
            "reaction_removed" => self.reaction(event, key, false).map(event_of),
            "member_joined_channel" => self.membership(event, key, true),
            "member_left_channel" => self.membership(event, key, false),
            "app_home_opened" if event["tab"] == "home" => self.home_opened(person_id(&event["user"])?, key).map(event_of),
            "user_change" | "team_join" => self.person_changed(event, key),
            "channel_rename" | "group_rename" => self.renamed(event, key),
            "channel_archive" | "group_archive" | "channel_deleted" | "group_deleted" => self.archived(event, key, true),
            "channel_unarchive" | "group_unarchive" => self.archived(event, key, false),
            "tokens_revoked" | "app_uninstalled" => Some(news(News::TokenGone)),
            _ => None,
        }
    }

    /// A message reaches us once as `message` and, if it mentions the bot, once as `app_mention`, under two ids: channel and time are
    /// what they have in common.
    fn message(&self, event: &Value) -> Option<Event> {
        let person = self.author(event)?;
        let channel = channel_id(&event["channel"])?;
        let ts = text(&event["ts"])?;
        let direct = event["channel_type"] == "im" || channel.0.starts_with('D');
        let words = self.words(text(&event["text"]).unwrap_or_default(), direct);
        let said = Said { addressed: words.addressed, line: words.line, message: places::message_id(&channel, ts) };
        let thread = text(&event["thread_ts"]).filter(|thread| *thread != ts).map(str::to_owned);
        let key = said.message.0.clone();
        Some(self.event(key, Some(Place { channel, thread }), Some(person), What::Said(said)))
    }

    /// Who wrote it, if that is a person who wants to be heard: not a program, not this bot, and not an edit or any other remark of
    /// Slack's about a message.
    fn author(&self, event: &Value) -> Option<PersonId> {
        let written = match text(&event["subtype"]) {
            None => true,
            Some(subtype) => ["file_share", "me_message", "thread_broadcast"].contains(&subtype),
        };
        let by_a_program = !event["bot_id"].is_null() || !event["bot_profile"].is_null() || event["hidden"] == true;
        let person = person_id(&event["user"])?;
        let is_slackbot = person.0 == "USLACKBOT";
        (written && !by_a_program && !is_slackbot && person != self.bot).then_some(person)
    }

    /// All that is known of somebody whom Slack's directory does not show, as in a shared channel. Nothing of it makes a full member.
    fn sender(&self, payload: &Value) -> Option<Account> {
        let (event, user) = (&payload["event"], &payload["user"]);
        let profile = &event["user_profile"];
        let id = [&event["user"], &payload["user_id"], &user["id"]].into_iter().find_map(person_id)?;
        let names = [&profile["display_name"], &profile["real_name"], &profile["name"], &payload["user_name"], &user["name"]];
        let teams = [&event["user_team"], &event["source_team"], &profile["team"], &user["team_id"]];
        let is_strange = teams.into_iter().filter_map(text).any(|team| team != self.workspace.0);
        let affiliation = match profile {
            _ if is_strange => Affiliation::Stranger,
            profile if profile["is_ultra_restricted"] == true => Affiliation::SingleChannelGuest,
            profile if profile["is_restricted"] == true => Affiliation::Guest,
            _ => Affiliation::Unknown,
        };
        let mut person = Account::bare(&id).person;
        if let Some(name) = names.into_iter().find_map(name) {
            person.name = name;
        }
        Some(Account { person, affiliation })
    }

    fn reaction(&self, event: &Value, key: String, added: bool) -> Option<Event> {
        let person = person_id(&event["user"]).filter(|person| *person != self.bot)?;
        let item = &event["item"];
        let (channel, ts) = (channel_id(&item["channel"])?, text(&item["ts"])?);
        let what = What::Reacted { message: places::message_id(&channel, ts), emoji: text(&event["reaction"])?.to_owned(), added };
        Some(self.event(key, Some(Place { channel, thread: None }), Some(person), what))
    }

    fn membership(&self, event: &Value, key: String, joined: bool) -> Option<Heard> {
        let (person, channel) = (person_id(&event["user"])?, channel_id(&event["channel"])?);
        if person == self.bot {
            return None;
        }
        let news = News::Member { channel: channel.clone(), person: person.clone(), joined };
        let place = Place { channel: channel.clone(), thread: None };
        let (id, person, channel) = (person.clone(), self.person(&person), self.channel(&channel));
        let what = if joined { What::Joined { person, channel } } else { What::Left { person, channel } };
        Some(Heard { news: Some(news), ..event_of(self.event(key, Some(place), Some(id), what)) })
    }

    fn home_opened(&self, person: PersonId, key: String) -> Option<Event> {
        Some(self.event(key, Some(places::home_of(&person)), Some(person), What::HomeOpened))
    }

    /// Slack reports every new status text; only what we know of a person counts.
    fn person_changed(&self, event: &Value, key: String) -> Option<Heard> {
        let account = read_account(&event["user"], &self.workspace)?;
        let person = account.person.clone();
        let changed = self.known.person(&self.workspace, &person.id).is_none_or(|before| before != person);
        let event = self.event(key, None, Some(person.id.clone()), What::PersonChanged(person));
        Some(Heard { events: changed.then_some(event).into_iter().collect(), ..news(News::Person(account)) })
    }

    fn renamed(&self, event: &Value, key: String) -> Option<Heard> {
        let id = channel_id(&event["channel"]["id"])?;
        let channel = Channel { name: name(&event["channel"]["name"])?, ..self.channel(&id) };
        Some(self.channel_changed(channel, key))
    }

    fn archived(&self, event: &Value, key: String, archived: bool) -> Option<Heard> {
        let channel = Channel { archived, ..self.channel(&channel_id(&event["channel"])?) };
        Some(self.channel_changed(channel, key))
    }

    fn channel_changed(&self, channel: Channel, key: String) -> Heard {
        let place = Place { channel: channel.id.clone(), thread: None };
        let event = self.event(key, Some(place), None, What::ChannelChanged(channel.clone()));
        // A channel of which only the id is known is asked for when it is needed.
        let news = (channel.name != channel.id.0).then_some(News::Channel(channel));
        Heard { events: vec![event], news, ..Heard::default() }
    }

    fn slash(&self, payload: &Value) -> Option<Heard> {
        let (person, channel) = (person_id(&payload["user_id"])?, channel_id(&payload["channel_id"])?);
        let trigger = text(&payload["trigger_id"])?;
        let words = self.words(text(&payload["text"]).unwrap_or_default(), true);
        let said = Said { line: words.line, addressed: true, message: MessageId(format!("slash/{}", name_of(trigger))) };
        let place = Place { channel: channel.clone(), thread: None };
        let event = self.event(said.message.0.clone(), Some(place), Some(person.clone()), What::Said(said));
        Some(Heard { ticket: Some(ticket(payload, person, Some(channel))), ..event_of(event) })
    }

    fn interaction(&self, payload: &Value) -> Option<Heard> {
        match text(&payload["type"])? {
            "block_actions" => self.pressed(payload),
            "view_submission" => self.form_sent(payload),
            _ => None,
        }
    }

    fn pressed(&self, payload: &Value) -> Option<Heard> {
        let person = person_id(&payload["user"]["id"])?;
        let on_home = payload["container"]["type"] == "view";
        let place = if on_home { places::direct_with(&person) } else { pressed_place(payload)? };
        let trigger = name_of(text(&payload["trigger_id"])?);
        let presses = payload["actions"].as_array()?.iter().filter_map(read_press).enumerate();
        let mut events: Vec<Event> = presses
            .map(|(index, what)| self.event(format!("press/{trigger}/{index}"), Some(place.clone()), Some(person.clone()), what))
            .collect();
        if on_home {
            // What was pressed may have changed what the page shows.
            events.extend(self.home_opened(person.clone(), format!("press/{trigger}/home")));
        }
        Some(Heard { events, ticket: Some(ticket(payload, person, Some(place.channel))), ..Heard::default() })
    }

    fn form_sent(&self, payload: &Value) -> Option<Heard> {
        let person = person_id(&payload["user"]["id"])?;
        let view = &payload["view"];
        let sent = form::sent(view)?;
        let what = What::FormSent { plugin: sent.plugin, key: sent.key, values: sent.values };
        let event = self.event(format!("form/{}", text(&view["id"])?), Some(sent.place), Some(person.clone()), what);
        Some(Heard { ticket: Some(ticket(payload, person, None)), ..event_of(event) })
    }

    fn words(&self, text: &str, direct: bool) -> words::Heard {
        words::heard(text, &self.bot, direct, self)
    }

    fn event(&self, key: String, place: Option<Place>, person: Option<PersonId>, what: What) -> Event {
        Event { workspace: self.workspace.clone(), key, at: self.now, place, person, what }
    }

    /// As known, or as little as there is to know.
    fn person(&self, id: &PersonId) -> Person {
        self.known.person(&self.workspace, id).unwrap_or_else(|| Account::bare(id).person)
    }

    fn channel(&self, id: &ChannelId) -> Channel {
        self.known.channel(&self.workspace, id).unwrap_or_else(|| bare_channel(id))
    }
}

impl spelling::Names for Reader<'_> {
    fn person(&self, id: &PersonId) -> String {
        self.person(id).name
    }

    fn channel(&self, id: &ChannelId) -> String {
        self.channel(id).name
    }
}

/// Where the message stands whose button was pressed.
fn pressed_place(payload: &Value) -> Option<Place> {
    let container = &payload["container"];
    let channel = channel_id(&container["channel_id"]).or_else(|| channel_id(&payload["channel"]["id"]))?;
    let thread = text(&container["thread_ts"]).or_else(|| text(&payload["message"]["thread_ts"]));
    let itself = text(&container["message_ts"]);
    Some(Place { channel, thread: thread.filter(|thread| Some(*thread) != itself).map(str::to_owned) })
}

fn read_press(action: &Value) -> Option<What> {
    let chosen = text(&action["selected_option"]["value"]);
    let (message, number) = press::pressed(text(&action["block_id"])?, text(&action["action_id"])?, chosen)?;
    Some(What::Pressed { message, number })
}

fn ticket(payload: &Value, person: PersonId, channel: Option<ChannelId>) -> Ticket {
    let secret = |value: &Value| text(value).map(|text| text.to_owned().into());
    Ticket { person, channel, trigger: secret(&payload["trigger_id"]), address: secret(&payload["response_url"]) }
}

/// What tells a trigger from all others and can be kept: whoever has the trigger itself can open a form with it.
fn name_of(trigger: &str) -> String {
    Sha256::digest(trigger).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

fn event_of(event: Event) -> Heard {
    Heard { events: vec![event], ..Heard::default() }
}

fn news(news: News) -> Heard {
    Heard { news: Some(news), ..Heard::default() }
}

/// A user object, as events and `users.info` have it, seen from a workspace.
pub fn read_account(user: &Value, team: &WorkspaceId) -> Option<Account> {
    let (mut person, affiliation) = (read_person(user)?, read_affiliation(user, team));
    // An administrator of another workspace, or of another one of the same organisation, is nobody special here.
    person.admin &= affiliation == Affiliation::Member && user["team_id"] == team.0.as_str();
    Some(Account { person, affiliation })
}

/// Only somebody of whom Slack says all of it is a full member ("User object").
fn read_affiliation(user: &Value, team: &WorkspaceId) -> Affiliation {
    let teams = user["enterprise_user"]["teams"].as_array().into_iter().flatten();
    let is_ours = std::iter::once(&user["team_id"]).chain(teams).any(|other| *other == team.0.as_str());
    match (&user["is_ultra_restricted"], &user["is_restricted"]) {
        _ if user["is_stranger"] == true || (!is_ours && user["team_id"].is_string()) => Affiliation::Stranger,
        (Value::Bool(true), _) => Affiliation::SingleChannelGuest,
        (_, Value::Bool(true)) => Affiliation::Guest,
        (Value::Bool(false), Value::Bool(false)) if is_ours => Affiliation::Member,
        _ => Affiliation::Unknown,
    }
}

fn read_person(user: &Value) -> Option<Person> {
    let id = person_id(&user["id"])?;
    let names = [&user["profile"]["display_name"], &user["profile"]["real_name"], &user["real_name"], &user["name"]];
    let name = names.into_iter().find_map(name).unwrap_or_else(|| id.0.clone());
    Some(Person {
        name,
        zone: text(&user["tz"]).unwrap_or("UTC").to_owned(),
        admin: user["is_admin"] == true || user["is_owner"] == true,
        bot: user["is_bot"] == true || id.0 == "USLACKBOT",
        active: user["deleted"] != true,
        id,
    })
}

/// A channel of which nothing but the id is known. That tells at least whether it is a direct conversation.
pub fn bare_channel(id: &ChannelId) -> Channel {
    Channel { id: id.clone(), name: id.0.clone(), direct: id.0.starts_with('D'), archived: false }
}

/// A channel object, as `conversations.info` has it.
pub fn read_channel(channel: &Value) -> Option<Channel> {
    let id = channel_id(&channel["id"])?;
    let name = name(&channel["name"]).unwrap_or_else(|| id.0.clone());
    Some(Channel { name, direct: channel["is_im"] == true, archived: channel["is_archived"] == true, id })
}

/// Text that is not empty.
fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

/// A name that looks like what it is.
fn name(value: &Value) -> Option<String> {
    let name = visible_line(text(value)?).trim().to_owned();
    Some(name).filter(|name| !name.is_empty())
}

fn person_id(value: &Value) -> Option<PersonId> {
    text(value).map(PersonId::from)
}

fn channel_id(value: &Value) -> Option<ChannelId> {
    text(value).map(ChannelId::from)
}

#[cfg(test)]
mod tests;
