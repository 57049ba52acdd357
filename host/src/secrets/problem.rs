//! What is wrong with tokens, in sentences that hold no part of one.

use super::Kind;
use super::tokens::BOT;
use std::fmt;
use std::path::PathBuf;

/// Why a token cannot be had. No sentence holds any part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenProblem {
    NotSet {
        name: String,
        kind: Kind,
        /// Variables that somebody may have taken for it.
        similar: Vec<String>,
    },
    /// More than one of the ways to give it.
    Several {
        sources: Vec<String>,
    },
    /// The token itself, where the name of a file with it belongs.
    NoFile {
        source: String,
        name: String,
    },
    Unreadable {
        source: String,
        why: String,
    },
    Empty {
        source: String,
        kind: Kind,
    },
    WrongKind {
        source: String,
        found: Kind,
        wanted: Kind,
    },
}

/// All that is wrong with the tokens, at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct TokenProblems(pub Vec<TokenProblem>);

/// What should be better but is not in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenWarning {
    /// Everybody on this machine can read the file.
    Exposed { path: PathBuf },
}

impl TokenProblem {
    /// What to do about it.
    pub fn fix(&self) -> String {
        match self {
            TokenProblem::NotSet { name, similar, .. } if !similar.is_empty() => {
                let workspaces = similar.iter().any(|similar| similar.starts_with(BOT));
                let or = if workspaces { ", or name its workspace in [slack] workspaces" } else { "" };
                format!("{} is set, but not read: call it {name}{or}", similar.join(", "))
            }
            TokenProblem::NotSet { name, kind, .. } => {
                format!(
                    "set {name}, or {name}_FILE to the name of a file with it; it begins with {} and is on {}",
                    kind.prefix(),
                    kind.page()
                )
            }
            TokenProblem::Several { .. } => "keep one of them".to_owned(),
            TokenProblem::NoFile { name, .. } => format!("call it {name}, or write it to a file and give the file's name"),
            TokenProblem::Unreadable { .. } => "name a file that the bot's account can read".to_owned(),
            TokenProblem::Empty { kind, .. } => format!("the token begins with {} and is on {}", kind.prefix(), kind.page()),
            TokenProblem::WrongKind { found: Kind::Rotating | Kind::Refresh, .. } => {
                "make the app anew from `hatstand slack manifest`, which leaves token rotation off: it cannot be switched off".to_owned()
            }
            TokenProblem::WrongKind { wanted, .. } => {
                let name = if *wanted == Kind::App { "app-level" } else { "bot" };
                format!("the {name} token begins with {} and is on {}", wanted.prefix(), wanted.page())
            }
        }
    }
}

impl fmt::Display for TokenProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenProblem::NotSet { name, .. } => write!(f, "{name} is not set"),
            TokenProblem::Several { sources } => write!(f, "the same token is given by {}", sources.join(" and by ")),
            TokenProblem::NoFile { source, .. } => write!(f, "{source} holds a token itself, not the name of a file"),
            TokenProblem::Unreadable { source, why } => write!(f, "{source} cannot be read: {why}"),
            TokenProblem::Empty { source, .. } => write!(f, "{source} holds nothing"),
            TokenProblem::WrongKind { source, found, .. } => write!(f, "{source} holds {found}"),
        }
    }
}

impl TokenWarning {
    /// What to do about it.
    pub fn fix(&self) -> String {
        let TokenWarning::Exposed { path } = self;
        format!("chmod 600 {}", path.display())
    }
}

impl fmt::Display for TokenWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TokenWarning::Exposed { path } = self;
        write!(f, "everybody on this machine can read {}", path.display())
    }
}

impl TokenProblems {
    /// Did nobody try to connect at all?
    pub fn nothing_is_set(&self) -> bool {
        self.0.iter().all(|problem| matches!(problem, TokenProblem::NotSet { similar, .. } if similar.is_empty()))
    }
}

/// One line, which ends with where to go from here.
impl fmt::Display for TokenProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<String> = match self.0.as_slice() {
            _ if self.nothing_is_set() => self.0.iter().map(ToString::to_string).collect(),
            problems => problems.iter().map(|problem| format!("{problem}; {}", problem.fix())).collect(),
        };
        write!(f, "{}. What to do: hatstand doctor. Without Slack there is the practice room: hatstand demo", problems.join(". "))
    }
}
