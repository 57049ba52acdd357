//! The hat of one channel: as it is stored, with its timers, its log and what is said about it.

use crate::code;
use crate::log;
use crate::night::offset_of;
use crate::said::Said;
use crate::settings::{Config, Force};
use crate::state::State;
use crate::texts::Scene;
use crate::texts::refusal::refusal;
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use turns::{Alarm, AlarmKind, Id, Policy, Refusal, Request, Resource, Transition, Turn};

const PREFIX: &str = "hat ";

/// The hat of a channel during one invocation.
///
/// [`enter`](Room::enter) lets happen what is due, [`ask`](Room::ask) what somebody wants, and [`leave`](Room::leave) makes all of it
/// last and tells everybody concerned.
#[derive(Debug)]
pub struct Room {
    pub channel: Channel,
    pub config: Config,
    policy: Policy,
    now: Instant,
    /// Who says or presses something, and can be answered.
    asker: Option<Person>,
    kept: Kept,
    /// As it was stored.
    before: Kept,
    happened: Vec<Transition>,
    said: Said,
}

/// What lasts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    hat: Resource,
    /// The timers that stand at the host, and when they are due.
    timers: BTreeMap<String, Instant>,
    /// How much was ever logged.
    logged: u64,
    /// Who was asked whether they really want to take the hat off somebody.
    confirmations: BTreeMap<User, Confirmation>,
}

/// A question whether somebody really wants to take the hat off somebody, which they have a minute to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    pub hold: Id,
    pub reason: Option<String>,
    pub until: Instant,
}

/// The channels that ever had a hat, and the hat as it is stored.
pub fn all(cx: &Context) -> Result<Vec<(Channel, Resource)>> {
    let rooms = cx.store().scan::<Kept>(PREFIX)?;
    Ok(rooms.into_iter().map(|(key, kept)| (key[PREFIX.len()..].into(), kept.hat)).collect())
}

impl Room {
    /// The hat of a channel, after everything that is due has happened.
    pub fn enter(cx: &Context, channel: Channel) -> Result<Self> {
        let config: Config = cx.settings()?;
        let kept: Kept = cx.store().get(&key(&channel))?.unwrap_or_default();
        let mut room = Self {
            channel,
            policy: config.policy(),
            config,
            now: cx.now(),
            asker: cx.place().and(cx.person()).cloned(),
            before: kept.clone(),
            kept,
            happened: Vec::new(),
            said: Said::default(),
        };
        room.catch_up(cx);
        Ok(room)
    }

    pub fn hat(&self) -> &Resource {
        &self.kept.hat
    }

    /// How things stand, as this person sees it.
    pub fn scene<'a>(&'a self, actor: Option<&'a User>) -> Scene<'a> {
        Scene { channel: &self.channel, resource: &self.kept.hat, policy: &self.policy, now: self.now, actor, may_force: self.may_force() }
    }

    /// Whether who asks may take the hat, or a place, from others.
    pub fn may_force(&self) -> bool {
        let Some(asker) = &self.asker else { return false };
        match self.config.force() {
            Force::Anyone => true,
            Force::Crew => asker.admin || self.kept.hat.ridden_by(&asker.id).is_some(),
            Force::Admins => asker.admin,
            Force::Never => false,
        }
    }

    /// Does this happen elsewhere than in the channel itself?
    pub fn is_away(&self, cx: &Context) -> bool {
        cx.place().is_some_and(|place| place.channel != self.channel || place.thread.is_some())
    }

    /// Does what somebody asks, or says why not.
    pub fn ask(&mut self, actor: &User, request: &Request) -> Result<(), Refusal> {
        let turn = turns::apply(&self.kept.hat, &self.policy, actor, request.clone(), self.now)?;
        self.happen(turn, Some(actor));
        Ok(())
    }

    /// Does what the person of this invocation asks, or tells them why not; that is all for this time.
    pub fn request(mut self, cx: &Context, request: &Request) -> Result<Reply> {
        let actor = cx.user()?;
        let answer = match self.ask(actor, request) {
            Ok(()) => Reply::nothing(),
            Err(why) => Reply::whisper(refusal(&self.scene(Some(actor)), request, &why)).code(code::of_refusal(&why)),
        };
        Ok(self.leave(cx)?.and(answer))
    }

