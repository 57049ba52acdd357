//! The list of plugins, for administrators: what is live, and what is wrong with what is not.

use crate::plugins::{FileState, Plugins, Registry};
use crate::texts;
use hatstand_common::message::Message;
use std::fmt::Write as _;

pub async fn list(plugins: &Plugins) -> Message {
    texts::markdown(lines(&plugins.registry(), &plugins.files().await))
}

fn lines(registry: &Registry, files: &[(String, FileState)]) -> String {
    let mut text = String::new();
    for entry in registry.entries() {
        let generation = &entry.generation;
        let description = &generation.description;
        let state = if entry.present { "live" } else { "gone, its file was removed" };
        let _ = write!(
            text,
            "\n*{}* {} ({}, generation {}) – {state}",
            description.name,
            description.version,
            generation.digest.short(),
            generation.number
        );
        let missing = generation.grants.missing(&description.wants);
        if !missing.is_empty() {
            let grants = missing.iter().map(|grant| format!("`{grant}`")).collect::<Vec<_>>().join(", ");
            let _ = write!(text, "; wants {grants}, which is not granted: `[plugins.{}] grants = [...]`", description.name);
        }
    }
    for (file, state) in files {
        if let FileState::Rejected(why) = state {
            let _ = write!(text, "\n*{file}* – rejected while {}: {file} {why}", why.phase());
        }
    }
    if text.is_empty() { "There are no plugins.".to_owned() } else { text.trim_start().to_owned() }
}
