//! Who did what, for administrators.

use crate::ledger::{AuditEntry, AuditQuery, Ledger};
use crate::model::WorkspaceId;
use crate::texts;
use hatstand_common::declaration::{Access, Command, Kind, Parameter};
use hatstand_common::message::{Message, Span};
use hatstand_common::value::{Instant, PersonId};
use std::time::Duration;

pub const AUDIT: &str = "audit";
pub const WHO: &str = "who";
pub const PERIOD: &str = "period";

/// More do not fit into a message.
const MOST: usize = 20;

pub fn command() -> Command {
    Command {
        name: AUDIT.to_owned(),
        usages: vec!["audit [of <who>] [for <period>]".to_owned()],
        parameters: [(WHO, Kind::Person), (PERIOD, Kind::Duration)].map(|(name, kind)| Parameter { name: name.to_owned(), kind }).to_vec(),
        summary: "Tell who did what, and what came of it.".to_owned(),
        help: "The last 20 of this workspace. `hatstand audit` on the bot's own machine tells more.".to_owned(),
        hidden: false,
        access: Access::Admins,
        more: Vec::new(),
    }
}

/// What was done by this person, or by all, in the time before now.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub workspace: &'a WorkspaceId,
    pub who: Option<&'a PersonId>,
    pub period: Option<Duration>,
    pub now: Instant,
}

pub async fn tell(ledger: &dyn Ledger, question: Question<'_>) -> Message {
    let query = AuditQuery {
        workspace: Some(question.workspace.clone()),
        person: question.who.map(|who| who.0.clone()),
        since: question.period.map(|period| question.now - period),
        ..AuditQuery::newest(MOST)
    };
    match ledger.audit(query).await {
        Ok(entries) if entries.is_empty() => texts::markdown("Nothing was done."),
        Ok(entries) => {
            Message { text: entries.iter().rev().enumerate().flat_map(|(number, entry)| line(number, entry)).collect(), blocks: vec![] }
        }
        Err(why) => {
            tracing::error!(%why, "the audit cannot be read");
            texts::markdown("The audit cannot be read right now. Nothing was changed; the operator finds the reason in the log.")
        }
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
