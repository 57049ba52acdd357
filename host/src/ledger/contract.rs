//! What every engine promises: the tests of [`Ledger`], run by each engine with [`contract!`] over a [`Bench`].

use super::recording::Kept;
use super::{
    Again, AuditEntry, AuditQuery, Call, Cause, Commit, Committed, Fate, Fingerprint, Generation, Given, Leaving, Ledger, LedgerError,
    Live, Measure, MeasureChange, Planned, Receipt, Received, Recorded, Recording, RequestId, SayId, SetInChat, StateSize, Swap, Taken,
    Unfinished, Waiting, Wake,
};
use crate::model::{
    CallChange, Decision, Effects, Event, EventId, How, HttpFailure, Later, PluginName, Question, QuestionChange, Request, Response, Say,
    TimerChange, TimerId, Webhook, What, WorkspaceId, Write,
};
use crate::permissions::RoleName;
use crate::router::Handed;
use hatstand_common::declaration::Schedule;
use hatstand_common::message::{Message, Span};
use hatstand_common::value::{ChannelId, Instant, MessageId, PersonId, Place};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Where an engine keeps its data during a test.
pub(super) trait Bench: Default {
    type Engine: Ledger;

    /// Opens the ledger; after the one before was dropped, the same again.
    fn open(&self) -> Self::Engine;
}

/// A test for each promise.
macro_rules! contract {
    ($bench:ty) => {
        $crate::ledger::contract::contract! { $bench:
            keeps_an_event_once
            lists_unfinished_events_in_the_order_of_arrival
            finishes_an_event_when_all_concerned_are_done
            finishes_an_event_that_concerns_nobody
            commits_an_invocation_once
            commits_invocations_together_or_not_at_all
            refuses_a_commit_for_an_unknown_event
            commits_all_of_an_invocation_or_nothing
            lets_a_failing_commit_fail_alone
            keeps_what_many_commit_at_the_same_time
            keeps_state_for_each_plugin_and_workspace
            knows_how_large_a_state_is
            applies_writes_in_order
            scans_by_prefix
            scans_like_a_sorted_map
            replaces_and_cancels_timers
            fires_timers_once_in_the_order_of_their_due_times
            lets_timers_wait_for_their_plugin
            tells_a_stale_timer_from_its_successor
            takes_a_timer_away_when_its_event_is_done
            sets_a_timer_again_when_its_event_is_done
            tries_what_failed_once_more_and_knows_that_it_did
            keeps_what_happens_later_apart_by_kind
            finds_a_question_by_its_message_and_by_its_person
            ends_a_question_once
            replaces_and_withdraws_questions
            plans_what_is_declared_and_nothing_else
            lists_unsent_messages_in_the_order_of_the_commits
            settles_a_message_once
            shows_messages_as_they_stand
            keeps_requests_until_they_are_answered
            hands_over_what_came_from_outside_when_its_plugin_is_there
            receives_a_webhook_once
            hears_an_equal_webhook_again_after_its_window
            bounds_the_webhooks_that_wait_for_an_absent_plugin_and_hands_them_over_in_pages
            knows_when_nothing_is_left_to_do
            keeps_roles_for_each_workspace
            keeps_what_was_set_for_a_plugin
            keeps_the_audit
            finds_in_the_audit_what_fits
            finds_what_came_of_an_event
            keeps_long_data_of_an_outcome_as_long_as_its_event
            answers_calls_once
            gives_up_calls_that_nobody_asks_about_once
            swaps_builds_with_what_they_did_when_they_were_told
            keeps_what_was_decided_about_plugins
            remembers_what_was_kept_when_an_invocation_began
            tells_invocations_of_one_reference_apart
            remembers_at_most_ten_thousand_invocations
            remembers_so_much_of_a_plugin_that_writes_without_end
            keeps_the_bytes_of_builds_that_may_be_needed
            forgets_what_is_old_and_done
            keeps_the_message_of_a_question_that_stands
            wakes_who_has_something_to_look_at
            keeps_everything_when_it_is_opened_again
        }
    };
    ($bench:ty: $($promise:ident)*) => {$(
        #[test]
        fn $promise() {
            $crate::ledger::contract::$promise(&<$bench>::default());
        }
    )*};
}
pub(super) use contract;

/// Runs a promise on a fresh ledger.
macro_rules! promise {
    ($(#[$doc:meta])* $name:ident($ledger:ident) $body:block) => {
        $(#[$doc])*
        pub(super) fn $name(bench: &impl Bench) {
            let $ledger = bench.open();
            runtime().block_on(async $body);
        }
    };
}

promise!(keeps_an_event_once(ledger) {
    let first = recorded(&ledger, event("1")).await;
    assert_eq!(ledger.record(Event { at: Instant(2), ..event("1") }).await.unwrap(), Recorded::Repeat);
    let elsewhere = recorded(&ledger, Event { workspace: "elsewhere".into(), ..event("1") }).await;
    assert_eq!(unfinished(&ledger).await, [first, elsewhere]);

    ledger.commit(commit(first)).await.unwrap();
    assert_eq!(ledger.record(event("1")).await.unwrap(), Recorded::Repeat, "finished or not");
    assert_eq!(unfinished(&ledger).await, [elsewhere]);
});

promise!(lists_unfinished_events_in_the_order_of_arrival(ledger) {
    let mut ids = Vec::new();
    for key in ["b", "a", "d", "c"] {
        ids.push(recorded(&ledger, event(key)).await);
    }
    assert!(ids.is_sorted());
    ledger.commit(commit(ids[1])).await.unwrap();

    let next = ledger.unfinished(ids[0], 1).await.unwrap();
    assert_eq!(next, [Unfinished { id: ids[2], event: event("d"), done: vec![] }]);
    assert_eq!(unfinished(&ledger).await, [ids[0], ids[2], ids[3]]);
});

promise!(finishes_an_event_when_all_concerned_are_done(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let of = |plugin: &str| Commit { plugin: plugin.into(), concerned: 2, ..commit(id) };

    ledger.commit(of("hat")).await.unwrap();
    assert_eq!(ledger.unfinished(EventId(0), 9).await.unwrap()[0].done, ["hat".into()]);
    ledger.commit(of("dibs")).await.unwrap();
    assert_eq!(unfinished(&ledger).await, []);
    assert_eq!(ledger.commit(of("late")).await.unwrap(), Committed::Before, "it is done for everybody");
});

promise!(finishes_an_event_that_concerns_nobody(ledger) {
    let id = recorded(&ledger, event("1")).await;
    ledger.commit(Commit { plugin: PluginName::host(), concerned: 0, ..commit(id) }).await.unwrap();
    assert_eq!(unfinished(&ledger).await, []);
});

promise!(commits_invocations_together_or_not_at_all(ledger) {
    let (first, second) = (recorded(&ledger, event("1")).await, recorded(&ledger, event("2")).await);
    let of = |event: EventId, value: &str| {
        let effects = Effects { writes: vec![set("count", value)], ..Effects::default() };
        Commit { effects, ..commit(event) }
    };
    let nowhere = EventId(second.0 + 1);
    assert!(matches!(ledger.commit_all(vec![of(first, "1"), of(nowhere, "2")]).await, Err(LedgerError::Write(_))));
    assert_eq!((get(&ledger, "count").await, unfinished(&ledger).await), (None, vec![first, second]));

    let committed = ledger.commit_all(vec![of(first, "1"), of(second, "2")]).await.unwrap();
    assert_eq!(committed, [Committed::Now, Committed::Now]);
    assert_eq!((get(&ledger, "count").await.as_deref(), unfinished(&ledger).await), (Some("2"), vec![]));
});

promise!(commits_an_invocation_once(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let of = |plugin: &str, value: &str| {
        let (timers, says) = (vec![timer("t", 9)], vec![post(plugin, "once")]);
        let effects = Effects { writes: vec![set("count", value)], timers, says, ..Effects::default() };
        Commit { plugin: plugin.into(), concerned: 2, effects, ..commit(id) }
    };
    assert_eq!(ledger.commit(of("hat", "1")).await.unwrap(), Committed::Now);
    assert_eq!(ledger.commit(of("hat", "2")).await.unwrap(), Committed::Before, "while another plugin is not done");
    assert_eq!(ledger.commit(of("dibs", "3")).await.unwrap(), Committed::Now);
    assert_eq!(ledger.commit(of("hat", "4")).await.unwrap(), Committed::Before, "when all are");

    assert_eq!(get(&ledger, "count").await.as_deref(), Some("1"));
    assert_eq!(ledger.count(&here(), &"hat".into(), Later::Timer).await.unwrap(), 1);
    assert_eq!(ledger.unsent(SayId(0), 9).await.unwrap().len(), 2);
    assert_eq!(ledger.audit(AuditQuery::newest(9)).await.unwrap().len(), 2);
});

promise!(refuses_a_commit_for_an_unknown_event(ledger) {
    let refused = ledger.commit(writing(EventId(4_711), set("a", "1"))).await;
    assert!(matches!(refused, Err(LedgerError::Write(_))), "{refused:?}");
    assert_eq!(get(&ledger, "a").await, None);
    assert_eq!(ledger.audit(AuditQuery::newest(9)).await.unwrap(), []);
});

promise!(commits_all_of_an_invocation_or_nothing(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let (timers, says) = (vec![timer("t", 5)], vec![post("m", "one"), post("m", "two")]);
    let effects = Effects { writes: vec![set("a", "1")], timers, says, ..Effects::default() };
    let refused = ledger.commit(Commit { effects, ..commit(id) }).await;
    assert!(matches!(refused, Err(LedgerError::Write(_))), "two messages, one identity: {refused:?}");

    assert_eq!(get(&ledger, "a").await, None);
    assert_eq!(ledger.next_due(&live()).await.unwrap(), None);
    assert_eq!(ledger.unsent(SayId(0), 9).await.unwrap(), []);
    assert_eq!(ledger.audit(AuditQuery::newest(9)).await.unwrap(), []);
    assert_eq!(unfinished(&ledger).await, [id]);
    assert_eq!(ledger.commit(writing(id, set("a", "2"))).await.unwrap(), Committed::Now);
});

promise!(lets_a_failing_commit_fail_alone(ledger) {
    let ledger = Arc::new(ledger);
    let mut ids = vec![EventId(4_711)];
    for key in 0..20 {
        ids.push(recorded(&*ledger, event(&key.to_string())).await);
    }
    let outcomes = all(&ledger, ids.iter().map(|id| writing(*id, set(&id.0.to_string(), "here")))).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
    for id in &ids[1..] {
        assert_eq!(get(&*ledger, &id.0.to_string()).await.as_deref(), Some("here"));
    }
});

promise!(keeps_what_many_commit_at_the_same_time(ledger) {
    let ledger = Arc::new(ledger);
    let mut commits = Vec::new();
    for number in 0..200 {
        let id = recorded(&*ledger, event(&number.to_string())).await;
        let writes = vec![set(&format!("{number:03}"), "here")];
        let says = vec![post(&number.to_string(), "said")];
        commits.push(Commit { effects: Effects { writes, says, ..Effects::default() }, ..commit(id) });
    }
    let outcomes = all(&ledger, commits).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(Committed::Now))));

    assert_eq!(unfinished(&*ledger).await, []);
    assert_eq!(scan(&*ledger, "", None, 999).await.len(), 200);
    assert_eq!(ledger.unsent(SayId(0), 999).await.unwrap().len(), 200);
    assert_eq!(ledger.audit(AuditQuery::newest(999)).await.unwrap().len(), 200);
});

