//! Messages as events and answers show them ("message event", "conversations.history method").
//!
//! The shapes are types and not [`Value`]s, because every message of a benchmark passes through here.

use serde::Serialize;
use serde_json::{Value, json};

use super::State;
use crate::{
    AppId, BotId, ChannelId, Message, TeamId, Ts, UserId,
    encode::{RichText, rich_text},
};

/// A message.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    ts: Ts,
    text: &'a str,
    #[serde(flatten)]
    author: ShownAuthor<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtype: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocks: Option<Blocks<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<Ts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icons: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<Value>,
    #[serde(skip_serializing_if = "<[Value]>::is_empty")]
    files: &'a [Value],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<Value>,
    /// Where an event says that it happened.
    #[serde(flatten)]
    place: Option<Place<'a>>,
}

#[derive(Serialize)]
struct ShownAuthor<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_id: Option<&'a BotId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<&'a AppId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<&'a TeamId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_msg_id: Option<String>,
    #[serde(flatten)]
    from_outside: Option<Outsider<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_profile: Option<BotProfile<'a>>,
}

/// How an event shows an author whom the workspace's directory does not have ("Slack Connect: working with channels between organizations").
#[derive(Serialize)]
struct Outsider<'a> {
    user_team: &'a TeamId,
    source_team: &'a TeamId,
    user_profile: Value,
}

/// The bot behind a message ("bots.info method").
#[derive(Serialize)]
struct BotProfile<'a> {
    id: Option<&'a BotId>,
    app_id: &'a AppId,
    user_id: Option<&'a UserId>,
    name: Option<&'a str>,
    deleted: bool,
    updated: Option<u64>,
    team_id: Option<&'a TeamId>,
    icons: Icons,
}

#[derive(Default, Serialize)]
struct Icons {
    image_36: &'static str,
    image_48: &'static str,
    image_72: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Blocks<'a> {
    /// As the app sent them.
    Sent(&'a Value),
    /// As Slack makes them of what a person typed.
    Typed([RichText; 1]),
}

#[derive(Serialize)]
struct Place<'a> {
    channel: &'a ChannelId,
    event_ts: Ts,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_type: Option<&'static str>,
}

impl State {
    /// The message itself.
    pub(crate) fn message_json(&self, id: &ChannelId, message: &Message) -> Value {
        serde_json::to_value(self.shown(id, message)).unwrap_or_default()
    }

    fn shown<'a>(&'a self, id: &ChannelId, message: &'a Message) -> Shown<'a> {
        let typed = message.author.bot.is_none() && message.subtype.is_none();
        let blocks = message.blocks.as_ref().map(Blocks::Sent);
        let in_thread = message.thread_ts.filter(|&thread| thread != message.ts);
        let reaction = |one: &crate::Reaction| json!({ "name": one.name, "users": one.users, "count": one.users.len() });
        Shown {
            kind: "message",
            ts: message.ts,
            text: &message.text,
            author: self.shown_author(id, message, typed),
            subtype: message.subtype.as_deref(),
            blocks: blocks.or_else(|| typed.then(|| Blocks::Typed([rich_text(&message.text, message.ts.to_string())]))),
            attachments: message.attachments.as_ref(),
            thread_ts: message.thread_ts,
            parent_user_id: in_thread.and_then(|thread| self.author_of(id, thread)),
            metadata: message.metadata.as_ref(),
            username: message.username.as_deref(),
            icons: message.icons.as_ref(),
            edited: message.edited.map(|at| json!({ "user": editor(message), "ts": at })),
            files: &message.files,
            reactions: message.reactions.iter().map(reaction).collect(),
            place: None,
        }
    }

