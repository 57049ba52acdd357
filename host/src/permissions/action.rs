//! Actions: the things people can do to what a plugin keeps, as the plugin declares them, and as a rule names them.

use crate::model::PluginName;
use hatstand_common::declaration::{Action, Description};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

/// A plugin declares at most so many.
const ACTIONS: usize = 50;

/// A longer name is refused, in characters.
const NAME_CHARS: usize = 40;

/// What an action is done to: each part under the name of the parameter that commands have for it.
pub type Subject = Vec<(String, String)>;

/// The actions a plugin declares, and its commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    actions: Vec<DeclaredAction>,
    /// By their own names, with the words each can begin with.
    commands: BTreeMap<String, Vec<Vec<String>>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredAction {
    pub action: Action,
    /// The words that the commands can begin with whose rules hold for it.
    pub openings: Vec<Vec<String>>,
}

impl Actions {
    /// Reads them from a description, or says what is wrong with them.
    pub fn of(description: &Description) -> Result<Self, Vec<String>> {
        let json = description.actions().unwrap_or("[]");
        let actions: Vec<Action> = serde_json::from_str(json).map_err(|why| vec![format!("its actions cannot be read: {why}")])?;
        let problems = problems(&actions, description);
        if !problems.is_empty() {
            return Err(problems);
        }
        let commands: BTreeMap<_, _> = description.commands.iter().map(|command| (command.name.clone(), command.openings())).collect();
        let declared = |action: Action| {
            let openings = action.commands.iter().filter_map(|name| commands.get(name)).flatten().cloned().collect();
            DeclaredAction { openings, action }
        };
        Ok(Self { actions: actions.into_iter().map(declared).collect(), commands })
    }

    pub fn iter(&self) -> impl Iterator<Item = &DeclaredAction> {
        self.actions.iter()
    }

    /// The words that a command of the plugin can begin with.
    pub fn openings(&self, command: &str) -> &[Vec<String>] {
        self.commands.get(command).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn named(&self, name: &str) -> Option<&DeclaredAction> {
        self.actions.iter().find(|declared| declared.name == name)
    }
}

impl Deref for DeclaredAction {
    type Target = Action;

    fn deref(&self) -> &Action {
        &self.action
    }
}

fn problems(actions: &[Action], description: &Description) -> Vec<String> {
    let mut problems = Vec::new();
    if actions.len() > ACTIONS {
        problems.push(format!("it has {} actions; there may be {ACTIONS}", actions.len()));
    }
    for (number, action) in actions.iter().enumerate() {
        let name = &action.name;
        if !is_name(name) {
            problems.push(format!("`{name}` is no name for an action: lower-case letters, digits and `-`, 1-{NAME_CHARS} characters"));
        }
        if actions[..number].iter().any(|other| other.name == *name) {
            problems.push(format!("there are two actions `{name}`"));
        }
        let unknown = action.commands.iter().filter(|wanted| description.commands.iter().all(|command| command.name != **wanted));
        problems.extend(unknown.map(|wanted| format!("the action `{name}` names the command `{wanted}`, which it does not have")));
    }
    problems
}

fn is_name(name: &str) -> bool {
    (1..=NAME_CHARS).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The actions a rule is about: `dibs take`, `dibs *`, or `*` for all of all plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionPattern {
    plugin: Option<String>,
    action: Option<String>,
}

impl ActionPattern {
    /// Is it about all actions of all plugins?
    pub fn is_everything(&self) -> bool {
        self.plugin.is_none() && self.action.is_none()
    }

    pub fn covers(&self, plugin: &PluginName, action: &str) -> bool {
        self.plugin.as_ref().is_none_or(|wanted| *wanted == plugin.0) && self.action.as_ref().is_none_or(|wanted| wanted == action)
    }
}

impl TryFrom<String> for ActionPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("`{text}` names no action: write the plugin and the action, as `dibs take`, `dibs *` or `*`");
        match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["*"] => Ok(Self { plugin: None, action: None }),
            [plugin, "*"] if is_name(plugin) => Ok(Self { plugin: Some((*plugin).to_owned()), action: None }),
            [plugin, action] if is_name(plugin) && is_name(action) => {
                Ok(Self { plugin: Some((*plugin).to_owned()), action: Some((*action).to_owned()) })
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (plugin, action) = (self.plugin.as_deref(), self.action.as_deref().unwrap_or("*"));
        match plugin {
            Some(plugin) => write!(f, "{plugin} {action}"),
            None => f.write_str(action),
        }
    }
}
