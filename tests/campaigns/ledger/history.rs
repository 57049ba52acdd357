//! A history in a ledger, and what a ledger has to look like after any number of its steps.

use crate::crowd::block_on;
use crate::support::FOR_EVER;
use hatstand::ledger::{AuditEntry, Commit, Ledger, LedgerError, Recorded, Result, SayId, Sqlite, Trace};
use hatstand::model::{Effects, Event, EventId, How, Later, Line, PluginName, Said, Say, TimerChange, What, WorkspaceId, Write};
use hatstand_common::message::Message;
use hatstand_common::value::{Instant, MessageId, Place};
use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::thread;
use std::time::Duration;

/// Tells this program to be the process whose disk fails, with this ledger; and how many steps it takes.
const VICTIM: &str = "HATSTAND_LEDGER_CAMPAIGN_VICTIM";
const STEPS: &str = "HATSTAND_LEDGER_CAMPAIGN_STEPS";

/// How the victim ends when the ledger does not take a step.
pub const FAILED: i32 = 3;

/// How many keys of the plugin's state are written in turn, and how many timers are set in turn.
const KEYS: u64 = 7;
const TIMERS: u64 = 5;

/// One step: an event, and an invocation that counts it, says it and sets a timer for it.
pub fn take(ledger: &Sqlite, step: u64) -> Result<()> {
    block_on(async {
        let event = Event {
            workspace: workspace(),
            key: step.to_string(),
            at: Instant(step),
            place: Some(place()),
            person: Some("U1".into()),
            what: What::Said(Said {
                line: Line { text: format!("step {step}"), mentions: Vec::new() },
                addressed: true,
                message: MessageId(step.to_string()),
            }),
        };
        let Recorded::New(id) = ledger.record(event).await? else { panic!("step {step} was recorded before") };
        ledger.commit(commit(id, step)).await.map(drop)
    })
}

fn commit(event: EventId, step: u64) -> Commit {
    let set = |key: String| Write::Set { key, value: step.to_string().into_bytes() };
    let message = Message { text: vec![hatstand_common::message::Span::Plain(text(step))], blocks: Vec::new() };
    let effects = Effects {
        writes: vec![set("count".to_owned()), set((step % KEYS).to_string())],
        timers: vec![TimerChange::Set { key: (step % TIMERS).to_string(), due: Instant(step), payload: vec![7], place: None }],
        says: vec![Say { id: MessageId(step.to_string()), how: How::Post { to: place(), message }, question: None }],
        ..Effects::default()
    };
    Commit {
        event,
        workspace: workspace(),
        plugin: plugin(),
        concerned: 1,
        effects,
        timer: None,
        again: None,
        audit: entry(event, step),
        recording: None,
    }
}

pub fn entry(event: EventId, step: u64) -> AuditEntry {
    AuditEntry {
        reference: format!("{step:06x}"),
        at: Instant(step),
        workspace: workspace(),
        place: Some(place()),
        channel: "dev".to_owned(),
        person: Some("U1".into()),
        called: "ann".to_owned(),
        plugin: plugin(),
        build: "0.1.0".to_owned(),
        event: Some(event),
        line: format!("step {step}"),
        what: "step".to_owned(),
        rule: String::new(),
        outcome: "ok".to_owned(),
        detail: String::new(),
        data: String::new(),
        about: String::new(),
        took: Duration::ZERO,
    }
}

/// How many steps are there, after making sure that there is all of each and nothing else; reads every table on the way.
pub fn steps(ledger: &Sqlite) -> Result<u64> {
    block_on(async {
        let state = ledger.scan(&workspace(), &plugin(), "", None, 99).await?;
        let count =
            state.iter().find(|(key, _)| key == "count").map_or(0, |(_, count)| String::from_utf8_lossy(count).parse().unwrap_or(0));
        assert_eq!(state, replay(count), "the state after {count} steps");
        assert_eq!(ledger.count(&workspace(), &plugin(), Later::Timer).await? as u64, count.min(TIMERS));
        let unsent = ledger.unsent(SayId(0), usize::MAX).await?;
        assert_eq!(unsent.len() as u64, count);
        for (said, step) in unsent.iter().zip(1..) {
            let message = said.say.how.message().expect("it is one");
            assert_eq!(message.text, [hatstand_common::message::Span::Plain(text(step))]);
        }
        for step in 1..=count {
            let trace = ledger.trace(&workspace(), &step.to_string()).await?;
            assert!(matches!(&trace, Some(Trace { event, .. }) if event.line() == format!("step {step}")), "step {step}: {trace:?}");
        }
        let unfinished = ledger.unfinished(EventId(0), 99).await?;
        assert!(unfinished.iter().all(|open| open.event.key == (count + 1).to_string()) && unfinished.len() <= 1, "{unfinished:?}");
        Ok(count)
    })
}

/// The state after so many steps, in the order of its keys.
fn replay(steps: u64) -> Vec<(String, Vec<u8>)> {
    let mut state = BTreeMap::new();
    for step in 1..=steps {
        state.insert((step % KEYS).to_string(), step.to_string().into_bytes());
        state.insert("count".to_owned(), step.to_string().into_bytes());
    }
    state.into_iter().collect()
}

/// Long enough to fill pages.
fn text(step: u64) -> String {
    format!("this was step {step}, ").repeat(20)
}

/// A process that goes on with the history in this ledger, for so many steps.
pub fn victim(ledger: &Path, steps: u64) -> Command {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.env(VICTIM, ledger).env(STEPS, steps.to_string());
    command
}

/// Is this the process whose disk fails? Then it never comes back.
pub fn be_the_victim() {
    let Some(path) = env::var_os(VICTIM).map(PathBuf::from) else { return };
    // Whoever started it may be gone.
    thread::spawn(|| {
        thread::sleep(10 * FOR_EVER);
        exit(1);
    });
    let steps: u64 = env::var(STEPS).expect("whoever starts it says so").parse().expect("a number");
    match go_on(&path, steps) {
        Ok(()) => exit(0),
        Err(why) => {
            eprintln!("{why}");
            exit(FAILED);
        }
    }
}

fn go_on(path: &Path, more: u64) -> Result<()> {
    let ledger = Sqlite::open(path)?;
    let before = steps(&ledger)?;
    for step in before + 1..=before + more {
        if let Err(why) = take(&ledger, step) {
            let next = take(&ledger, step + 1);
            assert!(matches!(next, Err(LedgerError::Stopped(_))), "after `{why}` comes {next:?}");
            return Err(why);
        }
        // One write: what looks over it sees the line as a whole.
        io::stdout().write_all(format!("acknowledged {step}\n").as_bytes()).map_err(|why| LedgerError::Write(why.to_string()))?;
    }
    ledger.close()
}

/// The last step that a victim acknowledged; `before` if none.
pub fn acknowledged(output: &[u8], before: u64) -> u64 {
    let lines = String::from_utf8_lossy(output);
    lines.lines().filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()).next_back().unwrap_or(before)
}

fn workspace() -> WorkspaceId {
    WorkspaceId::from("here")
}

fn plugin() -> PluginName {
    "hat".into()
}

fn place() -> Place {
    Place { channel: "C1".into(), thread: None }
}
