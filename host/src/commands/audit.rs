//! `hatstand audit`: who did what, and what came of it, while the bot runs or not.

use super::moment::{Moment, since_now, stamp};
use super::{Failure, failure, one_line};
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{AuditEntry, AuditQuery, Beside, Head, Verdict};
use crate::model::PluginName;
use clap::Args;
use hatstand_common::value::{Instant, Place};
use hatstand_common::visible::visible_json;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Audit {
    /// What happened since: `2h` ago, or a moment such as 2026-03-01T12:00:00Z.
    #[arg(long, value_name = "WHEN")]
    since: Option<Moment>,
    /// What happened before.
    #[arg(long, value_name = "WHEN")]
    until: Option<Moment>,
    /// Of one person, by id or name; or of all that was done with one token.
    #[arg(long, value_name = "WHO")]
    user: Option<String>,
    /// What one plugin did.
    #[arg(long, value_name = "NAME")]
    plugin: Option<String>,
    /// In one channel, by id or name.
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// With outcomes that begin so: `refused`, `denied`, ...
    #[arg(long, value_name = "WORD")]
    outcome: Option<String>,
    /// About one thing, as its plugin calls it: "deploy 17". From what was said to what came of it.
    #[arg(long, value_name = "WHAT")]
    about: Option<String>,
    /// At most so many, the newest.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
    /// Print one JSON object a line.
    #[arg(long)]
    json: bool,
    /// Go through all rows, and name the first that was changed, put in, or taken away before.
    #[arg(long, conflicts_with_all = ["since", "until", "user", "plugin", "channel", "outcome", "about", "json", "head"])]
    verify: bool,
    /// With --verify: the last row as --head printed it once. Shows whether rows at the end were taken away, or all made anew.
    #[arg(long, value_name = "NUMBER:HASH", requires = "verify")]
    head_was: Option<Head>,
    /// Print number and hash of the last row, to be kept somewhere else.
    #[arg(long)]
    head: bool,
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Audit {
    pub fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let ledger = Beside::read(&config.store.ledger).map_err(failure)?;
        if self.verify {
            return verify(&ledger, self.head_was);
        }
        if self.head {
            let head = ledger.head().map_err(failure)?;
            println!("{}", head.map_or_else(|| "the audit is empty".to_owned(), |head| head.to_string()));
            return Ok(());
        }
        let mut entries = ledger.audit(&self.query(Clock::machine().now())).map_err(failure)?;
        // The newest were asked for; people read downwards.
        entries.reverse();
        entries.iter().try_for_each(|entry| self.print(entry))
    }

    fn query(&self, now: Instant) -> AuditQuery {
        AuditQuery {
            workspace: None,
            since: self.since.map(|since| since_now(since, now)),
            until: self.until.map(|until| since_now(until, now)),
            person: self.user.as_ref().map(|user| user.trim_start_matches('@').to_owned()),
            plugin: self.plugin.clone().map(PluginName),
            channel: self.channel.as_ref().map(|channel| channel.trim_start_matches('#').to_owned()),
            outcome: self.outcome.clone(),
            about: self.about.clone(),
            limit: self.limit,
        }
    }

    fn print(&self, entry: &AuditEntry) -> Result<(), Failure> {
        if self.json {
            println!("{}", visible_json(&serde_json::to_string(entry).map_err(failure)?));
        } else {
            println!("{}{}", line(entry), if self.about.is_some() { rule(entry) } else { String::new() });
        }
        Ok(())
    }
}

fn verify(ledger: &Beside, was: Option<Head>) -> Result<(), Failure> {
    match ledger.verify(was).map_err(failure)? {
        Verdict::Sound { rows, head } => {
            let head = head.map(|head| format!(", the last is {head}")).unwrap_or_default();
            println!("all {rows} rows fit{head}");
            Ok(())
        }
        Verdict::Changed { row } => {
            Err(failure(format!("row {row} does not fit: it was changed or put in, or one before it was taken away")))
        }
        Verdict::Cut { row } => Err(failure(format!("row {row} and what came after it were taken away"))),
    }
}

/// One line for people: when, who, where, what, and what came of it.
fn line(entry: &AuditEntry) -> String {
    let at = stamp(entry.at);
    let who = if entry.called.is_empty() { entry.person.as_ref().map_or("-", |person| person.as_str()) } else { &entry.called };
    let asked = if entry.line.is_empty() { &entry.what } else { &entry.line };
    let detail = if entry.detail.is_empty() { String::new() } else { format!(" ({})", entry.detail) };
    let build = format!("{} {}", entry.plugin, entry.build);
    let (outcome, reference) = (&entry.outcome, &entry.reference);
    one_line(&format!("{at}  {reference}  {who}  {}  {}  {asked}: {outcome}{detail}", place(entry), build.trim_end()))
}

/// What allowed it.
fn rule(entry: &AuditEntry) -> String {
    if entry.rule.is_empty() { String::new() } else { format!("  [{}]", one_line(&entry.rule)) }
}

fn place(entry: &AuditEntry) -> String {
    match &entry.place {
        _ if !entry.channel.is_empty() => format!("#{}", entry.channel),
        Some(Place { channel, .. }) => channel.0.clone(),
        None => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::WorkspaceId;
    use std::time::Duration;

    #[test]
    fn an_entry_is_one_line_whatever_was_typed() {
        let entry = AuditEntry {
            reference: "7f3a01".to_owned(),
            at: Instant(1_767_607_200_000),
            workspace: WorkspaceId::from("terminal"),
            place: Some(Place { channel: "C1".into(), thread: None }),
            channel: "ops".to_owned(),
            person: Some("U1".into()),
            called: "andre".to_owned(),
            plugin: PluginName::from("dibs"),
            build: "0.1.0 abc".to_owned(),
            event: None,
            line: "dibs on\n\u{1b}[2Jx".to_owned(),
            what: "on".to_owned(),
            rule: String::new(),
            outcome: "held".to_owned(),
            detail: String::new(),
            data: String::new(),
            about: String::new(),
            took: Duration::ZERO,
        };
        assert_eq!(line(&entry), "2026-01-05 10:00:00  7f3a01  andre  #ops  dibs 0.1.0 abc  dibs on  [2Jx: held");
    }
}
