//! Programs that count, each as fast as it is answered, with every third request made twice. Whoever gets no answer asks again with the
//! same key, until somebody is there to answer.

use crate::home::{Home, give};
use hatstand::ledger::{AuditQuery, Beside, Ledger, Sqlite, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};

const PROGRAMS: usize = 4;

/// The plugin that counts is called so, and its command.
pub const COUNTER: &str = "counter00";

#[derive(Debug)]
pub struct Crowd {
    shared: Arc<Shared>,
    programs: Vec<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Where somebody may answer.
    address: Mutex<Option<SocketAddr>>,
    moved: Condvar,
    enough: AtomicBool,
    /// What each key was answered: how far was counted.
    answers: Mutex<BTreeMap<String, u64>>,
}

impl Crowd {
    pub fn begin(home: &Home) -> Self {
        let shared = Arc::<Shared>::default();
        let programs = (0..PROGRAMS).map(|program| {
            let (shared, token) = (Arc::clone(&shared), home.token.clone());
            thread::spawn(move || shared.ask(program, &token))
        });
        Self { programs: programs.collect(), shared }
    }

    /// Somebody is there; or nobody any more.
    pub fn go_to(&self, address: Option<SocketAddr>) {
        *self.shared.address.lock().expect("nobody panicked") = address;
        self.shared.moved.notify_all();
    }

    /// How many keys were answered so far.
    pub fn answered(&self) -> usize {
        self.shared.answers.lock().expect("nobody panicked").len()
    }

    /// Each ends with the answer that it waits for.
    pub fn end(self) -> Tally {
        self.shared.enough.store(true, Ordering::SeqCst);
        for program in self.programs {
            program.join().expect("what it was answered is right");
        }
        Tally { answers: self.shared.answers.lock().expect("nobody panicked").clone() }
    }
}

impl Shared {
    fn ask(&self, program: usize, token: &str) {
        for number in 0.. {
            if self.enough.load(Ordering::SeqCst) {
                return;
            }
            let key = format!("{program}-{number}");
            let count = self.insist(token, &key);
            if number % 3 == 0 {
                assert_eq!(self.insist(token, &key), count, "{key} was delivered twice");
            }
            self.answers.lock().expect("nobody panicked").insert(key, count);
        }
    }

    /// Asks until there is an answer.
    fn insist(&self, token: &str, key: &str) -> u64 {
        loop {
            let address = self.moved.wait_while(self.address.lock().expect("nobody panicked"), |address| address.is_none());
            let address = address.expect("nobody panicked").expect("there is one");
            match give(address, token, COUNTER, key) {
                Some(response) if response.status == 200 => return response.messages()[0].parse().expect("a number"),
                // Nobody can listen, or nothing can be kept: whoever asked knows no more than before.
                _ => thread::yield_now(),
            }
        }
    }
}

/// What was answered in the end.
#[derive(Debug)]
pub struct Tally {
    answers: BTreeMap<String, u64>,
}

impl Tally {
    /// Every key counted once: the answers are all numbers up to the last, and the ledger is where they end.
    #[track_caller]
    pub fn check(&self, home: &Home) -> usize {
        let total = self.answers.len();
        let numbers: BTreeSet<u64> = self.answers.values().copied().collect();
        let expected: BTreeSet<u64> = (1..=total as u64).collect();
        assert_eq!(numbers, expected, "one was lost, or counted twice");
        let ledger = Sqlite::open(&home.ledger()).expect("it is sound");
        let state = block_on(ledger.get(&"terminal".into(), &COUNTER.into(), "count")).expect("it can be read").expect("it counted");
        assert_eq!(String::from_utf8_lossy(&state), total.to_string());
        let counted =
            AuditQuery { plugin: Some(COUNTER.into()), outcome: Some("ok".to_owned()), limit: usize::MAX, ..AuditQuery::default() };
        assert_eq!(block_on(ledger.audit(counted)).expect("it can be read").len(), total, "rows of the audit");
        ledger.close().expect("it closes");
        let verdict = Beside::read(&home.ledger()).and_then(|ledger| ledger.verify(None)).expect("it can be read");
        assert!(matches!(verdict, Verdict::Sound { .. }), "{verdict:?}");
        total
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
