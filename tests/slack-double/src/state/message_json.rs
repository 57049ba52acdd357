//! Messages as events and answers show them ("message event", "conversations.history method").

use serde_json::{Value, json};

use super::State;
use crate::{ChannelId, Message, Ts, encode};

impl State {
    /// The message itself.
    pub(crate) fn message_json(&self, id: &ChannelId, message: &Message) -> Value {
        let mut json = json!({ "type": "message", "ts": message.ts, "text": message.text });
        self.add_author(&mut json, id, message);
        let optional = [
            ("subtype", json!(message.subtype)),
            ("blocks", message.blocks.clone().unwrap_or_default()),
            ("attachments", message.attachments.clone().unwrap_or_default()),
            ("thread_ts", json!(message.thread_ts)),
            ("metadata", message.metadata.clone().unwrap_or_default()),
            ("username", json!(message.username)),
            ("icons", message.icons.clone().unwrap_or_default()),
        ];
        for (key, value) in optional {
            if !value.is_null() {
                json[key] = value;
            }
        }
        if let Some(thread) = message.thread_ts.filter(|&thread| thread != message.ts) {
            json["parent_user_id"] = self.author_of(id, thread);
        }
        if let Some(at) = message.edited {
            json["edited"] = json!({ "user": message.author.user, "ts": at });
        }
        if !message.files.is_empty() {
            json["files"] = json!(message.files);
            json["upload"] = json!(false);
        }
        if !message.reactions.is_empty() {
            let reactions = message.reactions.iter();
            json["reactions"] = reactions.map(|one| json!({ "name": one.name, "users": one.users, "count": one.users.len() })).collect();
        }
        json
    }

    fn add_author(&self, json: &mut Value, id: &ChannelId, message: &Message) {
        let team = self.rooms.get(id).map(|room| &room.team);
        if let Some(user) = &message.author.user {
            json["user"] = json!(user);
        }
        if let Some(bot) = &message.author.bot {
            json["bot_id"] = json!(bot);
        }
        match &message.author.app {
            Some(app) => {
                json["app_id"] = json!(app);
                json["bot_profile"] = self.bot_profile(message);
                json["team"] = json!(team);
            }
            None if message.author.bot.is_none() && message.subtype.is_none() => {
                json["client_msg_id"] = json!(format!("{:08x}-0000-4000-a000-{:012x}", message.seq, message.ts.micros() % (1 << 48)));
                json["team"] = json!(team);
                json["blocks"] = encode::rich_text(&message.text, &message.ts.to_string());
            }
            None => {}
        }
    }

    /// The bot behind a message ("bots.info method").
    fn bot_profile(&self, message: &Message) -> Value {
        let author = &message.author;
        let member = author.user.as_ref().and_then(|user| self.members.get(user));
        let name = author.app.as_ref().and_then(|app| self.apps.get(app)).map(|app| app.app.name.as_str());
        json!({
            "id": author.bot, "app_id": author.app, "user_id": author.user, "name": name, "deleted": false,
            "updated": member.map(|member| member.updated), "team_id": member.map(|member| &member.team),
            "icons": { "image_36": "", "image_48": "", "image_72": "" },
        })
    }

    fn author_of(&self, id: &ChannelId, ts: Ts) -> Value {
        let parent = self.rooms.get(id).and_then(|room| room.messages.get(&ts));
        json!(parent.and_then(|message| message.author.user.as_ref()))
    }

    /// The message as a `message` or an `app_mention` event.
    pub(crate) fn message_event(&self, id: &ChannelId, ts: Ts, kind: &str) -> Value {
        let Some(room) = self.rooms.get(id) else { return Value::Null };
        let Some(message) = room.messages.get(&ts) else { return Value::Null };
        let mut event = self.message_json(id, message);
        event["type"] = json!(kind);
        event["channel"] = json!(id);
        event["event_ts"] = json!(ts);
        if kind == "message" {
            event["channel_type"] = json!(room.channel_type());
        }
        event
    }

    /// The message as history shows it: the head of a thread tells of its replies.
    pub(crate) fn history_json(&self, id: &ChannelId, message: &Message, with_metadata: bool) -> Value {
        let mut json = self.message_json(id, message);
        if !with_metadata && let Some(fields) = json.as_object_mut() {
            fields.remove("metadata");
        }
        if message.thread_ts == Some(message.ts)
            && let Some(room) = self.rooms.get(id)
        {
            let later = room.messages.range(message.ts..).map(|(_, reply)| reply);
            let replies: Vec<&Message> =
                later.filter(|reply| reply.thread_ts == Some(message.ts) && reply.ts != message.ts && !reply.deleted).collect();
            let mut users: Vec<_> = replies.iter().filter_map(|reply| reply.author.user.as_ref()).collect();
            users.sort();
            users.dedup();
            json["reply_count"] = json!(replies.len());
            json["reply_users_count"] = json!(users.len());
            json["reply_users"] = json!(users);
            json["latest_reply"] = json!(replies.last().map(|reply| reply.ts));
            json["is_locked"] = json!(false);
            json["subscribed"] = json!(false);
        }
        json
    }
}
