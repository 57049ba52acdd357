//! One invocation: everything it did, in one step.

use super::operation::Touched;
use super::{audit, calls, decisions, inbox, measures, outbox, questions, recordings, requests, state, timers};
use crate::ledger::{Commit, Committed};
use rusqlite::Connection;

/// The caller's savepoint makes it all or nothing.
pub(super) fn commit(connection: &Connection, touched: &mut Touched, commit: &Commit) -> rusqlite::Result<Committed> {
    if inbox::is_done(connection, commit.event, &commit.plugin)? {
        return Ok(Committed::Before);
    }
    inbox::mark_done(connection, commit.event, &commit.plugin)?;
    apply(connection, touched, commit)?;
    match (commit.timer, commit.again) {
        (Some(timer), None) => timers::remove(connection, timer)?,
        (Some(timer), Some(again)) => timers::set_again(connection, timer, again)?,
        (None, _) => {}
    }
    inbox::finish(connection, commit.event, commit.concerned, commit.audit.at)?;
    touched.timers |= commit.again.is_some();
    touched.events.push(commit.event);
    Ok(Committed::Now)
}

/// What it changed and what is written down about it, whatever became of its event.
pub(super) fn apply(connection: &Connection, touched: &mut Touched, commit: &Commit) -> rusqlite::Result<()> {
    if let Some(recording) = &commit.recording {
        recordings::keep(connection, recording)?;
    }
    apply_effects(connection, touched, commit)?;
    requests::add(connection, commit)?;
    audit::append(connection, &commit.audit)?;
    touched.outbox |= !commit.effects.says.is_empty();
    touched.timers |= !commit.effects.timers.is_empty() || !commit.effects.questions.is_empty();
    touched.calls |= !commit.effects.calls.is_empty();
    touched.requests |= !commit.effects.requests.is_empty();
    Ok(())
}

fn apply_effects(connection: &Connection, touched: &mut Touched, commit: &Commit) -> rusqlite::Result<()> {
    let Commit { event, workspace, plugin, effects, audit, .. } = commit;
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
    measures::change(connection, &effects.measures)?;
    for change in &effects.calls {
        touched.events.extend(calls::apply(connection, workspace, plugin, (*event, audit.at), change)?);
    }
    Ok(())
}
