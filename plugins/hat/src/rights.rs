//! The actions of this plugin, which the operator's rules are about. They are asked where something is done to the hat, whatever command,
//! button or queue leads there.

use crate::room::Room;
use crate::texts::letter;
use hatstand_plugin::prelude::*;
use manners::said::Letter;
use turns::{Outcome, Refusal, Request, Turn};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Action)]
pub enum Act {
    #[action("wear the hat", commands("on"))]
    Wear,
    #[action("wait for the hat", commands("queue"))]
    Queue,
    #[action("ride along", commands("pool"))]
    Pool,
    #[action("extend a turn with the hat", commands("extend"))]
    Extend,
    #[action("go past those who wait for the hat", commands("jump"))]
    Jump,
    #[action("take the hat off others", commands("force-off"))]
    Force,
    #[action("kick others", commands("kick"))]
    Kick,
    #[action("freeze the hat", admins, commands("freeze"))]
    Freeze,
    #[action("see who wears the hat")]
    Read,
}

/// The rights that somebody needs who asks for this; what only gives something up needs none.
pub fn needed(request: &Request) -> &'static [Act] {
    match request {
        Request::Take(_) => &[Act::Wear],
        Request::Join(_) | Request::Again(_) => &[Act::Wear, Act::Queue],
        Request::Jump(_) => &[Act::Wear, Act::Jump],
        Request::JoinCrew => &[Act::Pool],
        Request::Extend { .. } | Request::Retime { .. } => &[Act::Extend],
        Request::Evict { .. } | Request::Steal { .. } => &[Act::Force],
        Request::Kick { .. } | Request::Bump { .. } => &[Act::Kick],
        Request::Freeze { .. } | Request::Thaw => &[Act::Freeze],
        _ => &[],
    }
}

/// Whether somebody who speaks elsewhere reaches the hat of a channel.
///
/// # Errors
///
/// A refusal, if they do not belong to it, or their token is not for it.
pub fn reach(cx: &Context, channel: &Channel) -> Result<()> {
    let is_elsewhere = cx.person().is_some() && cx.place().is_some_and(|place| place.channel != *channel);
    if is_elsewhere { cx.rights().within(channel).check(&Act::Read, &[]) } else { Ok(()) }
}

/// Those of these channels whose hat the person of this invocation reaches.
pub fn reachable(cx: &Context, channels: Vec<Channel>) -> Result<Vec<Channel>> {
    let mut reached = Vec::new();
    for channel in channels {
        match reach(cx, &channel) {
            Ok(()) => reached.push(channel),
            Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(reached)
}

impl Room {
    /// Why the person of this invocation may not ask for this; none if they may.
    pub fn forbids(&self, cx: &Context, request: &Request) -> Result<Option<Message>> {
        let rights = cx.rights().within(&self.channel);
        if let Request::Pass { to } = request
            && !self.may_still_wear(cx, to)
        {
            return Ok(Some(say!("{to} may not wear the hat. Nothing was changed.")));
        }
        for act in needed(request) {
            match rights.check(act, &[]) {
                Ok(()) => {}
                Err(Error::Refused(message)) => return Ok(Some(message)),
                Err(other) => return Err(other),
            }
        }
        Ok(None)
    }

    /// A turn in which nobody gets the hat, or the offer of it, who may not wear it any more: they leave the queue before.
    pub(crate) fn permitted(
        &mut self,
        cx: &Context,
        actor: Option<&User>,
        turn: impl Fn(&Self) -> Result<Turn, Refusal>,
    ) -> Result<Turn, Refusal> {
        loop {
            let next = turn(self)?;
            let receivers: Vec<User> = next.outcomes.iter().filter_map(receiver).filter(|person| Some(*person) != actor).cloned().collect();
            match receivers.into_iter().find(|person| !self.may_still_wear(cx, person)) {
                Some(barred) if self.leaves(&barred) => {}
                _ => return Ok(next),
            }
        }
    }

    /// May somebody wear the hat whose turn it is now? A failure to find that out takes nothing from anybody.
    pub(crate) fn may_still_wear(&self, cx: &Context, person: &User) -> bool {
        cx.rights().within(&self.channel).on_behalf_of(person).allow(&Act::Wear, &[]).unwrap_or(true)
    }

    /// Takes somebody off the queue or the crew, or ends their turn, who may not wear the hat any more, and tells them; false if they have
    /// no part in it.
    fn leaves(&mut self, person: &User) -> bool {
        let ways_out = [Request::Leave, Request::LeaveCrew, Request::Retire];
        let turn = ways_out.into_iter().find_map(|request| turns::apply(self.hat(), &self.policy, person, request, self.now).ok());
        let Some(turn) = turn else { return false };
        let barred = Letter::new(person, letter::barred(&self.channel));
        self.happen(turn, None);
        self.said.write(barred);
        true
    }
}

/// Who gets the hat, or the offer of it.
fn receiver(outcome: &Outcome) -> Option<&User> {
    match outcome {
        Outcome::Began(began) => Some(&began.person),
        Outcome::Offered { person, .. } => Some(person),
        _ => None,
    }
}
