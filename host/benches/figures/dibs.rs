//! Dibs on the whole host: alone, everybody at once, and what came due while nobody was there.

use crate::invocations::runtime;
use crate::measure::quantile;
use crate::plugins::Built;
use crate::stand::{Handed, Home, Stand};
use crate::{disk, report, shown};
use hatstand::clock::Clock;
use hatstand::ledger::{AuditQuery, Recorded};
use hatstand::model::WorkspaceId;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const ALONE: usize = 500;
const PEOPLE: usize = 200;
const BURSTS: usize = 10;
const TIMERS: usize = 1_000;

/// From the event to the answer handed to the adapter, one at a time, each of another thing.
pub fn one_at_a_time(plugins: &Built) {
    let home = home(plugins);
    runtime().block_on(async {
        let mut stand = Stand::start(&home, 1, true).await;
        let mut samples = Vec::with_capacity(ALONE);
        for number in 0..ALONE {
            let event = stand.event_of(&workspace(), "ann", &format!("dibs on thing {number} for 2 hours"));
            let began = Instant::now();
            stand.host.intake.take(event).await.expect("recorded");
            samples.push(stand.handed.recv().await.expect("an answer").at - began);
            stand.host.settled().await.expect("settled");
        }
        report("a single `dibs on`, event to answer handed over", &mut samples, "5 ms at a flush of 1 ms");
        let audit = stand.host.ledger.audit(AuditQuery::newest(ALONE)).await.expect("an audit");
        let mut took: Vec<Duration> = audit.into_iter().map(|entry| entry.took).collect();
        report("of that the invocation: routing, an instance, the plugin", &mut took, "none");
        stand.host.stop().await;
    });
}

/// `dibs on staging for 2 hours` of 200 people at the same moment: one holder, 199 places, in the order of the commits.
pub fn everybody_at_once(plugins: &Built) {
    let home = home(plugins);
    runtime().block_on(async {
        let mut stand = Stand::start(&home, 1, true).await;
        let mut samples = Vec::with_capacity(PEOPLE * BURSTS);
        let mut wholes = Vec::with_capacity(BURSTS);
        for burst in 0..BURSTS {
            let began = Instant::now();
            let events = say_at_once(&stand, &format!("dibs on staging {burst} for 2 hours")).await;
            let mut waiting: BTreeSet<i64> = events.into_iter().collect();
            while !waiting.is_empty() {
                let Handed { event, at, .. } = stand.handed.recv().await.expect("an answer");
                if waiting.remove(&event) {
                    samples.push(at - began);
                }
            }
            wholes.push(began.elapsed());
            stand.host.settled().await.expect("settled");
            check_order(&stand).await;
        }
        report("`dibs on` of 200 people at once, event to answer handed over", &mut samples, "one holder, 199 places: seen");
        println!("the same, until the last of the 200 has an answer: p50 {}", shown(quantile(&mut wholes, 0.5)));
        stand.host.stop().await;
    });
}

/// What came due while nobody was there: from the start of the host to the last word about it.
pub fn overdue(plugins: &Built) {
    let home = home(plugins);
    let clock = Clock::machine();
    runtime().block_on(async {
        let stand = Stand::start_with(&home, 1, true, clock.clone()).await;
        for number in 0..TIMERS {
            let text = format!("dibs on thing {number} for {} minutes", 60 + number % 30);
            stand.host.intake.take(stand.event_of(&workspace(), "ann", &text)).await.expect("recorded");
            stand.host.intake.take(stand.event_of(&workspace(), "bob", &text)).await.expect("recorded");
        }
        stand.host.settled().await.expect("settled");
        stand.host.stop().await;
    });
    clock.advance(Duration::from_secs(100 * 60));
    runtime().block_on(async {
        let began = Instant::now();
        let mut stand = Stand::start_with(&home, 1, true, clock.clone()).await;
        stand.host.settled().await.expect("settled");
        let mut said = Vec::new();
        while let Ok(handed) = stand.handed.try_recv() {
            said.push(handed);
        }
        let ended: Vec<&Handed> = said.iter().filter(|handed| handed.text.contains("Time is up")).collect();
        assert_eq!(ended.len(), TIMERS, "each ends once");
        assert!(ended.iter().all(|handed| handed.text.contains("offline")), "each says that it is late");
        let last = ended.last().expect("there are some").at - began;
        println!(
            "{TIMERS} turns that ended during a downtime: the last is told {} after the start (flush {}; aim: 5 s)",
            shown(last),
            shown(disk::flush_time())
        );
        stand.host.stop().await;
    });
}

fn home(plugins: &Built) -> Home {
    let home = Home::new();
    home.put("dibs", plugins.standard("dibs"));
    home
}

fn workspace() -> WorkspaceId {
    WorkspaceId::from("w0")
}

/// Everybody says this before anybody is answered; gives the events.
async fn say_at_once(stand: &Stand, text: &str) -> Vec<i64> {
    let mut deliveries = tokio::task::JoinSet::new();
    for person in 0..PEOPLE {
        let (intake, event) = (stand.host.intake.clone(), stand.event_of(&workspace(), &format!("p{person}"), text));
        deliveries.spawn(async move { intake.take(event).await });
    }
    let recorded = deliveries.join_all().await.into_iter().map(|recorded| recorded.expect("recorded"));
    recorded.map(|recorded| if let Some(Recorded::New(id)) = recorded { id.0 } else { panic!("each is new") }).collect()
}

/// One has it, the others wait in the order of the commits, and nobody was lost.
async fn check_order(stand: &Stand) {
    let mut rows = stand.host.ledger.audit(AuditQuery::newest(PEOPLE)).await.expect("an audit");
    rows.reverse();
    let held = rows.iter().filter(|row| row.outcome == "held").count();
    let places: Vec<u64> = rows.iter().filter(|row| row.outcome == "queued").filter_map(|row| position(&row.data)).collect();
    assert_eq!((held, places), (1, (1..PEOPLE as u64).collect()), "one holder, and everybody else in line");
}

fn position(data: &str) -> Option<u64> {
    serde_json::from_str::<BTreeMap<String, serde_json::Value>>(data).ok()?.get("position")?.as_u64()
}
