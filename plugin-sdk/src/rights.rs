//! Asking whether somebody may do something to a thing.

use crate::bindings::hatstand::plugin::{rights as wire, types};
use crate::host::rights as host;
use crate::message::Message;
use crate::plugin::declared;
use crate::{Error, Result};
use hatstand_common::value::{ChannelId, PersonId};

pub use hatstand_common::declaration::AccessDefault as Default;
pub use hatstand_plugin_macros::Action;

/// The actions of a plugin, by `#[derive(Action)]` on an enum; the plugin names it with `#[plugin(actions(Act))]`.
///
/// Each variant has an attribute with the phrase that completes "Only administrators may ...", in which parts of the subject stand in angle
/// brackets. After it may come who may where no rule decides, `admins` or `nobody` (else everybody), and with `commands("on", "queue")` the
/// functions of the commands whose rules hold for the action too.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// #[derive(Action)]
/// enum Act {
///     #[action("water <plant>", commands("water"))]
///     Water,
///     #[action("throw <plant> away", admins)]
///     Discard,
/// }
///
/// /// Looks after the plants.
/// #[derive(Plugin)]
/// #[plugin(actions(Act))]
/// struct Garden;
///
/// #[commands]
/// impl Garden {
///     /// Water a plant.
///     #[command("water <plant>")]
///     fn water(cx: &mut Context, plant: String) -> Result<Reply> {
///         cx.may(Act::Water, &[("plant", &plant)])?;
///         Ok(say!("*{plant}* has water.").into())
///     }
///
///     #[press("discard")]
///     fn discard(cx: &mut Context, plant: String) -> Result<Reply> {
///         cx.may(Act::Discard, &[("plant", &plant)])?;
///         Ok(say!("*{plant}* is gone.").into())
///     }
/// }
/// # fn main() {}
/// ```
pub trait Action {
    /// All of them as data.
    #[doc(hidden)]
    const DECLARED: &'static [declared::Action];

    /// The name by which rules know it.
    fn name(&self) -> &'static str;
}

/// The parts of a subject: each under the name of the parameter that commands have for it, spelled as the plugin itself compares it.
pub type Subject<'a> = [(&'a str, &'a str)];

/// Questions about rights, of the person of the event and in its channel unless they say otherwise.
#[derive(Clone, Debug, std::default::Default)]
pub struct Rights {
    channel: Option<ChannelId>,
    person: Option<PersonId>,
    default: Option<Default>,
}

impl Rights {
    /// About the things of this channel. The host also asks whether the person belongs to it.
    pub fn within(self, channel: &ChannelId) -> Self {
        Self { channel: Some(channel.clone()), ..self }
    }

    /// On behalf of somebody who asked for it earlier: are they still there, do they still have the role, is their token still valid?
    pub fn on_behalf_of(self, person: &PersonId) -> Self {
        Self { person: Some(person.clone()), ..self }
    }

    /// Who may where no rule decides, in place of what the action declares: for plugins whose settings say so.
    pub fn by_default(self, default: Default) -> Self {
        Self { default: Some(default), ..self }
    }

    /// Does nothing if they may.
    ///
    /// # Errors
    ///
    /// [`Refused`](Error::Refused) if they may not, with who may and who can help. [`Broken`](Error::Broken) if the action is not declared,
    /// the subject has more than 8 parts or one of more than 1,000 bytes, or the event has no person or no channel and none was given.
    pub fn check(&self, action: &impl Action, subject: &Subject<'_>) -> Result<()> {
        host::check(&self.operation(action), &parts(subject)).map_err(error)
    }

    /// May they? As [`check`](Self::check), where a refusal is no error.
    ///
    /// # Errors
    ///
    /// [`Broken`](Error::Broken), as there.
    pub fn allow(&self, action: &impl Action, subject: &Subject<'_>) -> Result<bool> {
        match self.check(action, subject) {
            Ok(()) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// For each of at most 1,000 subjects, in one call: may they?
    ///
    /// # Errors
    ///
    /// [`Broken`](Error::Broken), as for [`check`](Self::check).
    pub fn filter(&self, action: &impl Action, subjects: &[&Subject<'_>]) -> Result<Vec<bool>> {
        let subjects: Vec<wire::Subject> = subjects.iter().map(|subject| parts(subject)).collect();
        host::filter(&self.operation(action), &subjects).map_err(error)
    }

    fn operation(&self, action: &impl Action) -> wire::Operation {
        let default = self.default.map(|default| match default {
            Default::Everybody => wire::Default::Everybody,
            Default::Admins => wire::Default::Admins,
            Default::Nobody => wire::Default::Nobody,
        });
        let (channel, person) = (self.channel.clone().map(|channel| channel.0), self.person.clone().map(|person| person.0));
        wire::Operation { action: action.name().to_owned(), channel, person, default }
    }
}

fn parts(subject: &Subject<'_>) -> wire::Subject {
    subject.iter().map(|&(name, value)| types::NamedValue { name: name.to_owned(), value: value.to_owned() }).collect()
}

fn error(error: wire::Error) -> Error {
    match error {
        wire::Error::Denied(sentence) => Error::Refused(Message { text: crate::contract::all(sentence), blocks: Vec::new() }),
        wire::Error::Invalid(why) => Error::Broken(why),
    }
}
