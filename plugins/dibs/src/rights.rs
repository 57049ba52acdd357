//! The actions of this plugin, which the operator's rules are about. They are asked where something is done to a thing, under the name that
//! the thing itself has, so no alias, quote, button, group or queue leads around a rule.

use crate::board::Board;
use crate::names;
use crate::texts::letter;
use crate::texts::refusal::No;
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use manners::said::Letter;
use turns::{Outcome, Refusal, Request, Turn};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Action)]
pub enum Act {
    #[action("take <name|names|group|resource>", commands("on"))]
    Take,
    #[action("extend <name|names|group|resource>", commands("extend"))]
    Extend,
    #[action("take <name|names|group|resource> from others", commands("steal"))]
    Steal,
    #[action("go past those who wait for <name|names|group|resource>", commands("jump"))]
    Jump,
    #[action("end the turn of others with <name|names|group|resource>", commands("bump"))]
    Bump,
    #[action("take others off <name|names|group|resource>", commands("kick"))]
    Kick,
    #[action("manage <name|names|group|resource>")]
    Manage,
    #[action("freeze <name|names|group|resource>", admins, commands("freeze"))]
    Freeze,
    #[action("see <name|names|group|resource>")]
    Read,
}

/// Whoever gives a thing another name needs every right to it but to freeze it, under both names: else a name would be a way around a rule about the other.
pub const EVERYTHING: [Act; 8] = [Act::Take, Act::Extend, Act::Steal, Act::Jump, Act::Bump, Act::Kick, Act::Manage, Act::Read];

/// The rights that somebody needs who asks for this; what only gives something up needs none.
pub fn needed(request: &Request) -> &'static [Act] {
    match request {
        Request::Take(_) | Request::Join(_) | Request::Again(_) => &[Act::Take],
        Request::Jump(_) => &[Act::Take, Act::Jump],
        Request::Extend { .. } | Request::Retime { .. } => &[Act::Extend],
        Request::Steal { .. } => &[Act::Take, Act::Steal],
        Request::Evict { .. } => &[Act::Steal],
        Request::Bump { hold: Some(_) } => &[Act::Bump, Act::Steal],
        Request::Bump { hold: None } => &[Act::Bump],
        Request::Kick { .. } => &[Act::Kick],
        Request::Freeze { .. } | Request::Thaw => &[Act::Freeze],
        _ => &[],
    }
}

/// A thing under each name that a parameter of the commands has for it.
fn subject(name: &str) -> [(&str, &str); 4] {
    [("name", name), ("names", name), ("group", name), ("resource", name)]
}

/// Whether somebody who speaks elsewhere reaches the things of a channel.
///
/// # Errors
///
/// A refusal, if they do not belong to it, or their token is not for it.
pub fn reach(cx: &Context, channel: &Channel) -> Result<()> {
    let is_elsewhere = cx.person().is_some() && cx.place().is_some_and(|place| place.channel != *channel);
    if is_elsewhere { cx.rights().within(channel).check(&Act::Read, &[]) } else { Ok(()) }
}

/// So many channels are looked at for one that somebody reaches.
const LOOKED_AT: usize = 50;

