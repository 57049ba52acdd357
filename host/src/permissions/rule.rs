//! A rule of `[[rules]]`: the commands or actions it is about, and who may.

use super::action::{ActionPattern, DeclaredAction, Subject};
use super::role::RoleName;
use super::value::{Pattern, fold};
use crate::model::PluginName;
use hatstand_common::value::{Argument, Channel};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct Rule {
    pub target: Target,
    /// Of this plugin only.
    pub plugin: Option<String>,
    /// Only if these arguments, or parts of the subject, are like this, by their names.
    pub arguments: BTreeMap<String, Pattern>,
    /// In this channel only: its id, or its name.
    pub channel: Option<String>,
    pub allow: Allow,
    /// Told to everybody who may not.
    pub why: Option<String>,
}

/// What a rule is about: commands by the words they begin with, or actions by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Command(Opening),
    Action(ActionPattern),
}

/// A rule as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    command: Option<String>,
    action: Option<String>,
    plugin: Option<String>,
    #[serde(default)]
    arguments: BTreeMap<String, Pattern>,
    channel: Option<String>,
    allow: Allow,
    why: Option<String>,
}

impl TryFrom<Written> for Rule {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { command, action, plugin, arguments, channel, allow, why } = written;
        let target = match (command, action) {
            (Some(command), None) => Target::Command(command.try_into()?),
            (None, Some(action)) => Target::Action(action.try_into()?),
            _ => return Err("a rule has either a `command`, as `dibs steal`, or an `action`, as `dibs steal`".to_owned()),
        };
        Ok(Self { target, plugin, arguments, channel, allow, why })
    }
}

impl Target {
    /// Does it name no command and no action, but all of them?
    pub fn is_everything(&self) -> bool {
        match self {
            Target::Command(opening) => opening.words.is_empty(),
            Target::Action(pattern) => pattern.is_everything(),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Command(opening) => opening.fmt(f),
            Target::Action(pattern) => pattern.fmt(f),
        }
    }
}

/// How a rule's commands begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// In lower case.
    words: Vec<String>,
    /// May more words follow?
    open: bool,
}

/// Who may.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub enum Allow {
    Everybody,
    Nobody,
    /// Whoever has one of these.
    Roles(Vec<RoleName>),
}

/// Is a rule about something? One that is about a part of it has to allow it, and so has whatever comes after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    No,
    /// About some of several things in one argument, as in `prod-1, sandbox`; or perhaps, because a channel's name is not known.
    Partly,
    Wholly,
}

impl Fit {
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Fit::No, _) | (_, Fit::No) => Fit::No,
            (Fit::Wholly, Fit::Wholly) => Fit::Wholly,
            _ => Fit::Partly,
        }
    }
}

impl Rule {
    /// Is it about a command of this plugin that begins in one of these ways?
    pub fn covers(&self, plugin: &PluginName, openings: &[Vec<String>]) -> bool {
        let Target::Command(command) = &self.target else { return false };
        self.is_about(plugin) && openings.iter().any(|opening| command.covers(opening))
    }

    /// Is it about this action of the plugin, by its name or by a command whose rules hold for it?
    pub fn covers_action(&self, plugin: &PluginName, action: &DeclaredAction) -> bool {
        match &self.target {
            Target::Action(pattern) => self.is_about(plugin) && pattern.covers(plugin, &action.name),
            Target::Command(_) => self.covers(plugin, &action.openings),
        }
    }

    fn is_about(&self, plugin: &PluginName) -> bool {
        self.plugin.as_ref().is_none_or(|wanted| *wanted == plugin.0)
    }

    /// Does it hold there? A channel whose name could not be looked up may be the one that the rule names.
    pub fn holds_in(&self, channel: Option<&Channel>) -> Fit {
        match (&self.channel, channel) {
            (None, _) => Fit::Wholly,
            (Some(_), None) => Fit::No,
            (Some(wanted), Some(channel)) if is(channel, wanted) => Fit::Wholly,
            (Some(_), Some(channel)) if channel.name.is_empty() => Fit::Partly,
            _ => Fit::No,
        }
    }

    /// Is the subject like this, and are the other arguments of the command that led here? An argument that was not given is like nothing.
    pub fn fits_subject(&self, subject: &Subject, arguments: &[Argument]) -> Fit {
        let fit = |(name, pattern): (&String, &Pattern)| match subject.iter().find(|(part, _)| part == name) {
            Some((_, value)) if pattern.is_like(value) => Fit::Wholly,
            Some(_) => Fit::No,
            None => arguments.iter().find(|argument| argument.name == *name).map_or(Fit::No, |argument| pattern.fits(&argument.value)),
        };
        self.arguments.iter().map(fit).fold(Fit::Wholly, Fit::and)
    }

    pub fn fits(&self, arguments: &[Argument]) -> Fit {
        let fit = |(name, pattern): (&String, &Pattern)| {
            let argument = arguments.iter().find(|argument| argument.name == *name);
            argument.map_or(Fit::No, |argument| pattern.fits(&argument.value))
        };
        self.arguments.iter().map(fit).fold(Fit::Wholly, Fit::and)
    }
}

fn is(channel: &Channel, wanted: &str) -> bool {
    channel.id.0 == wanted || fold(&channel.name) == fold(wanted.trim_start_matches('#'))
}

impl Opening {
    fn covers(&self, opening: &[String]) -> bool {
        if self.open { opening.starts_with(&self.words) } else { *opening == self.words }
    }
}

impl TryFrom<String> for Opening {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let open = words.pop_if(|last| last == "*").is_some();
        if words.is_empty() && !open {
            return Err("a rule says which command it is about, as `dibs steal`, `dibs *` or `*`".to_owned());
        }
        match words.iter().find(|word| word.contains(['*', '<', '[', '('])) {
            Some(word) => Err(format!("`{word}` is not how a command begins: write its words only, and `*` only as the last")),
            None => Ok(Self { words, open }),
        }
    }
}

impl std::fmt::Display for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let star = self.open.then_some("*");
        f.write_str(&self.words.iter().map(String::as_str).chain(star).collect::<Vec<_>>().join(" "))
    }
}

impl TryFrom<Vec<String>> for Allow {
    type Error = String;

    fn try_from(names: Vec<String>) -> Result<Self, String> {
        match names.as_slice() {
            [] => Err("a rule allows somebody: a role, `everybody`, or `nobody`".to_owned()),
            [one] if one == "nobody" => Ok(Allow::Nobody),
            names if names.iter().any(|name| name == "nobody") => Err("`nobody` stands alone".to_owned()),
            names if names.iter().any(|name| name == "everybody") => Ok(Allow::Everybody),
            names => {
                let role = |name: &String| RoleName::parse(name).map_err(|why| format!("`{name}` is no role: {why}"));
                names.iter().map(role).collect::<Result<_, _>>().map(Allow::Roles)
            }
        }
    }
}
