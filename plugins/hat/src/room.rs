//! The hat of one channel: as it is stored, with its timers, its log and what is said about it.

use crate::programs;
use crate::rights::{self, Act, needed};
use crate::settings::{Config, Force};
use crate::state::State;
use crate::texts::Scene;
use crate::texts::announcement::announcement;
use crate::texts::letter::letters;
use crate::texts::refusal::refusal;
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use manners::alarms::{self, Standing, Zones};
use manners::confirmations::Confirmations;
use manners::programs::{Due, Programs, ReleaseKey};
use manners::said::Said;
use manners::{code, limits, log, parts};
use serde::{Deserialize, Serialize};
use turns::{Alarm, Policy, Refusal, Request, Resource, Transition, Turn, Wish};

const PREFIX: &str = "hat ";

/// The channels that ever had a hat are listed apart from the hats, which are large.
const LISTED: &str = "channel ";

/// The hat of a channel during one invocation.
///
/// [`enter`](Room::enter) lets happen what is due, [`ask`](Room::ask) what somebody wants, and [`leave`](Room::leave) makes all of it
/// last and tells everybody concerned.
#[derive(Debug)]
pub struct Room {
    pub channel: Channel,
    pub config: Config,
    pub(crate) policy: Policy,
    pub(crate) now: Instant,
    /// Who says or presses something, and can be answered.
    asker: Option<Person>,
    kept: Kept,
    /// As it was stored.
    before: Kept,
    happened: Vec<Transition>,
    pub(crate) said: Said,
    zones: Zones,
}

/// What lasts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    hat: Resource,
    /// The timers that stand at the host, and when they are due.
    timers: Standing,
    /// How much was ever logged.
    logged: u64,
    /// How much of that was removed again.
    pruned: u64,
    /// Who was asked whether they really want to take the hat off somebody.
    confirmations: Confirmations,
    /// The keys of the programs that wear it, and those who wait for it with an open call.
    programs: Programs,
}

/// The first channels that ever had a hat: so many that their names can be looked up.
pub fn channels(cx: &Context) -> Result<Vec<Channel>> {
    const LOOKED_UP: u32 = 100;
    Ok(cx.store().page::<()>(LISTED, None, LOOKED_UP)?.into_iter().map(|(key, ())| key[LISTED.len()..].into()).collect())
}

/// Some of the hats as they are stored, after this channel.
pub fn some(cx: &Context, after: Option<&Channel>, limit: u32) -> Result<Vec<(Channel, Resource)>> {
    let rooms = cx.store().page::<Kept>(PREFIX, after.map(key).as_deref(), limit)?;
    Ok(rooms.into_iter().map(|(key, kept)| (key[PREFIX.len()..].into(), kept.hat)).collect())
}

/// Makes a stored hat, which an earlier build may have kept, as small as it can be now.
pub fn lighten(cx: &Context, channel: &Channel, hat: &mut Resource) -> Result<()> {
    if limits::lighten(hat) {
        let kept: Option<Kept> = cx.store().get(&key(channel))?;
        cx.store().set(&key(channel), &Kept { hat: hat.clone(), ..kept.unwrap_or_default() })?;
    }
    Ok(())
}

/// The hat of a channel as it is stored.
pub fn stored(cx: &Context, channel: &Channel) -> Result<Resource> {
    Ok(cx.store().get::<Kept>(&key(channel))?.unwrap_or_default().hat)
}

/// Lists a channel that has a hat.
pub fn list(cx: &Context, channel: &Channel) -> Result<()> {
    Ok(cx.store().set(&format!("{LISTED}{channel}"), &())?)
}

impl Room {
    /// The hat of a channel, after everything that is due has happened.
    pub fn enter(cx: &Context, channel: Channel) -> Result<Self> {
        rights::reach(cx, &channel)?;
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
            zones: Zones::default(),
        };
        room.catch_up(cx)?;
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
    pub fn ask(&mut self, cx: &Context, actor: &User, request: &Request) -> Result<(), Refusal> {
        // Whoever asked for the hat itself has been asked about already.
        let asked = self.asker.as_ref().is_some_and(|asker| asker.id == *actor) && needed(request).contains(&Act::Wear);
        let turn = self
            .permitted(cx, asked.then_some(actor), |room| turns::apply(&room.kept.hat, &room.policy, actor, request.clone(), room.now))?;
        self.happen(turn, Some(actor));
        Ok(())
    }

    /// Does what the person of this invocation asks, or tells them why not; that is all for this time.
    pub fn request(mut self, cx: &Context, request: &Request) -> Result<Reply> {
        let actor = cx.user()?;
        if let Some(refusal) = self.forbids(cx, request)? {
            return Ok(self.leave(cx)?.and(Reply::whisper(refusal).code("refused.not-allowed")));
        }
        let answer = match self.ask(cx, actor, request) {
            Ok(()) => Reply::nothing(),
            Err(why) => Reply::whisper(refusal(&self.scene(Some(actor)), request, &why)).code(code::of_refusal(&why)),
        };
        Ok(self.leave(cx)?.and(answer))
    }

    /// A timer has fired: the host has it no longer.
    pub fn fired(&mut self, timer: &str) {
        self.kept.timers.remove(timer);
    }

    /// Who was asked whether they really want to take the hat off somebody.
    pub fn confirmations(&mut self) -> &mut Confirmations {
        &mut self.kept.confirmations
    }