/// Those of these channels whose things the person of this invocation reaches.
pub fn reachable(cx: &Context, channels: Vec<Channel>) -> Result<Vec<Channel>> {
    let mut reached = Vec::new();
    for channel in channels.into_iter().take(LOOKED_AT) {
        match reach(cx, &channel) {
            Ok(()) => reached.push(channel),
            Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(reached)
}

impl Board<'_> {
    /// Why the person of this invocation may not do this to a thing of this name; none if they may.
    pub fn forbids_act(&self, act: Act, name: &str) -> Result<Option<Message>> {
        match self.cx.rights().within(&self.channel).check(&act, &subject(name)) {
            Ok(()) => Ok(None),
            Err(Error::Refused(message)) => Ok(Some(message)),
            Err(other) => Err(other),
        }
    }

    /// May the person of this invocation do all of this to a thing? If not, they are told who may.
    pub fn may(&mut self, acts: &[Act], id: ThingId) -> Result<bool> {
        let name = self.thing(id).kept.name.clone();
        self.may_named(acts, &name)
    }

    /// The same of each of these names: of the thing it stands for, or of the thing it would be.
    pub fn may_all(&mut self, acts: &[Act], names: &[String]) -> Result<bool> {
        for name in names {
            if name.chars().count() > names::LONGEST {
                self.refuse(&No::TooLong);
                return Ok(false);
            }
            let may = match self.find(name)? {
                Some(id) => self.may(acts, id)?,
                None => self.may_named(acts, &names::shown(name))?,
            };
            if !may {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same of a name that stands for nothing yet.
    pub fn may_named(&mut self, acts: &[Act], name: &str) -> Result<bool> {
        for act in acts {
            if let Some(refusal) = self.forbids_act(*act, name)? {
                self.answer(None, refusal, "refused.not-allowed");
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Those of these things to which the person of this invocation may do this.
    pub fn permitted_of(&self, act: Act, things: Vec<ThingId>) -> Result<Vec<ThingId>> {
        let names: Vec<&str> = things.iter().map(|id| self.thing(*id).kept.name.as_str()).collect();
        let permitted = self.permitted_names(act, &names)?;
        Ok(things.into_iter().zip(permitted).filter_map(|(id, may)| may.then_some(id)).collect())
    }

    /// For each of these names, whether the person of this invocation may do this to the thing.
    pub fn permitted_names(&self, act: Act, names: &[&str]) -> Result<Vec<bool>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let subjects: Vec<[(&str, &str); 4]> = names.iter().map(|name| subject(name)).collect();
        let subjects: Vec<&[(&str, &str)]> = subjects.iter().map(<[_; 4]>::as_slice).collect();
        self.cx.rights().within(&self.channel).filter(&act, &subjects)
    }

    /// May the person of this invocation do this to everything in the channel? If not, they are told what is in the way.
    pub fn may_everything(&mut self, act: Act) -> Result<bool> {
        let names: Vec<String> = self.names()?.iter().map(|(name, _)| name.clone()).collect();
        let permitted = self.permitted_names(act, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        match names.iter().zip(permitted).find(|(_, may)| !may) {
            Some((name, _)) => self.may_all(&[act], std::slice::from_ref(name)),
            None => Ok(true),
        }
    }

    /// A turn in which nobody gets the thing, or the offer of it, who may not take it any more: they leave the queue before.
    pub(crate) fn permitted(
        &mut self,
        id: ThingId,
        actor: Option<&User>,
        turn: impl Fn(&Self) -> Result<Turn, Refusal>,
    ) -> Result<Turn, Refusal> {
        loop {
            let next = turn(self)?;
            let receivers: Vec<User> = next.outcomes.iter().filter_map(receiver).filter(|person| Some(*person) != actor).cloned().collect();
            match receivers.into_iter().find(|person| !self.may_still_take(id, person)) {
                Some(barred) if self.leaves(id, &barred) => {}
                _ => return Ok(next),
            }
        }
    }

    /// May somebody take a thing whose turn it is now? A failure to find that out takes nothing from anybody.
    pub(crate) fn may_still_take(&self, id: ThingId, person: &User) -> bool {
        let rights = self.cx.rights().within(&self.channel).on_behalf_of(person);
        rights.allow(&Act::Take, &subject(&self.thing(id).kept.name)).unwrap_or(true)
    }

    /// Takes somebody off the queue, or ends their turn, who may not take the thing any more, and tells them; false if they have neither.
    pub(crate) fn leaves(&mut self, id: ThingId, person: &User) -> bool {
        let (thing, now) = (self.thing(id), self.cx.now());
        let ways_out = [Request::Leave, Request::Retire];
        let turn = ways_out.into_iter().find_map(|request| turns::apply(thing.resource(), &thing.policy, person, request, now).ok());
        let Some(turn) = turn else { return false };
        let barred = Letter::new(person, letter::barred(&self.scene(id, None)));
        self.happen(id, turn, None);
        self.said.write(barred);
        true
    }
}

/// Who gets the thing, or the offer of it.
pub(crate) fn receiver(outcome: &Outcome) -> Option<&User> {
    match outcome {
        Outcome::Began(began) => Some(&began.person),
        Outcome::Offered { person, .. } => Some(person),
        _ => None,
    }
}
