//! The things of one channel in one invocation.

use crate::names;
use crate::settings::Config;
use crate::shelf::{Named, Scope, Shelf};
use crate::state::{Answer, States};
use crate::texts::refusal::{self, No};
use crate::texts::{Scene, announcement, letter, secret};
use crate::thing::{Kept, Thing, ThingId};
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use manners::programs::Due;
use manners::said::{Letter, Said};
use manners::{alarms, code, log};
use std::collections::BTreeMap;
use turns::{Alarm, Outcome, Refusal, Request, Turn};

/// The things of one channel in one invocation.
///
/// [`enter`](Board::enter) lets happen to a thing what is due, [`ask`](Board::ask) and [`request`](Board::request) what somebody wants,
/// and [`leave`](Board::leave) makes all of it last and tells everybody concerned.
#[derive(Debug)]
pub struct Board<'a> {
    pub cx: &'a Context,
    pub channel: Channel,
    pub config: Config,
    pub scope: Scope,
    scope_before: Scope,
    /// Who says or presses something, and can be answered.
    asker: Option<Person>,
    things: BTreeMap<ThingId, Thing>,
    /// Things that are taken away.
    removed: Vec<ThingId>,
    answers: Vec<Answer>,
    pub said: Said,
    seed: u64,
    /// Is everything said in lines of one message? So it is where several things were asked for at once.
    pub in_lines: bool,
}

/// Looking at things.
impl<'a> Board<'a> {
    pub fn open(cx: &'a Context, channel: Channel) -> Result<Self> {
        let scope = Shelf { cx, channel: &channel }.scope()?;
        Ok(Self {
            cx,
            channel,
            config: cx.settings()?,
            scope_before: scope.clone(),
            scope,
            asker: cx.place().and(cx.person()).cloned(),
            things: BTreeMap::new(),
            removed: Vec::new(),
            answers: Vec::new(),
            said: Said::default(),
            // Numbers of JavaScript, which may read the log, are exact up to this.
            seed: cx.random().below(1 << 53),
            in_lines: false,
        })
    }

    pub fn shelf(&self) -> Shelf<'_> {
        Shelf { cx: self.cx, channel: &self.channel }
    }

    /// A thing after everything that is due has happened to it; false if it is gone.
    pub fn enter(&mut self, id: ThingId) -> Result<bool> {
        if self.things.contains_key(&id) {
            return Ok(true);
        }
        let Some(kept) = self.shelf().thing(id)? else { return Ok(false) };
        self.place(id, kept)?;
        Ok(true)
    }

    /// All things, after everything that is due has happened to them.
    pub fn enter_all(&mut self) -> Result<Vec<ThingId>> {
        for (id, kept) in self.shelf().things()? {
            if !self.things.contains_key(&id) {
                self.place(id, kept)?;
            }
        }
        Ok(self.entered().into_iter().filter(|id| self.thing(*id).kept.is_there()).collect())
    }

    /// The thing that a name stands for, after everything that is due has happened to it.
    pub fn find(&mut self, name: &str) -> Result<Option<ThingId>> {
        match self.shelf().named(name)? {
            Some(Named::Thing(id)) => Ok(self.enter(id)?.then_some(id)),
            _ => Ok(None),
        }
    }

    pub fn thing(&self, id: ThingId) -> &Thing {
        &self.things[&id]
    }

    /// The things that were entered so far.
    pub fn entered(&self) -> Vec<ThingId> {
        self.things.keys().copied().collect()
    }

    pub fn is_entered(&self, id: ThingId) -> bool {
        self.things.contains_key(&id)
    }

    /// For what is set of a thing; what happens to it happens by [`ask`](Board::ask).
    pub fn thing_mut(&mut self, id: ThingId) -> &mut Thing {
        self.things.get_mut(&id).expect("it was entered")
    }

    /// How a thing stands, as this person sees it.
    pub fn scene<'b>(&'b self, id: ThingId, actor: Option<&'b User>) -> Scene<'b> {
        let Thing { kept, policy, .. } = self.thing(id);
        let may_steal = kept.overrides.steal(&self.config).includes(self.is_admin());
        Scene { channel: &self.channel, id, kept, policy, now: self.cx.now(), actor, may_steal }
    }

    /// Is who asks an administrator?
    pub fn is_admin(&self) -> bool {
        self.asker.as_ref().is_some_and(|asker| asker.admin)
    }

    /// With a thing come the groups that it serves when it gets free.
    fn place(&mut self, id: ThingId, kept: Kept) -> Result<()> {
        for group in &kept.groups {
            self.enter(*group)?;
        }
        self.things.insert(id, Thing::new(kept.clone(), Some(kept), &self.config, self.seed));
        self.catch_up(id)
    }
}

