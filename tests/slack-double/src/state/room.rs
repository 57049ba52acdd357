//! Channels, private and direct ones too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Refused, State, refuse};
use crate::{AppId, Channel, ChannelId, ChannelKind, Message, TeamId, Ts, UserId};

#[derive(Clone, Debug)]
pub(crate) struct Room {
    pub(crate) id: ChannelId,
    pub(crate) team: TeamId,
    pub(crate) kind: ChannelKind,
    pub(crate) name: String,
    pub(crate) previous_names: Vec<String>,
    pub(crate) members: BTreeSet<UserId>,
    pub(crate) creator: Option<UserId>,
    pub(crate) created: u64,
    pub(crate) is_general: bool,
    pub(crate) is_archived: bool,
    pub(crate) is_ext_shared: bool,
    /// Whether a direct message is shown in the person's list.
    pub(crate) is_open: bool,
    pub(crate) topic: Note,
    pub(crate) purpose: Note,
    pub(crate) last_read: Option<Ts>,
    pub(crate) messages: BTreeMap<Ts, Message>,
    pub(crate) pins: Vec<Ts>,
}

/// A topic or a purpose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    pub(crate) value: String,
    pub(crate) creator: String,
    pub(crate) last_set: u64,
}

impl Note {
    fn json(&self) -> Value {
        json!({ "value": self.value, "creator": self.creator, "last_set": self.last_set })
    }
}

impl Room {
    /// The channel as `user` sees it ("Conversation object" page).
    pub(crate) fn json(&self, user: &UserId) -> Value {
        if self.kind == ChannelKind::Direct {
            return self.direct_json(user);
        }
        let private = self.kind != ChannelKind::Public;
        json!({
            "id": self.id, "name": self.name, "is_channel": self.kind == ChannelKind::Public, "is_group": self.kind == ChannelKind::Private,
            "is_im": false, "is_mpim": self.kind == ChannelKind::Group, "is_private": private, "created": self.created,
            "is_archived": self.is_archived, "is_general": self.is_general, "unlinked": 0, "name_normalized": self.name,
            "is_shared": self.is_ext_shared, "is_org_shared": false, "is_pending_ext_shared": false, "pending_shared": [],
            "context_team_id": self.team, "updated": self.created * 1000, "parent_conversation": null,
            "creator": self.creator.as_ref().map_or("", UserId::as_str), "is_ext_shared": self.is_ext_shared,
            "shared_team_ids": [self.team], "pending_connected_team_ids": [], "is_member": self.members.contains(user),
            "topic": self.topic.json(), "purpose": self.purpose.json(), "previous_names": self.previous_names,
        })
    }

    fn direct_json(&self, user: &UserId) -> Value {
        json!({
            "id": self.id, "created": self.created, "is_archived": self.is_archived, "is_im": true, "is_org_shared": false,
            "context_team_id": self.team, "updated": self.created * 1000, "user": self.other(user), "is_user_deleted": false,
            "is_open": self.is_open, "priority": 0,
        })
    }

    /// Whom `user` talks with in a direct message.
    pub(crate) fn other<'a>(&'a self, user: &'a UserId) -> &'a UserId {
        self.members.iter().find(|member| *member != user).unwrap_or_else(|| self.members.first().unwrap_or(user))
    }

    /// What an event calls this kind of channel.
    pub(crate) fn channel_type(&self) -> &'static str {
        match self.kind {
            ChannelKind::Public => "channel",
            ChannelKind::Private => "group",
            ChannelKind::Direct => "im",
            ChannelKind::Group => "mpim",
        }
    }

    /// What a payload calls the channel.
    pub(crate) fn payload_name(&self) -> &str {
        match self.kind {
            ChannelKind::Public => &self.name,
            ChannelKind::Private => "privategroup",
            ChannelKind::Direct => "directmessage",
            ChannelKind::Group => &self.name,
        }
    }
}