    /// A timer has fired: the host has it no longer.
    pub fn fired(&mut self, timer: &str) {
        self.kept.timers.remove(timer);
    }

    /// Remembers what somebody is asked to confirm.
    pub fn expect(&mut self, asker: &User, confirmation: Confirmation) {
        self.kept.confirmations.insert(asker.clone(), confirmation);
    }

    /// What somebody was asked to confirm, once.
    pub fn expected(&mut self, asker: &User, hold: Id) -> Option<Confirmation> {
        self.kept.confirmations.remove(asker).filter(|confirmation| confirmation.hold == hold)
    }

    /// Makes everything last, tells everybody concerned, and returns what the person of this invocation is told.
    pub fn leave(mut self, cx: &Context) -> Result<Reply> {
        self.kept.confirmations.retain(|_, confirmation| confirmation.until >= self.now);
        self.write_log(cx)?;
        self.set_timers(cx)?;
        if self.kept != self.before {
            cx.store().set(&key(&self.channel), &self.kept)?;
        }
        let reply = self.said.tell(cx, &self.channel)?;
        Ok(reply.data(&State::of(&self.channel, &self.kept.hat)))
    }
}

/// What happens.
impl Room {
    /// Lets happen what is due, in the order in which it was due, and brings the hat in line with the settings.
    fn catch_up(&mut self, cx: &Context) {
        while let Some((alarm, _)) = self.alarms(cx).into_iter().find(|(_, due)| *due <= self.now) {
            let turn = turns::ring(&self.kept.hat, &self.policy, &alarm, self.now);
            self.happen(turn, None);
        }
        let turn = turns::adapt(&self.kept.hat, &self.policy, self.now);
        self.happen(turn, None);
    }

    fn happen(&mut self, turn: Turn, actor: Option<&User>) {
        self.happened.extend(turn.transitions(actor, self.now));
        self.kept.hat = turn.resource;
        let said = Said::about(&self.scene(actor), &turn.outcomes, self.asker.as_ref().map(|asker| &asker.id));
        self.said.extend(said);
    }

    /// What will happen by itself, and when. Nobody is asked at night whether they still need the hat.
    fn alarms(&self, cx: &Context) -> Vec<(Alarm, Instant)> {
        let alarms = turns::alarms(&self.kept.hat, &self.policy).into_iter();
        let mut alarms: Vec<_> = alarms.map(|alarm| (alarm, self.rings_at(cx, &alarm))).collect();
        alarms.sort_by_key(|(_, due)| *due);
        alarms
    }

    fn rings_at(&self, cx: &Context, alarm: &Alarm) -> Instant {
        match self.kept.hat.hold(alarm.id) {
            Some(hold) if alarm.kind == AlarmKind::Nag => self.config.night().over(alarm.due, offset_of(cx, &hold.person, alarm.due)),
            _ => alarm.due,
        }
    }
}

/// What comes of it.
impl Room {
    fn write_log(&mut self, cx: &Context) -> Result<()> {
        for transition in &self.happened {
            log::append(cx, &self.channel, self.kept.logged, transition)?;
            self.kept.logged += 1;
        }
        Ok(())
    }

    /// Makes the timers of the host those of the hat.
    fn set_timers(&mut self, cx: &Context) -> Result<()> {
        let alarms = self.alarms(cx).into_iter();
        let wanted: BTreeMap<String, Instant> = alarms.map(|(alarm, due)| (timer(&self.channel, &alarm), due)).collect();
        for key in self.kept.timers.keys().filter(|key| !wanted.contains_key(*key)) {
            cx.timers().cancel(key)?;
        }
        for (key, due) in wanted.iter().filter(|(key, due)| self.kept.timers.get(*key) != Some(due)) {
            cx.timers().set(key, *due, &())?;
        }
        self.kept.timers = wanted;
        Ok(())
    }
}

fn key(channel: &Channel) -> String {
    format!("{PREFIX}{channel}")
}

fn timer(channel: &Channel, alarm: &Alarm) -> String {
    format!("alarm:{channel} {}", alarm.key())
}
