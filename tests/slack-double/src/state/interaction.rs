//! What a person did that an app answers at once, and what its answers may still do ("Handling user interaction").

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Refused, State, delivery::Parcel, event::VERIFICATION, message::Draft, mint, refuse};
use crate::{Ack, AppId, Author, ChannelId, Ephemeral, Outcome, TeamId, TriggerId, Ts, UserId, ViewId};

/// What an interaction can be exchanged for a modal with.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    pub(crate) app: AppId,
    pub(crate) user: UserId,
    /// The modal that it came from.
    pub(crate) view: Option<ViewId>,
    until: Instant,
    used: bool,
}

/// Where an app may answer an interaction later.
#[derive(Clone, Debug)]
pub(crate) struct ResponseUrl {
    pub(crate) app: AppId,
    pub(crate) team: TeamId,
    pub(crate) channel: ChannelId,
    pub(crate) user: UserId,
    /// The message that it came from.
    pub(crate) message: Option<Ts>,
    pub(crate) uses: u32,
    pub(crate) until: Instant,
}

/// An interaction that was sent to an app.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    app: AppId,
    effect: Effect,
    pub(crate) outcome: Option<Outcome>,
}

/// What the payload of an ack does.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// It is a message to the person, or to the channel.
    Message { channel: ChannelId, user: UserId },
    /// It is the fate of the form.
    Form(ViewId),
    /// Nothing.
    None,
}

/// An interaction that is about to be sent.
pub(crate) struct Question {
    pub(crate) app: AppId,
    pub(crate) kind: &'static str,
    pub(crate) payload: Value,
    pub(crate) takes_payload: bool,
    pub(crate) effect: Effect,
}

