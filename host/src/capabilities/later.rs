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
            None => self.world.is_set(kind, key).await,
        }
    }

    /// How many stand. The ledger is asked once in an invocation at most: what it says does not change under us.
    async fn standing(&self, kind: Later) -> ledger::Result<usize> {
        if let Some(standing) = self.spent.standing.get(&kind) {
            return Ok(*standing);
        }
        let mut standing = self.world.count(kind).await?;
        for ((_, key), stands) in self.later.iter().filter(|((other, _), _)| *other == kind) {
            let stood = self.world.is_set(kind, key).await?;
            standing = standing + usize::from(*stands) - usize::from(stood);
        }
        Ok(standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capabilities::{Circumstances, Pending, Purpose, World};
    use crate::directory::Directory;
    use crate::ledger::{AuditEntry, Commit, Ledger, Recorded, Sqlite};
    use crate::model::{Event, EventId, PluginName, What, WorkspaceId};
    use crate::permissions::Roles;
    use crate::plugins::grants::{Grants, Offer};
    use crate::plugins::limits::Limits;
    use crate::rights::Rights;
    use crate::router::Handed;
    use hatstand_common::value::Instant;
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;
    use std::time::Duration;
    use tempfile::TempDir;

    fn timers(changes: &[(&str, bool)]) -> Effects {
        let change = |(key, stands): &(&str, bool)| match stands {
            true => TimerChange::Set { key: (*key).to_owned(), due: Instant(9), payload: Vec::new(), place: None },
            false => TimerChange::Cancel { key: (*key).to_owned() },
        };
        Effects { timers: changes.iter().map(change).collect(), ..Effects::default() }
    }

    fn hat() -> PluginName {
        "hat".into()
    }

    fn here() -> WorkspaceId {
        "here".into()
    }

    /// A ledger in which the hat has timers under these keys.
    async fn ledger(folder: &TempDir, keys: &[&str]) -> Arc<Sqlite> {
        let ledger = Sqlite::open(&folder.path().join("ledger.db")).expect("a ledger");
        let what = What::Installed { plugin: hat() };
        let event = Event { workspace: here(), key: "1".to_owned(), at: Instant(1), place: None, person: None, what };
        let Ok(Recorded::New(event)) = ledger.record(event).await else { panic!("it is new") };
        let audit = AuditEntry {
            reference: String::new(),
            at: Instant(1),
            workspace: here(),
            place: None,
            channel: String::new(),
            person: None,
            called: String::new(),
            plugin: hat(),
            build: String::new(),
            event: Some(event),
            line: String::new(),
            what: String::new(),
            rule: String::new(),
            outcome: String::new(),
            detail: String::new(),
            data: String::new(),
            about: String::new(),
            took: Duration::ZERO,
        };
        let effects = timers(&keys.iter().map(|key| (*key, true)).collect::<Vec<_>>());
        let commit =
            Commit { event, workspace: here(), plugin: hat(), concerned: 1, effects, timer: None, again: None, audit, recording: None };
        ledger.commit(commit).await.expect("it is kept");
        Arc::new(ledger)
    }

    /// With a directory that knows nobody.
    fn rights(ledger: Arc<Sqlite>) -> Arc<Rights> {
        let directory = Arc::new(Directory::new(&[], Roles::new(BTreeMap::new(), Arc::clone(&ledger) as Arc<dyn Ledger>)));
        Arc::new(Rights { permissions: Arc::default(), directory, ledger })
    }

    fn invocation(ledger: Arc<Sqlite>) -> Invocation {
        Invocation::from(Circumstances {
            plugin: hat(),
            workspace: here(),
            event: EventId(2),
            reference: String::new(),
            place: None,
            person: None,
            now: Instant(2),
            handed: Arc::new(Handed::Installed),
            actions: Arc::default(),
            grants: Arc::new(Grants::new(&[], &Offer::All, &BTreeSet::new())),
            settings: Arc::default(),
            limits: Limits::default(),
            world: Arc::new(World::now(rights(ledger), here(), hat(), Purpose::Effect)),
            diary: Arc::default(),
        })
    }

    #[tokio::test]
    async fn what_replaces_is_not_one_more() {
        let folder = TempDir::new().expect("a folder");
        let mut invocation = invocation(ledger(&folder, &["a", "b"]).await);
        let mut place = async |key: &str| invocation.place_later(Later::Timer, key, 3).await.expect("it can be read");
        assert!(place("a").await, "it replaces");
        assert!(place("c").await, "there is room for one");
        assert!(place("c").await, "that one it may replace");
        assert!(!place("d").await);
        assert!(place("b").await, "also when there is no room");
        assert!(invocation.place_later(Later::Question, "a", 1).await.expect("it can be read"), "questions count by themselves");
        assert!(!invocation.place_later(Later::Question, "b", 1).await.expect("it can be read"));
    }

    #[tokio::test]
    async fn what_is_cancelled_makes_room_once() {
        let folder = TempDir::new().expect("a folder");
        let mut invocation = invocation(ledger(&folder, &["a", "b"]).await);
        for key in ["a", "a", "never there"] {
            invocation.remove_later(Later::Timer, key).await.expect("it can be read");
        }
        assert!(invocation.place_later(Later::Timer, "c", 2).await.expect("it can be read"));
        assert!(!invocation.place_later(Later::Timer, "a", 2).await.expect("it can be read"));
        invocation.remove_later(Later::Timer, "c").await.expect("it can be read");
        assert!(invocation.place_later(Later::Timer, "a", 2).await.expect("it can be read"));
    }

    #[tokio::test]
    async fn counts_what_is_not_committed_yet() {
        let folder = TempDir::new().expect("a folder");
        let mut pending = Pending::default();
        pending.add(&timers(&[("c", true), ("a", false), ("b", true)]));
        let mut invocation = invocation(ledger(&folder, &["a", "b"]).await).after(&pending);
        assert!(invocation.place_later(Later::Timer, "c", 2).await.expect("it can be read"), "it is there already");
        assert!(!invocation.place_later(Later::Timer, "a", 2).await.expect("it can be read"), "b and c stand");
    }
}
