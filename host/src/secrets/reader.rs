//! Looks for the tokens for Slack, wherever they may be given.

use super::problem::{TokenProblem, TokenWarning};
use super::source::{Source, file_variable};
use super::tokens::Wanted;
use super::{Environment, Kind, Token};

/// A token and where it was.
pub(super) struct Found {
    pub token: Token,
    source: Source,
}

impl Found {
    pub fn warning(&self) -> Option<TokenWarning> {
        self.source.exposed().map(|path| TokenWarning::Exposed { path: path.to_owned() })
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
        let mut sources = Source::all(self.environment, &wanted.variable);
        if sources.len() > 1 {
            return Err(TokenProblem::Several { sources: sources.iter().map(ToString::to_string).collect() });
        }
        let Some(source) = sources.pop() else {
            return Err(TokenProblem::NotSet { name: wanted.variable.clone(), kind: wanted.kind, similar: self.similar(wanted) });
        };
        if source.is_misplaced() {
            return Err(TokenProblem::NoFile { source: source.to_string(), name: wanted.variable.clone() });
        }
        let text =
            source.text(self.environment).map_err(|why| TokenProblem::Unreadable { source: source.to_string(), why: why.to_string() })?;
        let token = Token::new(&text);
        match token.kind() {
            kind if kind == wanted.kind => Ok(Found { token, source }),
            _ if token.expose_secret().is_empty() => Err(TokenProblem::Empty { source: source.to_string(), kind: wanted.kind }),
            found => Err(TokenProblem::WrongKind { source: source.to_string(), found, wanted: wanted.kind }),
        }
    }

    /// Variables that hold such a token, or are named almost like it, but that nobody reads.
    fn similar(&self, wanted: &Wanted) -> Vec<String> {
        let read = |name: &str| self.wanted.iter().any(|wanted| name == wanted.variable || name == file_variable(&wanted.variable));
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
