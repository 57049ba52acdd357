//! What is to happen later, counted: a plugin has so many timers and so many questions at most.

use super::Invocation;
use crate::ledger;
use crate::model::{Effects, Later, QuestionChange, TimerChange};

/// Which timers and questions stand, or do not stand any more, after these effects.
pub(super) fn changed(effects: &Effects) -> impl Iterator<Item = ((Later, String), bool)> {
    let timers = effects.timers.iter().map(|change| match change {
        TimerChange::Set { key, .. } => ((Later::Timer, key.clone()), true),
        TimerChange::Cancel { key } => ((Later::Timer, key.clone()), false),
    });
    let questions = effects.questions.iter().map(|change| match change {
        QuestionChange::Ask(question) => ((Later::Question, question.key.clone()), true),
        QuestionChange::Withdraw { key } => ((Later::Question, key.clone()), false),
    });
    timers.chain(questions)
}

impl Invocation {
    /// Notes that something stands under this key, which it may have replaced; false if that would be one too many.
    pub(super) async fn place_later(&mut self, kind: Later, key: &str, limit: usize) -> ledger::Result<bool> {
        if self.stands(kind, key).await? {
            return Ok(true);
        }
        let standing = self.standing(kind).await?;
        if standing >= limit {
            return Ok(false);
        }
        self.spent.standing.insert(kind, standing + 1);
        self.later.insert((kind, key.to_owned()), true);
        Ok(true)
    }

    /// Notes that nothing stands under this key any more.
    pub(super) async fn remove_later(&mut self, kind: Later, key: &str) -> ledger::Result<()> {
        if let Some(standing) = self.spent.standing.get(&kind).copied()
            && self.stands(kind, key).await?
        {
            self.spent.standing.insert(kind, standing - 1);
        }
        self.later.insert((kind, key.to_owned()), false);
        Ok(())
    }

    async fn stands(&self, kind: Later, key: &str) -> ledger::Result<bool> {
        match self.later.get(&(kind, key.to_owned())) {
            Some(stands) => Ok(*stands),
            None => self.ledger.is_set(&self.workspace, &self.plugin, kind, key).await,
        }
    }

    /// How many stand. The ledger is asked once in an invocation at most: what it says does not change under us.
    async fn standing(&self, kind: Later) -> ledger::Result<usize> {
        if let Some(standing) = self.spent.standing.get(&kind) {
            return Ok(*standing);
        }
        let mut standing = self.ledger.count(&self.workspace, &self.plugin, kind).await?;
        for ((_, key), stands) in self.later.iter().filter(|((other, _), _)| *other == kind) {
            let stood = self.ledger.is_set(&self.workspace, &self.plugin, kind, key).await?;
            standing = standing + usize::from(*stands) - usize::from(stood);
        }
        Ok(standing)
    }
}
