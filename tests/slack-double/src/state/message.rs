//! Messages: posted, edited, deleted, scheduled.

use serde_json::{Value, json};

use super::{Refused, State, refuse, timer};
use crate::{AppId, Author, ChannelId, Message, TeamId, Ts, UserId};

/// A message that is about to be posted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) subtype: Option<String>,
    pub(crate) text: String,
    pub(crate) blocks: Option<Value>,
    pub(crate) attachments: Option<Value>,
    pub(crate) thread_ts: Option<Ts>,
    pub(crate) broadcast: bool,
    pub(crate) metadata: Option<Value>,
    pub(crate) username: Option<String>,
    pub(crate) icons: Option<Value>,
    pub(crate) files: Vec<Value>,
}

/// A message that will be posted.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled {
    pub(crate) id: String,
    pub(crate) app: AppId,
    pub(crate) team: TeamId,
    pub(crate) channel: ChannelId,
    pub(crate) post_at: u64,
    pub(crate) created: u64,
    pub(crate) author: Author,
    pub(crate) draft: Draft,
}

/// However little is kept for assertions, so many messages of a channel stay: bots answer, edit and react to the latest.
const FEWEST: usize = 64;

impl State {
    /// Posts a message and tells the apps in the channel.
    pub(crate) fn post_message(&mut self, id: &ChannelId, author: Author, draft: Draft) -> Refused<Ts> {
        let ts = self.event_ts();
        let (seq, at, room_for) = (self.next_seq(), self.clock.elapsed(), self.records.room().max(FEWEST));
        let room = self.room_mut(id)?;
        if let Some(thread) = draft.thread_ts
            && let Some(parent) = room.messages.get_mut(&thread)
        {
            parent.thread_ts = Some(thread);
        }
        let subtype = if draft.broadcast { Some("thread_broadcast".to_owned()) } else { draft.subtype };
        let message = Message {
            seq,
            at,
            channel: id.clone(),
            ts,
            author,
            subtype,
            text: draft.text,
            blocks: draft.blocks,
            attachments: draft.attachments,
            thread_ts: draft.thread_ts,
            broadcast: draft.broadcast,
            edited: None,
            reactions: Vec::new(),
            metadata: draft.metadata,
            username: draft.username,
            icons: draft.icons,
            files: draft.files,
            deleted: false,
        };
        if message.author.app.is_some() {
            self.follow_post(&message);
        }
        let room = self.room_mut(id)?;
        room.messages.insert(ts, message);
        self.announce_post(id, ts);
        let room = self.room_mut(id)?;
        if room.messages.len() > room_for {
            room.messages.pop_first();
        }
        Ok(ts)
    }

    fn follow_post(&mut self, message: &Message) {
        self.records.counts.posted += 1;
        self.records.followers.retain(|follower| follower.send(message.clone()).is_ok());
    }

    fn announce_post(&mut self, id: &ChannelId, ts: Ts) {
        let Some(message) = self.rooms.get(id).and_then(|room| room.messages.get(&ts)) else { return };
        if message.author.app.is_some() && !self.settings.echo {
            return;
        }
        let (text, plain) =
            (message.text.clone(), message.subtype.is_none() || message.broadcast || message.subtype.as_deref() == Some("file_share"));
        self.announce_message(id, |state| state.message_event(id, ts, "message"));
        if plain {
            self.announce_mentions(id, &text, |state| state.message_event(id, ts, "app_mention"));
        }
    }

    /// A line by Slack about the channel: someone joined, the topic is new.
    pub(crate) fn note_in_room(&mut self, id: &ChannelId, user: &UserId, subtype: &str, text: &str) -> Refused<Ts> {
        let author = Author { user: Some(user.clone()), bot: None, app: None };
        self.post_message(id, author, Draft { subtype: Some(subtype.into()), text: text.into(), ..Draft::default() })
    }

    /// A person's message.
    pub(crate) fn say(&mut self, id: &ChannelId, user: &UserId, text: String, thread_ts: Option<Ts>) -> Refused<Ts> {
        let room = self.room(id)?;
        if room.is_archived {
            return refuse("is_archived");
        }
        if !room.members.contains(user) {
            return refuse("not_in_channel");
        }
        if let Some(thread) = thread_ts
            && !room.messages.contains_key(&thread)
        {
            return refuse("thread_not_found");
        }
        let author = Author { user: Some(self.member(user)?.id.clone()), bot: None, app: None };
        self.post_message(id, author, Draft { text, thread_ts, ..Draft::default() })
    }

    pub(crate) fn message(&self, id: &ChannelId, ts: Ts) -> Refused<&Message> {
        let found = self.room(id)?.messages.get(&ts).filter(|message| !message.deleted);
        found.map_or_else(|| refuse("message_not_found"), Ok)
    }

    pub(crate) fn message_mut(&mut self, id: &ChannelId, ts: Ts) -> Refused<&mut Message> {
        let found = self.room_mut(id)?.messages.get_mut(&ts).filter(|message| !message.deleted);
        found.map_or_else(|| refuse("message_not_found"), Ok)
    }

    /// Changes a message and tells the apps in the channel: `message_changed`.
    pub(crate) fn change_message(&mut self, id: &ChannelId, ts: Ts, change: impl FnOnce(&mut Message)) -> Refused<()> {
        let previous = self.message_json(id, self.message(id, ts)?);
        let now = self.event_ts();
        let message = self.message_mut(id, ts)?;
        change(message);
        message.edited = Some(now);
        self.announce_change(id, "message_changed", |state| {
            let current = state.message(id, ts).map(|message| state.message_json(id, message)).unwrap_or_default();
            json!({ "message": current, "previous_message": previous, "ts": now, "event_ts": now })
        });
        Ok(())
    }

    /// Deletes a message and tells the apps in the channel: `message_deleted`.
    pub(crate) fn delete_message(&mut self, id: &ChannelId, ts: Ts) -> Refused<()> {
        let previous = self.message_json(id, self.message(id, ts)?);
        self.message_mut(id, ts)?.deleted = true;
        let now = self.event_ts();
        self.announce_change(
            id,
            "message_deleted",
            |_| json!({ "deleted_ts": ts, "previous_message": previous, "ts": now, "event_ts": now }),
        );
        Ok(())
    }

    fn announce_change(&mut self, id: &ChannelId, subtype: &str, about: impl FnOnce(&Self) -> Value) {
        let kind = self.rooms.get(id).map_or("channel", |room| room.channel_type());
        self.announce_message(id, |state| {
            let mut event = about(state);
            event["type"] = json!("message");
            event["subtype"] = json!(subtype);
            event["channel"] = json!(id);
            event["channel_type"] = json!(kind);
            event["hidden"] = json!(true);
            event.to_string()
        });
    }

    pub(crate) fn schedule(&mut self, scheduled: Scheduled) {
        let now = self.clock.seconds();
        let wait = std::time::Duration::from_secs(scheduled.post_at.saturating_sub(now));
        self.timers.set(self.clock.after(wait), timer::Due::Scheduled);
        self.dirty = true;
        self.scheduled.push(scheduled);
    }

    pub(crate) fn post_scheduled(&mut self) {
        let now = self.clock.seconds();
        let (due, rest) = std::mem::take(&mut self.scheduled).into_iter().partition(|scheduled| scheduled.post_at <= now);
        self.scheduled = rest;
        for Scheduled { channel, author, draft, .. } in due {
            if let Err(refusal) = self.post_message(&channel, author, draft) {
                self.complain("scheduled_message_failed", refusal.to_string());
            }
        }
    }
}
