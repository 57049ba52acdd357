//! Commands through the whole host: recorded, routed, run, committed, handed to the adapter.

use crate::plugins::Built;
use crate::stand::{Home, Stand};
use crate::{disk, report, shown};
use hatstand::ledger::AuditQuery;
use hatstand::model::WorkspaceId;
use std::time::{Duration, Instant};

const ALONE: usize = 1_000;
const TOGETHER: usize = 20_000;
const IN_FLIGHT: usize = 64;
const WORKSPACES: usize = 16;

/// From the event to "handed to the adapter", for a command that reads and writes state, one at a time.
pub fn one_at_a_time(plugins: &Built) {
    let home = Home::new();
    home.put("counter", &plugins.counter(0));
    runtime().block_on(async {
        let mut stand = Stand::start(&home, 1, true).await;
        let workspace = WorkspaceId::from("w0");
        let mut samples = Vec::with_capacity(ALONE);
        for _ in 0..ALONE {
            let event = stand.event(&workspace, "counter00");
            let began = Instant::now();
            stand.host.intake.take(event).await.expect("recorded");
            samples.push(stand.handed.recv().await.expect("an answer").at - began);
            stand.host.settled().await.expect("settled");
        }
        report("stateful command, event to reply handed over", &mut samples, "p50 5 ms, p99 25 ms");
        stand.host.stop().await;
    });
}

/// Stateful commands per second with 64 in flight over 16 workspaces.
pub fn many_in_flight(plugins: &Built) {
    let home = Home::new();
    home.put("counter", &plugins.counter(0));
    runtime().block_on(async {
        let mut stand = Stand::start(&home, WORKSPACES, true).await;
        let workspace = |number: usize| WorkspaceId(format!("w{}", number % WORKSPACES));
        let began = Instant::now();
        let mut said = 0;
        let mut answered = 0;
        while answered < TOGETHER {
            let more = (said - answered..IN_FLIGHT).take(TOGETHER - said);
            let events: Vec<_> = more.enumerate().map(|(ahead, _)| stand.event(&workspace(said + ahead), "counter00")).collect();
            said += events.len();
            for event in events {
                let intake = stand.host.intake.clone();
                tokio::spawn(async move { intake.take(event).await });
            }
            stand.handed.recv().await.expect("an answer");
            answered += 1;
            while stand.handed.try_recv().is_ok() {
                answered += 1;
            }
        }
        let each = began.elapsed() / u32::try_from(TOGETHER).expect("it fits");
        let per_second = Duration::from_secs(1).as_nanos() / each.as_nanos().max(1);
        println!(
            "stateful commands, {IN_FLIGHT} in flight over {WORKSPACES} workspaces: {per_second} a second, {TOGETHER} commands (flush {}; aim: 2000)",
            shown(disk::flush_time())
        );
        stand.host.stop().await;
    });
}

/// What a fresh instance costs: a command that keeps nothing and says nothing, in the audit's own measure.
pub fn fresh_instance(plugins: &Built) {
    let home = Home::new();
    home.put("counter", &plugins.counter(0));
    runtime().block_on(async {
        let stand = Stand::start(&home, 1, true).await;
        let workspace = WorkspaceId::from("w0");
        for _ in 0..ALONE {
            stand.say(&workspace, "counter00 nothing").await;
            stand.host.settled().await.expect("settled");
        }
        let audit = stand.host.ledger.audit(AuditQuery::newest(ALONE)).await.expect("an audit");
        let mut samples: Vec<Duration> = audit.into_iter().map(|entry| entry.took).collect();
        report("a fresh instance: start, one call, end", &mut samples, "the engine's floor is 0.03 ms");
        stand.host.stop().await;
    });
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}
