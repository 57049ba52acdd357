//! Events: who hears of what, and the wrapping they come in ("The Events API").

use std::sync::Arc;

use serde_json::{Value, json};

use super::{State, app::Install, delivery::Event};
use crate::{AppId, ChannelId, ChannelKind, EventId, TeamId, Ts, UserId};

/// The scopes of which one lets an app hear an event type ("Events reference").
fn scopes_for(event: &str) -> &'static [&'static str] {
    match event {
        "app_mention" => &["app_mentions:read"],
        "message.channels" => &["channels:history"],
        "message.groups" => &["groups:history"],
        "message.im" => &["im:history"],
        "message.mpim" => &["mpim:history"],
        "reaction_added" | "reaction_removed" => &["reactions:read"],
        "team_join" | "user_change" | "user_profile_changed" => &["users:read"],
        "member_joined_channel" | "member_left_channel" => &["channels:read", "groups:read"],
        "file_shared" | "file_created" | "file_deleted" => &["files:read"],
        "pin_added" | "pin_removed" => &["pins:read"],
        _ if event.starts_with("channel_") => &["channels:read"],
        _ if event.starts_with("group_") => &["groups:read"],
        _ => &[],
    }
}

/// Which subscription a message in such a channel belongs to.
fn message_subscription(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Public => "message.channels",
        ChannelKind::Private => "message.groups",
        ChannelKind::Direct => "message.im",
        ChannelKind::Group => "message.mpim",
    }
}

impl State {
    /// A fresh `event_ts`.
    pub(crate) fn event_ts(&mut self) -> Ts {
        let now = self.clock.micros();
        self.mint.ts(now)
    }

    fn hears(&self, app: &AppId, event: &str) -> bool {
        let Some(app) = self.apps.get(app) else { return false };
        let scopes = scopes_for(event);
        app.subscribed(event) && (scopes.is_empty() || scopes.iter().any(|scope| app.grants(scope)))
    }

    /// The installs that hear such an event in a channel: those whose bot is in it.
    fn ears_in_room(&self, id: &ChannelId, event: &str) -> Vec<Install> {
        let Some(room) = self.rooms.get(id) else { return Vec::new() };
        let there = |install: &&Install| install.active && install.team == room.team && room.members.contains(&install.user);
        self.installs.iter().filter(there).filter(|install| self.hears(&install.app, event)).cloned().collect()
    }

    /// Tells the apps whose bot is in the channel.
    pub(crate) fn announce_in_room(&mut self, id: &ChannelId, kind: &str, event: impl FnOnce() -> Value) {
        let ears = self.ears_in_room(id, kind);
        self.tell(&ears, Some(id), event);
    }

    /// Tells the apps whose bot is in the channel of a message, or of a change to one.
    pub(crate) fn announce_message(&mut self, id: &ChannelId, event: impl FnOnce(&Self) -> String) {
        let Some(room) = self.rooms.get(id) else { return };
        let ears = self.ears_in_room(id, message_subscription(room.kind));
        if !ears.is_empty() {
            let event = event(self);
            self.tell_text(&ears, Some(id), &event);
        }
    }

    /// Tells every app in the workspace.
    pub(crate) fn announce_in_team(&mut self, team: &TeamId, kind: &str, event: impl FnOnce() -> Value) {
        let here = self.installs.iter().filter(|install| install.active && install.team == *team);
        let ears: Vec<Install> = here.filter(|install| self.hears(&install.app, kind)).cloned().collect();
        self.tell(&ears, None, event);
    }

    /// Tells one app.
    pub(crate) fn announce_to(&mut self, app: &AppId, team: &TeamId, kind: &str, event: Value) {
        let install = self.install_of(app, team).filter(|install| install.active && self.hears(app, kind)).cloned();
        self.tell(install.as_slice(), None, || event);
    }

    /// Tells the app behind a user, if there is one and its bot is in the channel.
    pub(crate) fn announce_to_user(&mut self, id: &ChannelId, user: &UserId, kind: &str, event: Value) {
        let ears: Vec<Install> = self.ears_in_room(id, kind).into_iter().filter(|install| install.user == *user).collect();
        self.tell(&ears, Some(id), || event);
    }

    /// Tells the app behind a mentioned user, if its bot is in the channel: `app_mention`, beside the `message`.
    pub(crate) fn announce_mentions(&mut self, id: &ChannelId, text: &str, event: impl FnOnce(&Self) -> String) {
        let mentioned = |install: &Install| text.contains(&format!("<@{}", install.user));
        let ears: Vec<Install> = match text.contains("<@") {
            true => self.ears_in_room(id, "app_mention").into_iter().filter(mentioned).collect(),
            false => return,
        };
        if !ears.is_empty() {
            let event = event(self);
            self.tell_text(&ears, Some(id), &event);
        }
    }

    fn tell(&mut self, ears: &[Install], room: Option<&ChannelId>, event: impl FnOnce() -> Value) {
        if !ears.is_empty() {
            self.tell_text(ears, room, &event().to_string());
        }
    }

    fn tell_text(&mut self, ears: &[Install], room: Option<&ChannelId>, inner: &str) {
        let shared = room.and_then(|id| self.rooms.get(id)).is_some_and(|room| room.is_ext_shared);
        for install in ears {
            self.wrap_and_send(install, inner, shared);
        }
    }

    /// Sends an inner event in its wrapping, unless the app has used up its hour's volume.
    pub(crate) fn wrap_and_send(&mut self, install: &Install, inner: &str, shared: bool) -> EventId {
        let id = EventId::from(self.mint.id("Ev"));
        let (team, app, user) = (&install.team, &install.app, &install.user);
        let rest = format!(
            concat!(
                r#","token":"{}","team_id":"{}","context_team_id":"{}","context_enterprise_id":null,"api_app_id":"{}","event":{},"#,
                r#""type":"event_callback","event_time":{},"authorizations":[{{"enterprise_id":null,"team_id":"{}","user_id":"{}","#,
                r#""is_bot":true,"is_enterprise_install":false}}],"is_ext_shared_channel":{},"event_context":"4-double"}}"#
            ),
            VERIFICATION,
            team,
            team,
            app,
            inner,
            self.clock.seconds(),
            team,
            user,
            shared
        );
        let event = Event { id: id.clone(), app: app.clone(), team: team.clone(), rest: Arc::from(rest) };
        match self.rates.event_allowed(&self.clock, self.settings.limits.events_an_hour, (app, team)) {
            super::limit::Volume::Within => self.emit(event),
            super::limit::Volume::JustOver => self.emit_rate_limited(event),
            super::limit::Volume::Over => {}
        }
        id
    }

    /// `app_rate_limited`, which has no inner event and stands for those that were left out ("Rate limits").
    fn emit_rate_limited(&mut self, instead_of: Event) {
        let minute = self.clock.seconds() / 60 * 60;
        let payload = json!({
            "token": VERIFICATION, "type": "app_rate_limited", "team_id": instead_of.team,
            "minute_rate_limited": minute, "api_app_id": instead_of.app,
        });
        self.emit(Event { rest: Arc::from(payload.to_string()), id: EventId::from(""), ..instead_of });
    }
}

/// The verification token that payloads carry; deprecated at Slack, but always there.
pub(crate) const VERIFICATION: &str = "dOuBlEvErIfIcAtIoNtOkEn0";
