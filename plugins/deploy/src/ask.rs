//! What somebody asks for, as they typed it.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Nobody reads more, and it has to fit into messages beside others; in characters.
const LONGEST_REASON: usize = 300;

/// All of it has to fit into a button that says it again, in bytes.
const LONGEST: usize = 700;

/// What somebody asks for, as they typed it. It is kept as long as somebody waits for a lock with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ask {
    pub purpose: Purpose,
    pub app: String,
    pub git_ref: Option<String>,
    pub environment: Option<String>,
    pub hosts: Option<String>,
    pub reason: Option<String>,
    pub task: Option<String>,
    pub parameters: BTreeMap<String, String>,
    /// Whatever CI says.
    pub force: bool,
    /// Whoever has the lock loses it.
    pub steal: bool,
    /// Whoever asks has just said yes to it, when their turn came.
    pub confirmed: bool,
}

/// What is to come of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    #[default]
    Deploy,
    /// To know what would happen.
    Plan,
    /// To know what would change.
    Diff,
    /// To have again what was there before.
    Rollback,
}

impl Ask {
    pub fn new(app: String, git_ref: Option<String>) -> Self {
        Self { app, git_ref, ..Self::default() }
    }

    pub fn to(self, environment: Option<String>, hosts: Option<String>) -> Self {
        Self { environment, hosts, ..self }
    }

    /// What is written behind the reason or the environment: `key=value`, and `--noop`.
    ///
    /// # Errors
    ///
    /// For words that are neither.
    pub fn with(mut self, options: Option<&str>, reason: Option<String>) -> Result<Self> {
        for word in options.unwrap_or_default().split_whitespace() {
            if matches!(word, "to" | "in" | "on") {
                return Err(Error::usage(format!("After `{word}` comes an environment.")));
            }
            if !self.option(word) {
                return Err(Error::usage(format!(
                    "`{word}` is neither `key=value` nor `--noop`. Several apps at once need an environment."
                )));
            }
        }
        self.reason = checked(reason.map(|reason| self.without_options(&reason)).filter(|reason| !reason.is_empty()))?;
        if self.typed("deploy", None, self.environment.as_deref().unwrap_or_default()).len() > LONGEST {
            return Err(Error::usage(format!("That is too long: all of it together has at most {LONGEST} bytes.")));
        }
        Ok(self)
    }

    /// Takes the options off the end of a reason: parsing goes from the right.
    fn without_options(&mut self, reason: &str) -> String {
        let mut left = reason.trim();
        while let Some(word) = left.rsplit(char::is_whitespace).next().filter(|word| !word.is_empty()) {
            if !self.option(word) {
                break;
            }
            left = left[..left.len() - word.len()].trim_end();
        }
        left.to_owned()
    }

    /// Takes an option; false if it is none.
    fn option(&mut self, word: &str) -> bool {
        if word == "--noop" {
            self.purpose = Purpose::Plan;
            return true;
        }
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        };
        match word.split_once('=').filter(|(name, _)| is_name(name)) {
            Some((name, value)) => {
                self.parameters.insert(name.to_owned(), value.to_owned());
                true
            }
            None => false,
        }
    }

    /// How it is typed with this commit or ref, by `command`: what a button says.
    pub fn typed(&self, command: &str, what: Option<&str>, environment: &str) -> String {
        let task =
            self.task.as_deref().filter(|_| matches!(command, "deploy" | "deploy!")).map(|task| format!(":{task}")).unwrap_or_default();
        let git_ref = what.or(self.git_ref.as_deref()).map(|what| format!("@{what}")).unwrap_or_default();
        let hosts = self.hosts.as_deref().map(|hosts| format!("/{hosts}")).unwrap_or_default();
        let parameters: String = self.parameters.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        let reason = self.reason.as_deref().map(|reason| format!(" because {reason}")).unwrap_or_default();
        format!("{command}{task} {}{git_ref} to {environment}{hosts}{parameters}{reason}", self.app)
    }
}

/// A reason that is not too long.
///
/// # Errors
///
/// For one that is.
pub fn checked(reason: Option<String>) -> Result<Option<String>> {
    match reason {
        Some(reason) if reason.chars().count() > LONGEST_REASON => {
            Err(Error::usage(format!("A reason has at most {LONGEST_REASON} characters.")))
        }
        reason => Ok(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(options: Option<&str>, reason: Option<&str>) -> Result<Ask> {
        Ask::new("web".to_owned(), None).with(options, reason.map(str::to_owned))
    }

    #[test]
    fn options_stand_before_or_behind_the_reason() {
        for (options, reason) in [(Some("size=2 --noop"), Some("it is time")), (Some("--noop"), Some("it is time size=2"))] {
            let ask = ask(options, reason).unwrap();
            assert_eq!(ask.reason.as_deref(), Some("it is time"));
            assert_eq!(ask.parameters, BTreeMap::from([("size".to_owned(), "2".to_owned())]));
            assert_eq!(ask.purpose, Purpose::Plan);
        }
    }

    #[test]
    fn a_reason_may_have_signs_in_it() {
        assert_eq!(ask(None, Some("a=b is wrong")).unwrap().reason.as_deref(), Some("a=b is wrong"));
        assert_eq!(ask(None, Some("1+1=2")).unwrap().reason.as_deref(), Some("1+1=2"));
    }

    #[test]
    fn other_words_are_no_options() {
        assert!(matches!(ask(Some("frontend"), None), Err(Error::Usage(_))));
        assert!(matches!(ask(None, Some(&"x".repeat(301))), Err(Error::Usage(_))));
        assert!(matches!(ask(Some(&format!("x={}", "x".repeat(701))), None), Err(Error::Usage(_))));
    }

    #[test]
    fn what_is_typed_is_what_was_asked() {
        let ask = ask(Some("size=2"), Some("it is time")).unwrap();
        assert_eq!(ask.typed("deploy steal", Some("abc"), "production"), "deploy steal web@abc to production size=2 because it is time");
    }
}