/// Changing things.
impl Board<'_> {
    /// A new thing of this name.
    pub fn create(&mut self, name: &str) -> ThingId {
        self.scope.last += 1;
        let id = ThingId(self.scope.last);
        let kept = Kept { name: names::shown(name), subject: names::subject(self.channel.as_str(), name), ..Kept::default() };
        self.things.insert(id, Thing::new(kept, None, &self.config, self.seed));
        id
    }

    /// Changes what is set of a thing, and brings it in line with that.
    pub fn configure(&mut self, id: ThingId, change: impl FnOnce(&mut Kept)) {
        change(&mut self.thing_mut(id).kept);
        self.adapt(id);
    }

    /// Does what somebody asks of a thing, or says why not.
    pub fn ask(&mut self, id: ThingId, actor: &User, request: &Request) -> Result<(), Refusal> {
        let thing = self.thing(id);
        let turn = turns::apply(thing.resource(), &thing.policy, actor, request.clone(), self.cx.now())?;
        self.happen(id, turn, Some(actor));
        Ok(())
    }

    /// Does what the person of this invocation asks of a thing, or tells them why not.
    pub fn request(&mut self, id: ThingId, request: &Request) -> Result<()> {
        let asker = self.cx.user()?;
        if let Err(why) = self.ask(id, asker, request) {
            let refusal = refusal::refusal(&self.scene(id, Some(asker)), request, &why);
            self.answer(Some(id), refusal, code::of_refusal(&why));
        }
        Ok(())
    }

    /// Tells the person of this invocation, and nobody else, something about a thing.
    pub fn answer(&mut self, id: Option<ThingId>, message: Message, code: &'static str) {
        self.answers.push(Answer { thing: id, code });
        self.said.reply(message, code);
    }

    /// What came of something, for programs.
    pub fn result(&mut self, id: ThingId, code: &'static str) {
        self.answers.push(Answer { thing: Some(id), code });
    }

    /// What came so far of what was asked is not what it comes to.
    pub fn forget_answers(&mut self) {
        self.answers.clear();
    }

    /// Tells the person of this invocation why nothing was done.
    pub fn refuse(&mut self, no: &No<'_>) {
        self.answer(None, refusal::no(no), no.code());
    }

    /// Tells everybody what the person of this invocation did.
    pub fn announce(&mut self, id: Option<ThingId>, message: Message, code: &'static str) {
        self.answers.push(Answer { thing: id, code });
        self.said.announce(message, code);
    }

    /// Lets programs know how a thing stands that somebody looks at.
    pub fn see(&mut self, id: ThingId) {
        self.result(id, "ok");
    }

    /// Takes a thing away, with all of its names.
    pub fn remove(&mut self, id: ThingId) {
        self.removed.push(id);
    }

    /// Lets something happen to a thing.
    pub(crate) fn happen(&mut self, id: ThingId, turn: Turn, actor: Option<&User>) {
        let now = self.cx.now();
        self.thing_mut(id).step(&turn, actor, now);
        let outcomes = self.serve_groups(id, turn.outcomes);
        self.issue_keys(id);
        let answered = self.asker.as_ref().map(|asker| &asker.id).filter(|asker| actor == Some(asker));
        if let Some(first) = outcomes.first().filter(|_| answered.is_some()) {
            self.answers.push(Answer { thing: Some(id), code: code::of_outcome(first) });
        }
        let said = self.told(id, &outcomes, actor, answered);
        self.said.extend(said);
    }

    fn issue_keys(&mut self, id: ThingId) {
        let cx = self.cx;
        let kept = &mut self.thing_mut(id).kept;
        kept.programs.issue(cx, &kept.resource);
    }

    fn told(&self, id: ThingId, outcomes: &[Outcome], actor: Option<&User>, answered: Option<&User>) -> Said {
        let scene = self.scene(id, actor);
        let mut letters: Vec<Letter> = outcomes.iter().flat_map(|outcome| letter::letters(&scene, outcome)).collect();
        let announcement = announcement::announcement(&scene, outcomes);
        let announcement = announcement.map(|announcement| {
            if !scene.is_secret() {
                return announcement;
            }
            letters.extend(secret::letters(&announcement, actor));
            secret::masked(announcement, None)
        });
        Said::about(outcomes, announcement, letters, answered)
    }

    /// Lets happen what is due, in the order in which it was due, and brings the thing in line with the settings.
    fn catch_up(&mut self, id: ThingId) -> Result<()> {
        while let Some(due) = self.next_due(id) {
            match due {
                Due::Alarm(alarm) => self.ring(id, &alarm),
                Due::Patience(person) => self.end_wait(id, &person)?,
            }
        }
        self.adapt(id);
        Ok(())
    }

    /// What is due first: something of the thing, or the end of a program's patience.
    fn next_due(&self, id: ThingId) -> Option<Due> {
        let thing = self.thing(id);
        let alarm = alarms::due(self.cx, thing.resource(), &thing.policy, self.config.night());
        thing.kept.programs.next_due(alarm, self.cx.now())
    }

    fn ring(&mut self, id: ThingId, alarm: &Alarm) {
        let thing = self.thing(id);
        let turn = turns::ring(thing.resource(), &thing.policy, alarm, self.cx.now());
        self.happen(id, turn, None);
    }

    fn adapt(&mut self, id: ThingId) {
        let seed = self.seed;
        let thing = self.things.get_mut(&id).expect("it was entered");
        thing.policy = thing.kept.overrides.policy(&self.config, thing.kept.is_group(), seed);
        let turn = turns::adapt(thing.resource(), &thing.policy, self.cx.now());
        self.happen(id, turn, None);
    }
}