promise!(keeps_state_for_each_plugin_and_workspace(ledger) {
    let id = recorded(&ledger, event("1")).await;
    ledger.commit(Commit { concerned: 2, ..writing(id, set("a", "hat's")) }).await.unwrap();
    ledger.commit(Commit { plugin: "dibs".into(), ..writing(id, set("a", "dibs's")) }).await.unwrap();
    let elsewhere = recorded(&ledger, Event { workspace: "elsewhere".into(), ..event("1") }).await;
    ledger.commit(Commit { workspace: "elsewhere".into(), ..writing(elsewhere, set("a", "")) }).await.unwrap();

    assert_eq!(ledger.get(&here(), &"hat".into(), "a").await.unwrap().unwrap(), b"hat's");
    assert_eq!(ledger.get(&here(), &"dibs".into(), "a").await.unwrap().unwrap(), b"dibs's");
    assert_eq!(ledger.get(&"elsewhere".into(), &"hat".into(), "a").await.unwrap().unwrap(), b"");
    assert_eq!(ledger.scan(&here(), &"hat".into(), "", None, 9).await.unwrap(), [("a".to_owned(), b"hat's".to_vec())]);
});

promise!(knows_how_large_a_state_is(ledger) {
    let size = async || ledger.state_size(&here(), &"hat".into()).await.unwrap();
    assert_eq!(size().await, StateSize::default());
    let writes = [
        (vec![set("a", "12"), set("bc", "3")], (2, 6)),
        (vec![set("a", "4")], (2, 5)),
        (vec![set("a", "1234"), set("a", "äö"), delete("never")], (2, 8)),
        (vec![delete("bc"), set("d", ""), delete("d")], (1, 5)),
        (vec![delete("a")], (0, 0)),
    ];
    for (number, (writes, (keys, bytes))) in writes.into_iter().enumerate() {
        let id = recorded(&ledger, event(&number.to_string())).await;
        ledger.commit(Commit { effects: Effects { writes, ..Effects::default() }, ..commit(id) }).await.unwrap();
        assert_eq!(size().await, StateSize { keys, bytes }, "{number}");
    }
    keep(&ledger, &"elsewhere".into(), ["a"]).await;
    assert_eq!(size().await, StateSize::default());
});

promise!(applies_writes_in_order(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let writes = vec![set("a", "1"), delete("a"), set("b", "1"), set("b", "2"), delete("never there"), delete("c"), set("c", "3")];
    ledger.commit(Commit { effects: Effects { writes, ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert_eq!(scan(&ledger, "", None, 9).await, ["b", "c"]);
    assert_eq!(get(&ledger, "b").await.as_deref(), Some("2"));
});

promise!(scans_by_prefix(ledger) {
    keep(&ledger, &here(), ["", "a", "a%", "a%b", "aXb", "a_", "a\0", "A", "b", "a\u{10ffff}", "a\u{10ffff}z", "é"]).await;
    assert_eq!(scan(&ledger, "a", None, 99).await, ["a", "a\0", "a%", "a%b", "aXb", "a_", "a\u{10ffff}", "a\u{10ffff}z"]);
    assert_eq!(scan(&ledger, "a%", None, 99).await, ["a%", "a%b"], "nothing stands for anything else");
    assert_eq!(scan(&ledger, "a\u{10ffff}", None, 99).await, ["a\u{10ffff}", "a\u{10ffff}z"]);
    assert_eq!(scan(&ledger, "", None, 2).await, ["", "A"]);
    assert_eq!(scan(&ledger, "", Some(""), 2).await, ["A", "a"]);
    assert_eq!(scan(&ledger, "a", Some("a%"), 2).await, ["a%b", "aXb"]);
    assert_eq!(scan(&ledger, "a", Some("a%a, which is not there"), 1).await, ["a%b"]);
    assert_eq!(scan(&ledger, "a", Some("A"), 1).await, ["a"], "before the prefix begins");
    assert_eq!(scan(&ledger, "a", Some("b"), 9).await, [""; 0], "behind its end");
    assert_eq!(scan(&ledger, "", None, 0).await, [""; 0]);
});

/// Keys that are likely to be prefixes of each other, of the characters that are likely to be treated wrongly.
fn key() -> impl Strategy<Value = String> {
    let character = prop::sample::select(vec!['\0', '%', '*', '?', 'A', '\\', '_', 'a', '\u{7f}', 'ÿ', '\u{ffff}', char::MAX]);
    prop::collection::vec(character, 0..4).prop_map(|characters| characters.into_iter().collect())
}

pub(super) fn scans_like_a_sorted_map(bench: &impl Bench) {
    let (ledger, runtime) = (bench.open(), runtime());
    let case = (prop::collection::btree_set(key(), 0..20), key(), prop::option::of(key()), 0..8_usize);
    let config = ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() };
    let cases = Cell::new(0);
    let outcome = TestRunner::new(config).run(&case, |(keys, prefix, after, limit)| {
        let workspace = WorkspaceId(cases.replace(cases.get() + 1).to_string());
        let found = runtime.block_on(async {
            keep(&ledger, &workspace, &keys).await;
            ledger.scan(&workspace, &"hat".into(), &prefix, after.as_deref(), limit).await.unwrap()
        });
        let from = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let expected: Vec<_> = keys
            .range::<String, _>((from, Bound::Unbounded))
            .filter(|key| key.starts_with(&prefix))
            .take(limit)
            .map(|key| (key.clone(), key.clone().into()))
            .collect();
        prop_assert_eq!(found, expected);
        Ok(())
    });
    outcome.unwrap();
}

promise!(replaces_and_cancels_timers(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let timers = vec![timer("a", 50), timer("b", 30), timer("b", 40), timer("c", 10), cancel("c"), cancel("never there")];
    ledger.commit(Commit { effects: Effects { timers, ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert_eq!(ledger.count(&here(), &"hat".into(), Later::Timer).await.unwrap(), 2);
    assert_eq!(ledger.count(&here(), &"dibs".into(), Later::Timer).await.unwrap(), 0);
    assert_eq!(ledger.count(&"elsewhere".into(), &"hat".into(), Later::Timer).await.unwrap(), 0);
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(40)));
    assert_eq!(ledger.fire_due(Instant(39), &live()).await.unwrap(), 0);
    assert_eq!(fired(&ledger, 99).await.iter().map(|due| due.key.as_str()).collect::<Vec<_>>(), ["b", "a"]);
});

promise!(fires_timers_once_in_the_order_of_their_due_times(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let timers = vec![timer("late", 70), timer("second", 60), timer("first", 50), timer("third", 60), timer("never", u64::MAX)];
    ledger.commit(Commit { effects: Effects { timers, ..Effects::default() }, ..commit(id) }).await.unwrap();

    let due = fired(&ledger, 60).await;
    assert_eq!(due.iter().map(|due| due.key.as_str()).collect::<Vec<_>>(), ["first", "second", "third"]);
    assert_eq!(ledger.fire_due(Instant(60), &live()).await.unwrap(), 0, "once");
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(70)), "those that fired are not waited for");
    assert_eq!(ledger.count(&here(), &"hat".into(), Later::Timer).await.unwrap(), 5, "they stay until their events are done");

    let first = ledger.unfinished(EventId(0), 1).await.unwrap().remove(0).event;
    let what = What::TimerDue { plugin: "hat".into(), timer: due[0].timer, key: "first".into(), payload: b"first".to_vec(), due: Instant(50) };
    let key = format!("timer:{}", due[0].timer.0);
    assert_eq!(first, Event { workspace: here(), key, at: Instant(60), place: Some(room()), person: None, what });
});

promise!(lets_timers_wait_for_their_plugin(ledger) {
    let id = recorded(&ledger, event("1")).await;
    ledger.commit(Commit { effects: Effects { timers: vec![timer("a", 10)], ..Effects::default() }, ..commit(id) }).await.unwrap();
    let gone = Live::from(["dibs".into()]);
    assert_eq!(ledger.next_due(&gone).await.unwrap(), None);
    assert_eq!(ledger.fire_due(Instant(20), &gone).await.unwrap(), 0);
    assert!(ledger.settled(Instant(20), &gone).await.unwrap(), "there is nobody to do it");
    assert!(!ledger.settled(Instant(20), &live()).await.unwrap());
    assert_eq!(ledger.fire_due(Instant(20), &live()).await.unwrap(), 1, "it is back");
});

promise!(tells_a_stale_timer_from_its_successor(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let timers = vec![timer("replaced", 10), timer("cancelled", 20), timer("kept", 30)];
    ledger.commit(Commit { effects: Effects { timers, ..Effects::default() }, ..commit(id) }).await.unwrap();
    let due = fired(&ledger, 99).await;

    let id = recorded(&ledger, event("2")).await;
    let timers = vec![timer("replaced", 10), cancel("cancelled")];
    ledger.commit(Commit { effects: Effects { timers, ..Effects::default() }, ..commit(id) }).await.unwrap();
    let mut stand = Vec::new();
    for due in &due {
        stand.push(ledger.timer_stands(due.timer).await.unwrap());
    }
    assert_eq!(stand, [false, false, true]);

    // The stale event takes nothing away that was set since, and the successor fires on its own.
    ledger.commit(Commit { timer: Some(due[0].timer), ..commit(due[0].event) }).await.unwrap();
    let successor = fired(&ledger, 99).await.pop().unwrap();
    assert_eq!(successor.key, "replaced");
    assert!(successor.timer > due[0].timer);
    assert!(ledger.timer_stands(successor.timer).await.unwrap());
});

promise!(takes_a_timer_away_when_its_event_is_done(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let timers = vec![timer("once", 10), timer("every", 20)];
    ledger.commit(Commit { effects: Effects { timers, ..Effects::default() }, ..commit(id) }).await.unwrap();
    let due = fired(&ledger, 20).await;

    ledger.commit(Commit { timer: Some(due[0].timer), ..commit(due[0].event) }).await.unwrap();
    let effects = Effects { timers: vec![timer("every", 40)], ..Effects::default() };
    ledger.commit(Commit { timer: Some(due[1].timer), effects, ..commit(due[1].event) }).await.unwrap();
    assert!(!ledger.timer_stands(due[0].timer).await.unwrap());
    assert!(!ledger.timer_stands(due[1].timer).await.unwrap());
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(40)), "what the handler set again stays");
});