impl State {
    /// A fresh trigger of a person for an app.
    pub(crate) fn trigger(&mut self, app: &AppId, user: &UserId, view: Option<&ViewId>) -> TriggerId {
        let digits = self.next_seq() + 1_000_000;
        let id = TriggerId::from(format!("{digits}.{}.{}", digits * 7, mint::secret(&mut self.random, 32)));
        let until = self.clock.after(self.settings.times.trigger);
        let trigger = Trigger { app: app.clone(), user: user.clone(), view: view.cloned(), until, used: false };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// Exchanges a trigger: once, soon, and by the app it was given to.
    pub(crate) fn exchange(&mut self, id: &str, app: &AppId) -> Refused<Trigger> {
        let Some(trigger) = self.triggers.get_mut(id).filter(|trigger| trigger.app == *app) else {
            return refuse("invalid_trigger_id");
        };
        if std::mem::replace(&mut trigger.used, true) {
            return refuse("exchanged_trigger_id");
        }
        if trigger.until < Instant::now() {
            return refuse("expired_trigger_id");
        }
        Ok(trigger.clone())
    }

    /// A fresh response URL; its path begins as Slack's do, `commands` or `actions`.
    pub(crate) fn response_url(
        &mut self,
        path: &str,
        app: &AppId,
        user: &UserId,
        channel: &ChannelId,
        message: Option<Ts>,
    ) -> Refused<String> {
        let team = self.member(user)?.team.clone();
        let key = format!("{path}/{team}/{}/{}", self.next_seq(), mint::secret(&mut self.random, 24));
        let url = format!("{}/{key}", self.base_url());
        let until = self.clock.after(self.settings.times.response_url);
        let (app, channel, user) = (app.clone(), channel.clone(), user.clone());
        self.response_urls.insert(key, ResponseUrl { app, team, channel, user, message, uses: 0, until });
        Ok(url)
    }

    /// Sends an interaction; its number tells the outcome.
    pub(crate) fn ask(&mut self, question: Question) -> u64 {
        let number = self.next_seq();
        let Question { app, kind, payload, takes_payload, effect } = question;
        let reached = self.send_parcel(&Parcel { app: &app, kind, payload: &payload, takes_payload }, number);
        let outcome = if reached { None } else { Some(Outcome::Unreachable) };
        self.interactions.insert(number, Asked { app, effect, outcome });
        number
    }

    /// The ack of an interaction came, in time or not.
    pub(crate) fn answer_interaction(&mut self, number: u64, ack: &Ack) {
        let Some(asked) = self.interactions.get_mut(&number) else { return };
        if asked.outcome.is_some() {
            return self.complain("late_ack", format!("{} was acked after the person was told that the app failed", ack.envelope));
        }
        asked.outcome = Some(Outcome::Acked { payload: ack.payload.clone(), after: ack.after });
        let (app, effect) = (asked.app.clone(), asked.effect.clone());
        let payload = ack.payload.clone().unwrap_or_default();
        let done = match effect {
            Effect::Message { channel, user } => self.answer_with_message(&app, &user, &channel, &payload),
            Effect::Form(view) => self.answer_form(&view, &payload),
            Effect::None => Ok(()),
        };
        if let Err(refusal) = done {
            self.complain("invalid_ack_payload", format!("{}: {refusal}", ack.envelope));
        }
    }

    pub(crate) fn time_out_interaction(&mut self, number: u64) {
        if let Some(asked) = self.interactions.get_mut(&number) {
            asked.outcome = Some(Outcome::TimedOut);
        }
    }

    /// The payload of a slash command's ack is a message, shown to the person unless it says `in_channel`.
    fn answer_with_message(&mut self, app: &AppId, user: &UserId, channel: &ChannelId, payload: &Value) -> Refused<()> {
        if payload.get("text").is_none() && payload.get("blocks").is_none() && !payload.is_string() {
            return Ok(());
        }
        let team = self.member(user)?.team.clone();
        let author = self.author_for(app, &team)?;
        let draft = crate::web::draft::from_payload(payload)?;
        if payload["response_type"] == "in_channel" {
            return self.post_message(channel, author, draft).map(drop);
        }
        self.show(channel, user, author, draft);
        Ok(())
    }

    /// The app as an author.
    pub(crate) fn author_for(&self, app: &AppId, team: &TeamId) -> Refused<Author> {
        match self.install_of(app, team) {
            Some(install) => Ok(Author { user: Some(install.user.clone()), bot: Some(install.bot.clone()), app: Some(app.clone()) }),
            None => refuse("app_not_found"),
        }
    }

    /// Shows a message to one person.
    pub(crate) fn show(&mut self, channel: &ChannelId, user: &UserId, author: Author, draft: Draft) -> Ts {
        let ts = self.event_ts();
        let ephemeral = Ephemeral {
            seq: self.next_seq(),
            at: self.clock.elapsed(),
            channel: channel.clone(),
            user: user.clone(),
            ts,
            author,
            text: draft.text,
            blocks: draft.blocks,
            thread_ts: draft.thread_ts,
            deleted: false,
        };
        // The newest stays even where nothing is kept: somebody may press its buttons.
        while !self.ephemerals.is_empty() && self.ephemerals.len() >= self.records.room() {
            self.ephemerals.remove(0);
        }
        self.ephemerals.push(ephemeral);
        ts
    }

    /// What every payload of an interaction says about the person.
    pub(crate) fn payload(&self, kind: &str, app: &AppId, user: &UserId) -> Refused<Value> {
        let member = self.member(user)?;
        let team = self.team(&member.team)?;
        let name = &member.person.name;
        Ok(json!({
            "type": kind, "api_app_id": app, "token": VERIFICATION, "enterprise": null, "is_enterprise_install": false,
            "user": { "id": user, "username": name, "name": name, "team_id": team.id },
            "team": { "id": team.id, "domain": team.domain },
        }))
    }

    pub(crate) fn slash(&mut self, channel: &ChannelId, user: &UserId, command: &str, text: &str) -> Refused<(u64, TriggerId, String)> {
        let (member, room) = (self.member(user)?.clone(), self.readable(channel, user)?);
        let name = room.payload_name().to_owned();
        let domain = self.team(&member.team)?.domain.clone();
        let Some(app) = self.owner_of(command, &member.team) else { return refuse("command_not_found") };
        let trigger = self.trigger(&app, user, None);
        let url = self.response_url("commands", &app, user, channel, None)?;
        let payload = json!({
            "token": VERIFICATION, "team_id": member.team, "team_domain": domain, "channel_id": channel, "channel_name": name,
            "user_id": user, "user_name": member.person.name, "command": command, "text": text, "api_app_id": app,
            "is_enterprise_install": "false", "response_url": url, "trigger_id": trigger,
        });
        let effect = Effect::Message { channel: channel.clone(), user: user.clone() };
        let number = self.ask(Question { app, kind: "slash_commands", payload, takes_payload: true, effect });
        Ok((number, trigger, url))
    }
}
