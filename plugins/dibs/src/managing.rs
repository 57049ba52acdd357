//! Approving, naming, setting, clearing and removing things.

use crate::board::Board;
use crate::names::{self, Names};
use crate::policy::{Aspect, Overrides};
use crate::rights::{Act, EVERYTHING};
use crate::shelf::Named;
use crate::texts::refusal::No;
use crate::texts::{configured, question};
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use manners::confirmations::PERIOD;
use manners::said::Letter;
use turns::Request;

/// So many other names a thing has.
const MOST_ALIASES: usize = 5;

/// So many groups a thing belongs to.
const MOST_GROUPS: usize = 5;

/// So many things are looked at, or removed, at once.
const AT_ONCE: usize = 40;

/// What is changed of a thing, and how it is told.
pub struct Change<'a> {
    pub what: &'static str,
    /// None if it is no longer set.
    pub to: Option<Message>,
    pub apply: &'a dyn Fn(&mut Overrides),
}

impl Board<'_> {
    /// May who asks manage things?
    pub fn is_manager(&self) -> bool {
        self.config.manage.includes(self.is_admin())
    }

    /// The same, and if not, they are told who may.
    pub fn may_manage(&mut self, what: &'static str) -> bool {
        let may = self.is_manager();
        if !may {
            let who = self.config.manage;
            self.refuse(&No::NotAllowed { what, who });
        }
        may
    }

    /// From now on, only what is approved can be had.
    pub fn approve(&mut self, names: &Names) -> Result<()> {
        if !self.may_manage("approve names") || !self.may_all(&[Act::Manage], &names.names)? {
            return Ok(());
        }
        let mut approved = Vec::new();
        for name in &names.names {
            let found = self.find(name)?;
            if found.is_none() && !self.can_be_named(name)? {
                return Ok(());
            }
            let id = found.unwrap_or_else(|| self.create(name));
            if !self.thing(id).kept.approved {
                self.scope.approved += 1;
            }
            self.configure(id, |kept| kept.approved = true);
            approved.push(self.thing(id).kept.name.clone());
        }
        let told = configured::approved(self.cx.user()?, &approved);
        self.announce(None, told, "approved");
        Ok(())
    }

    pub fn unapprove(&mut self, names: &Names) -> Result<()> {
        if !self.may_manage("withdraw an approval") || !self.may_all(&[Act::Manage], &names.names)? {
            return Ok(());
        }
        let Some(things) = self.find_all(&names.names)? else { return Ok(()) };
        if let Some(id) = things.iter().copied().find(|id| !self.thing(*id).kept.approved) {
            let name = self.thing(id).kept.name.clone();
            self.refuse(&No::NotApproved { name: &name });
            return Ok(());
        }
        for id in &things {
            self.scope.approved = self.scope.approved.saturating_sub(1);
            self.configure(*id, |kept| kept.approved = false);
        }
        let told = configured::unapproved(self.cx.user()?, &self.names_of(&things));
        self.announce(None, told, "unapproved");
        Ok(())
    }

    /// Another name for a thing.
    pub fn alias(&mut self, alias: &str, name: &str) -> Result<()> {
        let alias = names::shown(alias);
        if !self.may_manage("give names") || !self.may_all(&[Act::Manage, Act::Take], &[name.to_owned(), alias.clone()])? {
            return Ok(());
        }
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        if self.thing(id).kept.aliases.len() >= MOST_ALIASES {
            self.refuse(&No::ManyNames { name, most: MOST_ALIASES });
            return Ok(());
        }
        if !self.can_be_named(&alias)? {
            return Ok(());
        }
        self.shelf().set_named(&alias, &Named::Thing(id))?;
        self.configure(id, |kept| kept.aliases.push(alias.clone()));
        let by = self.cx.user()?;
        let told = configured::alias(by, &alias, &self.scene(id, Some(by)));
        self.announce(Some(id), told, "aliased");
        Ok(())
    }

    pub fn rename(&mut self, old: &str, new: &str) -> Result<()> {
        let new = names::shown(new);
        if !self.may_manage("rename things") || !self.may_all(&EVERYTHING, &[old.to_owned(), new.clone()])? {
            return Ok(());
        }
        let Some(id) = self.find_known(old)? else { return Ok(()) };
        let before = self.thing(id).kept.name.clone();
        // A name may be spelt differently.
        if names::key(&before) != names::key(&new) && !self.can_be_named(&new)? {
            return Ok(());
        }
        self.shelf().forget_name(&before)?;
        self.shelf().set_named(&new, &Named::Thing(id))?;
        self.configure(id, |kept| kept.name = new);
        let by = self.cx.user()?;
        let told = configured::renamed(by, &before, &self.scene(id, Some(by)));
        self.announce(Some(id), told, "renamed");
        Ok(())
    }

    /// A group of these things. Those that are not there yet are made.
    pub fn make_group(&mut self, name: &str, members: &Names) -> Result<()> {
        let all = || std::iter::once(name.to_owned()).chain(members.names.iter().take(names::MOST).cloned()).collect::<Vec<_>>();
        if !self.may_manage("make groups") || !self.may_all(&[Act::Manage, Act::Take], &all())? {
            return Ok(());
        }
        let known = self.find(name)?;
        if known.is_none() && !self.can_be_named(name)? {
            return Ok(());
        }
        if members.names.len() > names::MOST {
            self.refuse(&No::TooMany);
            return Ok(());
        }
        let mut things = Vec::new();
        for member in &members.names {
            let id = match self.find(member)? {
                Some(id) => id,
                None if !self.can_be_named(member)? => return Ok(()),
                None => self.create(member),
            };
            if self.thing(id).kept.is_group() {
                self.refuse(&No::Group { name: member });
                return Ok(());
            }
            let groups = &self.thing(id).kept.groups;
            if groups.len() >= MOST_GROUPS && !groups.iter().any(|group| Some(*group) == known) {
                self.refuse(&No::ManyGroups { name: member, most: MOST_GROUPS });
                return Ok(());
            }
            things.push(id);
        }
        let group = match known {
            Some(group) if !self.thing(group).kept.is_group() => {
                self.refuse(&No::Taken { name });
                return Ok(());
            }
            Some(group) => group,
            None => self.create(name),
        };
        self.group(group, &things)?;
        let (by, members) = (self.cx.user()?, self.names_of(&things));
        let told = configured::grouped(by, &self.scene(group, Some(by)), &members);
        self.announce(Some(group), told, "grouped");
        Ok(())
    }

    /// Sets something of these things, and tells everybody before what comes of it.
    pub fn set(&mut self, names: &Names, change: &Change<'_>) -> Result<()> {
        if !self.may_manage("set things") || !self.may_all(&[Act::Manage], &names.names)? {
            return Ok(());
        }
        self.in_lines = true;
        for name in &names.names {
            if self.refuses_more(name) {
                return Ok(());
            }
            let found = self.find(name)?;
            if found.is_none() && !self.can_be_named(name)? {
                return Ok(());
            }
            let id = found.unwrap_or_else(|| self.create(name));
            let by = self.cx.user()?;
            let told = match &change.to {
                Some(to) => configured::set(by, &self.scene(id, Some(by)), change.what, to.clone()),
                None => configured::unset(by, &self.scene(id, Some(by)), change.what),
            };
            self.announce(Some(id), told, "set");
            self.configure(id, |kept| (change.apply)(&mut kept.overrides));
        }
        Ok(())
    }

    pub fn unset(&mut self, names: &Names, aspect: Aspect) -> Result<()> {
        if self.find_all(&names.names)?.is_none() {
            return Ok(());
        }
        let apply = move |overrides: &mut Overrides| overrides.unset(aspect);
        self.set(names, &Change { what: aspect.word(), to: None, apply: &apply })
    }

    /// Puts everybody out of a thing.
    pub fn clear(&mut self, name: &str) -> Result<()> {
        if !self.may_manage("clear things") || !self.may_all(&[Act::Manage, Act::Steal], &[name.to_owned()])? {
            return Ok(());
        }
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        let (people, by) = (self.put_out(id)?, self.cx.user()?);
        let told = configured::cleared(by, &self.scene(id, Some(by)), &people);
        self.announce(Some(id), told, "cleared");
        Ok(())
    }

    /// Takes a thing away. It does not come back by being asked for.
    pub fn take_away(&mut self, name: &str) -> Result<()> {
        if !self.may_manage("remove things") || !self.may_all(&[Act::Manage, Act::Steal], &[name.to_owned()])? {
            return Ok(());
        }
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        let (people, by) = (self.put_out(id)?, self.cx.user()?);
        let told = configured::removed(by, &self.scene(id, Some(by)), &people);
        self.discard(id)?;
        let name = self.thing(id).kept.name.clone();
        self.shelf().set_named(&name, &Named::Removed { by: by.clone(), at: self.cx.now(), name: name.clone() })?;
        self.announce(Some(id), told, "removed");
        Ok(())
    }

    /// Asks whether everything is really to be taken away.
    pub fn ask_before_nuking(&mut self) -> Result<()> {
        if !self.may_everything(Act::Manage)? {
            return Ok(());
        }
        let stored = self.stored()?;
        let looked_at = self.enter_all(stored.iter().copied().take(AT_ONCE))?;
        if looked_at.is_empty() {
            self.refuse(&No::NothingHere);
            return Ok(());
        }
        let in_use = looked_at.iter().filter(|id| self.thing(**id).kept.is_in_use()).count();
        let (things, in_use) = if stored.len() > AT_ONCE { (stored.len(), 0) } else { (looked_at.len(), in_use) };
        let question = question::nuke(&self.channel, things, in_use, self.cx.user()?, self.cx.now() + PERIOD);
        self.answer(None, question, "confirm");
        Ok(())
    }

    pub fn nuke(&mut self) -> Result<()> {
        if !self.may_everything(Act::Manage)? {
            return Ok(());
        }
        let stored = self.stored()?;
        let mut people: Vec<User> = Vec::new();
        let mut removed = 0;
        for id in stored.iter().copied().take(AT_ONCE) {
            if self.has_done_enough() {
                break;
            }
            for id in self.enter_all([id])? {
                let concerned = self.put_out(id)?.into_iter();
                people = people.iter().cloned().chain(concerned.filter(|person| !people.contains(person))).collect();
                self.discard(id)?;
                removed += 1;
            }
        }
        if removed == 0 {
            self.refuse(&No::NothingHere);
            return Ok(());
        }
        let told = configured::nuked(self.cx.user()?, removed, stored.len() - removed, &people);
        self.announce(None, told, "nuked");
        Ok(())
    }

    /// Puts everybody out of a thing, who are told by whoever calls; those of a secret one get a letter.
    fn put_out(&mut self, id: ThingId) -> Result<Vec<User>> {
        let people = self.put_out_silently(id)?;
        if !self.thing(id).kept.overrides.secret {
            return Ok(people);
        }
        let by = self.cx.user()?;
        for person in people.iter().filter(|person| *person != by) {
            let letter = Letter::new(person, configured::loss(by, &self.scene(id, Some(by))));
            self.said.write(letter);
        }
        Ok(Vec::new())
    }

    /// Who had it comes first, then who waited, in their order; but those who waited are put out first, so that nobody gets a turn that is
    /// over at once.
    fn put_out_silently(&mut self, id: ThingId) -> Result<Vec<User>> {
        let (by, now) = (self.cx.user()?.clone(), self.cx.now());
        let resource = self.thing(id).resource();
        let mut people: Vec<User> = resource.holds.iter().map(|hold| hold.person.clone()).collect();
        let waiting = resource.queue.iter().map(|entry| &entry.person).filter(|person| resource.held_by(person).is_none());
        people.extend(waiting.cloned());
        for person in people.iter().rev() {
            let thing = self.thing_mut(id);
            let request = if *person == by { Request::Retire } else { Request::Kick { whom: person.clone(), reason: None } };
            if let Ok(turn) = turns::apply(thing.resource(), &thing.policy, &by, request, now) {
                thing.step(&turn, Some(&by), now);
            }
        }
        Ok(people)
    }

    /// Takes a thing out of its groups, or a group off its members, and away.
    fn discard(&mut self, id: ThingId) -> Result<()> {
        for group in self.thing(id).kept.groups.clone() {
            if self.enter(group)? {
                self.configure(group, |kept| kept.members.retain(|member| *member != id));
            }
        }
        for member in self.enter_members(id)? {
            self.configure(member, |kept| kept.groups.retain(|group| *group != id));
        }
        if self.thing(id).kept.approved {
            self.scope.approved = self.scope.approved.saturating_sub(1);
        }
        self.remove(id);
        Ok(())
    }

    fn names_of(&self, things: &[ThingId]) -> Vec<String> {
        things.iter().map(|id| self.thing(*id).kept.name.clone()).collect()
    }
}

impl std::fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change").field("what", &self.what).field("to", &self.to).finish_non_exhaustive()
    }
}