/// Letters of any script, digits, `-` and `_`, no capitals, at most 80 ("conversations.create method").
pub(crate) fn check_name(name: &str) -> Refused<()> {
    let fits = |letter: char| letter.is_alphanumeric() && !letter.is_uppercase() || matches!(letter, '-' | '_');
    if name.is_empty() {
        return refuse("invalid_name_required");
    }
    if name.chars().count() > 80 {
        return refuse("invalid_name_maxlength");
    }
    if !name.chars().any(char::is_alphanumeric) {
        return refuse("invalid_name_punctuation");
    }
    if name.chars().all(fits) { Ok(()) } else { refuse("invalid_name_specials") }
}

impl State {
    pub(crate) fn room(&self, id: &ChannelId) -> Refused<&Room> {
        self.rooms.get(id).map_or_else(|| refuse("channel_not_found"), Ok)
    }

    pub(crate) fn room_mut(&mut self, id: &ChannelId) -> Refused<&mut Room> {
        self.dirty = true;
        self.rooms.get_mut(id).map_or_else(|| refuse("channel_not_found"), Ok)
    }

    pub(crate) fn insert_room(&mut self, id: ChannelId, team: &TeamId, channel: Channel) {
        let is_general = self.teams.get(team).is_some_and(|team| team.general == id);
        let room = Room {
            id: id.clone(),
            team: team.clone(),
            kind: channel.kind,
            name: channel.name,
            previous_names: Vec::new(),
            creator: channel.members.first().cloned(),
            members: channel.members.into_iter().collect(),
            created: self.clock.seconds(),
            is_general,
            is_archived: channel.is_archived,
            is_ext_shared: channel.is_ext_shared,
            is_open: true,
            topic: Note::default(),
            purpose: Note::default(),
            last_read: None,
            messages: BTreeMap::new(),
            pins: Vec::new(),
        };
        self.dirty = true;
        self.rooms.insert(id, room);
    }

    pub(crate) fn add_channel(&mut self, team: &TeamId, channel: Channel) -> Refused<ChannelId> {
        self.team(team)?;
        if self.rooms.values().any(|room| room.team == *team && room.name == channel.name && !room.name.is_empty()) {
            return refuse("name_taken");
        }
        let prefix = match channel.kind {
            ChannelKind::Public | ChannelKind::Private => "C",
            ChannelKind::Group => "G",
            ChannelKind::Direct => "D",
        };
        let id = ChannelId::from(self.mint.id(prefix));
        let public = channel.kind == ChannelKind::Public;
        self.insert_room(id.clone(), team, channel);
        if public {
            let room = self.room(&id)?;
            let about = json!({ "id": id, "name": room.name, "created": room.created, "creator": room.creator });
            self.announce_in_team(team, "channel_created", || json!({ "type": "channel_created", "channel": about }));
        }
        Ok(id)
    }

    /// The direct messages among these people, opened if they were not.
    pub(crate) fn open_among(&mut self, team: &TeamId, members: BTreeSet<UserId>) -> Refused<ChannelId> {
        let kind = if members.len() > 2 { ChannelKind::Group } else { ChannelKind::Direct };
        let same = |room: &&mut Room| room.kind == kind && room.team == *team && room.members == members;
        if let Some(room) = self.rooms.values_mut().find(same) {
            room.is_open = true;
            return Ok(room.id.clone());
        }
        let mut channel = Channel { kind, ..Channel::named("") };
        if kind == ChannelKind::Group {
            let names = members.iter().map(|id| self.member(id).map(|member| member.person.name.clone()));
            channel.name = format!("mpdm-{}-1", names.collect::<Refused<Vec<_>>>()?.join("--"));
        }
        channel.members = members.into_iter().collect();
        self.add_channel(team, channel)
    }

    pub(crate) fn open_direct(&mut self, app: &AppId, user: &UserId) -> Refused<ChannelId> {
        let team = self.member(user)?.team.clone();
        let bot = self.bot_user(app, &team)?;
        self.open_among(&team, [bot, user.clone()].into())
    }

    /// Whether the user may read there: members, and everyone in public channels.
    pub(crate) fn readable(&self, id: &ChannelId, user: &UserId) -> Refused<&Room> {
        let room = self.room(id)?;
        let team = &self.member(user)?.team;
        let seen = room.team == *team && (room.kind == ChannelKind::Public || room.members.contains(user));
        if seen { Ok(room) } else { refuse("channel_not_found") }
    }

