//! The plugins, for administrators: what is live, what is wrong with what is not, and all that is known of one.

use super::{Answered, Asked, Refusal, for_admins, markdown, sentence};
use crate::keeper::Rehearsal;
use crate::ledger::{AuditQuery, Generation as Served, Result, StateSize};
use crate::nearest::nearest;
use crate::plugins::limits::{KIB, Limits};
use crate::plugins::registry::{Entry, Presence};
use crate::plugins::settings::Misfit;
use crate::plugins::{FileState, Generation};
use crate::replay::Line;
use crate::runner::one_line;
use crate::texts;
use hatstand_common::declaration::{Command, Kind};
use hatstand_common::grammar::quote;
use hatstand_common::message::Span;
use std::fmt::Write as _;

pub const LIST: &str = "plugins";
pub const INFO: &str = "plugins-info";
pub const INSPECT: &str = "plugins-inspect";
pub const LOG: &str = "plugins-log";

const PLUGIN: &str = "plugin";

/// How many generations and failures are told.
const GENERATIONS: usize = 5;
const FAILURES: usize = 5;
/// How many lines of what a build does otherwise are told, and how much of each, in characters.
const DIFFERENCES: usize = 4;
const LONGEST_DIFFERENCE: usize = 200;
/// How many lines of a log are told.
const LINES: usize = 20;

pub fn commands() -> Vec<Command> {
    let plugin = (PLUGIN, Kind::Text);
    let one = std::slice::from_ref(&plugin);
    let mut list =
        for_admins(LIST, "plugins", &[], "List the plugins: version, build, state, and what is wrong with those that are not live.");
    list.usages.push("plugins list".to_owned());
    vec![
        list,
        for_admins(INFO, "plugins info <plugin>", one, "Tell all about one plugin: its build, what it may do, and what served before."),
        for_admins(INSPECT, "plugins inspect <plugin>", one, "Tell what a plugin's file would change, before it is let in."),
        for_admins(LOG, "plugins log <plugin>", one, "Show what a plugin wrote down last, and how it failed."),
    ]
}

pub async fn list(asked: &Asked<'_>) -> Result<Answered> {
    let plugins = &asked.host.plugins;
    let mut text = String::new();
    let entries: Vec<Entry> = plugins.registry().entries().cloned().collect();
    for entry in entries {
        let in_chat = asked.host.ledger.settings(asked.workspace, &entry.generation.name).await?;
        let (_, misfits) = entry.generation.settings_with(&in_chat);
        let has_file = plugins.file_of(&entry.generation.name).is_some();
        text += &line(&entry, has_file, &misfits);
    }
    for (file, state) in plugins.files() {
        if let FileState::Rejected(why) = state {
            let _ = write!(text, "\n*{file}* – rejected while {}: {file} {why}", why.phase());
        }
    }
    let text = if text.is_empty() { "There are no plugins." } else { text.trim_start() };
    Ok(Answered::tells(texts::markdown(text)))
}

fn line(entry: &Entry, has_file: bool, misfits: &[Misfit]) -> String {
    let generation = &entry.generation;
    let state = state(entry.presence, has_file);
    let (name, version) = (&generation.description.name, &generation.description.version);
    let build = format!("{}, generation {}", generation.digest.short(), generation.number);
    format!("\n*{name}* {version} ({build}) – {state}{}{}", not_granted(generation), not_fitting(misfits))
}

fn state(presence: Presence, has_file: bool) -> &'static str {
    match presence {
        Presence::Live => "live",
        Presence::Resting { .. } => "left alone for a while, because it failed again and again",
        Presence::Gone if has_file => "not live",
        Presence::Gone => "gone, its file was removed",
    }
}

fn not_granted(generation: &Generation) -> String {
    let missing = generation.grants.missing(&generation.description.wants);
    if missing.is_empty() {
        return String::new();
    }
    let grants = missing.iter().map(|grant| format!("`{grant}`")).collect::<Vec<_>>().join(", ");
    format!("; wants {grants}, which is not granted: `[plugins.{}] grants = [...]`", generation.name)
}

