//! Everything the host says in chat: functions from data to text. What a person typed is quoted, never repeated as text of ours.

use crate::model::PluginName;
use crate::permissions::{Denial, RoleName};
use crate::plugins::News;
use crate::plugins::instance::Crash;
use crate::rate::{TooMuch, Whose};
use crate::router::Answer;
use hatstand_common::message::{Message, Span};
use hatstand_common::period::spell;
use hatstand_common::texts;
pub use hatstand_common::texts::{bad_usage, markdown};
use hatstand_common::value::PersonId;
use std::time::Duration;

/// What the host answers where no plugin is asked. `bot` is what the bot is called.
pub fn answer(answer: Answer, bot: &str) -> Message {
    match answer {
        Answer::Unknown(unknown) => texts::unknown(&unknown, bot),
        Answer::Misread(misread) => markdown(misread.sentence()),
        Answer::TooLong { limit } => {
            markdown(format!("That is too long for me: a command has at most {} KiB. Nothing was done.", limit / 1024))
        }
        Answer::Denied(denial) => denied(&denial, &Help::default()),
        Answer::Deactivated => markdown("Your account was deactivated, so I do nothing for it. Nothing was changed."),
        Answer::TooMuch(much) => too_much(&much),
        Answer::NotLoaded { plugin } => not_loaded(&plugin),
        Answer::Resting { plugin, left } => resting(&plugin, left),
        Answer::NoSuchButton => markdown("That button does not work any more. Nothing was changed."),
        Answer::TooLate { until } => texts::too_late(until),
        Answer::Settled => texts::settled(),
        Answer::NotYours { only } => texts::not_yours(only),
        Answer::Changed => changed_meanwhile(),
        Answer::Notice(text) => markdown(text),
        Answer::Own { .. } => markdown(format!("Say `@{bot} help` to see what I can do.")),
    }
}

/// Who can help somebody who may not do something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// Those who may.
    pub members: Vec<PersonId>,
    pub admins: Vec<PersonId>,
}

/// Somebody may not do this: who may, who can help, and why it is so if the operator says why.
pub fn denied(denial: &Denial, help: &Help) -> Message {
    let words = &denial.words;
    let roles: Vec<&str> = denial.roles.iter().map(RoleName::people).collect();
    let mut message = match roles.split_last() {
        None => texts::refused(&format!("Nobody may say `{words}` here"), &help.admins),
        Some((last, before)) => {
            let who = if before.is_empty() { (*last).to_owned() } else { format!("{} or {last}", before.join(", ")) };
            let only = format!("Only {who} may say `{words}`");
            match help.members.is_empty() {
                true if denial.roles.contains(&RoleName::members()) => texts::refused(&only, &help.admins),
                true if roles != ["administrators"] => texts::refused(&format!("{only}, and there are none"), &help.admins),
                _ => texts::refused(&only, &help.members),
            }
        }
    };
    if let Some(why) = &denial.why {
        message.text.push(Span::Plain(format!(" {}", why.trim())));
    }
    message
}

/// More was asked than is listened to.
fn too_much(much: &TooMuch) -> Message {
    let TooMuch { of, limit, period, wait } = much;
    let whose = match of {
        Whose::Person => "from one person",
        Whose::Channel => "in one channel",
        Whose::Workspace => "in all",
    };
    // Whoever waits exactly so long finds room.
    let wait = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    markdown(format!(
        "That was too much for me: I listen to {limit} commands in {} {whose}. Nothing was done; say it again in {}.",
        spell(*period),
        spell(wait)
    ))
}

/// The plugin's file is gone.
pub fn not_loaded(plugin: &PluginName) -> Message {
    markdown(format!("`{plugin}` is not loaded right now. Nothing is lost: what it keeps is there when it is back."))
}

/// Nothing can be written down any more.
pub fn disk_full() -> Message {
    markdown("My disk is full, so I cannot take that on. Nothing was done; tell whoever runs me, and say it again later.")
}

/// The plugin failed again and again.
fn resting(plugin: &PluginName, left: Duration) -> Message {
    // Whoever waits exactly so long finds it there.
    let left = Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0));
    markdown(format!(
        "`{plugin}` failed again and again, so I leave it alone for {}. Nothing was changed, and nothing is lost; say it again then.",
        spell(left)
    ))
}