    pub(crate) fn join(&mut self, id: &ChannelId, user: &UserId, inviter: Option<&UserId>) -> Refused<bool> {
        self.member(user)?;
        let room = self.room_mut(id)?;
        if !room.members.insert(user.clone()) {
            return Ok(false);
        }
        let (team, kind) = (room.team.clone(), room.channel_type());
        let first = if kind == "group" { "G" } else { "C" };
        let mut event = json!({
            "type": "member_joined_channel", "user": user, "channel": id, "channel_type": first, "team": team, "event_ts": self.event_ts(),
        });
        if let Some(inviter) = inviter {
            event["inviter"] = json!(inviter);
        }
        self.announce_in_room(id, "member_joined_channel", || event);
        self.note_in_room(id, user, "channel_join", &format!("<@{user}> has joined the channel"))?;
        Ok(true)
    }

    pub(crate) fn leave(&mut self, id: &ChannelId, user: &UserId) -> Refused<bool> {
        let room = self.room(id)?;
        if !room.members.contains(user) {
            return Ok(false);
        }
        let (team, kind) = (room.team.clone(), if room.channel_type() == "group" { "G" } else { "C" });
        let at = self.event_ts();
        let event = json!({
            "type": "member_left_channel", "user": user, "channel": id, "channel_type": kind, "team": team, "event_ts": at,
        });
        // Announced while they are still in: the one who goes is told by another event.
        let gone = if kind == "G" { "group_left" } else { "channel_left" };
        self.announce_to_user(id, user, gone, json!({ "type": gone, "channel": id, "actor_id": user, "event_ts": at }));
        self.room_mut(id)?.members.remove(user);
        self.announce_in_room(id, "member_left_channel", || event);
        self.note_in_room(id, user, "channel_leave", &format!("<@{user}> has left the channel"))?;
        Ok(true)
    }

    pub(crate) fn rename_channel(&mut self, id: &ChannelId, name: &str) -> Refused<()> {
        check_name(name)?;
        let team = self.room(id)?.team.clone();
        if self.rooms.values().any(|room| room.team == team && room.name == name && room.id != *id) {
            return refuse("name_taken");
        }
        let room = self.room_mut(id)?;
        let old = std::mem::replace(&mut room.name, name.into());
        room.previous_names.insert(0, old);
        let about = json!({ "id": id, "name": name, "created": room.created, "is_channel": room.kind == ChannelKind::Public });
        self.announce_about(id, "rename", json!({ "channel": about }));
        Ok(())
    }

    pub(crate) fn set_archived(&mut self, id: &ChannelId, user: &UserId, archived: bool) -> Refused<()> {
        let room = self.room_mut(id)?;
        if room.is_general && archived {
            return refuse("cant_archive_general");
        }
        if room.is_archived == archived {
            return refuse(if archived { "already_archived" } else { "not_archived" });
        }
        room.is_archived = archived;
        let what = if archived { "archive" } else { "unarchive" };
        self.announce_about(id, what, json!({ "channel": id, "user": user }));
        Ok(())
    }

    pub(crate) fn delete_channel(&mut self, id: &ChannelId, user: &UserId) -> Refused<()> {
        self.room(id)?;
        self.announce_about(id, "deleted", json!({ "channel": id, "actor_id": user }));
        self.rooms.remove(id);
        Ok(())
    }

    /// `channel_…` for public channels, `group_…` for private ones.
    fn announce_about(&mut self, id: &ChannelId, what: &str, mut event: Value) {
        let private = self.rooms.get(id).is_some_and(|room| room.kind != ChannelKind::Public);
        let kind = format!("{}_{what}", if private { "group" } else { "channel" });
        event["type"] = json!(kind);
        event["event_ts"] = json!(self.event_ts());
        match self.rooms.get(id).map(|room| room.team.clone()) {
            Some(team) if !private => self.announce_in_team(&team, &kind, || event),
            _ => self.announce_in_room(id, &kind, || event),
        }
    }
}
