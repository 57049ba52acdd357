//! What a plugin says of itself. Everything the host routes, parses, helps and checks by.

use crate::message::Span;
use crate::usage::Usage;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The plugin's identity: its state, timers and settings belong to this name.
    pub name: String,
    /// Semantic version of this build.
    pub version: String,
    /// One sentence on what the plugin is for.
    pub summary: String,
    pub commands: Vec<Command>,
    pub patterns: Vec<Pattern>,
    /// Kinds of events wanted beyond those that follow from commands, patterns, buttons, timers and the like.
    pub subscriptions: Vec<String>,
    pub schedules: Vec<Schedule>,
    /// Names under which webhooks are received.
    pub webhooks: Vec<String>,
    /// Grants wanted from the operator.
    pub wants: Vec<String>,
    pub settings: Vec<Setting>,
    /// What later versions of the contract add.
    pub more: Vec<(String, String)>,
}

/// In [`Description::more`]: the version of what the plugin keeps.
pub const STATE_VERSION: &str = "state-version";

/// In [`Description::more`]: the actions that rules and the capability `rights` are about.
pub const ACTIONS: &str = "actions";

impl Description {
    /// The declared actions, as JSON of [`Action`]s.
    pub fn actions(&self) -> Option<&str> {
        self.more.iter().find(|(name, _)| name == ACTIONS).map(|(_, actions)| actions.as_str())
    }

    /// The version of what the plugin keeps: 0 if it has never changed that. A build with a smaller one cannot work on what one with a larger
    /// one has kept.
    pub fn state_version(&self) -> u32 {
        self.more.iter().find(|(name, _)| name == STATE_VERSION).and_then(|(_, version)| version.parse().ok()).unwrap_or_default()
    }
}

/// Something people can type, press or call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The plugin's own name for it.
    pub name: String,
    /// How it is typed, one or more forms; see [`usage`](crate::usage).
    pub usages: Vec<String>,
    /// Every `<name>` in the usages, with its type.
    pub parameters: Vec<Parameter>,
    /// One line for the list of commands.
    pub summary: String,
    /// More, in Markdown; may be empty.
    pub help: String,
    /// Works, but is not listed in help.
    pub hidden: bool,
    /// Who may use it.
    pub access: Access,
    /// What later versions of the contract add.
    pub more: Vec<(String, String)>,
}

impl Command {
    /// The usages as people are shown them.
    pub fn shown_usages(&self) -> Vec<String> {
        let parameters: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let shown = |usage: &String| Usage::parse(usage, &parameters).map_or_else(|_| usage.clone(), |usage| usage.shown());
        self.usages.iter().map(shown).collect()
    }

    /// The first of them.
    pub fn shown_usage(&self) -> String {
        self.shown_usages().into_iter().next().unwrap_or_default()
    }

    /// The words that it begins with: what people call the command.
    pub fn shown_words(&self) -> String {
        let usage = self.shown_usage();
        let words: Vec<&str> = usage.split_whitespace().take_while(|word| !word.starts_with(['<', '[', '('])).collect();
        if words.is_empty() { usage } else { words.join(" ") }
    }

    /// All the ways in which a line can begin that is this command, in lower-case words.
    pub fn openings(&self) -> Vec<Vec<String>> {
        let parameters: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let usages = self.usages.iter().filter_map(|usage| Usage::parse(usage, &parameters).ok());
        usages.flat_map(|usage| usage.openings()).collect()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    #[default]
    Everybody,
    /// Administrators of the bot.
    Admins,
}

/// Something people do to a plugin's things, whichever command, button or timer leads there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub name: String,
    /// Completes "Only administrators may ...", with parts of the subject in angle brackets, each under every name that it goes by:
    /// `take <name|names>`.
    pub phrase: String,
    /// Who may where no rule decides.
    #[serde(default)]
    pub default: AccessDefault,
    /// The commands whose rules hold for the action too, by their own names.
    #[serde(default)]
    pub commands: Vec<String>,
}

impl Action {
    /// The phrase with the subject in the place of its parts: `take *prod-1*`.
    pub fn describe(&self, subject: &[(String, String)]) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut rest = self.phrase.as_str();
        while let Some((before, part, after)) = next_part(rest) {
            let names = || part.split('|');
            match names().find_map(|wanted| subject.iter().find(|(name, _)| name == wanted)) {
                Some((_, value)) => {
                    spans.extend([Span::Markdown(format!("{before}*")), Span::Plain(value.clone()), Span::Markdown("*".to_owned())]);
                }
                None => spans.push(Span::Markdown(format!("{before}{}", names().next().unwrap_or_default()))),
            }
            rest = after;
        }
        if !rest.is_empty() {
            spans.push(Span::Markdown(rest.to_owned()));
        }
        spans
    }
}

/// The text before the next `<part>`, the part, and the text after it.
fn next_part(phrase: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = phrase.split_once('<')?;
    let (part, after) = rest.split_once('>')?;
    Some((before, part, after))
}

/// Who may do something where no rule decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessDefault {
    #[default]
    Everybody,
    /// Administrators of the bot.
    Admins,
    Nobody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    pub kind: Kind,
}

/// The type of an argument or setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// One word, or several in quotes, or all words of `<name...>`.
    Text,
    /// A whole number that fits 64 bits with sign.
    Integer,
    /// `yes`, `no`, `on`, `off`, `true`, `false`.
    Boolean,
    /// A mention of a person.
    Person,
    /// A mention of a channel.
    Channel,
    /// A length of time: `45 minutes`, `1h30m`, `an hour`, `2d`.
    Duration,
    /// A moment in the asker's zone: `17:30`, `tomorrow 9am`.
    Instant,
    /// One of these words, in any case.
    Choice(Vec<String>),
}

/// Hears messages that are not addressed to the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    pub name: String,
    /// A regular expression in the syntax of the crate `regex`, searched anywhere, case-insensitive.
    pub expression: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    pub name: String,
    /// Five fields as in cron.
    pub cron: String,
    /// An IANA time zone, or empty for the workspace's.
    pub zone: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub name: String,
    pub kind: Kind,
    /// As a person would type it; empty means unset.
    pub default: String,
    /// One sentence.
    pub summary: String,
}