/// The plugins changed between hearing and doing.
pub fn changed_meanwhile() -> Message {
    markdown("My commands changed at that very moment. Nothing was done; please say it again.")
}

/// A plugin failed. Says whether anything was changed: it is what everybody asks next.
pub fn apology(plugin: &PluginName, reference: &str, crash: Option<&Crash>) -> Message {
    let how = match crash.map(Crash::code) {
        Some("too-slow") => "took too long",
        Some("too-big" | "too-many-elements") => "wanted too much memory",
        Some("too-busy" | "too-heavy" | "too-much-moved" | "too-many-handles") => "asked too much of me",
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
        News::Canary { generation, channel } => {
            format!("{} {} is tried in #{channel}", generation.name, generation.description.version)
        }
        News::Resting { plugin, why, .. } => format!("{plugin} is left alone for a while: {why}"),
        News::Rested { plugin } => format!("{plugin} serves again"),
        News::Gone { plugin, file } => format!("{plugin} is gone ({file} was removed); what it keeps is there when it is back"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As somebody reads it.
    fn read(message: &Message) -> String {
        let span = |span: &Span| match span {
            Span::Markdown(text) | Span::Plain(text) => text.clone(),
            Span::Name(person) => format!("@{person}"),
            other => panic!("{other:?}"),
        };
        message.text.iter().map(span).collect()
    }

    fn denial(roles: &[&str]) -> Denial {
        let roles = roles.iter().map(|role| RoleName::parse(role).expect("a role")).collect();
        Denial { command: "steal".to_owned(), words: "dibs steal".to_owned(), roles, why: None, rule: String::new() }
    }

    fn help(members: &[&str], admins: &[&str]) -> Help {
        let ids = |names: &[&str]| names.iter().map(|name| PersonId::from(*name)).collect();
        Help { members: ids(members), admins: ids(admins) }
    }

    #[test]
    fn a_refusal_names_the_role_and_who_can_help() {
        let said = |roles: &[&str], help: &Help| read(&denied(&denial(roles), help));
        assert_eq!(
            said(&["deployers"], &help(&["dana", "ed"], &["ann"])),
            "Only deployers may say `dibs steal`: ask @dana or @ed. Nothing was changed."
        );
        assert_eq!(
            said(&["ops", "deployers"], &help(&[], &["ann"])),
            "Only ops or deployers may say `dibs steal`, and there are none: ask @ann. Nothing was changed."
        );
        assert_eq!(
            said(&["admins"], &help(&["ann"], &["ann"])),
            "Only administrators may say `dibs steal`: ask @ann. Nothing was changed."
        );
        assert_eq!(said(&["admins"], &help(&[], &[])), "Only administrators may say `dibs steal`. Nothing was changed.");
        assert_eq!(said(&[], &help(&[], &["ann"])), "Nobody may say `dibs steal` here: ask @ann. Nothing was changed.");
    }

    #[test]
    fn a_refusal_names_eight_people_at_most_and_says_why() {
        let members: Vec<String> = (1..=9).map(|number| format!("p{number}")).collect();
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let denial = Denial { why: Some("*Production* is frozen.".to_owned()), ..denial(&["ops"]) };
        let message = denied(&denial, &help(&members, &[]));
        assert_eq!(
            read(&message),
            "Only ops may say `dibs steal`: ask @p1, @p2, @p3, @p4, @p5, @p6, @p7 or @p8. Nothing was changed. *Production* is frozen."
        );
        assert_eq!(message.text.last(), Some(&Span::Plain(" *Production* is frozen.".to_owned())));
    }

    #[test]
    fn whoever_asks_too_much_is_told_when_there_is_room_again() {
        let much = TooMuch { of: Whose::Person, limit: 20, period: Duration::from_secs(10), wait: Duration::from_millis(1_200) };
        assert_eq!(
            read(&too_much(&much)),
            "That was too much for me: I listen to 20 commands in 10 s from one person. Nothing was done; say it again in 2 s."
        );
    }
}