/// How much it keeps in this workspace, once that is half of what it may.
fn nearly_full(size: StateSize, limits: Limits) -> String {
    if size.bytes < limits.state / 2 && size.keys < limits.state_keys / 2 {
        return String::new();
    }
    let (kept, most) = (size.bytes.div_ceil(KIB), limits.state / KIB);
    format!("\n⚠ Its state here takes {kept} of at most {most} KiB, with {} of at most {} keys", size.keys, limits.state_keys)
}

/// What was set in chat for another build.
fn not_fitting(misfits: &[Misfit]) -> String {
    let told = misfits.iter().map(|Misfit { setting, value, why }| {
        format!("\n⚠ {} was set to {} and does not fit this version, so it is not applied: {why}", quote(setting), quote(value))
    });
    told.collect()
}

pub async fn info(asked: &Asked<'_>) -> Result<Answered> {
    let Some(entry) = find(asked) else { return Ok(unknown(asked).into()) };
    let generation = &entry.generation;
    let in_chat = asked.host.ledger.settings(asked.workspace, &generation.name).await?;
    let file = asked.host.plugins.file_of(&generation.name);
    let mut text = line(&entry, file.is_some(), &generation.settings_with(&in_chat).1).trim_start().to_owned();
    let _ = write!(text, "\n{} – from {}, {} KB", generation.description.summary, generation.file, generation.bytes / 1024);
    let granted: Vec<String> = generation.grants.given().map(|grant| format!("`{grant}`")).collect();
    if !granted.is_empty() {
        let _ = write!(text, "\nIt may: {}", granted.join(", "));
    }
    if let Some(canary) = asked.host.plugins.canary(&generation.name) {
        let _ = write!(
            text,
            "\n{} is tried in one channel; `plugins promote {}` lets it serve everywhere",
            canary.generation.build(),
            generation.name
        );
    }
    let size = asked.host.ledger.state_size(asked.workspace, &generation.name).await?;
    text += &nearly_full(size, generation.limits);
    if let Some((file, Some(why))) = file {
        let _ = write!(text, "\n{file} {why}");
    }
    let mut told = vec![markdown(text)];
    told.extend(rehearsed(asked.host.keeper.rehearsal(&generation.name), generation));
    for served in asked.host.ledger.generations(&generation.name, GENERATIONS).await? {
        told.extend(history(&served));
    }
    Ok(Answered::tells(sentence(told)))
}

/// What is different from what serves.
pub async fn inspect(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    let candidate = match asked.host.keeper.candidate(&plugin).await {
        Ok(Some(candidate)) => candidate,
        Ok(None) => return Ok(unknown(asked).into()),
        Err(why) => return Ok(Refusal::new("rejected", texts::markdown(format!("The build {why}."))).into()),
    };
    let live = find(asked).map(|entry| entry.generation);
    Ok(Answered::tells(texts::markdown(compared(&candidate, live.as_deref()))))
}

pub async fn log(asked: &Asked<'_>) -> Result<Answered> {
    let Some(entry) = find(asked) else {
        return Ok(unknown(asked).into());
    };
    let name = entry.generation.name.clone();
    let mut told = vec![markdown(format!("*{name}* {}", entry.generation.build()))];
    let lines = entry.generation.diary.lines();
    for line in lines.iter().skip(lines.len().saturating_sub(LINES)) {
        told.push(markdown(format!("\n`{}` {} ", line.reference, line.level)));
        told.push(Span::Plain(line.text.clone()));
    }
    let query = AuditQuery { plugin: Some(name), workspace: Some(asked.workspace.clone()), ..AuditQuery::newest(200) };
    let failed = asked.host.ledger.audit(query).await?.into_iter().filter(|entry| !entry.detail.is_empty()).take(FAILURES);
    for entry in failed {
        told.push(markdown(format!("\n`{}` ", entry.reference)));
        told.push(Span::Time(entry.at));
        told.push(Span::Plain(format!(" {} – {}: {}", entry.what, entry.outcome, one_line(&entry.detail))));
    }
    if told.len() == 1 {
        told.push(markdown(" wrote nothing down since it serves, and did not fail."));
    }
    Ok(Answered::tells(sentence(told)))
}

