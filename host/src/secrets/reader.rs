//! Where a token is given: a variable, a file that a variable names, or a credential of systemd.

use super::problem::{TokenProblem, TokenWarning};
use super::tokens::Wanted;
use super::{Environment, Kind, Token};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One of the ways in which a token is given.
#[derive(Debug)]
enum Source {
    Variable(String),
    File { variable: String, path: PathBuf },
    Credential { name: String, path: PathBuf },
}

impl Source {
    /// Is it the token itself where the name of a file belongs?
    fn is_misplaced(&self) -> bool {
        matches!(self, Source::File { path, .. } if Kind::of(&path.to_string_lossy()) != Kind::Unknown)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Variable(name) => f.write_str(name),
            Source::File { variable, .. } if self.is_misplaced() => f.write_str(variable),
            Source::File { variable, path } => write!(f, "{variable} ({})", path.display()),
            Source::Credential { name, .. } => write!(f, "the systemd credential {name}"),
        }
    }
}

/// A token and where it was.
pub(super) struct Found {
    pub token: Token,
    source: Source,
}

impl Found {
    /// Systemd looks after its credentials by itself.
    pub fn warning(&self) -> Option<TokenWarning> {
        match &self.source {
            Source::File { path, .. } if others_may_read(path) => Some(TokenWarning::Exposed { path: path.clone() }),
            _ => None,
        }
    }
}

/// Looks for tokens in every place where they may be.
pub(super) struct Reader<'a> {
    pub environment: &'a Environment,
    /// All that are looked for, so that none is taken for another.
    pub wanted: &'a [Wanted],
}

impl Reader<'_> {
    pub fn read(&self, wanted: &Wanted) -> Result<Found, TokenProblem> {
        let mut sources = self.sources(wanted);
        if sources.len() > 1 {
            return Err(TokenProblem::Several { sources: sources.iter().map(ToString::to_string).collect() });
        }
        let Some(source) = sources.pop() else {
            return Err(TokenProblem::NotSet { name: wanted.variable.clone(), kind: wanted.kind, similar: self.similar(wanted) });
        };
        if source.is_misplaced() {
            return Err(TokenProblem::NoFile { source: source.to_string(), name: wanted.variable.clone() });
        }
        let text = self.text(&source).map_err(|why| TokenProblem::Unreadable { source: source.to_string(), why: why.to_string() })?;
        let token = Token::new(&text);
        match token.kind() {
            kind if kind == wanted.kind => Ok(Found { token, source }),
            _ if token.expose_secret().is_empty() => Err(TokenProblem::Empty { source: source.to_string(), kind: wanted.kind }),
            found => Err(TokenProblem::WrongKind { source: source.to_string(), found, wanted: wanted.kind }),
        }
    }

    /// Every way in which this token is given.
    fn sources(&self, wanted: &Wanted) -> Vec<Source> {
        let variable = self.environment.get(&wanted.variable).map(|_| Source::Variable(wanted.variable.clone()));
        let file = wanted.file_variable();
        let file = self.environment.get(&file).map(|path| Source::File { variable: file.clone(), path: path.into() });
        let credential = self.environment.get("CREDENTIALS_DIRECTORY").and_then(|folder| {
            let (name, folder) = (wanted.credential(), Path::new(folder));
            let path = folder.join(&name);
            path.exists().then_some(Source::Credential { name, path })
        });
        variable.into_iter().chain(file).chain(credential).collect()
    }

    fn text(&self, source: &Source) -> io::Result<String> {
        match source {
            Source::Variable(name) => Ok(self.environment.get(name).unwrap_or_default().to_owned()),
            Source::File { path, .. } | Source::Credential { path, .. } => fs::read_to_string(path),
        }
    }

    /// Variables that hold such a token, or are named almost like it, but that nobody reads.
    fn similar(&self, wanted: &Wanted) -> Vec<String> {
        let read = |name: &str| self.wanted.iter().any(|wanted| name == wanted.variable || name == wanted.file_variable());
        let unread = self.environment.iter().filter(|(name, value)| !read(name) && !value.trim().is_empty());
        let taken = unread.filter(|(name, value)| Kind::of(value.trim()) == wanted.kind || is_like(name, wanted));
        taken.map(|(name, _)| name.to_owned()).collect()
    }
}

/// Is this what other bots and guides call it, or a typing error?
fn is_like(name: &str, wanted: &Wanted) -> bool {
    let elsewhere: &[&str] = match wanted.kind {
        Kind::App => &["APP_TOKEN", "SLACK_APP_LEVEL_TOKEN", "HUBOT_SLACK_APP_TOKEN", "SLACK_XAPP", "SLACK_XAPP_TOKEN"],
        _ => &["BOT_TOKEN", "SLACK_TOKEN", "SLACK_API_TOKEN", "HUBOT_SLACK_TOKEN", "HUBOT_SLACK_BOT_TOKEN", "SLACK_XOXB_TOKEN"],
    };
    elsewhere.contains(&name) || strsim::osa_distance(name, &wanted.variable) <= 2
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}