    fn shown_author<'a>(&'a self, id: &ChannelId, message: &'a Message, typed: bool) -> ShownAuthor<'a> {
        let author = &message.author;
        let team = self.rooms.get(id).map(|room| &room.team);
        ShownAuthor {
            user: author.user.as_ref(),
            bot_id: author.bot.as_ref(),
            app_id: author.app.as_ref(),
            team: team.filter(|_| typed || author.app.is_some()),
            from_outside: author.user.as_ref().filter(|_| typed).and_then(|user| self.outsider(user, team)),
            client_msg_id: typed.then(|| format!("{:08x}-0000-4000-a000-{:012x}", message.seq, message.ts.micros() % (1 << 48))),
            bot_profile: author.app.as_ref().map(|app| self.bot_profile(app, message)),
        }
    }

    fn outsider(&self, user: &UserId, team: Option<&TeamId>) -> Option<Outsider<'_>> {
        let member = self.members.get(user).filter(|member| member.person.is_hidden || Some(&member.team) != team)?;
        let person = &member.person;
        let user_profile = json!({
            "avatar_hash": "g0", "image_72": "", "first_name": member.real_name().split(' ').next(), "real_name": member.real_name(),
            "display_name": person.display_name, "team": member.team, "name": person.name,
            "is_restricted": person.is_restricted, "is_ultra_restricted": person.is_ultra_restricted,
        });
        Some(Outsider { user_team: &member.team, source_team: &member.team, user_profile })
    }

    fn bot_profile<'a>(&'a self, app: &'a AppId, message: &'a Message) -> BotProfile<'a> {
        let author = &message.author;
        let member = author.user.as_ref().and_then(|user| self.members.get(user));
        BotProfile {
            id: author.bot.as_ref(),
            app_id: app,
            user_id: author.user.as_ref(),
            name: self.apps.get(app).map(|app| app.app.name.as_str()),
            deleted: false,
            updated: member.map(|member| member.updated),
            team_id: member.map(|member| &member.team),
            icons: Icons::default(),
        }
    }

    fn author_of(&self, id: &ChannelId, ts: Ts) -> Option<&UserId> {
        self.rooms.get(id)?.messages.get(&ts)?.author.user.as_ref()
    }

    /// The message as a `message` or an `app_mention` event.
    pub(crate) fn message_event(&self, id: &ChannelId, ts: Ts, kind: &'static str) -> String {
        let Some(room) = self.rooms.get(id) else { return "null".into() };
        let Some(message) = room.messages.get(&ts) else { return "null".into() };
        let channel_type = (kind == "message").then(|| room.channel_type());
        let place = Some(Place { channel: id, event_ts: ts, channel_type });
        serde_json::to_string(&Shown { kind, place, ..self.shown(id, message) }).unwrap_or_default()
    }

    /// The message as history shows it: the head of a thread tells of its replies.
    pub(crate) fn history_json(&self, id: &ChannelId, message: &Message, with_metadata: bool) -> Value {
        let mut json = self.message_json(id, message);
        if !with_metadata && let Some(fields) = json.as_object_mut() {
            fields.remove("metadata");
        }
        if message.thread_ts == Some(message.ts) {
            self.add_replies(&mut json, id, message.ts);
        }
        json
    }

    fn add_replies(&self, json: &mut Value, id: &ChannelId, head: Ts) {
        let Some(room) = self.rooms.get(id) else { return };
        let later = room.messages.range(head..).map(|(_, reply)| reply);
        let replies: Vec<&Message> = later.filter(|reply| reply.thread_ts == Some(head) && reply.ts != head && !reply.deleted).collect();
        let mut users: Vec<&UserId> = replies.iter().filter_map(|reply| reply.author.user.as_ref()).collect();
        users.sort();
        users.dedup();
        json["reply_count"] = json!(replies.len());
        json["reply_users_count"] = json!(users.len());
        json["reply_users"] = json!(users);
        json["latest_reply"] = json!(replies.last().map(|reply| reply.ts));
        json["is_locked"] = json!(false);
        json["subscribed"] = json!(false);
    }
}

/// Slack names the bot, and not its user, as the one who edited.
fn editor(message: &Message) -> Value {
    message.author.bot.as_ref().map_or_else(|| json!(message.author.user), |bot| json!(bot))
}