    /// Makes everything last, tells everybody concerned, and returns what the person of this invocation is told.
    pub fn leave(mut self, cx: &Context) -> Result<Reply> {
        self.kept.confirmations.forget_old(self.now);
        self.tell_programs(cx)?;
        self.write_log(cx)?;
        self.set_timers(cx)?;
        log::prune(cx, &self.channel, self.kept.logged, &mut self.kept.pruned)?;
        if self.kept != self.before {
            self.store(cx)?;
        }
        let reply = std::mem::take(&mut self.said).tell(cx, &self.channel)?;
        Ok(reply.data(&self.state(cx.person().map(|person| &person.id))))
    }

    fn state<'a>(&'a self, person: Option<&'a User>) -> State<'a> {
        State::of(&self.channel, &self.kept.hat, person, self.release_key())
    }
}

/// What happens.
impl Room {
    /// Lets happen what is due, in the order in which it was due, and brings the hat in line with the settings.
    fn catch_up(&mut self, cx: &Context) -> Result<()> {
        while let Some(due) = self.next_due(cx) {
            match due {
                Due::Alarm(alarm) => {
                    let turn = self.permitted(cx, None, |room| Ok(turns::ring(&room.kept.hat, &room.policy, &alarm, room.now)));
                    self.happen(turn.expect("an alarm rings"), None);
                }
                Due::Patience(person) => self.end_wait(cx, &person)?,
            }
        }
        let turn = self.permitted(cx, None, |room| Ok(turns::adapt(&room.kept.hat, &room.policy, room.now)));
        self.happen(turn.expect("settings are no request"), None);
        Ok(())
    }

    fn next_due(&self, cx: &Context) -> Option<Due> {
        let alarm = alarms::due(cx, &self.zones, &self.kept.hat, &self.policy, self.config.night());
        self.kept.programs.next_due(alarm, self.now)
    }

    pub(crate) fn happen(&mut self, turn: Turn, actor: Option<&User>) {
        self.happened.extend(turn.transitions(actor, self.now));
        self.kept.hat = turn.resource;
        let scene = self.scene(actor);
        let letters = turn.outcomes.iter().flat_map(|outcome| letters(&scene, outcome)).collect();
        let answered = self.asker.as_ref().map(|asker| &asker.id).filter(|asker| actor == Some(asker));
        let said = Said::about(&turn.outcomes, announcement(&scene, &turn.outcomes), letters, answered);
        self.said.extend(said);
    }
}

/// What programs have to do with it.
impl Room {
    /// What is kept for programs.
    pub fn programs(&mut self) -> &mut Programs {
        &mut self.kept.programs
    }

    /// The key of the program that wears it.
    pub fn release_key(&self) -> Option<ReleaseKey> {
        self.kept.programs.key(self.channel.as_str(), self.kept.hat.holds.first()?)
    }

    /// Gives their keys to those that wear it, and an answer to those whose waiting is over. Those who are asked to take it do.
    fn tell_programs(&mut self, cx: &Context) -> Result<()> {
        while let Some(person) = self.kept.programs.invited(&self.kept.hat) {
            let Ok(()) = self.ask(cx, &person, &Request::Take(Wish::default())) else { break };
        }
        self.kept.programs.issue(cx, &self.kept.hat);
        for (person, came) in self.kept.programs.come(&self.kept.hat) {
            self.answer_call(cx, &person, came.code())?;
        }
        Ok(())
    }

    /// The patience of a program is at its end: it gives up its place, and is told.
    fn end_wait(&mut self, cx: &Context, person: &User) -> Result<()> {
        self.kept.programs.stop_waiting(person);
        if let Ok(turn) = turns::apply(&self.kept.hat, &self.policy, person, Request::Leave, self.now) {
            self.happen(turn, None);
        }
        self.answer_call(cx, person, "timeout")
    }

    fn answer_call(&self, cx: &Context, person: &User, code: &str) -> Result<()> {
        Ok(cx.calls().answer(&programs::call(&self.channel, person), code, &self.state(Some(person)))?)
    }
}

/// What comes of it.
impl Room {
    fn store(&self, cx: &Context) -> Result<()> {
        if self.before == Kept::default() {
            list(cx, &self.channel)?;
        }
        parts::update(cx, self.channel.as_str(), &self.before.hat, &self.kept.hat)?;
        Ok(cx.store().set(&key(&self.channel), &self.kept)?)
    }

    fn write_log(&mut self, cx: &Context) -> Result<()> {
        log::append(cx, self.channel.as_str(), &self.happened, &mut self.kept.logged)
    }

    /// Makes the timers of the host those of the hat.
    fn set_timers(&mut self, cx: &Context) -> Result<()> {
        let alarms = alarms::alarms(cx, &self.zones, &self.kept.hat, &self.policy, self.config.night()).into_iter();
        let patience = self.kept.programs.first_to_leave().map(|(_, until)| (format!("alarm:{} patience", self.channel), until));
        let wanted = alarms.map(|(alarm, due)| (timer(&self.channel, &alarm), due)).chain(patience).collect();
        alarms::set_timers(cx, &mut self.kept.timers, wanted)
    }
}

fn key(channel: &Channel) -> String {
    format!("{PREFIX}{channel}")
}

fn timer(channel: &Channel, alarm: &Alarm) -> String {
    format!("alarm:{channel} {}", alarm.key())
}
