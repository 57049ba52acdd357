//! Those who send webhooks, one file each: headers and body as [`News`].
//!
//! [`wrapping`] takes the body out of what it came in, [`payload`] finds fields in it and names those that are missing.

mod alertmanager;
mod github;
mod gitlab;
mod jenkins;
mod nagios;
mod payload;
mod wrapping;

use crate::news::{News, Source};
use hatstand_plugin::prelude::*;
use payload::Payload;

/// Why there is no news in a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is of a kind that is not told; this is what it is.
    Ignored(String),
    /// It is not as its sender documents it; this says what is wrong.
    Unreadable(String),
}

type Reading<T = Vec<News>> = std::result::Result<T, Unread>;

/// Reads a webhook. What has no time of its own happened when it was received.
pub fn read(source: Source, webhook: &Webhook, received: Instant) -> Reading {
    let body = wrapping::body(webhook)?;
    let payload = Payload::new(&body);
    let news = match source {
        Source::Github => github::read(webhook.header("X-GitHub-Event"), payload, received),
        Source::Gitlab => gitlab::read(payload, received),
        Source::Jenkins => jenkins::read(payload, received),
        Source::Nagios => nagios::read(payload, received),
        Source::Alertmanager => alertmanager::read(payload, received),
    };
    Ok(news?.into_iter().map(News::trimmed).collect())
}

fn ignored<T>(what: impl Into<String>) -> Reading<T> {
    Err(Unread::Ignored(what.into()))
}

/// The branch of a reference such as `refs/heads/main`; none for a tag.
fn branch(reference: &str) -> Option<String> {
    match reference.strip_prefix("refs/") {
        Some(reference) => reference.strip_prefix("heads/").map(str::to_owned),
        None => Some(reference.to_owned()),
    }
}

/// The subject that a push and all that comes of it have in common.
fn commit(sha: &str, branch: Option<&String>) -> String {
    format!("commit {sha} {}", branch.map(String::as_str).unwrap_or_default())
}

/// `1 commit`, `2 commits`.
fn commits(number: u64) -> String {
    format!("{number} commit{}", if number == 1 { "" } else { "s" })
}
