//! One invocation: everything it did, in one step.

use super::operation::Touched;
use super::{audit, decisions, inbox, outbox, questions, state, timers};
use crate::ledger::{Commit, Committed};
use rusqlite::Connection;

/// The caller's savepoint makes it all or nothing.
pub(super) fn commit(connection: &Connection, touched: &mut Touched, commit: &Commit) -> rusqlite::Result<Committed> {
    if inbox::is_done(connection, commit.event, &commit.plugin)? {
        return Ok(Committed::Before);
    }
    inbox::mark_done(connection, commit.event, &commit.plugin)?;
    apply_effects(connection, commit)?;
    audit::append(connection, &commit.audit)?;
    match (commit.timer, commit.again) {
        (Some(timer), None) => timers::remove(connection, timer)?,
        (Some(timer), Some(due)) => timers::set_again(connection, timer, due)?,
        (None, _) => {}
    }
    inbox::finish(connection, commit.event, commit.concerned, commit.audit.at)?;

    touched.outbox |= !commit.effects.says.is_empty();
    touched.timers |= !commit.effects.timers.is_empty() || !commit.effects.questions.is_empty() || commit.again.is_some();
    Ok(Committed::Now)
}

fn apply_effects(connection: &Connection, Commit { workspace, plugin, effects, audit, .. }: &Commit) -> rusqlite::Result<()> {
    for write in &effects.writes {
        state::apply(connection, workspace, plugin, write)?;
    }
    for change in &effects.timers {
        timers::apply(connection, workspace, plugin, change)?;
    }
    for change in &effects.questions {
        questions::apply(connection, workspace, plugin, change)?;
    }
    for say in &effects.says {
        outbox::add(connection, workspace, plugin, audit.at, say)?;
    }
    for decision in &effects.decisions {
        decisions::apply(connection, workspace, decision, audit)?;
    }
    Ok(())
}
