//! What a plugin is, and how the host reaches it.

use crate::bindings::exports::hatstand::plugin::plugin::{Failure, Guest, Outcome};
use crate::bindings::hatstand::plugin::{description as wire_description, events as wire_events};
use crate::{Context, Event, Reply, Result};
use hatstand_common::declaration::{ACTIONS, Access, Command, Description, Parameter, Pattern, STATE_VERSION, Schedule, Setting};
use std::marker::PhantomData;

pub use hatstand_plugin_macros::{Plugin, commands};

/// A plugin, by `#[derive(Plugin)]` on a struct, with its handlers in a block with [`#[commands]`](macro@commands).
///
/// The derive exports the plugin from the component, so a component has one. Name and version are those of the package, the summary is
/// the doc comment; `#[plugin(...)]` says more:
///
/// - `name = "dibs"`: another name than the package's. State, timers and settings belong to it.
/// - `wants("chat:direct", "http:https://api.example.com")`: grants that the plugin asks the operator for.
/// - `settings(Config)`: the type with [`#[derive(Settings)]`](crate::Settings).
/// - `actions(Act)`: the type with [`#[derive(Action)]`](crate::rights::Action).
#[diagnostic::on_unimplemented(message = "`{Self}` is not a plugin", label = "not a plugin", note = "put `#[derive(Plugin)]` on `{Self}`")]
pub trait Plugin: Handlers {
    /// The plugin's identity.
    const NAME: &'static str;
    /// Semantic version of this build.
    const VERSION: &'static str;
    /// One sentence on what the plugin is for.
    const SUMMARY: &'static str;
    /// Grants that the plugin asks the operator for.
    const WANTS: &'static [&'static str];
    /// The settings as data.
    #[doc(hidden)]
    const SETTINGS: &'static [declared::Setting];
    /// The actions as data.
    #[doc(hidden)]
    const ACTIONS: &'static [declared::Action] = &[];

    /// What the plugin says of itself to the host.
    fn description() -> Description {
        let handlers = &Self::HANDLERS;
        Description {
            name: Self::NAME.to_owned(),
            version: Self::VERSION.to_owned(),
            summary: Self::SUMMARY.to_owned(),
            commands: handlers.commands.iter().map(Into::into).collect(),
            patterns: handlers.patterns.iter().map(Into::into).collect(),
            subscriptions: owned(handlers.subscriptions),
            schedules: handlers.schedules.iter().map(Into::into).collect(),
            webhooks: owned(handlers.webhooks),
            wants: owned(Self::WANTS),
            settings: Self::SETTINGS.iter().map(Into::into).collect(),
            more: more(handlers.state_version, Self::ACTIONS),
        }
    }
}

/// The parts of a description that came with later versions of the contract.
fn more(state_version: u32, actions: &[declared::Action]) -> Vec<(String, String)> {
    let version = (state_version > 0).then(|| (STATE_VERSION.to_owned(), state_version.to_string()));
    let declared = || format!("[{}]", actions.iter().map(|action| action.json).collect::<Vec<_>>().join(","));
    let actions = (!actions.is_empty()).then(|| (ACTIONS.to_owned(), declared()));
    version.into_iter().chain(actions).collect()
}

/// A plugin's handlers, by [`#[commands]`](macro@commands).
#[diagnostic::on_unimplemented(
    message = "the plugin `{Self}` has no handlers",
    label = "this plugin does nothing yet",
    note = "add a block `#[commands] impl {Self} {{ ... }}`"
)]
pub trait Handlers {
    /// What they handle, as data.
    #[doc(hidden)]
    const HANDLERS: declared::Handlers;

    /// Handles an event.
    ///
    /// # Errors
    ///
    /// Those of the handler, or [broken](crate::Error::Broken) if there is none for the event.
    fn handle(cx: &mut Context, event: Event) -> Result<Reply>;
}

/// The plugin as the contract wants it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Exported<P>(PhantomData<P>);

impl<P: Plugin> Guest for Exported<P> {
    fn describe() -> wire_description::Description {
        P::description().into()
    }

