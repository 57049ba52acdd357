//! A rule of `[[rules]]`: which calls of which commands it is about, and who may.

use super::role::RoleName;
use super::value::{Pattern, fold};
use crate::model::PluginName;
use hatstand_common::value::{Argument, Channel};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub command: Opening,
    /// Of this plugin only.
    pub plugin: Option<String>,
    /// Only if these arguments are like this, by the name of the parameter.
    #[serde(default)]
    pub arguments: BTreeMap<String, Pattern>,
    /// In this channel only: its id, or its name.
    pub channel: Option<String>,
    pub allow: Allow,
    /// Said to whoever may not.
    pub why: Option<String>,
}

/// How a rule's commands begin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
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

/// Does what was said fit a rule's arguments?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    No,
    /// Only some of several things in one argument do: `prod-1, sandbox`.
    Partly,
    Wholly,
}

impl Rule {
    /// Is it about a command of this plugin that begins in one of these ways?
    pub fn covers(&self, plugin: &PluginName, openings: &[Vec<String>]) -> bool {
        self.plugin.as_ref().is_none_or(|wanted| *wanted == plugin.0) && openings.iter().any(|opening| self.command.covers(opening))
    }

    /// Does it hold there?
    pub fn holds_in(&self, channel: Option<&Channel>) -> bool {
        self.channel.as_ref().is_none_or(|wanted| channel.is_some_and(|channel| is(channel, wanted)))
    }

    pub fn fits(&self, arguments: &[Argument]) -> Fit {
        let fit = |(name, pattern): (&String, &Pattern)| {
            let argument = arguments.iter().find(|argument| argument.name == *name);
            argument.map_or(Fit::No, |argument| pattern.fits(&argument.value))
        };
        self.arguments.iter().map(fit).fold(Fit::Wholly, |whole, next| match (whole, next) {
            (Fit::No, _) | (_, Fit::No) => Fit::No,
            (Fit::Wholly, Fit::Wholly) => Fit::Wholly,
            _ => Fit::Partly,
        })
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
