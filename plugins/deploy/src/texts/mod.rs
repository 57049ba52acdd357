//! Everything that deploy says: functions from what happened to sentences.
//!
//! - [`card`]: the one message that tells how a deploy goes, and the lines beside it.
//! - [`refusal`]: why something is not deployed, with the stable code of each reason.
//! - [`trouble`]: what is wrong with a provider, and what to do next.
//! - [`question`]: what is asked before something is done.
//! - [`view`]: how things stand. [`lock`]: locks, freezes and the deploy hat.
//!
//! Somebody is mentioned, and so notified, only when it is their turn, their deploy ended, or others decided about them; else they are
//! named. What people and providers say goes in as plain data.

pub mod card;
pub mod lock;
pub mod question;
pub mod refusal;
pub mod trouble;
pub mod view;

use crate::run::Run;
use hatstand_plugin::prelude::*;

/// So many signs of a commit tell it from all others.
const SHORT: usize = 7;

/// Something that has a name, in a sentence.
pub fn bold(name: &str) -> Message {
    say!("*{name}*")
}

/// A commit or ref in a sentence: `abc1234`, or the ref as it was typed.
pub fn what(sha: Option<&str>, git_ref: &str) -> Message {
    match sha {
        Some(sha) if sha.starts_with(git_ref) => say!("`{}`", short(sha)),
        Some(sha) => say!("`{}` ({git_ref})", short(sha)),
        None => say!("`{git_ref}`"),
    }
}

/// The commit of a run, or its ref as long as that is not known.
pub fn of_run(run: &Run) -> Message {
    what(run.sha(), &run.git_ref)
}

/// The beginning of a commit.
pub fn short(sha: &str) -> &str {
    let is_sha = sha.len() > SHORT && sha.chars().all(|c| c.is_ascii_hexdigit());
    if is_sha { &sha[..SHORT] } else { sha }
}

/// `*web* to *production* (web1, web2)`.
pub fn target(app: &str, environment: &str, hosts: &[String]) -> Message {
    let hosts = (!hosts.is_empty()).then(|| say!(" ({})", hosts.join(", ")));
    say!("*{app}* to *{environment}*{hosts}")
}

/// A link; an address that would not stay within its brackets is shown as it is.
pub fn link(label: &'static str, url: &str) -> Message {
    let is_sound = !url.contains(|c: char| c.is_whitespace() || c.is_control() || "()[]<>|\\\"'`*".contains(c));
    if is_sound { Message::markdown(format!("[{label}]({url})")) } else { say!("{label}: {url}") }
}

/// ` Did you mean `a` or `b`?`
pub fn nearby(near: &[&str]) -> Option<Message> {
    let meant = near.iter().map(|name| say!("`{name}`"));
    manners::words::together(meant, " or ").map(|meant| say!(" Did you mean {meant}?"))
}

/// `a`, `b` and `c`.
pub fn listed(names: impl IntoIterator<Item = impl AsRef<str>>) -> Message {
    let names: Vec<Message> = names.into_iter().map(|name| say!("`{}`", name.as_ref())).collect();
    if names.is_empty() { "none".into() } else { manners::words::enumerated(names) }
}
