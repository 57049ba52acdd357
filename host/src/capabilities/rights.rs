//! Whether somebody may do something to a thing, asked where it is done.

use super::{Invocation, State};
use crate::permissions::{CalledCommand, DeclaredAction, Subject};
use crate::plugins::contract::rights::{Default as WireDefault, Error, Host, Operation};
use crate::plugins::contract::to_span;
use crate::plugins::contract::types::NamedValue;
use crate::rights::{Decision, Presence, Query};
use crate::router::Handed;
use hatstand_common::declaration::AccessDefault;
use hatstand_common::value::{ChannelId, PersonId};

const PARTS: usize = 8;
const VALUE_BYTES: usize = 1_000;
const SUBJECTS: usize = 1_000;

impl Host for State {
    async fn check(&mut self, operation: Operation, subject: Vec<NamedValue>) -> wasmtime::Result<Result<(), Error>> {
        let invocation = self.call(bytes(&subject))?;
        let decided = invocation.decide(operation, vec![subject]).await?;
        Ok(decided.and_then(|decisions| match decisions.into_iter().next().and_then(|decision| decision.refusal) {
            Some(sentence) => Err(Error::Denied(sentence.into_iter().map(to_span).collect())),
            None => Ok(()),
        }))
    }

    async fn filter(&mut self, operation: Operation, subjects: Vec<Vec<NamedValue>>) -> wasmtime::Result<Result<Vec<bool>, Error>> {
        let invocation = self.call(subjects.iter().map(|subject| bytes(subject)).sum())?;
        let decided = invocation.decide(operation, subjects).await?;
        Ok(decided.map(|decisions| decisions.iter().map(Decision::allows).collect()))
    }
}

/// The circumstances of an operation, with what it leaves open filled in from the event.
struct Asked<'a> {
    action: &'a DeclaredAction,
    default: AccessDefault,
    person: PersonId,
    channel: ChannelId,
    presence: Presence,
}

impl Invocation {
    async fn decide(&self, operation: Operation, subjects: Vec<Vec<NamedValue>>) -> wasmtime::Result<Result<Vec<Decision>, Error>> {
        let subjects = match check_subjects(subjects) {
            Ok(subjects) => subjects,
            Err(why) => return Ok(Err(Error::Invalid(why))),
        };
        let asked = match self.asked(operation) {
            Ok(asked) => asked,
            Err(why) => return Ok(Err(Error::Invalid(why))),
        };
        let query = Query {
            workspace: &self.workspace,
            plugin: &self.plugin,
            action: asked.action,
            default: asked.default,
            person: &asked.person,
            channel: &asked.channel,
            presence: asked.presence,
            called: self.called().filter(|_| asked.presence != Presence::Earlier),
            now: self.now,
        };
        Ok(Ok(self.world.decide(query, &subjects).await?))
    }

    fn called(&self) -> Option<CalledCommand<'_>> {
        let Handed::Command { command, arguments, .. } = &*self.handed else { return None };
        Some(CalledCommand { openings: self.actions.openings(command), arguments })
    }

    fn asked(&self, operation: Operation) -> Result<Asked<'_>, String> {
        let action = self.actions.named(&operation.action).ok_or_else(|| format!("it declares no action `{}`", operation.action))?;
        let here = self.place.as_ref().map(|place| &place.channel);
        let acts_for_another = operation.person.as_ref().is_some_and(|person| self.person.as_ref().is_none_or(|own| own.0 != *person));
        let person = operation.person.map(PersonId).or_else(|| self.person.clone());
        let channel = operation.channel.map(ChannelId).or_else(|| here.cloned());
        let person = person.ok_or("no person did this: say on whose behalf it is done")?;
        let channel = channel.ok_or("this happens in no channel: say whose things these are")?;
        let presence = match (acts_for_another, here == Some(&channel)) {
            (true, _) => Presence::Earlier,
            (false, true) => Presence::Here,
            (false, false) => Presence::Elsewhere,
        };
        let default = match operation.default {
            None => action.default,
            Some(WireDefault::Everybody) => AccessDefault::Everybody,
            Some(WireDefault::Admins) => AccessDefault::Admins,
            Some(WireDefault::Nobody) => AccessDefault::Nobody,
        };
        Ok(Asked { action, default, person, channel, presence })
    }
}

fn check_subjects(subjects: Vec<Vec<NamedValue>>) -> Result<Vec<Subject>, String> {
    if subjects.len() > SUBJECTS {
        return Err(format!("there may be {SUBJECTS} subjects in one call, not {}", subjects.len()));
    }
    subjects.into_iter().map(check_subject).collect()
}

fn check_subject(subject: Vec<NamedValue>) -> Result<Subject, String> {
    if subject.len() > PARTS {
        return Err(format!("a subject has at most {PARTS} parts, not {}", subject.len()));
    }
    if subject.iter().any(|part| part.value.len() > VALUE_BYTES) {
        return Err(format!("a part of a subject has at most {VALUE_BYTES} bytes"));
    }
    Ok(subject.into_iter().map(|part| (part.name, part.value)).collect())
}

fn bytes(subject: &[NamedValue]) -> usize {
    subject.iter().map(|part| part.name.len() + part.value.len()).sum()
}
