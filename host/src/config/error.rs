//! What is wrong with a configuration, where, and what to do about it.

use crate::nearest::nearest;
use crate::secrets;
use miette::{Diagnostic, NamedSource, SourceSpan};
use regex::{Captures, Regex};
use std::path::PathBuf;

/// What is wrong with the file, and where.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ConfigError {
    #[error("cannot read {}: {why}", path.display())]
    #[diagnostic(help("make one with: hatstand init"))]
    Unreadable { path: PathBuf, why: std::io::Error },
    #[error("{why}")]
    Wrong {
        why: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: Option<SourceSpan>,
        #[help]
        help: Option<String>,
    },
}

impl ConfigError {
    /// What the reader of the file complains about.
    pub(super) fn of(why: &toml::de::Error, name: &str, text: &str) -> Self {
        let message = why.message().to_owned();
        Self::Wrong {
            help: meant(&message).map(|name| format!("did you mean `{name}`?")),
            at: why.span().map(Into::into),
            text: NamedSource::new(name, text.to_owned()),
            why: message,
        }
    }

    /// Where in the file, as the beginning of a sentence; empty if it is not about a place in the file.
    pub fn place(&self) -> String {
        match self {
            ConfigError::Wrong { text, at: Some(at), .. } => {
                let before = text.inner().get(..at.offset()).unwrap_or_default();
                format!("{} line {}: ", text.name(), before.matches('\n').count() + 1)
            }
            _ => String::new(),
        }
    }

    /// What to do about it, if that is known.
    pub fn fix(&self) -> Option<String> {
        self.help().map(|help| help.to_string())
    }
}

/// A token is no setting: the file is copied, committed and shown around. What is shown of it here has stars in its place.
pub(super) fn refuse_tokens(name: &str, text: &str) -> Result<(), Box<ConfigError>> {
    let tokens = Regex::new(r"\b(?:xapp|xwfp|xoxe\.xox[bp]|xox[a-z])-[0-9A-Za-z-]{6,}").expect("a sound expression");
    let Some(token) = tokens.find(text) else { return Ok(()) };
    Err(Box::new(ConfigError::Wrong {
        why: format!("a token does not belong in this file; this one is {}", secrets::Kind::of(token.as_str())),
        text: NamedSource::new(name, tokens.replace_all(text, |token: &Captures<'_>| "*".repeat(token[0].len())).into_owned()),
        at: Some(token.range().into()),
        help: Some(
            "tokens come from SLACK_APP_TOKEN and SLACK_BOT_TOKEN, from files that SLACK_APP_TOKEN_FILE and SLACK_BOT_TOKEN_FILE name, or \
             from systemd. If the file was ever shared, make a new token"
                .to_owned(),
        ),
    }))
}

/// The nearest of the names that "unknown field `x`, expected one of `a`, `b`" lists.
fn meant(message: &str) -> Option<&str> {
    let mut names = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    nearest(wrong, names)
}