fn find(asked: &Asked<'_>) -> Option<Entry> {
    let plugin = asked.plugin(PLUGIN);
    asked.host.plugins.registry().entries().find(|entry| entry.generation.name == plugin).cloned()
}

fn unknown(asked: &Asked<'_>) -> Refusal {
    let (typed, registry) = (asked.text(PLUGIN), asked.host.plugins.registry());
    let known = registry.entries().map(|entry| entry.generation.name.0.as_str());
    let rather = nearest(&typed.to_lowercase(), known).map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    Refusal::new("unknown-plugin", texts::markdown(format!("I know no plugin {}.{rather}", quote(typed))))
}

/// How the build did when it was tried, and what it did otherwise in the first invocation in which it did.
fn rehearsed(rehearsal: Option<Rehearsal>, generation: &Generation) -> Vec<Span> {
    let Some(rehearsal) = rehearsal.filter(|rehearsal| rehearsal.digest == generation.digest && rehearsal.tried > 0) else {
        return Vec::new();
    };
    let Rehearsal { tried, different, first, .. } = rehearsal;
    let told = format!("\nTried with the last {tried} invocations before it was let in");
    let Some(reference) = different.first() else { return vec![markdown(format!("{told}: it did the same"))] };
    let mut told = vec![markdown(format!("{told}: in {} it did something else, first in `{reference}`", different.len()))];
    for line in first.iter().take(DIFFERENCES) {
        let line = match line {
            Line::Then(text) | Line::Same(text) => format!("then: {text}"),
            Line::Now(text) => format!("now: {text}"),
        };
        told.push(Span::Plain(format!("\n{}", line.chars().take(LONGEST_DIFFERENCE).collect::<String>())));
    }
    told
}

fn history(served: &Served) -> Vec<Span> {
    let short: String = served.digest.chars().take(12).collect();
    let mut told = vec![markdown(format!("\n{} ({short}) {} ", served.version, served.cause)), Span::Time(served.at)];
    if let Some(by) = &served.by {
        told.extend([markdown(" by "), by.name()]);
    }
    if let Some((at, why)) = &served.left {
        told.extend([markdown(", until "), Span::Time(*at), Span::Plain(format!(": {why}"))]);
    }
    told
}

/// A build beside the one that serves: commands, wishes, what it keeps.
fn compared(candidate: &Generation, live: Option<&Generation>) -> String {
    let (new, build) = (&candidate.description, candidate.build());
    let mut text = format!("*{}* {build} – {}", new.name, new.summary);
    match live {
        Some(live) if live.digest == candidate.digest => text += "\nIt is the build that serves.",
        Some(live) => {
            let _ = write!(text, "\n{} serves.", live.build());
        }
        None => text += "\nNo other build of it serves.",
    }
    let commands = |generation: &Generation| -> Vec<String> {
        generation.description.commands.iter().map(|command| format!("`{}`", command.shown_usage())).collect()
    };
    text += &changed("Commands", &live.map(commands).unwrap_or_default(), &commands(candidate));
    let wants =
        |generation: &Generation| -> Vec<String> { generation.description.wants.iter().map(|grant| format!("`{grant}`")).collect() };
    text += &changed("Wants", &live.map(wants).unwrap_or_default(), &wants(candidate));
    let missing: Vec<String> = candidate.grants.missing(&new.wants).into_iter().map(|grant| format!("`{grant}`")).collect();
    if !missing.is_empty() {
        let _ = write!(text, "\nNot granted: {}", missing.join(", "));
    }
    if live.is_some_and(|live| live.description.state_version() != new.state_version()) {
        let _ = write!(text, "\nIt changes what it keeps, to version {}: there is no way back from it.", new.state_version());
    }
    text
}

fn changed(what: &str, before: &[String], after: &[String]) -> String {
    let only =
        |these: &[String], those: &[String]| these.iter().filter(|this| !those.contains(this)).cloned().collect::<Vec<_>>().join(", ");
    let (more, less) = (only(after, before), only(before, after));
    match (more.is_empty(), less.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("\n{what}, new: {more}"),
        (true, false) => format!("\n{what}, gone: {less}"),
        (false, false) => format!("\n{what}, new: {more}; gone: {less}"),
    }
}
