//! `hatstand person`: what the ledger keeps about a person, handed out or removed; while the bot runs or not.

use super::{Failure, failure};
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{AuditEntry, Beside, Forgotten, Subject};
use crate::model::{PluginName, WorkspaceId};
use clap::{Args, Subcommand};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub enum Person {
    /// Print everything that the ledger keeps about a person, as JSON.
    ///
    /// Example: `hatstand person export U024BE7LH > andre.json`
    Export(Whom),
    /// Remove everything about a person that the bot understands. The audit keeps its rows without what is personal, and still verifies.
    ///
    /// Example: `hatstand person forget U024BE7LH`
    Forget(Whom),
}

#[derive(Debug, Args)]
pub struct Whom {
    /// The person's id in the chat service, as `hatstand audit --json` shows it.
    id: String,
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Person {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Person::Export(whom) => whom.export(),
            Person::Forget(whom) => whom.forget(),
        }
    }
}

impl Whom {
    fn export(self) -> Result<(), Failure> {
        let (config, subject) = (self.config()?, self.subject()?);
        let kept = Beside::read(&config.store.ledger).and_then(|ledger| ledger.export_person(&subject)).map_err(failure)?;
        println!("{}", serde_json::to_string_pretty(&kept).map_err(failure)?);
        if let Some(held) = kept.get("state").and_then(Value::as_array).map(|entries| held_by(entries)).filter(|held| !held.is_empty()) {
            eprintln!("{}", opaque(&self.id, &held));
        }
        Ok(())
    }

    fn forget(self) -> Result<(), Failure> {
        let (config, subject) = (self.config()?, self.subject()?);
        let mut ledger = Beside::write(&config.store.ledger).map_err(failure)?;
        let forgotten = ledger.forget_person(&subject, &entry()).map_err(failure)?;
        println!("{}", removed(&self.id, &forgotten));
        if !forgotten.pending.is_empty() {
            println!("Not done yet, and kept until then: {}. Run this again later.", list(&forgotten.pending));
        }
        if !forgotten.state.is_empty() {
            println!("{}", opaque(&self.id, &forgotten.state));
        }
        println!("Text in which somebody typed the person's name without a mention is not found.");
        let folder = &config.store.backups().folder;
        println!(
            "Backups from before still hold everything: see {}, and the log of the ledger until the bot has run again.",
            folder.display()
        );
        Ok(())
    }

    fn config(&self) -> Result<Config, Failure> {
        Config::read(&self.config).map_err(|why| Failure::new(*why))
    }

    fn subject(&self) -> Result<Subject, Failure> {
        Subject::new(&self.id).ok_or_else(|| failure("name a person: the id must not be empty"))
    }
}

/// How many entries of its state each plugin has among these.
fn held_by(entries: &[Value]) -> BTreeMap<PluginName, usize> {
    let mut held = BTreeMap::new();
    for plugin in entries.iter().filter_map(|entry| entry["plugin"].as_str()) {
        *held.entry(PluginName::from(plugin)).or_default() += 1;
    }
    held
}

fn opaque(id: &str, held: &BTreeMap<PluginName, usize>) -> String {
    let plugins: Vec<String> = held.iter().map(|(plugin, count)| format!("{plugin} ({})", counted(*count, "entry", "entries"))).collect();
    format!("The bot does not know what plugins keep in their state. These still have `{id}` in theirs: {}.", plugins.join(", "))
}

fn removed(id: &str, forgotten: &Forgotten) -> String {
    let Forgotten { audit, events, messages, recordings, outcomes, roles, decisions, pending: _, state: _ } = forgotten;
    let counts = [
        (*audit, "row of the audit redacted", "rows of the audit redacted"),
        (*events, "event emptied", "events emptied"),
        (*messages, "message emptied", "messages emptied"),
        (*recordings, "recording removed", "recordings removed"),
        (*outcomes, "outcome removed", "outcomes removed"),
        (*roles, "role taken away", "roles taken away"),
        (*decisions, "decision made anonymous", "decisions made anonymous"),
    ];
    let told: Vec<String> =
        counts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| counted(count, one, many)).collect();
    match told.is_empty() {
        true => format!("There was nothing about `{id}` to remove."),
        false => format!("`{id}` is forgotten: {}.", told.join(", ")),
    }
}

fn list(pending: &BTreeMap<&'static str, usize>) -> String {
    pending.iter().map(|(kind, count)| format!("{kind} ({count})")).collect::<Vec<_>>().join(", ")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What the audit tells of it, without a name.
fn entry() -> AuditEntry {
    let [one, two, three]: [u8; 3] = rand::random();
    AuditEntry {
        reference: format!("{one:02x}{two:02x}{three:02x}"),
        at: Clock::machine().now(),
        workspace: WorkspaceId::from(""),
        place: None,
        channel: String::new(),
        person: None,
        called: "an operator".to_owned(),
        plugin: PluginName::host(),
        build: String::new(),
        event: None,
        line: "person forget".to_owned(),
        what: "person forget".to_owned(),
        rule: String::new(),
        outcome: "ok".to_owned(),
        detail: String::new(),
        data: String::new(),
        about: String::new(),
        took: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_is_told_as_people_count() {
        assert_eq!(removed("U1", &Forgotten::default()), "There was nothing about `U1` to remove.");
        let forgotten = Forgotten { audit: 1, events: 2, ..Forgotten::default() };
        assert_eq!(removed("U1", &forgotten), "`U1` is forgotten: 1 row of the audit redacted, 2 events emptied.");
        let held = [("dibs".into(), 1), ("hat".into(), 2)].into();
        assert!(opaque("U1", &held).ends_with("`U1` in theirs: dibs (1 entry), hat (2 entries)."));
    }
}
