//! The list of plugins, for administrators: what is live, and what is wrong with what is not.

use super::{Answered, Asked, for_admins};
use crate::ledger::Result;
use crate::plugins::registry::Entry;
use crate::plugins::settings::Misfit;
use crate::plugins::{FileState, Generation};
use crate::texts;
use hatstand_common::declaration::Command;
use hatstand_common::grammar::quote;
use std::fmt::Write as _;

pub const LIST: &str = "plugins";

pub fn commands() -> Vec<Command> {
    let summary = "List the plugins: version, build, state, and what is wrong with those that are not live.";
    vec![for_admins(LIST, "plugins", &[], summary)]
}

pub async fn list(asked: &Asked<'_>) -> Result<Answered> {
    let plugins = &asked.host.plugins;
    let mut text = String::new();
    let entries: Vec<Entry> = plugins.registry().entries().cloned().collect();
    for entry in entries {
        let in_chat = asked.host.ledger.settings(asked.workspace, &entry.generation.name).await?;
        let (_, misfits) = entry.generation.settings_with(&in_chat);
        text += &line(&entry, &misfits);
    }
    for (file, state) in plugins.files().await {
        if let FileState::Rejected(why) = state {
            let _ = write!(text, "\n*{file}* – rejected while {}: {file} {why}", why.phase());
        }
    }
    let text = if text.is_empty() { "There are no plugins." } else { text.trim_start() };
    Ok(Answered::tells(texts::markdown(text)))
}

fn line(entry: &Entry, misfits: &[Misfit]) -> String {
    let generation = &entry.generation;
    let state = if entry.present { "live" } else { "gone, its file was removed" };
    let (name, version) = (&generation.description.name, &generation.description.version);
    let build = format!("{}, generation {}", generation.digest.short(), generation.number);
    format!("\n*{name}* {version} ({build}) – {state}{}{}", not_granted(generation), not_fitting(misfits))
}

fn not_granted(generation: &Generation) -> String {
    let missing = generation.grants.missing(&generation.description.wants);
    if missing.is_empty() {
        return String::new();
    }
    let grants = missing.iter().map(|grant| format!("`{grant}`")).collect::<Vec<_>>().join(", ");
    format!("; wants {grants}, which is not granted: `[plugins.{}] grants = [...]`", generation.name)
}

/// What was set in chat for another build.
fn not_fitting(misfits: &[Misfit]) -> String {
    let told = misfits.iter().map(|Misfit { setting, value, why }| {
        format!("\n⚠ {} was set to {} and does not fit this version, so it is not applied: {why}", quote(setting), quote(value))
    });
    told.collect()
}
