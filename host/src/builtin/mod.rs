//! The host's own commands, declared like any plugin's.

mod audit;
mod help;
mod plugins;

use crate::invocation::Invoker;
use crate::model::WorkspaceId;
use crate::texts;
use hatstand_common::declaration::{Access, Command, Kind, Parameter};
use hatstand_common::message::Message;
use hatstand_common::value::{Argument, Person, Value};

pub const HELP: &str = "help";
/// The parameter of help.
pub const TOPIC: &str = "topic";

/// Declarations of the host's own commands.
pub fn commands() -> Vec<Command> {
    vec![
        Command {
            name: HELP.to_owned(),
            usages: vec!["help [<topic...>]".to_owned()],
            parameters: vec![Parameter { name: TOPIC.to_owned(), kind: Kind::Text }],
            summary: "Say what I can do, or all about one thing.".to_owned(),
            help: String::new(),
            hidden: false,
            access: Access::Everybody,
            more: Vec::new(),
        },
        Command {
            name: "plugins".to_owned(),
            usages: vec!["plugins".to_owned()],
            parameters: Vec::new(),
            summary: "List the plugins: version, build, state, and what is wrong with those that are not live.".to_owned(),
            help: String::new(),
            hidden: false,
            access: Access::Admins,
            more: Vec::new(),
        },
        audit::command(),
    ]
}

/// A question to the host itself.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub command: &'a str,
    pub arguments: &'a [Argument],
    pub person: Option<&'a Person>,
    pub workspace: &'a WorkspaceId,
    pub host: &'a Invoker,
}

impl Asked<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value)
    }

    fn text(&self, name: &str) -> Option<&str> {
        match self.value(name)? {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }

    fn audit(&self) -> audit::Question<'_> {
        let who = match self.value(audit::WHO) {
            Some(Value::Person(who)) => Some(who),
            _ => None,
        };
        let period = match self.value(audit::PERIOD) {
            Some(Value::Duration(period)) => Some(*period),
            _ => None,
        };
        audit::Question { workspace: self.workspace, who, period, now: self.host.clock.now() }
    }

    fn is_admin(&self) -> bool {
        self.person.is_some_and(|person| person.admin)
    }
}

pub async fn answer(asked: Asked<'_>) -> Message {
    match asked.command {
        audit::AUDIT => audit::tell(&*asked.host.ledger, asked.audit()).await,
        "plugins" => plugins::list(&asked.host.plugins).await,
        HELP => help::help(&asked.host.plugins.registry(), asked.text(TOPIC), asked.is_admin(), &asked.host.name),
        other => texts::markdown(format!("I have no command `{other}`.")),
    }
}
