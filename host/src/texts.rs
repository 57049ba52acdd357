//! Everything the host says in chat: functions from data to text. What a person typed is quoted, never repeated as text of ours.

use crate::model::PluginName;
use crate::plugins::News;
use crate::plugins::instance::Crash;
use crate::router::Answer;
use hatstand_common::message::Message;
use hatstand_common::texts;
pub use hatstand_common::texts::{bad_usage, markdown};
use hatstand_common::value::PersonId;

/// What the host answers where no plugin is asked. `bot` is what the bot is called.
pub fn answer(answer: Answer, bot: &str, admins: &[PersonId]) -> Message {
    match answer {
        Answer::Unknown(unknown) => texts::unknown(&unknown, bot),
        Answer::Misread(misread) => markdown(misread.sentence()),
        Answer::TooLong { limit } => {
            markdown(format!("That is too long for me: a command has at most {} KiB. Nothing was done.", limit / 1024))
        }
        Answer::Denied { usage } => texts::denied(&usage, admins),
        Answer::NotLoaded { plugin } => not_loaded(&plugin),
        Answer::NoSuchButton => markdown("That button does not work any more. Nothing was changed."),
        Answer::TooLate { until } => texts::too_late(until),
        Answer::NotYours { only } => texts::not_yours(only),
        Answer::Changed => changed_meanwhile(),
        Answer::Own { .. } => markdown(format!("Say `@{bot} help` to see what I can do.")),
    }
}

/// The plugin's file is gone.
pub fn not_loaded(plugin: &PluginName) -> Message {
    markdown(format!("`{plugin}` is not loaded right now. Nothing is lost: what it keeps is there when it is back."))
}

/// The plugins changed between hearing and doing.
pub fn changed_meanwhile() -> Message {
    markdown("My commands changed at that very moment. Nothing was done; please say it again.")
}

/// A plugin failed. Says whether anything was changed: it is what everybody asks next.
pub fn apology(plugin: &PluginName, reference: &str, crash: Option<&Crash>) -> Message {
    let how = match crash.map(Crash::code) {
        Some("too-slow") => "took too long",
        Some("too-big") => "wanted too much memory",
        Some("too-busy") => "asked too much of me",
        _ => "stopped working",
    };
    texts::apology(&plugin.0, how, reference)
}

/// What happened to a plugin, for operators.
pub fn news(news: &News) -> String {
    match news {
        News::Live { generation, before, took } => {
            let version = match before {
                Some(before) => format!("{} -> {}", before.description.version, generation.description.version),
                None => generation.description.version.clone(),
            };
            let commands = generation.description.commands.iter().filter(|command| !command.hidden).count();
            format!("{} {version} is live (generation {}, {commands} commands, {took:.0?})", generation.name, generation.number)
        }
        News::Rejected { file, why, serving, .. } => {
            let serving = serving.as_ref().map(|serving| format!("\nStill serving: {} {}", serving.name, serving.description.version));
            format!("{file} {why}{}", serving.unwrap_or_default())
        }
        News::Gone { plugin, file } => format!("{plugin} is gone ({file} was removed); what it keeps is there when it is back"),
    }
}
