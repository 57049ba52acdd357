//! Things of which any will do. A group is a thing that nobody can have: people wait there for the first of its members that gets free.
//! Who waits for exactly that member goes first.

use crate::board::Board;
use crate::rights::{Act, receiver};
use crate::texts::refusal::No;
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use turns::{Outcome, Request, Wish};

impl Board<'_> {
    /// Gives somebody a free member of a group, or a place in the queue for any of them.
    pub fn on_any(&mut self, group: ThingId, wish: Wish) -> Result<()> {
        let asker = self.cx.user()?;
        let members = self.enter_members(group)?;
        let members = self.permitted_of(Act::Take, members)?;
        if let Some(member) = members.iter().find(|member| self.thing(**member).resource().held_by(asker).is_some()) {
            return self.request(*member, &Request::Join(Wish::default()));
        }
        match members.iter().find(|member| self.thing(**member).is_free()) {
            Some(free) => self.request(*free, &Request::Join(wish)),
            None => self.request(group, &Request::Join(wish)),
        }
    }

    /// Gives up what somebody has of a group, or their place in its queue.
    pub fn off_any(&mut self, group: ThingId) -> Result<()> {
        let asker = self.cx.user()?;
        let members = self.enter_members(group)?;
        let held = members.into_iter().find(|member| self.thing(*member).resource().held_by(asker).is_some());
        match held {
            Some(member) => self.request(member, &Request::Release { hold: None }),
            None => self.request(group, &Request::Leave),
        }
    }

    /// The members of a group that are still there.
    pub fn enter_members(&mut self, group: ThingId) -> Result<Vec<ThingId>> {
        let mut members = self.thing(group).kept.members.clone();
        for member in &members {
            self.enter(*member)?;
        }
        members.retain(|member| self.is_entered(*member));
        Ok(members)
    }

    /// Makes a group of these things, or changes which belong to it.
    pub fn group(&mut self, group: ThingId, members: &[ThingId]) -> Result<()> {
        let old = self.enter_members(group)?;
        for member in old.into_iter().filter(|member| !members.contains(member)) {
            self.configure(member, |kept| kept.groups.retain(|other| *other != group));
        }
        for member in members {
            self.configure(*member, |kept| {
                if !kept.groups.contains(&group) {
                    kept.groups.push(group);
                }
            });
        }
        self.configure(group, |kept| kept.members = members.to_vec());
        Ok(())
    }

    /// Gives what got free to those who wait for any of its groups, and adds what happens then to what has happened.
    pub(crate) fn serve_groups(&mut self, member: ThingId, mut outcomes: Vec<Outcome>) -> Vec<Outcome> {
        for group in self.thing(member).kept.groups.clone() {
            if self.is_entered(group) {
                self.leave_line(group, member);
                outcomes.extend(self.serve(group, member));
            }
        }
        outcomes
    }

    /// Who got a member by asking for exactly that one waits for any no longer.
    fn leave_line(&mut self, group: ThingId, member: ThingId) {
        let holders: Vec<User> = self.thing(member).resource().holds.iter().map(|hold| hold.person.clone()).collect();
        self.thing_mut(group).kept.resource.queue.retain(|entry| !holders.contains(&entry.person));
    }

    fn serve(&mut self, group: ThingId, member: ThingId) -> Vec<Outcome> {
        let now = self.cx.now();
        let mut outcomes = Vec::new();
        loop {
            let (line, free) = (self.thing(group), self.thing(member));
            let Some((queue, turn)) = turns::serve(line.resource(), free.resource(), &free.policy, now) else { return outcomes };
            let barred = turn.outcomes.iter().filter_map(receiver).find(|person| !self.may_still_take(member, person)).cloned();
            if barred.is_some_and(|barred| self.leaves(group, &barred)) {
                continue;
            }
            self.thing_mut(group).kept.resource = queue;
            self.thing_mut(member).step(&turn, None, now);
            outcomes.extend(turn.outcomes);
        }
    }

    /// The group that somebody names who wants any of its members.
    pub fn find_group(&mut self, name: &str) -> Result<Option<ThingId>> {
        if self.refuses_more(name) {
            return Ok(None);
        }
        match self.find(name)? {
            Some(group) if self.thing(group).kept.is_group() => Ok(Some(group)),
            Some(_) => {
                self.refuse(&No::Single { name });
                Ok(None)
            }
            None => self.find_known(name),
        }
    }
}
