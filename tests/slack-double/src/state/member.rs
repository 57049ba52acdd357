//! People, and the users behind bots.

use serde_json::{Value, json};

use super::{Refused, State, refuse};
use crate::{AppId, BotId, Person, TeamId, UserId};

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: UserId,
    pub(crate) team: TeamId,
    pub(crate) person: Person,
    pub(crate) bot: Option<(BotId, AppId)>,
    pub(crate) updated: u64,
    pub(crate) away: bool,
}

impl Member {
    pub(crate) fn new(id: UserId, team: TeamId, person: Person) -> Self {
        Self { id, team, person, bot: None, updated: 0, away: false }
    }

    pub(crate) fn with_bot(mut self, bot: BotId, app: AppId) -> Self {
        self.bot = Some((bot, app));
        self
    }

    /// The user object ("User object" page).
    pub(crate) fn json(&self, with_email: bool) -> Value {
        let person = &self.person;
        let mut user = json!({
            "id": self.id, "team_id": self.team, "name": person.name, "deleted": person.deleted,
            "profile": self.profile(with_email), "is_bot": person.is_bot, "is_app_user": false, "updated": self.updated,
        });
        if !person.deleted {
            for (key, value) in [
                ("color", json!("9f69e7")),
                ("real_name", json!(self.real_name())),
                ("tz", json!(person.tz)),
                ("tz_label", json!(person.tz)),
                ("tz_offset", json!(person.tz_offset)),
                ("is_admin", json!(person.is_admin)),
                ("is_owner", json!(false)),
                ("is_primary_owner", json!(false)),
                ("is_restricted", json!(person.is_restricted)),
                ("is_ultra_restricted", json!(person.is_ultra_restricted)),
                ("is_email_confirmed", json!(true)),
                ("who_can_share_contact_card", json!("EVERYONE")),
            ] {
                user[key] = value;
            }
        }
        user
    }

    pub(crate) fn profile(&self, with_email: bool) -> Value {
        let person = &self.person;
        let mut profile = json!({
            "title": "", "phone": "", "skype": "", "real_name": self.real_name(), "real_name_normalized": self.real_name(),
            "display_name": person.display_name, "display_name_normalized": person.display_name, "fields": null,
            "status_text": "", "status_emoji": "", "status_expiration": 0, "avatar_hash": "g0", "team": self.team,
            "first_name": self.real_name().split(' ').next(), "last_name": self.real_name().split(' ').next_back(),
            "image_24": "", "image_32": "", "image_48": "", "image_72": "", "image_192": "", "image_512": "",
        });
        if let Some((bot, app)) = &self.bot {
            profile["bot_id"] = json!(bot);
            profile["api_app_id"] = json!(app);
        }
        if with_email && !person.email.is_empty() {
            profile["email"] = json!(person.email);
        }
        profile
    }

    pub(crate) fn real_name(&self) -> &str {
        if self.person.real_name.is_empty() { &self.person.name } else { &self.person.real_name }
    }
}

impl State {
    pub(crate) fn member(&self, id: &UserId) -> Refused<&Member> {
        self.members.get(id).map_or_else(|| refuse("user_not_found"), Ok)
    }

    /// Everyone of a workspace, bots too.
    pub(crate) fn members_of(&self, team: &TeamId) -> impl Iterator<Item = &Member> {
        let team = team.clone();
        self.members.values().filter(move |member| member.team == team)
    }

    pub(crate) fn add_person(&mut self, team: &TeamId, person: Person) -> Refused<UserId> {
        let general = self.team(team)?.general.clone();
        let id = UserId::from(self.mint.id("U"));
        let bot = person.is_bot;
        self.insert_member(Member::new(id.clone(), team.clone(), person));
        if !bot {
            self.room_mut(&general)?.members.insert(id.clone());
        }
        let user = self.member(&id)?.json(true);
        self.announce_in_team(team, "team_join", || json!({ "type": "team_join", "user": user }));
        Ok(id)
    }

    pub(crate) fn insert_member(&mut self, mut member: Member) {
        self.dirty = true;
        member.updated = self.clock.seconds();
        self.members.insert(member.id.clone(), member);
    }

    pub(crate) fn change_person(&mut self, id: &UserId, change: impl FnOnce(&mut Person)) -> Refused<()> {
        let now = self.clock.seconds();
        let Some(member) = self.members.get_mut(id) else { return refuse("user_not_found") };
        change(&mut member.person);
        member.updated = now;
        let (team, user) = (member.team.clone(), member.json(true));
        self.dirty = true;
        let at = self.event_ts();
        self.announce_in_team(&team, "user_change", || json!({ "type": "user_change", "user": user, "cache_ts": now, "event_ts": at }));
        Ok(())
    }
}
