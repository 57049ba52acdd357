//! A token of Slack's, which prints as stars.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// Prints as its prefix and stars, and is wiped when it goes.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// White space around a token is never part of it: files end with a line break.
    pub fn new(text: &str) -> Self {
        Self(text.trim().into())
    }

    pub fn kind(&self) -> Kind {
        Kind::of(self.expose_secret())
    }

    /// The token itself, for the request that carries it and for nothing else.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***", self.kind().prefix())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a secret of Slack's is for, as far as its beginning tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opens connections for an app; knows no workspace.
    App,
    /// Speaks as the bot in one workspace.
    Bot,
    /// Speaks as the person who installed the app.
    User,
    /// An access token that ends after twelve hours.
    Rotating,
    /// Buys the next access token that ends after twelve hours.
    Refresh,
    /// From a browser in which a person is signed in.
    Session,
    /// Lives as long as one step of a workflow.
    Workflow,
    /// Of an app of a kind that Slack does not offer any more.
    Legacy,
    /// Shaped like the secrets of the page Basic Information, which are no tokens.
    Signing,
    Unknown,
}

/// Longer prefixes come before those that they begin with.
const PREFIXES: [(&str, Kind); 11] = [
    ("xapp-", Kind::App),
    ("xoxb-", Kind::Bot),
    ("xoxp-", Kind::User),
    ("xoxe.", Kind::Rotating),
    ("xoxe-", Kind::Refresh),
    ("xoxc-", Kind::Session),
    ("xoxd-", Kind::Session),
    ("xoxs-", Kind::Session),
    ("xwfp-", Kind::Workflow),
    ("xoxa-", Kind::Legacy),
    ("xoxr-", Kind::Legacy),
];

impl Kind {
    pub fn of(text: &str) -> Self {
        let known = PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix));
        match known {
            Some((_, kind)) => *kind,
            None if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => Kind::Signing,
            None => Kind::Unknown,
        }
    }

    /// What a token of this kind begins with.
    pub fn prefix(self) -> &'static str {
        PREFIXES.iter().find(|(_, kind)| *kind == self).map_or("", |(prefix, _)| prefix)
    }

    /// Where on Slack's pages of the app one finds it.
    pub fn page(self) -> &'static str {
        match self {
            Kind::App => "the page Basic Information, under App-Level Tokens (scope connections:write)",
            Kind::Bot => "the page OAuth & Permissions, once the app is installed",
            _ => "no page that the bot needs",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::App => "an app-level token (xapp-…)",
            Kind::Bot => "a bot token (xoxb-…)",
            Kind::User => "a user token (xoxp-…)",
            Kind::Rotating => "a token that ends after twelve hours (xoxe.…), because token rotation is on",
            Kind::Refresh => "a refresh token (xoxe-…), because token rotation is on",
            Kind::Session => "a browser's session token (xoxc-…, xoxd-… or xoxs-…)",
            Kind::Workflow => "a workflow's token (xwfp-…)",
            Kind::Legacy => "a token of an older kind of app (xoxa-… or xoxr-…)",
            Kind::Signing => "something like a signing secret or a client secret",
            Kind::Unknown => "no token of Slack's",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_print_it() {
        let token = Token::new(" xoxb-1-canary\n");
        assert_eq!(token.expose_secret(), "xoxb-1-canary");
        assert_eq!(format!("{token} {token:?} {:?}", Some(&token)), "xoxb-*** xoxb-*** Some(xoxb-***)");
        assert_eq!(Token::new("canary").to_string(), "***");
    }

    #[test]
    fn tells_kinds_apart_by_their_beginning() {
        assert_eq!(Kind::of("xapp-1-A1-2-f"), Kind::App);
        assert_eq!(Kind::of("xoxe.xoxb-1-2"), Kind::Rotating);
        assert_eq!(Kind::of("xoxe-1-2"), Kind::Refresh);
        assert_eq!(Kind::of("0123456789abcdef0123456789abcdef"), Kind::Signing);
        assert_eq!(Kind::of("hunter2"), Kind::Unknown);
        assert!(PREFIXES.iter().all(|(prefix, kind)| Kind::of(prefix) == *kind));
    }
}
