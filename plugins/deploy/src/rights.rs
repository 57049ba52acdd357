//! The actions of this plugin, which the operator's rules are about, and who may do them.
//!
//! They are asked where something is done, with the app and the environment as the operator has named them: a command, a button, the turn in
//! a queue and a program that was held all come by here, whatever word was typed.

use crate::apps::{App, Environment, same};
use crate::checks;
use crate::journey::Journey;
use crate::lock::Spot;
use crate::texts::refusal::{self, No};
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use hatstand_plugin::rights::{Default as Access, Rights};

/// What changes something that runs is for nobody until the operator names somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Action)]
pub enum Act {
    #[action("deploy <app> to <environment>", nobody, commands("deploy"))]
    Deploy,
    #[action("deploy <app> to <environment> whatever CI says", nobody, commands("force"))]
    Force,
    #[action("run a task of <app> on <environment>", nobody, commands("task"))]
    Task,
    #[action("approve a deploy of <app> to <environment>", nobody, commands("deploy"))]
    Approve,
    #[action("plan a deploy of <app> to <environment>", commands("plan"))]
    Plan,
    #[action("cancel a deploy of <app> to <environment>", commands("cancel"))]
    Cancel,
    #[action("lock <environment> on <app>", commands("lock"))]
    Lock,
    #[action("take the lock of <environment> on <app> from others", nobody, commands("steal-lock"))]
    Steal,
    #[action("unlock <environment> on <app> for others", commands("unlock"))]
    Unlock,
    #[action("freeze <environment>", nobody, commands("freeze"))]
    Freeze,
    #[action("thaw <environment>", nobody, commands("thaw"))]
    Thaw,
    #[action("see <environment> of <app>")]
    Read,
}

impl Act {
    /// Are those whom `deployers` of an environment names somebody named for it?
    fn is_for_deployers(self) -> bool {
        matches!(self, Act::Deploy | Act::Force | Act::Task | Act::Approve | Act::Steal)
    }
}

impl Journey<'_> {
    /// May somebody do this, who speaks or spoke in this channel? If not, why.
    pub fn may(&self, act: Act, app: &App, environment: &Environment, person: &Person, channel: &Channel) -> Result<Result<(), No>> {
        self.may_with(act, app, environment, person, channel, &[])
    }

    /// The same, with more that a rule may be about: the ref, the task.
    pub fn may_with(
        &self,
        act: Act,
        app: &App,
        environment: &Environment,
        person: &Person,
        channel: &Channel,
        more: &[(&str, &str)],
    ) -> Result<Result<(), No>> {
        if !matches!(act, Act::Read | Act::Cancel) && !checks::may(environment, person) {
            return Ok(Err(refusal::person(&app.name, Some(environment))));
        }
        let is_named = act.is_for_deployers() && !environment.deployers.is_empty();
        let rights = self.cx.rights().within(channel).on_behalf_of(&person.id);
        let rights = if is_named { rights.by_default(Access::Everybody) } else { rights };
        let subject = [&[("app", app.name.as_str()), ("environment", environment.name.as_str())], more].concat();
        verdict(&rights, act, &subject)
    }

    /// May the person of this event do this?
    pub fn may_now(&self, act: Act, app: &App, environment: &Environment) -> Result<Result<(), No>> {
        let person = self.cx.person().ok_or_else(|| Error::broken("no person did this"))?;
        self.may(act, app, environment, person, &self.cx.here()?.channel)
    }

    /// May the person of this event do this to the lock of everything, and so of each environment that it is about?
    pub fn may_everywhere(&self, act: Act, spot: &Spot) -> Result<Result<(), No>> {
        self.may_where(act, |app, _| spot.is_about(&app.name))
    }

    /// May the person of this event do this to environments of these names, of every app that has one?
    pub fn may_all(&self, act: Act, environments: &[&str]) -> Result<Result<(), No>> {
        self.may_where(act, |_, environment| environments.iter().any(|name| same(name, &environment.name)))
    }

    fn may_where(&self, act: Act, is_meant: impl Fn(&App, &Environment) -> bool) -> Result<Result<(), No>> {
        for app in self.apps.iter() {
            for environment in app.environments.iter().filter(|environment| is_meant(app, environment)) {
                if let Err(no) = self.may_now(act, app, environment)? {
                    return Ok(Err(no));
                }
            }
        }
        Ok(Ok(()))
    }

    /// May the person of this event see each of these, by app and environment?
    pub fn visible(&self, spots: &[(&str, &str)]) -> Result<Vec<bool>> {
        let subjects: Vec<[(&str, &str); 2]> =
            spots.iter().map(|(app, environment)| [("app", *app), ("environment", *environment)]).collect();
        let subjects: Vec<&[(&str, &str)]> = subjects.iter().map(<[_; 2]>::as_slice).collect();
        let mut visible = Vec::with_capacity(spots.len());
        for page in subjects.chunks(PAGE) {
            visible.extend(self.cx.rights().filter(&Act::Read, page)?);
        }
        Ok(visible)
    }
}

/// The host decides about so many at once.
const PAGE: usize = 1_000;

fn verdict(rights: &Rights, act: Act, subject: &[(&str, &str)]) -> Result<Result<(), No>> {
    match rights.check(&act, subject) {
        Ok(()) => Ok(Ok(())),
        Err(Error::Refused(message)) => Ok(Err(No { message, code: "refused.person" })),
        Err(other) => Err(other),
    }
}