/// What comes of it.
impl Board<'_> {
    /// Makes everything last, tells everybody concerned, and returns what the person of this invocation is told.
    pub fn leave(mut self) -> Result<Reply> {
        self.tell_watchers();
        self.tell_programs()?;
        for id in self.entered() {
            self.write_log(id)?;
            self.store(id)?;
        }
        if self.scope != self.scope_before {
            self.shelf().set_scope(&self.scope)?;
        }
        let (code, states) = (self.code(), States::of(&self));
        let said = if self.in_lines { self.said.in_lines() } else { self.said };
        let reply = said.tell(self.cx, &self.channel)?;
        Ok(reply.code(code).data(&states))
    }

    /// What the things are about that were asked for, with what came of it.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    fn tell_watchers(&mut self) {
        let free = self.things.iter().filter(|(_, thing)| !thing.kept.watchers.is_empty() && !thing.happened.is_empty() && thing.is_free());
        let free: Vec<ThingId> = free.map(|(id, _)| *id).collect();
        for id in free {
            for watcher in std::mem::take(&mut self.thing_mut(id).kept.watchers) {
                let message = letter::free(&self.scene(id, None));
                self.said.write(Letter::new(&watcher, message));
            }
        }
    }

    fn write_log(&mut self, id: ThingId) -> Result<()> {
        let thing = &self.things[&id];
        for transition in &thing.happened {
            log::append(self.cx, &thing.kept.subject, self.scope.logged, transition)?;
            self.scope.logged += 1;
        }
        Ok(())
    }

    fn store(&mut self, id: ThingId) -> Result<()> {
        let (now, night) = (self.cx.now(), self.config.night());
        let thing = self.things.get_mut(&id).expect("it is there");
        // A question that nobody can answer any more keeps nothing.
        thing.kept.confirmations.forget_old(now);
        let goes = self.removed.contains(&id) || !thing.kept.stays();
        let alarm = alarms::alarms(self.cx, thing.resource(), &thing.policy, night).into_iter().next().map(|(_, due)| due);
        let patience = thing.kept.programs.first_to_leave().map(|(_, until)| until);
        let first = alarm.into_iter().chain(patience).min();
        let wanted = first.filter(|_| !goes).map(|due| (timer(&self.channel, id), due));
        alarms::set_timers(self.cx, &mut thing.kept.timers, wanted.into_iter().collect())?;
        if goes { self.forget(id) } else { self.keep(id) }
    }

    fn keep(&self, id: ThingId) -> Result<()> {
        let thing = self.thing(id);
        if thing.has_changed() {
            self.shelf().set_thing(id, &thing.kept)?;
        }
        if thing.before.is_none() {
            self.shelf().set_named(&thing.kept.name, &Named::Thing(id))?;
        }
        Ok(())
    }

    fn forget(&self, id: ThingId) -> Result<()> {
        let Thing { kept, before, .. } = self.thing(id);
        if before.is_none() {
            return Ok(());
        }
        for name in std::iter::once(&kept.name).chain(&kept.aliases) {
            if self.shelf().named(name)? == Some(Named::Thing(id)) {
                self.shelf().forget_name(name)?;
            }
        }
        self.shelf().forget_thing(id)
    }
}

/// The name of the only timer of a thing.
pub fn timer(channel: &Channel, id: ThingId) -> String {
    format!("alarm:{channel} {id}")
}