promise!(sets_a_timer_again_when_its_event_is_done(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let timers = vec![timer("again", 10), timer("cancelled", 10)];
    ledger.commit(Commit { effects: Effects { timers, ..Effects::default() }, ..commit(id) }).await.unwrap();
    let due = fired(&ledger, 10).await;

    ledger.commit(Commit { timer: Some(due[0].timer), again: Some(Again::Due(Instant(30))), ..commit(due[0].event) }).await.unwrap();
    assert!(!ledger.timer_stands(due[0].timer).await.unwrap(), "it is another setting");
    let effects = Effects { timers: vec![cancel("cancelled")], ..Effects::default() };
    ledger.commit(Commit { timer: Some(due[1].timer), again: Some(Again::Due(Instant(20))), effects, ..commit(due[1].event) }).await.unwrap();
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(30)), "what was cancelled stays so");

    let again = fired(&ledger, 30).await.pop().unwrap();
    assert_eq!(again.key, "again");
    let event = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap().event;
    assert!(matches!(event.what, What::TimerDue { payload, due: Instant(30), .. } if payload == b"again"));
});

promise!(tries_what_failed_once_more_and_knows_that_it_did(ledger) {
    let id = recorded(&ledger, event("1")).await;
    ledger.commit(Commit { effects: Effects { timers: vec![timer("alarm", 10)], ..Effects::default() }, ..commit(id) }).await.unwrap();
    let first = fired(&ledger, 10).await.pop().unwrap();
    assert!(!ledger.is_retry(first.timer).await.unwrap());
    ledger.commit(Commit { timer: Some(first.timer), again: Some(Again::Retry(Instant(30))), ..commit(first.event) }).await.unwrap();
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(30)));
    let second = fired(&ledger, 30).await.pop().unwrap();
    assert!(ledger.is_retry(second.timer).await.unwrap());
    let event = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap().event;
    assert!(matches!(event.what, What::TimerDue { due: Instant(10), .. }), "when it was due at first");
    ledger.commit(Commit { timer: Some(second.timer), again: Some(Again::Due(Instant(40))), ..commit(second.event) }).await.unwrap();
    let third = fired(&ledger, 40).await.pop().unwrap();
    assert!(!ledger.is_retry(third.timer).await.unwrap(), "the next time is another one");
});

