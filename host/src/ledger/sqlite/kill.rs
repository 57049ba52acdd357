//! A process is killed at random moments, again and again: whatever it acknowledged is there afterwards, whole and once.

use super::Sqlite;
use super::tests::Folder;
use crate::ledger::contract::{Bench, commit, event, post, runtime, set, timer};
use crate::ledger::{Commit, Committed, Ledger, Recorded, SayId};
use crate::model::{Effects, Event, EventId, Later, PluginName, WorkspaceId};
use hatstand_common::value::MessageId;
use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::task::JoinSet;

/// More of them take longer and find more.
const ROUNDS: u64 = 30;

/// Rooms in which things happen at the same time; in one room they happen one after another.
const ROOMS: u64 = 8;

/// Tells the test binary to be the process that is killed, with this database.
const VICTIM: &str = "HATSTAND_LEDGER_VICTIM";

#[test]
fn loses_nothing_that_was_acknowledged() {
    let folder = Folder::default();
    let mut seen = BTreeMap::new();
    for round in 0..ROUNDS {
        acknowledged_until_killed(&folder.path(), Duration::from_millis(2 + round * 7 % 50), &mut seen);
        let ledger = folder.open();
        for room in 0..ROOMS {
            let steps = runtime().block_on(inspect(&ledger, room));
            let acknowledged = seen.insert(room, steps).unwrap_or_default();
            assert!(
                (acknowledged..=acknowledged + 1).contains(&steps),
                "round {round}, room {room}: {acknowledged} steps were acknowledged, {steps} are there"
            );
        }
    }
    assert!(seen.values().sum::<u64>() > ROUNDS, "it was killed before it did anything: {seen:?}");
}

/// Starts the victim, kills it this long after its first sign of life, and notes the last step of each room that it acknowledged.
fn acknowledged_until_killed(path: &Path, delay: Duration, seen: &mut BTreeMap<u64, u64>) {
    let mut victim = start(path);
    let lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let mut acknowledgements = lines.map_while(Result::ok).filter_map(|line| {
        let (room, step) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
        Some((room.parse::<u64>().unwrap(), step.parse::<u64>().unwrap()))
    });
    let first = acknowledgements.next().expect("the victim does something");
    let killer = thread::spawn(move || {
        thread::sleep(delay);
        victim.kill().unwrap();
        assert_eq!(victim.wait().unwrap().signal(), Some(9), "it ended by itself");
    });
    seen.extend([first]);
    seen.extend(acknowledgements);
    killer.join().unwrap();
}

fn start(path: &Path) -> Child {
    let (_, module) = module_path!().split_once("::").unwrap();
    Command::new(env::current_exe().unwrap())
        .args([&format!("{module}::victim"), "--exact", "--nocapture"])
        .env(VICTIM, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Not a test: what the process does that is killed.
#[test]
fn victim() {
    let Some(path) = env::var_os(VICTIM) else { return };
    let ledger = Arc::new(Sqlite::open(path.as_ref()).unwrap());
    runtime().block_on(async {
        let mut rooms = JoinSet::new();
        for room in 0..ROOMS {
            rooms.spawn(live(Arc::clone(&ledger), room));
        }
        // Rooms go on for ever: one that ends has found something wrong, and the parent sees that the process ended by itself.
        rooms.join_next().await.unwrap().unwrap();
    });
}

async fn live(ledger: Arc<Sqlite>, room: u64) {
    let done = count(&*ledger, room).await;
    for step in done + 1.. {
        take(&*ledger, room, step).await;
        // One write of less than a pipe's page: it arrives whole or not at all.
        io::stdout().write_all(format!("acknowledged {room} {step}\n").as_bytes()).unwrap();
    }
}

/// What happens in a step: an event, and an invocation that counts it, says it and sets a timer for it; every other time all of it twice.
async fn take(ledger: &impl Ledger, room: u64, step: u64) {
    let twice = step.is_multiple_of(2);
    let event = Event { workspace: workspace(room), ..event(&step.to_string()) };
    ledger.record(event.clone()).await.unwrap();
    if twice {
        assert_eq!(ledger.record(event).await.unwrap(), Recorded::Repeat);
    }
    // One that was recorded before a kill is a repeat now; in either case it is the only one that is not finished.
    let unfinished = ledger.unfinished(EventId(0), 99).await.unwrap();
    let id = unfinished.iter().find(|unfinished| unfinished.event.workspace == workspace(room)).unwrap().id;
    let effects = Effects {
        writes: vec![set("count", &step.to_string()), set(&(step % 7).to_string(), &step.to_string())],
        timers: vec![timer(&(step % 5).to_string(), step)],
        says: vec![post(&step.to_string(), "counted")],
        ..Effects::default()
    };
    let commit = Commit { workspace: workspace(room), effects, ..commit(id) };
    assert_eq!(ledger.commit(commit.clone()).await.unwrap(), Committed::Now);
    if twice {
        assert_eq!(ledger.commit(commit).await.unwrap(), Committed::Before);
    }
}

/// How many steps were taken in a room, after making sure that there is all of them and nothing more.
async fn inspect(ledger: &impl Ledger, room: u64) -> u64 {
    let steps = count(ledger, room).await;
    let state = ledger.scan(&workspace(room), &plugin(), "", None, 99).await.unwrap();
    assert_eq!(state, replay(steps));
    assert_eq!(ledger.count(&workspace(room), &plugin(), Later::Timer).await.unwrap() as u64, steps.min(5));

    let unsent = ledger.unsent(SayId(0), usize::MAX).await.unwrap();
    let said = unsent.into_iter().filter(|unsent| unsent.workspace == workspace(room)).map(|unsent| unsent.say.id);
    assert!(said.eq((1..=steps).map(|step| MessageId(step.to_string()))));

    let unfinished = ledger.unfinished(EventId(0), 99).await.unwrap();
    let open = unfinished.into_iter().filter(|unfinished| unfinished.event.workspace == workspace(room));
    assert!(open.map(|open| open.event.key).all(|key| key == (steps + 1).to_string()));
    steps
}

/// The state after so many steps, in the order of its keys.
fn replay(steps: u64) -> Vec<(String, Vec<u8>)> {
    let mut state = BTreeMap::new();
    for step in 1..=steps {
        state.insert((step % 7).to_string(), step.to_string().into_bytes());
        state.insert("count".to_owned(), step.to_string().into_bytes());
    }
    state.into_iter().collect()
}

async fn count(ledger: &impl Ledger, room: u64) -> u64 {
    let count = ledger.get(&workspace(room), &plugin(), "count").await.unwrap();
    count.map_or(0, |count| String::from_utf8(count).unwrap().parse().unwrap())
}

fn workspace(room: u64) -> WorkspaceId {
    WorkspaceId(format!("room {room}"))
}

fn plugin() -> PluginName {
    "hat".into()
}
