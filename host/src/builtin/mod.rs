//! The host's own commands, declared like any plugin's: one file for each family, with its declarations, its answers and its sentences.

mod audit;
pub mod help;
mod orders;
mod plugins;
mod roles;
mod rules;
mod settings;

pub use help::{HELP, TOPIC};

use crate::invocation::Invoker;
use crate::ledger::Result;
use crate::model::{Decision, Effects, PluginName, WorkspaceId};
use crate::permissions::Authority;
use crate::texts;
use hatstand_common::declaration::{Access, Command, Kind, Parameter};
use hatstand_common::message::{Message, Span};
use hatstand_common::value::{Argument, Person, PersonId, Place, Value};

/// Declarations of the host's own commands.
pub fn commands() -> Vec<Command> {
    [
        help::commands(),
        plugins::commands(),
        orders::commands(),
        settings::commands(),
        roles::commands(),
        rules::commands(),
        audit::commands(),
    ]
    .concat()
}

/// A question to the host itself, by somebody who may ask it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub command: &'a str,
    pub arguments: &'a [Argument],
    pub workspace: &'a WorkspaceId,
    pub place: Option<&'a Place>,
    /// Of the invocation that asks.
    pub reference: &'a str,
    pub person: Option<&'a Person>,
    pub authority: &'a Authority<'a>,
    pub host: &'a Invoker,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// For the eyes of whoever asked.
    pub message: Message,
    /// Committed with the mark that the event is done, as a plugin's are.
    pub effects: Effects,
    /// A stable word, for programs and the audit.
    pub outcome: &'static str,
    /// What was decided about what, for the audit.
    pub detail: String,
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq)]
struct Refusal {
    outcome: &'static str,
    message: Message,
}

/// An error is the ledger's: whoever asked gets an apology.
pub async fn answer(asked: Asked<'_>) -> Result<Answered> {
    match asked.command {
        HELP => Ok(help::answer(&asked)),
        plugins::LIST => plugins::list(&asked).await,
        plugins::INFO => plugins::info(&asked).await,
        plugins::INSPECT => plugins::inspect(&asked).await,
        plugins::LOG => plugins::log(&asked).await,
        orders::LOAD => orders::load(&asked).await,
        orders::UNLOAD => orders::unload(&asked).await,
        orders::RELOAD => orders::reload(&asked).await,
        orders::ROLLBACK => orders::roll_back(&asked).await,
        orders::DISABLE => orders::disable(&asked).await,
        orders::ENABLE => orders::enable(&asked).await,
        orders::CANARY => orders::canary(&asked).await,
        orders::PROMOTE => orders::promote(&asked).await,
        settings::LIST => settings::list(&asked).await,
        settings::SET => settings::set(&asked).await,
        settings::UNSET => settings::unset(&asked).await,
        roles::LIST => roles::list(&asked).await,
        roles::OF => roles::of(&asked).await,
        roles::ADD => roles::add(&asked).await,
        roles::REMOVE => roles::remove(&asked).await,
        rules::EXPLAIN => rules::explain(&asked).await,
        audit::AUDIT => audit::tell(&asked).await,
        audit::TRAIL => audit::tell_trail(&asked).await,
        other => Ok(Refusal::new("unknown", texts::markdown(format!("I have no command `{other}`."))).into()),
    }
}

/// May this command have to wait until a plugin is compiled, by itself or for somebody else?
pub fn waits_for_compilers(command: &str) -> bool {
    use orders::{CANARY, DISABLE, ENABLE, LOAD, PROMOTE, RELOAD, ROLLBACK, UNLOAD};
    [plugins::INSPECT, LOAD, UNLOAD, RELOAD, ROLLBACK, DISABLE, ENABLE, CANARY, PROMOTE].contains(&command)
}

impl Asked<'_> {
    /// The argument of this name, if it was given.
    fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }

    /// A text; nothing if it was not given.
    fn text(&self, name: &str) -> &str {
        match self.argument(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// A plugin, by its name or by that of its file.
    fn plugin(&self, name: &str) -> PluginName {
        let typed = self.text(name).to_lowercase();
        PluginName(typed.strip_suffix(".wasm").unwrap_or(&typed).to_owned())
    }

    /// A person that the usage requires.
    fn whom(&self, name: &str) -> PersonId {
        match self.argument(name) {
            Some(Value::Person(person)) => person.clone(),
            _ => PersonId(String::new()),
        }
    }
}

impl Answered {
    /// Says something, and changes nothing.
    fn tells(message: Message) -> Self {
        Self { message, effects: Effects::default(), outcome: "ok", detail: String::new() }
    }

    /// Says what an administrator decided.
    fn decides(outcome: &'static str, decision: Decision, detail: String, message: Message) -> Self {
        let effects = Effects { decisions: vec![decision], ..Effects::default() };
        Self { message, effects, outcome, detail }
    }
}

impl Refusal {
    fn new(outcome: &'static str, message: Message) -> Self {
        Self { outcome, message }
    }
}

impl From<Refusal> for Answered {
    fn from(Refusal { outcome, message }: Refusal) -> Self {
        Self { outcome, ..Self::tells(message) }
    }
}

/// A command for administrators, unless a rule says otherwise.
fn for_admins(name: &str, usage: &str, parameters: &[(&str, Kind)], summary: &str) -> Command {
    let parameter = |(name, kind): &(&str, Kind)| Parameter { name: (*name).to_owned(), kind: kind.clone() };
    Command {
        name: name.to_owned(),
        usages: vec![usage.to_owned()],
        parameters: parameters.iter().map(parameter).collect(),
        summary: summary.to_owned(),
        help: String::new(),
        hidden: false,
        access: Access::Admins,
        more: Vec::new(),
    }
}

/// A message of several pieces.
fn sentence(text: impl IntoIterator<Item = Span>) -> Message {
    Message { text: text.into_iter().collect(), blocks: Vec::new() }
}

fn markdown(text: impl Into<String>) -> Span {
    Span::Markdown(text.into())
}
