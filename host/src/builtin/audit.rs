//! Who did what, for administrators.

use super::{Answered, Asked, for_admins};
use crate::ledger::{AuditEntry, AuditQuery, Result};
use crate::texts;
use hatstand_common::declaration::{Command, Kind};
use hatstand_common::message::{Message, Span};
use hatstand_common::value::{Instant, PersonId, Value};

pub const AUDIT: &str = "audit";
pub const TRAIL: &str = "audit about";
const WHO: &str = "who";
const PERIOD: &str = "period";
const SUBJECT: &str = "subject";

/// More do not fit into a message.
const MOST: usize = 20;

/// Many steps of one deploy are short.
const LONGEST_TRAIL: usize = 60;

pub fn commands() -> Vec<Command> {
    let summary = "Tell who did what, and what came of it.";
    let help = "The last 20 of this workspace. `hatstand audit` on the bot's own machine tells more.".to_owned();
    let audit = for_admins(AUDIT, "audit [of <who>] [for <period>]", &[(WHO, Kind::Person), (PERIOD, Kind::Duration)], summary);
    let summary = "Tell all steps of one thing, such as `deploy 17`: by which build, and what allowed them.";
    vec![Command { help, ..audit }, for_admins(TRAIL, "audit about <subject...>", &[(SUBJECT, Kind::Text)], summary)]
}

/// What was done by this person, or by all, in the time before now.
pub async fn tell(asked: &Asked<'_>) -> Result<Answered> {
    let query = AuditQuery { person: who(asked), since: since(asked), ..AuditQuery::newest(MOST) };
    list(asked, query, line).await
}

/// Everything that was about one thing.
pub async fn tell_trail(asked: &Asked<'_>) -> Result<Answered> {
    list(asked, AuditQuery { about: Some(asked.text(SUBJECT).to_owned()), ..AuditQuery::newest(LONGEST_TRAIL) }, step).await
}

async fn list(asked: &Asked<'_>, query: AuditQuery, line: fn(usize, &AuditEntry) -> Vec<Span>) -> Result<Answered> {
    let entries = asked.host.ledger.audit(AuditQuery { workspace: Some(asked.workspace.clone()), ..query }).await?;
    if entries.is_empty() {
        return Ok(Answered::tells(texts::markdown("Nothing was done.")));
    }
    let text = entries.iter().rev().enumerate().flat_map(|(number, entry)| line(number, entry)).collect();
    Ok(Answered::tells(Message { text, blocks: Vec::new() }))
}

fn who(asked: &Asked<'_>) -> Option<String> {
    match asked.argument(WHO)? {
        Value::Person(who) => Some(who.0.clone()),
        _ => None,
    }
}

fn since(asked: &Asked<'_>) -> Option<Instant> {
    match asked.argument(PERIOD)? {
        Value::Duration(period) => Some(asked.host.clock.now() - *period),
        _ => None,
    }
}

fn line(number: usize, entry: &AuditEntry) -> Vec<Span> {
    let begin = if number == 0 { "" } else { "\n" };
    let who = entry.person.as_ref().map_or_else(|| Span::Markdown("nobody".to_owned()), PersonId::name);
    let asked = if entry.line.is_empty() { &entry.what } else { &entry.line };
    vec![
        Span::Markdown(format!("{begin}`{}` ", entry.reference)),
        Span::Time(entry.at),
        Span::Markdown(" ".to_owned()),
        who,
        Span::Plain(format!(": {} ({})", asked.replace('\n', " "), entry.outcome)),
    ]
}

/// The same with the build, and what allowed it.
fn step(number: usize, entry: &AuditEntry) -> Vec<Span> {
    let mut spans = line(number, entry);
    let build = format!(" by {} {}", entry.plugin, entry.build);
    let rule = if entry.rule.is_empty() { String::new() } else { format!(", allowed by {}", entry.rule) };
    spans.push(Span::Plain(format!("{}{rule}", build.trim_end())));
    spans
}
