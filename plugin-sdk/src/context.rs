//! The circumstances of an invocation, and the way to everything that a plugin can do.

use crate::bindings::hatstand::plugin::events as wire;
use crate::settings::{self, Settings};
use crate::{Argument, Error, Event, Result, calls, chat, directory, http, log, questions, queue, random, rights, store, timers};
use hatstand_common::value::{Instant, Person, PersonId, Place};

/// The circumstances of an invocation, and the way to everything that a plugin can do.
///
/// The circumstances are fixed for the whole invocation: [`now`](Context::now) does not advance, and
/// [`random`](Context::random) starts from a seed that belongs to the event.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// fn greet(cx: &mut Context) -> Result<Reply> {
///     let count = cx.store().get::<u64>("count")?.unwrap_or(0) + 1;
///     cx.store().set("count", &count)?;
///     Ok(Reply::say(say!("Hello {}, for the {count}. time.", cx.user()?)))
/// }
/// ```
#[derive(Debug)]
pub struct Context {
    reference: String,
    workspace: String,
    place: Option<Place>,
    person: Option<Person>,
    now: Instant,
    line: Option<String>,
    random: random::Random,
}

impl Context {
    pub(crate) fn new(reference: String, workspace: String, place: Option<Place>, person: Option<Person>, now: Instant, seed: u64) -> Self {
        Self { reference, workspace, place, person, now, line: None, random: random::Random::new(seed) }
    }

    /// The time, the same for all of this invocation.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Remembers what of the event is a circumstance of its handler.
    pub(crate) fn note(&mut self, event: &Event) {
        self.line = match event {
            Event::Command(call) => Some(call.line.clone()),
            _ => None,
        };
    }

    /// In the handler of a command: the whole line as typed, without the mention of the bot. The arguments are read from it; what they
    /// do not tell, such as whether a name was written in quotes, it does.
    pub fn line(&self) -> Option<&str> {
        self.line.as_deref()
    }

    /// Who did it, as the host knows them now; none for what no person did, such as a timer.
    pub fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// The identity of who did it.
    ///
    /// # Errors
    ///
    /// [Broken](Error::Broken) in the handler of an event that no person did. A command, a press, a form, an answer and a message
    /// always have a person.
    pub fn user(&self) -> Result<&PersonId> {
        let person = self.person.as_ref().ok_or_else(|| Error::broken("no person did this"))?;
        Ok(&person.id)
    }

    /// Where it happened: channel and thread. A timer or a response happens where it was set or sent.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Where it happened, for handlers that cannot do without.
    ///
    /// # Errors
    ///
    /// [Broken](Error::Broken) in the handler of an event without a place, such as `person_changed`.
    pub fn here(&self) -> Result<&Place> {
        self.place.as_ref().ok_or_else(|| Error::broken("this happened in no place"))
    }

    /// Names this invocation in chat, log and audit. The same event handed over again has the same reference.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The workspace. Each has a state, timers and settings of its own, so a plugin rarely asks.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Chance, the same again for the same event.
    pub fn random(&self) -> &random::Random {
        &self.random
    }

    /// Values that last.
    pub fn store(&self) -> store::Store {
        store::Store(())
    }

    /// Saying things elsewhere than in the reply, editing, reacting, opening forms.
    pub fn chat(&self) -> chat::Chat {
        chat::Chat(())
    }

    /// Being called back.
    pub fn timers(&self) -> timers::Timers {
        timers::Timers(())
    }

    /// Asking one person something.
    pub fn questions(&self) -> questions::Questions {
        questions::Questions(())
    }

    /// Telling programs later what came of their commands.
    pub fn calls(&self) -> calls::Calls {
        calls::Calls(())
    }

    /// Requests to the outside.
    pub fn http(&self) -> http::Http {
        http::Http(())
    }

    /// Publishing to message queues.
    pub fn queue(&self) -> queue::Queue {
        queue::Queue(())
    }

    /// Who and what there is.
    pub fn directory(&self) -> directory::Directory {
        directory::Directory(())
    }

    /// Questions about what somebody may do; see [`rights`](crate::rights).
    pub fn rights(&self) -> rights::Rights {
        rights::Rights::default()
    }

    /// Does nothing if the person of this event may do this to a thing in this channel: to be called right before it is done.
    ///
    /// # Errors
    ///
    /// [Refused](Error::Refused) if they may not, with who may and who can help; as for [`Rights::check`](rights::Rights::check).
    #[expect(clippy::needless_pass_by_value, reason = "`cx.may(Act::Take, ..)` reads as a sentence")]
    pub fn may(&self, action: impl rights::Action, subject: &rights::Subject<'_>) -> Result<()> {
        self.rights().check(&action, subject)
    }

    /// What the operator has set, as the plugin's own type; see [`settings`].
    ///
    /// # Errors
    ///
    /// [Refused](Error::Refused), naming the setting, if one that is not an `Option` is neither set nor has a default.
    pub fn settings<T: Settings>(&self) -> Result<T> {
        T::read(self)
    }

    /// One setting by name: what was set, else its default; none if there is neither.
    ///
    /// # Errors
    ///
    /// [Broken](Error::Broken) if the setting is of another type.
    pub fn setting<T: Argument>(&self, name: &str) -> Result<Option<T>> {
        settings::optional(name, T::read)
    }

    /// The operator's log.
    pub fn log(&self) -> log::Log {
        log::Log(())
    }
}

impl From<wire::Context> for Context {
    fn from(from: wire::Context) -> Self {
        let (place, person) = (from.place.map(Into::into), from.person.map(Into::into));
        Self::new(from.reference, from.workspace, place, person, Instant(from.now), from.seed)
    }
}
