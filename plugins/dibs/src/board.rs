//! The things of one channel in one invocation.

use crate::names;
use crate::rights::{self, needed};
use crate::settings::{self, Config};
use crate::shelf::{self, Named, Scope, Shelf};
use crate::state::{Answer, States};
use crate::texts::refusal::{self, No};
use crate::texts::{ARCHIVE, Scene, announcement, letter, secret};
use crate::thing::{Kept, Thing, ThingId};
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use manners::alarms::{self, Zones};
use manners::parts::{self, Part};
use manners::programs::Due;
use manners::said::{Letter, Said};
use manners::{code, log};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use turns::{Alarm, Outcome, Refusal, Request, Resource, Turn};

/// An invocation that entered more things, or in which more happened, takes on nothing else: there is time for all that one thing can
/// still bring, and for no more.
const ENTERED: usize = 80;
const HAPPENED: usize = 150;

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
    /// All names of the channel as they are stored.
    names: OnceCell<Vec<(String, Named)>>,
    zones: Zones,
    /// How many names nobody knows were asked for.
    pub(crate) unknown: usize,
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
        let config: Config = cx.settings()?;
        // What the whole workspace shares is everybody's, wherever they speak.
        if config.scope == settings::Scope::Channel {
            rights::reach(cx, &channel)?;
        }
        let scope = Shelf { cx, channel: &channel }.scope()?;
        Ok(Self {
            cx,
            channel,
            config,
            scope_before: scope.clone(),
            scope,
            asker: cx.place().and(cx.person()).cloned(),
            things: BTreeMap::new(),
            names: OnceCell::new(),
            zones: Zones::default(),
            unknown: 0,
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

    /// The names of the channel, as they are compared, and what they stand for; without those that this invocation gives.
    pub fn names(&self) -> Result<&[(String, Named)]> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let names = self.shelf().names()?;
        Ok(self.names.get_or_init(|| names))
    }

    /// All things that are stored, in the order in which they were named first. None of them is entered.
    pub fn stored(&self) -> Result<BTreeSet<ThingId>> {
        let things = self.names()?.iter().filter_map(|(_, named)| match named {
            Named::Thing(id) => Some(*id),
            Named::Removed { .. } => None,
        });
        Ok(things.collect())
    }

    /// Enters these things; those that are gone, or that nobody sees, are left out.
    pub fn enter_all(&mut self, things: impl IntoIterator<Item = ThingId>) -> Result<Vec<ThingId>> {
        let mut entered = Vec::new();
        for id in things {
            if self.enter(id)? && self.thing(id).kept.is_there() {
                entered.push(id);
            }
        }
        Ok(entered)
    }

    /// The things in which somebody has a part, of this kind if one is given. None of them is entered, and what is listed may be over.
    pub fn parts_of(&self, person: &User, kind: Option<Part>) -> Result<Vec<ThingId>> {
        let parts = parts::page(self.cx, person, &format!("{} ", self.channel), None, shelf::MOST_THINGS)?;
        let parts = parts.into_iter().filter(|(_, part)| kind.is_none_or(|kind| kind == *part));
        Ok(parts.filter_map(|(place, _)| Some(shelf::read_place(&place)?.1)).collect())
    }

    /// Enters those of these things in which somebody has a part. Where that is over, it is listed no longer.
    pub fn enter_parts(&mut self, person: &User, things: impl IntoIterator<Item = ThingId>) -> Result<Vec<ThingId>> {
        let mut entered = Vec::new();
        for id in things {
            if self.enter(id)? && self.thing(id).resource().involves(person) {
                entered.push(id);
            } else {
                parts::forget(self.cx, person, &shelf::place(&self.channel, id))?;
            }
        }
        Ok(entered)
    }

    /// Thaws the things behind this one, after their channel is back: some now, and the rest after that.
    pub fn thaw(&mut self, after: ThingId) -> Result<()> {
        self.in_lines = true;
        let things = self.stored()?;
        for id in things.range((Bound::Excluded(after), Bound::Unbounded)) {
            if self.has_done_enough() {
                let last = self.entered().into_iter().filter(|entered| entered < id).max().unwrap_or(after);
                return Ok(self.cx.timers().set(&format!("thaw:{}", self.channel), self.cx.now(), &last)?);
            }
            self.enter(*id)?;
        }
        Ok(())
    }

    /// Is this as much as one invocation has time for?
    pub fn has_done_enough(&self) -> bool {
        self.things.len() > ENTERED || self.things.values().map(|thing| thing.happened.len()).sum::<usize>() > HAPPENED
    }

    /// The same, and if so, whoever asks for this thing as well is refused.
    pub fn refuses_more(&mut self, name: &str) -> bool {
        let enough = self.has_done_enough();
        if enough {
            self.refuse(&No::Enough { name });
        }
        enough
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
        self.freeze_with_channel(id);
        self.catch_up(id)?;
        self.thaw_with_channel(id);
        Ok(())
    }

    /// Nobody gets anything in an archived channel, whatever is due.
    fn freeze_with_channel(&mut self, id: ThingId) {
        if self.scope.archived && self.thing(id).resource().frozen.is_none() {
            let _ = self.ask(id, &ARCHIVE.into(), &Request::Freeze { reason: None });
        }
    }

    /// An administrator's freeze is as good as that of the archive, and outlives it.
    fn thaw_with_channel(&mut self, id: ThingId) {
        let frozen_by = self.thing(id).resource().frozen.as_ref().map(|freeze| freeze.by.as_str());
        if !self.scope.archived && frozen_by == Some(ARCHIVE) {
            let _ = self.ask(id, &ARCHIVE.into(), &Request::Thaw);
        }
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
        // Whoever asked for the thing itself has been asked about already.
        let asked = self.asker.as_ref().is_some_and(|asker| asker.id == *actor) && needed(request).contains(&rights::Act::Take);
        let turn = self.permitted(id, asked.then_some(actor), |board| {
            let thing = board.thing(id);
            turns::apply(thing.resource(), &thing.policy, actor, request.clone(), board.cx.now())
        })?;
        self.happen(id, turn, Some(actor));
        Ok(())
    }

    /// Does what the person of this invocation asks of a thing, or tells them why not.
    pub fn request(&mut self, id: ThingId, request: &Request) -> Result<()> {
        let asker = self.cx.user()?;
        if !self.may(needed(request), id)? {
            return Ok(());
        }
        if let Request::Pass { to } = request
            && !self.may_still_take(id, to)
        {
            self.answer(Some(id), refusal::barred(&self.scene(id, None), to), "refused.not-allowed");
            return Ok(());
        }
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
        let alarm = alarms::due(self.cx, &self.zones, thing.resource(), &thing.policy, self.config.night());
        thing.kept.programs.next_due(alarm, self.cx.now())
    }

    fn ring(&mut self, id: ThingId, alarm: &Alarm) {
        let turn = self.permitted(id, None, |board| {
            let thing = board.thing(id);
            Ok(turns::ring(thing.resource(), &thing.policy, alarm, board.cx.now()))
        });
        self.happen(id, turn.expect("an alarm rings"), None);
    }

    fn adapt(&mut self, id: ThingId) {
        let seed = self.seed;
        let thing = self.things.get_mut(&id).expect("it was entered");
        thing.policy = thing.kept.overrides.policy(&self.config, thing.kept.is_group(), seed);
        let turn = self.permitted(id, None, |board| {
            let thing = board.thing(id);
            Ok(turns::adapt(thing.resource(), &thing.policy, board.cx.now()))
        });
        self.happen(id, turn.expect("settings are no request"), None);
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
        log::prune(self.cx, &self.channel, self.scope.logged, &mut self.scope.pruned)?;
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
        log::append(self.cx, &thing.kept.subject, &thing.happened, &mut self.scope.logged)
    }

    fn store(&mut self, id: ThingId) -> Result<()> {
        let (now, night) = (self.cx.now(), self.config.night());
        let thing = self.things.get_mut(&id).expect("it is there");
        // A question that nobody can answer any more keeps nothing.
        thing.kept.confirmations.forget_old(now);
        let goes = self.removed.contains(&id) || !thing.kept.stays();
        let alarm = alarms::first(self.cx, &self.zones, thing.resource(), &thing.policy, night);
        let patience = thing.kept.programs.first_to_leave().map(|(_, until)| until);
        // What stays for a question alone goes with it.
        let question = thing.kept.confirmations.until().filter(|_| !thing.kept.is_there()).map(|until| until + Duration::from_millis(1));
        let first = alarm.into_iter().chain(patience).chain(question).min();
        let wanted = first.filter(|_| !goes).map(|due| (timer(&self.channel, id), due));
        alarms::set_timers(self.cx, &mut thing.kept.timers, wanted.into_iter().collect())?;
        let none = Resource::default();
        let before = thing.before.as_ref().map_or(&none, |before| &before.resource);
        let after = if goes { &none } else { &thing.kept.resource };
        parts::update(self.cx, &shelf::place(&self.channel, id), before, after)?;
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
        for alias in &kept.aliases {
            self.shelf().forget_name(alias)?;
        }
        // What was removed is remembered under its name.
        if self.shelf().named(&kept.name)? == Some(Named::Thing(id)) {
            self.shelf().forget_name(&kept.name)?;
        }
        self.shelf().forget_thing(id)
    }
}

/// The name of the only timer of a thing.
pub fn timer(channel: &Channel, id: ThingId) -> String {
    format!("alarm:{channel} {id}")
}
