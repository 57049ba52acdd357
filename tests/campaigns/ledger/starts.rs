//! A start with a long history behind it.

use crate::crowd::{COUNTER, block_on};
use crate::figure::Figures;
use crate::history::entry;
use crate::home::{Home, give};
use crate::size::Size;
use hatstand::ledger::{Commit, Ledger, Recorded, Sqlite};
use hatstand::model::{Effects, Event, EventId, TimerChange, What};
use hatstand_common::value::Instant as Moment;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const TIMERS: u64 = 10_000;
/// How many rows are written at the same time.
const AT_ONCE: u64 = 200;

pub fn run(size: Size) {
    let rows: u64 = size.of(100_000, 1_000_000);
    let figures = Figures::of("starts", format!("{rows} rows of the audit and {TIMERS} timers"));
    let home = Home::with(&["counter"]);
    block_on(fill(&home, rows));
    let closed = first_answer(&home);
    figures.show("MiB of the ledger", std::fs::metadata(home.ledger()).expect("it is there").len() >> 20);
    figures.at_most(
        "from the start to the first answer, after a close",
        closed.0,
        size.of(Duration::from_secs(15), Duration::from_secs(2)),
    );
    closed.1.kill();
    let killed = first_answer(&home);
    figures.at_most("from the start to the first answer, after a kill", killed.0, size.of(Duration::from_secs(15), Duration::from_secs(2)));
    killed.1.end();
}

fn first_answer(home: &Home) -> (Duration, crate::home::Bot) {
    let began = Instant::now();
    let bot = home.start(None);
    let response = give(bot.address, &home.token, COUNTER, &format!("{:?}", bot.pid())).expect("it answers");
    assert_eq!(response.status, 200, "{response:?}");
    (began.elapsed(), bot)
}

async fn fill(home: &Home, rows: u64) {
    let ledger = Arc::new(Sqlite::open(&home.ledger()).expect("it opens"));
    for first in (0..rows).step_by(usize::try_from(AT_ONCE).expect("it is small")) {
        let mut notes = JoinSet::new();
        for row in first..(first + AT_ONCE).min(rows) {
            let ledger = Arc::clone(&ledger);
            notes.spawn(async move { ledger.note(entry(EventId(1), row)).await });
        }
        while let Some(noted) = notes.join_next().await {
            noted.expect("it ends").expect("it is kept");
        }
    }
    set_timers(&ledger).await;
    Arc::into_inner(ledger).expect("nobody else has it").close().expect("it closes");
}

/// Far in the future.
async fn set_timers(ledger: &Sqlite) {
    let event = Event {
        workspace: "terminal".into(),
        key: "timers".to_owned(),
        at: Moment(1),
        place: None,
        person: None,
        what: What::Installed { plugin: COUNTER.into() },
    };
    let Recorded::New(event) = ledger.record(event).await.expect("it is kept") else { panic!("it was recorded before") };
    let set = |timer| TimerChange::Set {
        key: format!("timer {timer}"),
        due: Moment(4_000_000_000_000 + timer),
        payload: vec![7; 100],
        place: None,
    };
    let commit = Commit {
        event,
        workspace: "terminal".into(),
        plugin: COUNTER.into(),
        concerned: 1,
        effects: Effects { timers: (0..TIMERS).map(set).collect(), ..Effects::default() },
        timer: None,
        again: None,
        audit: entry(event, 0),
        recording: None,
    };
    ledger.commit(commit).await.expect("it is kept");
}