    fn handle(context: wire_events::Context, event: wire_events::Event) -> Result<Outcome, Failure> {
        let (mut cx, event) = (Context::from(context), Event::from(event));
        cx.note(&event);
        let reply = P::handle(&mut cx, event)?;
        Ok(reply.deliver(&cx)?)
    }
}

/// A description as the macros write it: constants, so that describing costs a plugin no code of its own.
#[doc(hidden)]
pub mod declared {
    use hatstand_common::declaration::Kind;

    #[derive(Debug)]
    pub struct Handlers {
        pub commands: &'static [Command],
        pub patterns: &'static [Pattern],
        pub subscriptions: &'static [&'static str],
        pub schedules: &'static [Schedule],
        pub webhooks: &'static [&'static str],
        /// 0 if there are no migrations.
        pub state_version: u32,
    }

    impl Handlers {
        /// Do they want messages that are not addressed to the bot?
        pub const fn hears(&self) -> bool {
            let mut hears = !self.patterns.is_empty();
            let mut index = 0;
            while index < self.subscriptions.len() {
                hears |= matches!(self.subscriptions[index].as_bytes(), b"message");
                index += 1;
            }
            hears
        }
    }

    #[derive(Debug)]
    pub struct Command {
        pub name: &'static str,
        pub usages: &'static [&'static str],
        pub parameters: &'static [Parameter],
        pub summary: &'static str,
        pub help: &'static str,
        pub hidden: bool,
        pub admins: bool,
    }

    #[derive(Debug)]
    pub struct Parameter {
        pub name: &'static str,
        pub kind: fn() -> Kind,
    }

    #[derive(Debug)]
    pub struct Pattern {
        pub name: &'static str,
        pub expression: &'static str,
    }

    #[derive(Debug)]
    pub struct Schedule {
        pub name: &'static str,
        pub cron: &'static str,
        pub zone: &'static str,
    }

    #[derive(Debug)]
    pub struct Action {
        /// As the contract has it.
        pub json: &'static str,
    }

    #[derive(Debug)]
    pub struct Setting {
        pub name: &'static str,
        pub kind: fn() -> Kind,
        pub default: &'static str,
        pub summary: &'static str,
    }
}

impl From<&declared::Command> for Command {
    fn from(from: &declared::Command) -> Self {
        Self {
            name: from.name.to_owned(),
            usages: owned(from.usages),
            parameters: from.parameters.iter().map(Into::into).collect(),
            summary: from.summary.to_owned(),
            help: from.help.to_owned(),
            hidden: from.hidden,
            access: if from.admins { Access::Admins } else { Access::Everybody },
            more: Vec::new(),
        }
    }
}

impl From<&declared::Parameter> for Parameter {
    fn from(from: &declared::Parameter) -> Self {
        Self { name: from.name.to_owned(), kind: (from.kind)() }
    }
}

impl From<&declared::Pattern> for Pattern {
    fn from(from: &declared::Pattern) -> Self {
        Self { name: from.name.to_owned(), expression: from.expression.to_owned() }
    }
}

impl From<&declared::Schedule> for Schedule {
    fn from(from: &declared::Schedule) -> Self {
        Self { name: from.name.to_owned(), cron: from.cron.to_owned(), zone: from.zone.to_owned() }
    }
}

impl From<&declared::Setting> for Setting {
    fn from(from: &declared::Setting) -> Self {
        Self { name: from.name.to_owned(), kind: (from.kind)(), default: from.default.to_owned(), summary: from.summary.to_owned() }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Checked while the plugin is compiled: a name is the plugin's identity for ever.
#[doc(hidden)]
pub const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 40 || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut index = 1;
    while index < bytes.len() {
        if !matches!(bytes[index], b'a'..=b'z' | b'0'..=b'9' | b'-') {
            return false;
        }
        index += 1;
    }
    true
}

/// The bytes of a text as an array, for a section of the component.
#[doc(hidden)]
pub const fn bytes<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    bytes.copy_from_slice(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_are_small_words() {
        assert!(is_name("dibs") && is_name("a") && is_name("deploy-2"));
        assert!(!is_name("") && !is_name("Dibs") && !is_name("2dibs") && !is_name("my_plugin") && !is_name(&"a".repeat(41)));
    }
}
