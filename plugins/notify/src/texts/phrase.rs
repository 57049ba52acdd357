//! One part of a subject, in a line.

use super::{count, details, people};
use crate::news::{News, State, Topic};
use crate::series::Record;
use crate::story::Part;
use hatstand_plugin::prelude::*;

/// A part of a subject, and how things stood before it.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    pub part: &'a Part,
    pub record: Record,
}

impl Line<'_> {
    pub fn news(&self) -> &News {
        &self.part.news
    }

    /// The part in a sentence, with a link to more.
    pub fn phrase(&self) -> Message {
        say!("{}{}", self.sentence(), details(self.news().link.as_deref()))
    }

    fn sentence(&self) -> Message {
        match self.news().topic {
            Topic::Pushes => self.push(),
            Topic::Changes => self.change(),
            Topic::Builds | Topic::Tests | Topic::Deploys => self.run(),
            Topic::Releases => self.release(),
            Topic::Alerts => self.alert(),
        }
    }

    fn push(&self) -> Message {
        let news = self.news();
        let (who, name, title) = (people(&news.people), &news.name, titled(news));
        match news.state {
            State::Removed => say!("{who} removed {name}"),
            _ if news.detail.is_some() => say!("{who} forced {name} in place of others{title}"),
            _ => say!("{who} pushed {name}{title}"),
        }
    }

    fn change(&self) -> Message {
        let news = self.news();
        let (who, name, title) = (people(&news.people), &news.name, titled(news));
        match (news.state, &news.detail) {
            (State::Merged, _) => say!("{name} was merged by {who}{title}"),
            (State::Closed, _) => say!("{name} was closed by {who}{title}"),
            (_, Some(detail)) => say!("{name} was {detail} by {who}{title}"),
            _ => say!("{name} is open, by {who}{title}"),
        }
    }

    fn run(&self) -> Message {
        let news = self.news();
        let name = &news.name;
        let after = self.part.took().map(|took| say!(" after {took}"));
        match news.state {
            State::Waiting => say!("{name} waits"),
            State::Blocked => say!("{name} waits for somebody"),
            State::Running => say!("{name} is running"),
            State::Skipped => say!("{name} did not run"),
            State::Cancelled => say!("{name} was cancelled{after}"),
            State::Well if self.record.failures > 0 => say!("{name} works again{}", self.recovery()),
            State::Well => say!("{name} went well{after}"),
            _ => {
                let detail = news.detail.as_deref().map(|detail| say!(": {detail}"));
                say!("{name} failed{after}{detail}{}", self.history())
            }
        }
    }

    /// ` after 3 failures, 2 h`.
    fn recovery(&self) -> Message {
        let failures = count(self.record.failures as usize, "failure", "failures");
        let lasted = self.record.since.map(|since| say!(", {}", self.news().at.since(since)));
        say!(" after {failures}{lasted}")
    }

    /// What a failure means after what was before.
    fn history(&self) -> Option<Message> {
        let Record { failures, since, .. } = self.record;
        if self.record.was_well() && self.news().topic == Topic::Deploys {
            return Some(say!(" – the one before went well"));
        }
        if self.record.was_well() {
            let whose = &self.news().people;
            let change = if whose.is_empty() { "this".to_owned() } else { format!("what {} changed", people(whose)) };
            return Some(say!(" – it worked before {change}"));
        }
        let since = since.filter(|_| failures > 0)?;
        Some(say!(" – {} in a row since {since}", count(failures as usize + 1, "failure", "failures")))
    }

    fn release(&self) -> Message {
        let news = self.news();
        let (name, title) = (&news.name, titled(news));
        match (news.state, &news.detail) {
            (State::Removed, _) => say!("{name} was taken back by {}", people(&news.people)),
            (_, Some(detail)) => say!("{name} is out, {detail}{title}"),
            _ => say!("{name} is out{title}"),
        }
    }

    fn alert(&self) -> Message {
        let news = self.news();
        let (name, title) = (&news.name, titled(news));
        let severity = news.severity.as_deref().map(|severity| say!(" ({severity})"));
        match news.state {
            State::Firing => say!("{name}{severity}{title}"),
            State::Acknowledged => {
                let comment = news.detail.as_deref().map(|comment| say!(": {comment}"));
                say!("{name}{title} – {} knows{comment}", people(&news.people))
            }
            State::Running => say!("{name} has begun"),
            State::Done => say!("{name}{title}"),
            State::Cancelled => say!("{name} was cancelled"),
            _ => say!("{name} is over{}", self.part.took().map(|took| say!(" after {took}"))),
        }
    }
}

/// How it stands, at a glance.
pub fn mark(news: &News) -> &'static str {
    match (news.topic, news.state) {
        (_, State::Removed | State::Closed | State::Skipped | State::Cancelled) => "⚪",
        (_, State::Waiting | State::Running) => "⏳",
        (_, State::Blocked) => "✋",
        (_, State::Failed) => "❌",
        (_, State::Well | State::Resolved) => "✅",
        (_, State::Firing) => "🔥",
        (_, State::Acknowledged) => "👀",
        (_, State::Open) => "🔀",
        (_, State::Merged) => "🟣",
        (Topic::Releases, State::Done) => "📦",
        (_, State::Done) => "📝",
    }
}

/// `: Fix the login`.
fn titled(news: &News) -> Option<Message> {
    news.title.as_deref().map(|title| say!(": {title}"))
}