promise!(keeps_what_happens_later_apart_by_kind(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let effects = Effects { timers: vec![timer("same", 10)], questions: vec![ask("same", "m", 20)], ..Effects::default() };
    ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
    ledger.plan(&here(), &"hat".into(), vec![planned("same", "0 9 * * *", 30)]).await.unwrap();
    for kind in [Later::Timer, Later::Question, Later::Schedule] {
        assert_eq!(ledger.count(&here(), &"hat".into(), kind).await.unwrap(), 1, "{kind:?}");
        assert!(ledger.is_set(&here(), &"hat".into(), kind, "same").await.unwrap(), "{kind:?}");
        assert!(!ledger.is_set(&here(), &"hat".into(), kind, "other").await.unwrap(), "{kind:?}");
        assert!(!ledger.is_set(&here(), &"dibs".into(), kind, "same").await.unwrap(), "{kind:?}");
    }

    let id = recorded(&ledger, event("2")).await;
    let questions = vec![QuestionChange::Withdraw { key: "same".into() }];
    ledger.commit(Commit { effects: Effects { timers: vec![cancel("same")], questions, ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(30)));
    ledger.fire_due(Instant(31), &live()).await.unwrap();
    let what = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap().event.what;
    let due = matches!(&what, What::ScheduleDue { schedule, due: Instant(30), .. } if *schedule == planned("same", "0 9 * * *", 30).schedule);
    assert!(due, "{what:?}");
});

promise!(finds_a_question_by_its_message_and_by_its_person(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let silent = QuestionChange::Ask(Question { text: false, ..question("silent", "m1", 50) });
    let questions = vec![silent, ask("first", "m2", 50), ask("second", "m3", 50)];
    ledger.commit(Commit { effects: Effects { questions, ..Effects::default() }, ..commit(id) }).await.unwrap();

    let asked = ledger.question(&here(), &"m2".into()).await.unwrap().unwrap();
    assert_eq!((asked.plugin, asked.question), ("hat".into(), question("first", "m2", 50)));
    assert_eq!(ledger.question(&here(), &"m1".into()).await.unwrap().map(|asked| asked.question.text), Some(false));
    assert_eq!(ledger.question(&here(), &"m4".into()).await.unwrap(), None);
    assert_eq!(ledger.question(&"elsewhere".into(), &"m2".into()).await.unwrap(), None);
    assert_eq!(keys(&ledger, "U1").await, ["second", "first"], "the newest first, and only those that take text");
    assert_eq!(keys(&ledger, "U2").await, [""; 0]);
});

promise!(ends_a_question_once(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let questions = vec![ask("answered", "m1", 10), ask("expired", "m2", 20)];
    ledger.commit(Commit { effects: Effects { questions, ..Effects::default() }, ..commit(id) }).await.unwrap();
    let asked = ledger.question(&here(), &"m1".into()).await.unwrap().unwrap();
    let press = recorded(&ledger, event("2")).await;
    assert_eq!(ledger.fire_due(Instant(20), &live()).await.unwrap(), 2);
    assert!(ledger.question(&here(), &"m1".into()).await.unwrap().is_some(), "it stands until the commit");
    ledger.commit(Commit { timer: Some(asked.id), ..commit(press) }).await.unwrap();

    assert_eq!(ledger.question(&here(), &"m1".into()).await.unwrap(), None);
    assert!(!ledger.timer_stands(asked.id).await.unwrap(), "its deadline is stale");
    let expired = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap();
    let Event { key, at, place, person, what, .. } = expired.event;
    let What::QuestionExpired { timer, plugin, question: ended } = what else { panic!("{what:?}") };
    assert_eq!((plugin, ended), ("hat".into(), question("expired", "m2", 20)));
    assert_eq!((key, at, place, person), (format!("timer:{}", timer.0), Instant(20), Some(room()), Some("U1".into())));
    ledger.commit(Commit { timer: Some(timer), ..commit(expired.id) }).await.unwrap();
    assert_eq!((ledger.question(&here(), &"m2".into()).await.unwrap(), keys(&ledger, "U1").await), (None, vec![]));
});

promise!(replaces_and_withdraws_questions(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let withdraw = |key: &str| QuestionChange::Withdraw { key: key.into() };
    let questions = vec![ask("a", "m1", 10), ask("b", "m2", 20), ask("a", "m3", 30), withdraw("b"), withdraw("never there")];
    ledger.commit(Commit { effects: Effects { questions, ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert_eq!(ledger.question(&here(), &"m1".into()).await.unwrap(), None, "another message asks it");
    assert_eq!(ledger.question(&here(), &"m2".into()).await.unwrap(), None);
    assert_eq!(keys(&ledger, "U1").await, ["a"]);
    assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(30)));
});

promise!(plans_what_is_declared_and_nothing_else(ledger) {
    let plan = async |planned| ledger.plan(&here(), &"hat".into(), planned).await.unwrap();
    let due = async || ledger.next_due(&live()).await.unwrap();
    plan(vec![planned("a", "0 9 * * *", 10), planned("b", "0 10 * * *", 20)]).await;
    ledger.plan(&"elsewhere".into(), &"hat".into(), vec![planned("a", "0 9 * * *", 90)]).await.unwrap();
    assert_eq!(due().await, Some(Instant(10)));
    plan(vec![planned("a", "0 9 * * *", 50), planned("b", "0 10 * * *", 60)]).await;
    assert_eq!(due().await, Some(Instant(10)), "the same goes on, with what was missed");
    let stale = fired(&ledger, 10).await.len();
    assert_eq!(stale, 0, "they are no timers of the plugin's own");

    let timer = ledger.unfinished(EventId(0), 9).await.unwrap()[0].event.what.timer().unwrap();
    plan(vec![planned("a", "0 8 * * *", 40), planned("b", "0 10 * * *", 60)]).await;
    assert!(!ledger.timer_stands(timer).await.unwrap(), "other times are another schedule");
    assert_eq!(due().await, Some(Instant(20)));
    plan(vec![planned("a", "0 8 * * *", 70)]).await;
    assert_eq!(due().await, Some(Instant(40)), "what is not declared any more is gone");
    plan(vec![]).await;
    assert_eq!(due().await, Some(Instant(90)), "elsewhere it stays");
});

promise!(lists_unsent_messages_in_the_order_of_the_commits(ledger) {
    for key in ["2", "1"] {
        let id = recorded(&ledger, event(key)).await;
        say(&ledger, id, vec![post(&format!("{key}b"), "first"), post(&format!("{key}a"), "then")]).await;
    }
    let all = ledger.unsent(SayId(0), 99).await.unwrap();
    assert_eq!(all.iter().map(|unsent| unsent.say.id.as_str()).collect::<Vec<_>>(), ["2b", "2a", "1b", "1a"]);
    assert_eq!((&all[0].workspace, &all[0].plugin, &all[0].say), (&here(), &"hat".into(), &post("2b", "first")));
    assert_eq!(ledger.unsent(all[0].id, 2).await.unwrap(), all[1..3]);
});

promise!(settles_a_message_once(ledger) {
    let id = recorded(&ledger, event("1")).await;
    say(&ledger, id, vec![post("a", "sent"), post("b", "failed"), post("c", "waits")]).await;
    let all = ledger.unsent(SayId(0), 99).await.unwrap();
    ledger.settle(all[0].id, Fate::Sent { service_id: Some("17.01".into()) }).await.unwrap();
    ledger.settle(all[1].id, Fate::Failed { why: "no such channel".into() }).await.unwrap();
    ledger.settle(all[0].id, Fate::Sent { service_id: Some("17.02".into()) }).await.unwrap();
    ledger.settle(all[1].id, Fate::Sent { service_id: Some("17.03".into()) }).await.unwrap();
    ledger.settle(SayId(4_711), Fate::Sent { service_id: None }).await.unwrap();

    assert_eq!(ledger.unsent(SayId(0), 99).await.unwrap(), all[2..]);
    let service_id = async |id: &str| ledger.message(&here(), &id.into()).await.unwrap().unwrap().service_id;
    assert_eq!(service_id("a").await.as_deref(), Some("17.01"));
    assert_eq!(service_id("b").await, None);
});

promise!(shows_messages_as_they_stand(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let whisper = Say { id: "w".into(), how: How::Whisper { to: room(), person: "U1".into(), message: text("psst") }, question: None };
    let says = vec![post("a", "one"), edit("e1", "a", "two"), whisper, edit("e2", "w", "hush"), edit("e3", "not ours", "?")];
    say(&ledger, id, says.clone()).await;
    let id = recorded(&ledger, event("2")).await;
    say(&ledger, id, vec![edit("e4", "a", "three")]).await;

    let stands = async |id: &str| ledger.message(&here(), &id.into()).await.unwrap().map(|said| (said.plugin, said.say));
    assert_eq!(stands("a").await, Some(("hat".into(), post("a", "three"))));
    let hush = Say { id: "w".into(), how: How::Whisper { to: room(), person: "U1".into(), message: text("hush") }, question: None };
    assert_eq!(stands("w").await, Some(("hat".into(), hush)));
    assert_eq!(stands("not ours").await, None);
    assert_eq!(ledger.message(&"elsewhere".into(), &"a".into()).await.unwrap(), None);

    let unsent = ledger.unsent(SayId(0), 5).await.unwrap();
    assert_eq!(unsent.into_iter().map(|unsent| unsent.say).collect::<Vec<_>>(), says, "delivered as committed");
});

promise!(knows_when_nothing_is_left_to_do(ledger) {
    let settled = async |now| ledger.settled(Instant(now), &live()).await.unwrap();
    assert!(settled(0).await);
    let id = recorded(&ledger, event("1")).await;
    assert!(!settled(0).await, "an event");
    let effects = Effects { timers: vec![timer("t", 10)], says: vec![post("a", "hello")], ..Effects::default() };
    ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
    assert!(!settled(0).await, "a message");
    let unsent = ledger.unsent(SayId(0), 9).await.unwrap();
    ledger.settle(unsent[0].id, Fate::Failed { why: "gone".into() }).await.unwrap();
    assert!(settled(9).await);
    assert!(!settled(10).await, "a timer");
    let due = fired(&ledger, 10).await;
    assert!(!settled(10).await, "its event");
    ledger.commit(Commit { timer: Some(due[0].timer), ..commit(due[0].event) }).await.unwrap();
    assert!(settled(10).await);
});

promise!(keeps_roles_for_each_workspace(ledger) {
    let role = |name: &str| RoleName::parse(name).unwrap();
    let give = |name: &str, person: &str| Decision::GiveRole { role: role(name), person: person.into() };
    let given = |name: &str, person: &str, at| Given { role: role(name), person: person.into(), by: Some("U1".into()), at: Instant(at) };
    decide(&ledger, 1, vec![give("deployers", "dana"), give("deployers", "ed"), give("admins", "dana")]).await;
    decide(&ledger, 2, vec![give("deployers", "dana"), Decision::TakeRole { role: role("deployers"), person: "ed".into() }]).await;
    assert_eq!(
        ledger.roles(&here()).await.unwrap(),
        [given("admins", "dana", 1), given("deployers", "dana", 1)],
        "given twice is given the first time"
    );
    assert_eq!(ledger.roles_of(&here(), &["ed".into(), "dana".into()]).await.unwrap(), [role("admins"), role("deployers")]);
    assert_eq!(ledger.roles_of(&here(), &["ed".into()]).await.unwrap(), []);
    assert_eq!(ledger.roles_of(&"elsewhere".into(), &["dana".into()]).await.unwrap(), []);
});

promise!(keeps_what_was_set_for_a_plugin(ledger) {
    let setting = |plugin: &str, name: &str, value: &str| {
        Decision::Set { plugin: plugin.into(), setting: name.to_owned(), value: value.to_owned() }
    };
    decide(&ledger, 1, vec![setting("hat", "pool", "ask"), setting("hat", "nag", "no"), setting("dibs", "pool", "open")]).await;
    let unset = Decision::Unset { plugin: "hat".into(), setting: "nag".to_owned() };
    decide(&ledger, 2, vec![setting("hat", "pool", "open"), unset]).await;
    let pool = SetInChat { name: "pool".to_owned(), value: "open".to_owned(), by: Some("U1".into()), at: Instant(2) };
    assert_eq!(ledger.settings(&here(), &"hat".into()).await.unwrap(), [pool]);
    assert_eq!(ledger.settings(&here(), &"dibs".into()).await.unwrap().len(), 1);
    assert_eq!(ledger.settings(&"elsewhere".into(), &"hat".into()).await.unwrap(), []);
});

/// An administrator decides this at that time.
async fn decide(ledger: &impl Ledger, at: u64, decisions: Vec<Decision>) {
    let id = recorded(ledger, event(&format!("decided {at}"))).await;
    let audit = AuditEntry { person: Some("U1".into()), ..entry("decides", at) };
    ledger.commit(Commit { effects: Effects { decisions, ..Effects::default() }, audit, ..commit(id) }).await.unwrap();
}

promise!(keeps_the_audit(ledger) {
    let full = AuditEntry { place: Some(room()), person: Some("U1".into()), took: Duration::new(3, 21), ..entry("full", 5) };
    for (key, entry) in [("1", entry("one", 4)), ("2", full.clone())] {
        let id = recorded(&ledger, event(key)).await;
        ledger.commit(Commit { audit: entry, ..commit(id) }).await.unwrap();
    }
    assert_eq!(ledger.audit(AuditQuery::newest(9)).await.unwrap(), [full.clone(), entry("one", 4)]);
    assert_eq!(ledger.audit(AuditQuery::newest(1)).await.unwrap(), [full]);
});

promise!(finds_in_the_audit_what_fits(ledger) {
    let of = |what: &str, at, person: &str, called: &str, outcome: &str| AuditEntry {
        place: Some(room()),
        channel: "ops".into(),
        person: Some(person.into()),
        called: called.into(),
        outcome: outcome.into(),
        ..entry(what, at)
    };
    let entries = [
        of("first", 1, "U1", "andre", "held"),
        of("second", 2, "api:ci", "ci", "refused.full"),
        of("third", 3, "api:ci:pipeline 1", "ci (pipeline 1)", "refused"),
        AuditEntry { plugin: "dibs".into(), workspace: "elsewhere".into(), ..of("fourth", 4, "api:ci-2", "ci-2", "held") },
    ];
    for entry in entries {
        ledger.note(entry).await.unwrap();
    }
    let all = || AuditQuery::newest(9);
    let found = async |query| ledger.audit(query).await.unwrap().into_iter().map(|entry| entry.what).collect::<Vec<_>>();
    assert_eq!(found(all()).await, ["fourth", "third", "second", "first"]);
    assert_eq!(found(AuditQuery::newest(1)).await, ["fourth"]);
    assert_eq!(found(AuditQuery { since: Some(Instant(2)), until: Some(Instant(4)), ..all() }).await, ["third", "second"]);
    for (person, whats) in [("U1", &["first"][..]), ("Andre", &["first"]), ("ci", &["third", "second"]), ("nobody", &[])] {
        assert_eq!(found(AuditQuery { person: Some(person.into()), ..all() }).await, whats, "{person}");
    }
    for channel in ["C1", "OPS"] {
        assert_eq!(found(AuditQuery { channel: Some(channel.into()), ..all() }).await.len(), 4);
    }
    assert_eq!(found(AuditQuery { channel: Some("dev".into()), ..all() }).await, [""; 0]);
    assert_eq!(found(AuditQuery { outcome: Some("refused".into()), ..all() }).await, ["third", "second"]);
    assert_eq!(found(AuditQuery { plugin: Some("dibs".into()), ..all() }).await, ["fourth"]);
    assert_eq!(found(AuditQuery { workspace: Some(here()), ..all() }).await, ["third", "second", "first"]);
});

promise!(finds_what_came_of_an_event(ledger) {
    assert_eq!(ledger.trace(&here(), "1").await.unwrap(), None);
    let (id, other) = (recorded(&ledger, event("1")).await, recorded(&ledger, event("2")).await);
    let trace = async || ledger.trace(&here(), "1").await.unwrap().unwrap();
    assert!(!trace().await.finished);

    let said = |event: EventId| post(&format!("{}.hat.0", event.0), "hello");
    for event in [id, other] {
        let effects = Effects { says: vec![said(event)], calls: vec![open("turn")], ..Effects::default() };
        ledger.commit(Commit { effects, audit: AuditEntry { event: Some(event), ..entry("on", 2) }, ..commit(event) }).await.unwrap();
    }
    let seen = trace().await;
    assert_eq!((seen.id, seen.event, seen.finished), (id, event("1"), true));
    assert_eq!(seen.entries.iter().map(|entry| entry.event).collect::<Vec<_>>(), [Some(id)]);
    assert_eq!(seen.says, [said(id)]);
    assert_eq!(seen.call, Some(Call { key: "turn".into(), answer: None }));
});

promise!(keeps_long_data_of_an_outcome_as_long_as_its_event(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let data = format!("[\"{}\"]", "x".repeat(1 << 16));
    let audit = AuditEntry { event: Some(id), data: data.clone(), ..entry("list", 2) };
    ledger.commit(Commit { audit, ..commit(id) }).await.unwrap();
    assert_eq!(ledger.trace(&here(), "1").await.unwrap().unwrap().entries[0].data, data);
    let kept = async || ledger.audit(AuditQuery::newest(1)).await.unwrap().remove(0).data;
    assert_eq!(kept().await, r#"{"left-out-bytes":65540}"#);
    ledger.prune(Instant(3)).await.unwrap();
    assert_eq!(ledger.trace(&here(), "1").await.unwrap(), None);
    assert_eq!(kept().await, r#"{"left-out-bytes":65540}"#);
});

promise!(answers_calls_once(ledger) {
    let answered = async |key: &str| ledger.trace(&here(), key).await.unwrap().unwrap().call.unwrap().answer.map(|answer| answer.code);
    for key in ["1", "2"] {
        calling(&ledger, key, open("turn")).await;
        assert_eq!(answered(key).await, None);
    }
    calling(&ledger, "another", answer("another", "no")).await;
    assert_eq!(answered("1").await, None, "it has another key");
    calling(&ledger, "first", answer("turn", "held")).await;
    calling(&ledger, "second", answer("turn", "late")).await;
    for key in ["1", "2"] {
        assert_eq!(answered(key).await.as_deref(), Some("held"));
    }
});

promise!(gives_up_calls_that_nobody_asks_about_once(ledger) {
    for (key, call) in [("1", "a"), ("2", "b"), ("3", "b"), ("4", "answered")] {
        calling(&ledger, key, open(call)).await;
    }
    calling(&ledger, "5", answer("answered", "done")).await;
    let waiting = ledger.trace(&here(), "3").await.unwrap().unwrap().id;
    ledger.asked(waiting, Instant(50)).await.unwrap();
    assert_eq!(ledger.longest_unasked(&live()).await.unwrap(), Some(Instant(2)));
    assert_eq!(ledger.give_up_calls(Instant(9), Instant(60), &Live::new()).await.unwrap(), 0, "its plugin is away");

    assert_eq!(ledger.give_up_calls(Instant(9), Instant(60), &live()).await.unwrap(), 1);
    assert_eq!(ledger.give_up_calls(Instant(9), Instant(60), &live()).await.unwrap(), 0);
    let abandoned = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap().event;
    assert_eq!(abandoned.what, What::Abandoned { plugin: "hat".into(), key: "a".into() });
    assert_eq!(abandoned.place, Some(room()));
    assert_eq!(ledger.longest_unasked(&live()).await.unwrap(), Some(Instant(50)), "somebody asks about one of the two");
    assert_eq!(ledger.give_up_calls(Instant(50), Instant(60), &live()).await.unwrap(), 1);
    assert_eq!(ledger.longest_unasked(&live()).await.unwrap(), None);
});

promise!(keeps_requests_until_they_are_answered(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let effects = Effects { requests: vec![request("a"), request("b")], about: "deploy 17".into(), ..Effects::default() };
    let audit = AuditEntry { about: "deploy 17".into(), ..entry("on", 2) };
    ledger.commit(Commit { effects, audit, ..commit(id) }).await.unwrap();
    let [a, b] = waiting(&ledger).await.try_into().unwrap();
    assert_eq!((a.request.tag.as_str(), a.due, a.tries, a.underway), ("a", Instant(2), 0, false));
    assert_eq!((a.about.as_str(), a.reference.as_str(), a.plugin.clone()), ("deploy 17", "ref-on", "hat".into()));
    assert_eq!(ledger.next_request().await.unwrap(), Some(Instant(2)));
    assert!(!ledger.settled(Instant(2), &live()).await.unwrap());
    assert_eq!(ledger.count(&here(), &"hat".into(), Later::Response).await.unwrap(), 2);

    ledger.begin(a.id).await.unwrap();
    assert!(waiting(&ledger).await[0].underway);
    ledger.put_off(a.id, Instant(9)).await.unwrap();
    let again = waiting(&ledger).await.remove(0);
    assert_eq!((again.due, again.tries, again.underway), (Instant(9), 1, false));

    respond(&ledger, &b, 3).await;
    assert_eq!(waiting(&ledger).await.len(), 1);
    assert_eq!(ledger.next_request().await.unwrap(), Some(Instant(9)));
    let responded = ledger.unfinished(EventId(0), 9).await.unwrap().pop().unwrap();
    assert_eq!(responded.event.place, Some(room()));
    let What::Responded { plugin, timer, response } = responded.event.what else { panic!("a response") };
    assert_eq!((plugin, response), ("hat".into(), timed_out("b")));
    respond(&ledger, &b, 4).await;
    assert_eq!(unfinished(&ledger).await, [responded.id], "the first response counts");
    assert_eq!(ledger.count(&here(), &"hat".into(), Later::Response).await.unwrap(), 2, "as long as nobody has handled it");
    ledger.commit(Commit { timer: Some(timer), ..commit(responded.id) }).await.unwrap();
    assert_eq!(ledger.count(&here(), &"hat".into(), Later::Response).await.unwrap(), 1);
    assert!(ledger.settled(Instant(8), &live()).await.unwrap());
    let about = AuditQuery { about: Some("deploy 17".into()), ..AuditQuery::newest(9) };
    let found: Vec<String> = ledger.audit(about).await.unwrap().into_iter().map(|entry| entry.what).collect();
    assert_eq!(found, ["sent", "on"]);
});

promise!(hands_over_what_came_from_outside_when_its_plugin_is_there(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let effects = Effects { requests: vec![request("a")], ..Effects::default() };
    ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
    let a = waiting(&ledger).await.remove(0);
    ledger.respond(a.clone(), timed_out("a"), entry("sent", 3), &Live::new()).await.unwrap();
    assert_eq!(ledger.receive(received("ping", 3), &Live::new()).await.unwrap(), Receipt::New);
    assert_eq!(unfinished(&ledger).await, [], "nobody is there to be told");
    assert_eq!(ledger.fire_due(Instant(4), &live()).await.unwrap(), 2);
    let kinds = ledger.unfinished(EventId(0), 9).await.unwrap().into_iter().map(|unfinished| unfinished.event.what);
    assert!(matches!(kinds.collect::<Vec<_>>()[..], [What::Responded { .. }, What::Received { .. }]));
});

promise!(receives_a_webhook_once(ledger) {
    assert_eq!(ledger.receive(received("ping", 1), &live()).await.unwrap(), Receipt::New);
    assert_eq!(ledger.receive(received("ping", 2), &live()).await.unwrap(), Receipt::Repeat);
    assert_eq!(ledger.receive(received("pong", 3), &live()).await.unwrap(), Receipt::New);
    let elsewhere = Received { workspace: "elsewhere".into(), ..received("ping", 4) };
    assert_eq!(ledger.receive(elsewhere, &live()).await.unwrap(), Receipt::New);
    let found = ledger.unfinished(EventId(0), 9).await.unwrap();
    assert_eq!(found.len(), 3);
    for unfinished in found {
        let (workspace, timer) = (unfinished.event.workspace.clone(), unfinished.event.what.timer());
        ledger.commit(Commit { workspace, timer, ..commit(unfinished.id) }).await.unwrap();
    }
});

promise!(hears_an_equal_webhook_again_after_its_window(ledger) {
    assert!(is_new(ledger.receive(received("ping", 1), &Live::new()).await.unwrap()));
    let end = 1 + MINUTE.as_millis() as u64;
    assert!(!is_new(ledger.receive(received("ping", end - 1), &Live::new()).await.unwrap()));
    assert!(is_new(ledger.receive(received("ping", end), &Live::new()).await.unwrap()));
    assert!(!is_new(ledger.receive(received("ping", end + 1), &Live::new()).await.unwrap()), "its window begins anew");
    let named = |id: &str| Fingerprint { key: id.to_owned(), window: MINUTE * 60 };
    let with = |id: &str, at| Received { seen: vec![named(id), fingerprint("bell:pong")], ..received("pong", at) };
    assert!(is_new(ledger.receive(with("a", 1), &Live::new()).await.unwrap()));
    assert!(!is_new(ledger.receive(with("b", 2), &Live::new()).await.unwrap()), "the body is the same");
    assert!(!is_new(ledger.receive(with("a", end), &Live::new()).await.unwrap()), "the identity is");
    assert!(is_new(ledger.receive(with("c", end), &Live::new()).await.unwrap()));
    ledger.prune(Instant(end)).await.unwrap();
    assert!(!is_new(ledger.receive(with("c", end + 1), &Live::new()).await.unwrap()));
    assert_eq!(ledger.fire_due(Instant(end), &live()).await.unwrap(), 4, "none takes the place of an equal one that waits");
});

promise!(bounds_the_webhooks_that_wait_for_an_absent_plugin_and_hands_them_over_in_pages(ledger) {
    let ledger = Arc::new(ledger);
    let mut senders = JoinSet::new();
    for number in 0..10_010 {
        let ledger = Arc::clone(&ledger);
        senders.spawn(async move { ledger.receive(received(&number.to_string(), 1), &Live::new()).await.unwrap() });
    }
    let receipts = senders.join_all().await;
    let refused = receipts.iter().filter(|receipt| **receipt == Receipt::Full).count();
    assert_eq!((refused, receipts.len() - refused), (10, 10_000));
    assert_eq!(ledger.receive(received("late", 2), &Live::new()).await.unwrap(), Receipt::Full);
    let webhook = Webhook { name: "whistle".into(), ..received("1", 2).webhook };
    let other = Received { seen: vec![fingerprint("whistle:1")], webhook, ..received("1", 2) };
    assert_eq!(ledger.receive(other, &Live::new()).await.unwrap(), Receipt::New, "each webhook has its own bound");
    assert_eq!(ledger.receive(received("first", 2), &Live::from(["dibs".into()])).await.unwrap(), Receipt::Full);
    assert_eq!(unfinished(&*ledger).await, []);

    // The plugin is back.
    let mut all = 0;
    loop {
        match ledger.fire_due(Instant(3), &live()).await.unwrap() {
            0 => break,
            page => all += Some(page).filter(|page| *page <= 64).expect("a page"),
        }
    }
    assert_eq!(all, 10_001);
    let first = ledger.unfinished(EventId(0), 1).await.unwrap().remove(0);
    ledger.commit(Commit { timer: first.event.what.timer(), ..commit(first.id) }).await.unwrap();
    assert_eq!(ledger.receive(received("late", 4), &live()).await.unwrap(), Receipt::New, "what was refused comes again");
    assert_eq!(ledger.receive(received("later", 4), &live()).await.unwrap(), Receipt::Full);
});

promise!(swaps_builds_with_what_they_did_when_they_were_told(ledger) {
    let hat: PluginName = "hat".into();
    ledger.swap(swap("1", 1)).await.unwrap();
    assert_eq!(ledger.serving().await.unwrap(), [build("1", 1)]);

    let told = ledger.reserve(event("upgraded")).await.unwrap();
    assert_eq!(unfinished(&ledger).await, [], "nobody else is given it");
    let effects = Effects { writes: vec![set("a", "2")], says: vec![post("m", "upgraded")], ..Effects::default() };
    ledger.swap(Swap { told: vec![Commit { effects, ..commit(told) }], ..swap("2", 2) }).await.unwrap();
    assert_eq!(ledger.serving().await.unwrap(), [build("2", 2)]);
    assert_eq!(get(&ledger, "a").await.as_deref(), Some("2"));
    assert_eq!(ledger.unsent(SayId(0), 9).await.unwrap().len(), 1);
    assert_eq!(ledger.audit(AuditQuery::newest(9)).await.unwrap().len(), 1);
    assert_eq!(ledger.record(event("upgraded")).await.unwrap(), Recorded::Repeat);

    let again = Commit { effects: Effects { says: vec![post("m", "the same identity")], ..Effects::default() }, ..commit(told) };
    assert!(ledger.swap(Swap { told: vec![again], ..swap("3", 3) }).await.is_err());
    assert_eq!(ledger.serving().await.unwrap(), [build("2", 2)], "all of it or nothing");
    assert_eq!(ledger.build("sha256:3").await.unwrap(), None);

    ledger.leave(&hat, Instant(9), Leaving::TakenBack("it failed".into())).await.unwrap();
    ledger.leave(&hat, Instant(10), Leaving::Removed).await.unwrap();
    assert_eq!(ledger.serving().await.unwrap(), []);
    let left = |version: &str, at, left, why| Generation { left: Some((Instant(left), why)), ..build(version, at) };
    let generations = [left("2", 2, 9, Leaving::TakenBack("it failed".into())), left("1", 1, 2, Leaving::Replaced)];
    assert_eq!(ledger.generations(&hat, 9).await.unwrap(), generations);
    assert_eq!(ledger.build("sha256:1").await.unwrap().as_deref(), Some(&b"1"[..]));
});

promise!(keeps_what_was_decided_about_plugins(ledger) {
    let disabled = |by: &str| Taken { plugin: "hat".into(), measure: Measure::Disabled { why: "it is late".into() }, by: Some(by.into()), at: Instant(1) };
    let granted = Taken { plugin: "dibs".into(), measure: Measure::Granted { grant: "hear".into() }, by: None, at: Instant(2) };
    let take = |taken: &Taken| MeasureChange::Take(taken.clone());
    ledger.change_measures(vec![take(&disabled("U1")), take(&granted), take(&disabled("U2"))]).await.unwrap();
    assert_eq!(ledger.measures().await.unwrap(), [granted.clone(), disabled("U1")]);

    let lift = MeasureChange::Lift { plugin: "hat".into(), measure: disabled("U1").measure };
    let id = recorded(&ledger, event("enable")).await;
    ledger.commit(Commit { effects: Effects { measures: vec![lift], ..Effects::default() }, ..commit(id) }).await.unwrap();
    assert_eq!(ledger.measures().await.unwrap(), [granted]);
});

promise!(remembers_what_was_kept_when_an_invocation_began(ledger) {
    let mut kept = Vec::new();
    let changes = [vec![set("a", "1"), set("b", "1")], vec![set("a", "2"), delete("b"), set("c", "2")], vec![delete("a"), delete("never")], vec![]];
    for (number, writes) in changes.into_iter().enumerate() {
        kept.push(scan_all(&ledger).await);
        let reference = format!("ref{number}");
        let id = recorded(&ledger, event(&reference)).await;
        let effects = Effects { writes, ..Effects::default() };
        let recording = Some(Box::new(recording(id, &reference, &effects)));
        ledger.commit(Commit { effects, recording, ..commit(id) }).await.unwrap();
    }
    keep(&ledger, &"there".into(), ["a"]).await;

    let last = ledger.last_recordings(&"hat".into(), 3).await.unwrap();
    let references: Vec<&str> = last.iter().map(|past| past.recording.reference.as_str()).collect();
    assert_eq!(references, ["ref3", "ref2", "ref1"]);
    for past in &last {
        let number: usize = past.recording.reference[3..].parse().unwrap();
        assert_eq!(past.kept, Kept::new(kept[number].clone()), "{number}");
        assert_eq!(ledger.recordings(&past.recording.reference).await.unwrap(), std::slice::from_ref(past));
    }
    assert_eq!(ledger.recordings("another").await.unwrap(), []);

    ledger.prune(Instant(99)).await.unwrap();
    assert_eq!(ledger.last_recordings(&"hat".into(), 9).await.unwrap(), []);
});

promise!(tells_invocations_of_one_reference_apart(ledger) {
    let mut kept = Vec::new();
    for (plugin, value) in [("hat", "1"), ("dibs", "1"), ("hat", "2")] {
        let plugin = PluginName::from(plugin);
        let id = recorded(&ledger, event(&format!("{plugin} {value}"))).await;
        kept.push((id, ledger.get(&here(), &plugin, "a").await.unwrap()));
        let effects = Effects { writes: vec![set("a", value)], ..Effects::default() };
        let recording = Some(Box::new(Recording { plugin: plugin.clone(), ..recording(id, "same", &effects) }));
        ledger.commit(Commit { plugin, effects, recording, ..commit(id) }).await.unwrap();
    }
    kept.reverse();
    let past = ledger.recordings("same").await.unwrap();
    let told: Vec<_> = past.iter().map(|past| (past.recording.event, past.kept.get("a").map(<[u8]>::to_vec))).collect();
    assert_eq!(told, kept);
});

promise!(remembers_at_most_ten_thousand_invocations(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let nth = |number: usize| {
        let plugin = PluginName(format!("p{number}"));
        let recording = Recording { plugin: plugin.clone(), now: Instant(9), ..recording(id, &format!("r{number}"), &Effects::default()) };
        Commit { plugin, concerned: usize::MAX, recording: Some(Box::new(recording)), ..commit(id) }
    };
    ledger.commit_all((1..=10_002).map(nth).collect()).await.unwrap();
    ledger.prune(Instant(1)).await.unwrap();
    let there = async |number: usize| !ledger.recordings(&format!("r{number}")).await.unwrap().is_empty();
    assert_eq!([there(1).await, there(2).await, there(3).await, there(10_002).await], [false, false, true, true]);
});

promise!(remembers_so_much_of_a_plugin_that_writes_without_end(ledger) {
    let nth = |id: EventId, plugin: &str, size: usize| {
        let effects = Effects { writes: vec![set("a", &"x".repeat(size))], ..Effects::default() };
        let recording = Recording { plugin: plugin.into(), ..recording(id, &format!("r{}", id.0), &effects) };
        Commit { plugin: plugin.into(), effects, recording: Some(Box::new(recording)), ..commit(id) }
    };
    let kept = async |plugin: &str| ledger.last_recordings(&plugin.into(), 9_999).await.unwrap().len();
    let other = recorded(&ledger, event("other")).await;
    ledger.commit(nth(other, "dibs", 1)).await.unwrap();
    let id = recorded(&ledger, event("many")).await;
    let many = |number: usize| {
        let mut commit = nth(id, "hat", 1);
        if let Some(recording) = &mut commit.recording {
            recording.reference = number.to_string();
        }
        commit
    };
    ledger.swap(Swap { told: (0..2_003).map(many).collect(), ..swap("1", 1) }).await.unwrap();
    assert_eq!((kept("hat").await, kept("dibs").await), (2_000, 1), "nobody waits for the hour");

    for number in 3_000..3_020 {
        let id = recorded(&ledger, event(&number.to_string())).await;
        ledger.commit(nth(id, "hat", 1 << 20)).await.unwrap();
    }
    let large = kept("hat").await;
    assert!((10..=16).contains(&large), "each is 2 MiB, with what was there before: {large}");
    assert_eq!(kept("dibs").await, 1);
});

promise!(keeps_the_bytes_of_builds_that_may_be_needed(ledger) {
    for number in 1..=12 {
        ledger.swap(swap(&number.to_string(), number)).await.unwrap();
    }
    let id = recorded(&ledger, event("1")).await;
    let recording = Recording { digest: "sha256:1".into(), now: Instant(50), ..recording(id, "r", &Effects::default()) };
    ledger.commit(Commit { recording: Some(Box::new(recording)), ..commit(id) }).await.unwrap();
    let kept = async || {
        let mut kept = Vec::new();
        for number in 1..=12 {
            kept.extend(ledger.build(&format!("sha256:{number}")).await.unwrap().map(|_| number));
        }
        kept
    };
    ledger.prune(Instant(50)).await.unwrap();
    assert_eq!(kept().await, [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "the last ten, and what can be replayed");
    ledger.prune(Instant(51)).await.unwrap();
    assert_eq!(kept().await, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

promise!(forgets_what_is_old_and_done(ledger) {
    recorded(&ledger, event("open")).await;
    let mut last = (EventId(0), SayId(0));
    for (key, at) in [("new", 20), ("old", 10)] {
        last.0 = recorded(&ledger, event(key)).await;
        let says = vec![post(&format!("{key}, waits"), "unsent"), post(key, "sent")];
        ledger.commit(Commit { effects: Effects { says, ..Effects::default() }, audit: entry(key, at), ..commit(last.0) }).await.unwrap();
        last.1 = ledger.unsent(SayId(0), 99).await.unwrap().pop().unwrap().id;
        ledger.settle(last.1, Fate::Sent { service_id: None }).await.unwrap();
    }
    ledger.prune(Instant(20)).await.unwrap();

    let there = async |id: &str| ledger.message(&here(), &id.into()).await.unwrap().is_some();
    assert_eq!([there("old").await, there("old, waits").await, there("new").await], [false, true, true]);
    assert_eq!(ledger.record(event("new")).await.unwrap(), Recorded::Repeat);
    assert_eq!(ledger.record(event("open")).await.unwrap(), Recorded::Repeat);
    assert_eq!(ledger.audit(AuditQuery::newest(99)).await.unwrap().len(), 2);

    let again = recorded(&ledger, event("old")).await;
    say(&ledger, again, vec![post("old", "again")]).await;
    let unsent = ledger.unsent(SayId(0), 99).await.unwrap().pop().unwrap();
    assert!(again > last.0 && unsent.id > last.1, "no id is given twice");
});

promise!(keeps_the_message_of_a_question_that_stands(ledger) {
    let id = recorded(&ledger, event("1")).await;
    let effects = Effects { questions: vec![ask("a", "asks", 90)], says: vec![post("asks", "Well?"), post("says", "Well.")], ..Effects::default() };
    ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
    for unsent in ledger.unsent(SayId(0), 9).await.unwrap() {
        ledger.settle(unsent.id, Fate::Sent { service_id: None }).await.unwrap();
    }
    let there = async |id: &str| ledger.message(&here(), &id.into()).await.unwrap().is_some();
    ledger.prune(Instant(50)).await.unwrap();
    assert_eq!([there("asks").await, there("says").await], [true, false]);

    let asked = ledger.question(&here(), &"asks".into()).await.unwrap().unwrap();
    let press = recorded(&ledger, event("2")).await;
    ledger.commit(Commit { timer: Some(asked.id), ..commit(press) }).await.unwrap();
    ledger.prune(Instant(50)).await.unwrap();
    assert!(!there("asks").await);
});

promise!(wakes_who_has_something_to_look_at(ledger) {
    let wakes = ledger.wakes();
    let seen = || *wakes.borrow();
    assert_eq!(seen(), Wake::default());
    let id = recorded(&ledger, event("1")).await;
    assert_eq!(seen(), Wake { inbox: 1, any: 1, ..Wake::default() });
    ledger.record(event("1")).await.unwrap();
    assert_eq!(seen().inbox, 1, "a repeat is no news");
    let effects = Effects { timers: vec![timer("t", 10)], says: vec![post("a", "hello")], ..Effects::default() };
    let before = seen();
    ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
    assert_eq!(seen(), Wake { outbox: 1, timers: 1, any: before.any + 1, ..before });
    ledger.fire_due(Instant(10), &live()).await.unwrap();
    assert_eq!(seen().inbox, 2);
    let timers = seen().timers;
    ledger.plan(&here(), &"hat".into(), vec![planned("a", "0 9 * * *", 20)]).await.unwrap();
    ledger.plan(&here(), &"hat".into(), vec![planned("a", "0 9 * * *", 20)]).await.unwrap();
    assert_eq!(seen().timers, timers + 1, "the same plan is no news");
    assert!(!ledger.wakes().has_changed().unwrap(), "what was before is no news");
    drop(ledger);
    assert!(wakes.has_changed().is_err(), "it closes");
});

pub(super) fn keeps_everything_when_it_is_opened_again(bench: &impl Bench) {
    let runtime = runtime();
    let ledger = bench.open();
    let (open, due) = runtime.block_on(async {
        let id = recorded(&ledger, event("done")).await;
        let (timers, says) = (vec![timer("t", 10), timer("u", 20)], vec![post("m", "hello")]);
        let effects = Effects { writes: vec![set("a", "1")], timers, says, ..Effects::default() };
        ledger.commit(Commit { effects, ..commit(id) }).await.unwrap();
        ledger.swap(swap("1", 1)).await.unwrap();
        let due = fired(&ledger, 10).await.remove(0);
        let open = recorded(&ledger, event("open")).await;
        ledger.commit(Commit { concerned: 2, ..commit(open) }).await.unwrap();
        (open, due)
    });
    drop(ledger);

    let ledger = bench.open();
    runtime.block_on(async {
        assert_eq!(ledger.record(event("done")).await.unwrap(), Recorded::Repeat);
        assert_eq!(unfinished(&ledger).await, [due.event, open]);
        assert_eq!(ledger.commit(Commit { concerned: 2, ..commit(open) }).await.unwrap(), Committed::Before);
        assert_eq!(get(&ledger, "a").await.as_deref(), Some("1"));
        assert!(ledger.timer_stands(due.timer).await.unwrap());
        assert_eq!(ledger.next_due(&live()).await.unwrap(), Some(Instant(20)));
        assert_eq!(ledger.unsent(SayId(0), 9).await.unwrap().len(), 1);
        assert_eq!(ledger.audit(AuditQuery::newest(9)).await.unwrap().len(), 2);
        assert_eq!(ledger.serving().await.unwrap(), [build("1", 1)]);
    });
}

// What the tests are told with; engines use it for tests of their own.

pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
}

pub(super) fn here() -> WorkspaceId {
    "here".into()
}

fn live() -> Live {
    ["hat".into(), "dibs".into()].into()
}

pub(super) fn room() -> Place {
    Place { channel: ChannelId::from("C1"), thread: None }
}

pub(super) fn event(key: &str) -> Event {
    let what = What::Installed { plugin: "hat".into() };
    Event { workspace: here(), key: key.into(), at: Instant(1), place: Some(room()), person: Some(PersonId::from("U1")), what }
}

/// The only concerned plugin is done with it, and did nothing.
pub(super) fn commit(event: EventId) -> Commit {
    Commit {
        event,
        workspace: here(),
        plugin: "hat".into(),
        concerned: 1,
        effects: Effects::default(),
        timer: None,
        again: None,
        audit: entry("hat on", 2),
        recording: None,
    }
}

/// A build of the hat that serves from then on; its bytes are its version.
fn build(version: &str, at: u64) -> Generation {
    Generation {
        plugin: "hat".into(),
        version: version.into(),
        digest: format!("sha256:{version}"),
        state: 0,
        at: Instant(at),
        cause: Cause::Upgraded,
        by: None,
        reference: String::new(),
        left: None,
    }
}

fn swap(version: &str, at: u64) -> Swap {
    Swap {
        generation: build(version, at),
        bytes: version.as_bytes().into(),
        before: Leaving::Replaced,
        told: Vec::new(),
        measures: Vec::new(),
    }
}

pub(super) fn request(tag: &str) -> Request {
    Request {
        tag: tag.into(),
        method: "POST".into(),
        url: "https://api.example.com/things".into(),
        headers: vec![("accept".into(), "text/plain".into())],
        body: vec![0xff, 0],
        timeout: Duration::from_secs(30),
        retries: 2,
        idempotency_key: None,
        place: Some(room()),
    }
}

async fn waiting(ledger: &impl Ledger) -> Vec<Waiting> {
    ledger.waiting(RequestId(0), 9).await.unwrap()
}

async fn respond(ledger: &impl Ledger, waiting: &Waiting, at: u64) {
    let entry = AuditEntry { about: waiting.about.clone(), ..entry("sent", at) };
    ledger.respond(waiting.clone(), timed_out(&waiting.request.tag), entry, &live()).await.unwrap();
}

fn timed_out(tag: &str) -> Response {
    Response { tag: tag.into(), outcome: Err(HttpFailure::Timeout) }
}

fn received(key: &str, at: u64) -> Received {
    let webhook = Webhook { name: "bell".into(), headers: Vec::new(), body: key.into() };
    Received { workspace: here(), plugin: "hat".into(), seen: vec![fingerprint(&format!("bell:{key}"))], at: Instant(at), webhook }
}

fn is_new(receipt: Receipt) -> bool {
    receipt == Receipt::New
}

const MINUTE: Duration = Duration::from_secs(60);

fn fingerprint(key: &str) -> Fingerprint {
    Fingerprint { key: key.to_owned(), window: MINUTE }
}

pub(super) fn recording(event: EventId, reference: &str, effects: &Effects) -> Recording {
    Recording {
        reference: reference.into(),
        plugin: "hat".into(),
        workspace: here(),
        event,
        digest: "sha256:1".into(),
        place: Some(room()),
        person: None,
        by: Some("U1".into()),
        now: Instant(2),
        seed: 7,
        handed: Handed::Timer { key: "t".into(), payload: vec![0xff], due: Instant(2) },
        grants: vec!["hear".into()],
        settings: Arc::default(),
        told: crate::ledger::recording::Told::default(),
        outcome: "ok".into(),
        effects: effects.clone(),
    }
}

/// Everything that the hat keeps.
async fn scan_all(ledger: &impl Ledger) -> std::collections::BTreeMap<String, Vec<u8>> {
    ledger.scan(&here(), &"hat".into(), "", None, 999).await.unwrap().into_iter().collect()
}

pub(super) fn writing(event: EventId, write: Write) -> Commit {
    Commit { effects: Effects { writes: vec![write], ..Effects::default() }, ..commit(event) }
}

pub(super) fn entry(what: &str, at: u64) -> AuditEntry {
    AuditEntry {
        reference: format!("ref-{what}"),
        at: Instant(at),
        workspace: here(),
        place: None,
        channel: String::new(),
        person: None,
        called: String::new(),
        plugin: "hat".into(),
        build: "1.0.0 sha256:1".into(),
        event: None,
        line: String::new(),
        what: what.into(),
        rule: String::new(),
        outcome: "ok".into(),
        detail: String::new(),
        data: String::new(),
        about: String::new(),
        took: Duration::from_micros(120),
    }
}

pub(super) fn set(key: &str, value: &str) -> Write {
    Write::Set { key: key.into(), value: value.into() }
}

fn delete(key: &str) -> Write {
    Write::Delete { key: key.into() }
}

pub(super) fn timer(key: &str, due: u64) -> TimerChange {
    TimerChange::Set { key: key.into(), due: Instant(due), payload: key.into(), place: Some(room()) }
}

fn cancel(key: &str) -> TimerChange {
    TimerChange::Cancel { key: key.into() }
}

/// To U1 in the room, and text is an answer.
fn question(key: &str, message: &str, deadline: u64) -> Question {
    Question { key: key.into(), to: "U1".into(), at: room(), message: message.into(), text: true, deadline: Instant(deadline) }
}

fn ask(key: &str, message: &str, deadline: u64) -> QuestionChange {
    QuestionChange::Ask(question(key, message, deadline))
}

fn planned(name: &str, cron: &str, due: u64) -> Planned {
    Planned { schedule: Schedule { name: name.into(), cron: cron.into(), zone: "UTC".into() }, due: Instant(due) }
}

/// The questions that somebody can answer by text.
async fn keys(ledger: &impl Ledger, person: &str) -> Vec<String> {
    let asked = ledger.questions_to(&here(), &person.into()).await.unwrap();
    asked.into_iter().map(|asked| asked.question.key).collect()
}

fn open(key: &str) -> CallChange {
    CallChange::Open { key: key.into() }
}

fn answer(key: &str, code: &str) -> CallChange {
    CallChange::Answer { key: key.into(), code: code.into(), data: "{}".into() }
}

/// An event in which a call is opened or answered.
async fn calling(ledger: &impl Ledger, key: &str, call: CallChange) {
    let id = recorded(ledger, event(key)).await;
    ledger.commit(Commit { effects: Effects { calls: vec![call], ..Effects::default() }, ..commit(id) }).await.unwrap();
}

pub(super) fn text(text: &str) -> Message {
    Message { text: vec![Span::Plain(text.into())], blocks: vec![] }
}

pub(super) fn post(id: &str, said: &str) -> Say {
    Say { id: MessageId::from(id), how: How::Post { to: room(), message: text(said) }, question: None }
}

fn edit(id: &str, original: &str, said: &str) -> Say {
    Say { id: MessageId::from(id), how: How::Edit { to: room(), original: original.into(), message: text(said) }, question: None }
}

pub(super) async fn recorded(ledger: &impl Ledger, event: Event) -> EventId {
    match ledger.record(event).await.unwrap() {
        Recorded::New(id) => id,
        Recorded::Repeat => panic!("it is there already"),
    }
}

async fn unfinished(ledger: &impl Ledger) -> Vec<EventId> {
    ledger.unfinished(EventId(0), 999).await.unwrap().into_iter().map(|unfinished| unfinished.id).collect()
}

async fn say(ledger: &impl Ledger, event: EventId, says: Vec<Say>) {
    ledger.commit(Commit { effects: Effects { says, ..Effects::default() }, ..commit(event) }).await.unwrap();
}

pub(super) async fn get(ledger: &impl Ledger, key: &str) -> Option<String> {
    let value = ledger.get(&here(), &"hat".into(), key).await.unwrap();
    value.map(|value| String::from_utf8(value).unwrap())
}

/// Sets each key to itself.
async fn keep(ledger: &impl Ledger, workspace: &WorkspaceId, keys: impl IntoIterator<Item: AsRef<str>>) {
    let id = recorded(ledger, Event { workspace: workspace.clone(), ..event("keep") }).await;
    let writes = keys.into_iter().map(|key| set(key.as_ref(), key.as_ref())).collect();
    let effects = Effects { writes, ..Effects::default() };
    ledger.commit(Commit { workspace: workspace.clone(), effects, ..commit(id) }).await.unwrap();
}

async fn scan(ledger: &impl Ledger, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let entries = ledger.scan(&here(), &"hat".into(), prefix, after, limit).await.unwrap();
    entries.into_iter().map(|(key, _)| key).collect()
}

/// Commits at the same time, from as many tasks.
pub(super) async fn all<L: Ledger>(ledger: &Arc<L>, commits: impl IntoIterator<Item = Commit>) -> Vec<super::Result<Committed>> {
    let mut tasks = JoinSet::new();
    for commit in commits {
        let ledger = Arc::clone(ledger);
        tasks.spawn(async move { ledger.commit(commit).await });
    }
    tasks.join_all().await
}

struct Due {
    event: EventId,
    timer: TimerId,
    key: String,
}

/// Fires what is due at `now`, and returns the unfinished events of timers.
async fn fired(ledger: &impl Ledger, now: u64) -> Vec<Due> {
    ledger.fire_due(Instant(now), &live()).await.unwrap();
    let unfinished = ledger.unfinished(EventId(0), 999).await.unwrap();
    let due = |unfinished: Unfinished| match unfinished.event.what {
        What::TimerDue { timer, key, .. } => Some(Due { event: unfinished.id, timer, key }),
        _ => None,
    };
    unfinished.into_iter().filter_map(due).collect()
}
