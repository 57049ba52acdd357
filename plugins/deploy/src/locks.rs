//! Locks in one invocation: what is due happens first, then what somebody asks, and everybody concerned is told.

use crate::apps::Environment;
use crate::lock::{Kept, Spot, Standing, Waiting};
use crate::run::{Run, RunId};
use crate::settings::Config;
use crate::shelf::{Shelf, Stored};
use crate::texts::{lock as texts, question};
use crate::voice;
use hatstand_plugin::prelude::*;
use manners::alarms::{self, Zones};
use manners::limits;
use turns::{End, Outcome, Policy, Refusal, Request, Turn, Wish};

/// The locks, as one invocation sees and changes them.
#[derive(Clone, Copy, Debug)]
pub struct Locks<'a> {
    pub cx: &'a Context,
    pub config: &'a Config,
}

/// What became of wanting a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Done(Vec<Outcome>),
    Refused(Refusal),
    /// Nobody can read what is there.
    Unreadable,
}

impl Locks<'_> {
    pub fn policy(&self) -> Policy {
        Policy {
            offer_period: self.config.offer_period,
            nag_period: self.config.nag.then_some(self.config.nag_period),
            // What somebody wants to deploy is kept beside what they wait with, and says as much.
            weight_limit: Some(limits::WEIGHT / 2),
            ..Policy::default()
        }
    }

    /// A lock after everything that is due has happened to it; none if nobody can read it.
    pub fn look(&self, spot: &Spot) -> Result<Option<Kept>> {
        let Stored::Readable(kept) = Shelf(self.cx).lock(spot)? else { return Ok(None) };
        let (mut kept, before) = (*kept.clone(), kept);
        self.catch_up(spot, &mut kept)?;
        self.keep(spot, &mut kept, &before)?;
        Ok(Some(kept))
    }

    /// Every lock that is held or waited for, the deploy hats apart.
    pub fn all(&self) -> Result<Vec<(Spot, Kept)>> {
        let mut all = Vec::new();
        for spot in self.spots()? {
            if let Some(kept) = self.look(&spot)?.filter(|kept| !kept.resource.holds.is_empty() || !kept.resource.queue.is_empty()) {
                all.push((spot, kept));
            }
        }
        Ok(all)
    }

    /// The locks that nobody can read.
    pub fn unreadable(&self) -> Result<Vec<Spot>> {
        let mut unreadable = Vec::new();
        for spot in self.spots()? {
            if matches!(Shelf(self.cx).lock(&spot)?, Stored::Unreadable) {
                unreadable.push(spot);
            }
        }
        Ok(unreadable)
    }

    /// Does what somebody asks of a lock.
    pub fn ask(&self, spot: &Spot, actor: &User, request: Request) -> Result<Wanted> {
        self.change(spot, actor, request, |_| ())
    }

    /// Lets somebody wait, with what they are going to deploy.
    pub fn wait(&self, spot: &Spot, actor: &User, wish: Wish, waiting: Waiting) -> Result<Wanted> {
        self.change(spot, actor, Request::Join(wish), |kept| {
            kept.asks.insert(actor.clone(), waiting);
        })
    }

    /// Whoever says once more that they want a lock has it for themselves, not for a run, and for the new reason if they give one.
    pub fn confirm(&self, spot: &Spot, person: &User, reason: Option<String>) -> Result<()> {
        let Some(before) = self.look(spot)? else { return Ok(()) };
        let mut kept = Kept { run: None, ..before.clone() };
        if let Some(hold) = kept.resource.holds.iter_mut().find(|hold| hold.person == *person) {
            hold.wish.reason = reason.or(hold.wish.reason.take());
        }
        self.keep(spot, &mut kept, &before)
    }

    /// What the locks mean for a run: its own, that of all environments of the app, and that of everything.
    pub fn standing(&self, run: &Run, environment: &Environment) -> Result<Option<(Spot, Standing)>> {
        let policy = self.policy();
        for spot in [Spot::everything(None), Spot::everything(Some(&run.app)), Spot::new(&run.app, &run.environment)] {
            let Some(kept) = self.look(&spot)? else { return Ok(None) };
            let standing = kept.standing(&policy, &run.by, &run.git_ref, environment.lock_belongs_to);
            if !matches!(standing, Standing::Free | Standing::Mine) || !spot.is_everything() {
                return Ok(Some((spot, standing)));
            }
        }
        Ok(None)
    }

    /// Takes the lock for a run, if it has not got it already.
    pub fn take(&self, run: &Run, environment: &Environment) -> Result<Wanted> {
        let spot = Spot::new(&run.app, &run.environment);
        let Some(kept) = self.look(&spot)? else { return Ok(Wanted::Unreadable) };
        if kept.resource.held_by(&run.by).is_some() {
            return Ok(Wanted::Done(Vec::new()));
        }
        let reason = run.ask.reason.clone().unwrap_or_else(|| format!("deploy {}", run.id));
        let duration = environment.lock_for.filter(|_| environment.sticky);
        let wish = Wish { duration, reason: Some(reason), note: Some(run.git_ref.clone()), ..Wish::default() };
        let request = match kept.resource.holds.first() {
            Some(hold) if run.ask.steal => Request::Steal { hold: hold.id, wish },
            _ => Request::Take(wish),
        };
        let own = (!environment.sticky).then_some(run.id);
        self.change(&spot, &run.by, request, |kept| kept.run = own)
    }

    /// Gives back what a run took for itself.
    pub fn give_back(&self, run: &Run) -> Result<()> {
        let spot = Spot::new(&run.app, &run.environment);
        let is_its_own = |run: RunId, kept: &Kept| kept.run == Some(run);
        if self.look(&spot)?.is_some_and(|kept| is_its_own(run.id, &kept)) {
            self.ask(&spot, &run.by, Request::Release { hold: None })?;
        }
        Ok(())
    }

    /// Puts the deploy hat of a channel on somebody; false if somebody else wears it.
    pub fn put_on_hat(&self, channel: &Channel, person: &User) -> Result<bool> {
        let wanted = self.ask(&Spot::hat(channel), person, Request::Take(Wish::default()))?;
        Ok(matches!(wanted, Wanted::Done(_) | Wanted::Refused(Refusal::AlreadyHolding(_))))
    }

    /// Who wears the deploy hat of a channel.
    pub fn wearer(&self, channel: &Channel) -> Result<Option<User>> {
        Ok(self.look(&Spot::hat(channel))?.and_then(|kept| kept.resource.holds.first().map(|hold| hold.person.clone())))
    }

    /// The same person again, without an account or with one.
    pub fn account(&self, person: &User, is_there: bool) -> Result<()> {
        let involved = |kept: &Kept| kept.resource.involves(person);
        for spot in self.all()?.into_iter().filter(|(_, kept)| involved(kept)).map(|(spot, _)| spot) {
            self.ask(&spot, person, if is_there { Request::Back } else { Request::Gone })?;
        }
        Ok(())
    }

    fn spots(&self) -> Result<Vec<Spot>> {
        let keys: Vec<(String, serde::de::IgnoredAny)> = self.cx.store().scan("lock ")?;
        Ok(keys.into_iter().filter_map(|(key, _)| Spot::of_key(&key)).filter(|spot| !spot.is_hat()).collect())
    }

    fn change(&self, spot: &Spot, actor: &User, request: Request, also: impl FnOnce(&mut Kept)) -> Result<Wanted> {
        let Some(before) = self.look(spot)? else { return Ok(Wanted::Unreadable) };
        let mut kept = before.clone();
        let turn = match turns::apply(&kept.resource, &self.policy(), actor, request, self.cx.now()) {
            Ok(turn) => turn,
            Err(refusal) => return Ok(Wanted::Refused(refusal)),
        };
        let outcomes = turn.outcomes.clone();
        // A new hold is not that of the run before.
        if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Began(_))) {
            kept.run = None;
        }
        also(&mut kept);
        self.happen(spot, &mut kept, turn, Some(actor))?;
        self.keep(spot, &mut kept, &before)?;
        Ok(Wanted::Done(outcomes))
    }

    fn catch_up(&self, spot: &Spot, kept: &mut Kept) -> Result<()> {
        let (policy, zones) = (self.policy(), Zones::default());
        while let Some((alarm, _)) = alarms::due(self.cx, &zones, &kept.resource, &policy, self.config.night()) {
            let turn = turns::ring(&kept.resource, &policy, &alarm, self.cx.now());
            self.happen(spot, kept, turn, None)?;
        }
        Ok(())
    }

    fn happen(&self, spot: &Spot, kept: &mut Kept, turn: Turn, actor: Option<&User>) -> Result<()> {
        kept.resource = turn.resource;
        for outcome in &turn.outcomes {
            self.tell(spot, kept, outcome, actor)?;
        }
        Ok(())
    }

    /// Makes it last, with the timer for what comes next.
    fn keep(&self, spot: &Spot, kept: &mut Kept, before: &Kept) -> Result<()> {
        kept.forget_asks();
        let next = alarms::first(self.cx, &Zones::default(), &kept.resource, &self.policy(), self.config.night());
        let wanted = next.map(|due| (format!("lock:{}", spot.carried()), due));
        alarms::set_timers(self.cx, &mut kept.timers, wanted.into_iter().collect())?;
        if kept == before { Ok(()) } else { Shelf(self.cx).set_lock(spot, kept) }
    }

    /// Tells those who did not do it themselves.
    fn tell(&self, spot: &Spot, kept: &Kept, outcome: &Outcome, actor: Option<&User>) -> Result<()> {
        match outcome {
            Outcome::Offered { person, until, .. } | Outcome::OfferRenewed { person, until, .. } => self.offer(spot, kept, person, *until),
            Outcome::Lapsed { person } => voice::direct(self.cx, None, person, texts::lapsed(spot)),
            Outcome::Nagged { person, since, .. } => self.nag(spot, kept, person, *since),
            Outcome::Warned { person, deadline, .. } => voice::direct(self.cx, None, person, texts::warn(spot, *deadline)),
            Outcome::Ended(ended) if actor != Some(&ended.person) => match &ended.end {
                End::Stolen { by, reason } => voice::direct(self.cx, None, &ended.person, texts::taken(spot, by, reason.as_deref())),
                End::Evicted { by, reason } | End::Kicked { by, reason } => {
                    voice::direct(self.cx, None, &ended.person, texts::lost(spot, by, reason.as_deref()))
                }
                End::Expired { late_by } => {
                    let late = (*late_by > self.policy().tolerance).then_some(ended.until);
                    voice::direct(self.cx, None, &ended.person, texts::expired(spot, late))
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn nag(&self, spot: &Spot, kept: &Kept, person: &User, since: Instant) -> Result<()> {
        let waiting = kept.resource.queue.iter().map(|entry| &entry.person);
        let programs: Vec<&User> = waiting.filter(|waiting| waiting.program().is_some()).collect();
        voice::direct(self.cx, None, person, texts::nag(spot, self.cx.now().since(since), &programs))
    }

    /// It is somebody's turn: they are asked anew whether they want to deploy.
    fn offer(&self, spot: &Spot, kept: &Kept, person: &User, until: Instant) -> Result<()> {
        // A program has said what it wants, and is not asked again.
        if person.program().is_some() {
            return Ok(self.cx.timers().set(&format!("held:{}", spot.carried()), self.cx.now(), &())?);
        }
        let Some(waiting) = kept.asks.get(person) else {
            return voice::direct(self.cx, None, person, texts::free_for_you(spot, until));
        };
        let question = question::turn(spot, person, waiting, until);
        if !voice::ask(self.cx, question)? {
            voice::direct(self.cx, None, person, texts::free_for_you(spot, until))?;
        }
        Ok(())
    }
}
