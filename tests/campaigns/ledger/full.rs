//! The disk fills up, and there is room again: for a while the reserve serves, then people are told; and it goes on by itself.

use crate::client::Response;
use crate::crowd::{COUNTER, block_on};
use crate::figure::Figures;
use crate::home::{Bot, Home, give};
use crate::size::Size;
use crate::support::source;
use hatstand::ledger::{Ledger, Sqlite};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const TOLD: &str = "bot(ann)> My disk is full, so I cannot take that on. Nothing was done; tell whoever runs me, and say it again later.";

/// What is kept in reserve, and the part of it that is not for what is new.
const RESERVE: u64 = 16 << 20;
const FOR_BEGUN: u64 = 8 << 20;
const PIECE: u64 = 1 << 20;

pub fn run(size: Size) {
    let times = size.of(2, 100);
    let figures = Figures::of("disk/full", format!("{times} times full and free again"));
    let home = Home::with(&["counter"]);
    let shim = home.shim();
    let mut desk = Desk { bot: home.start(Some(&shim)), home: &home, counted: 0, keys: 0 };
    let (mut released, mut told, mut back) = (u64::MAX, Duration::ZERO, Duration::ZERO);
    for _ in 0..times {
        desk.until_reserved();
        shim.fill();
        released = released.min(desk.until_refused());
        told = told.max(desk.is_told());
        desk.reads();
        shim.free();
        back = back.max(desk.until_kept());
    }
    figures.show("commands done out of the reserve, at least", released);
    assert!(released > 20, "a release has to find room");
    figures.at_most("until a person was told", told, Duration::from_secs(3));
    figures.at_most("until it went on by itself", back, Duration::from_secs(5));
    let counted = desk.counted;
    desk.bot.end();
    let ledger = Sqlite::open(&home.ledger()).expect("it is sound");
    let state = block_on(ledger.get(&"terminal".into(), &COUNTER.into(), "count")).expect("it can be read").expect("it counted");
    assert_eq!(String::from_utf8_lossy(&state), counted.to_string(), "nothing that was refused was done");
    figures.show("commands, each counted once, and nothing that was refused", counted);
}

struct Desk<'h> {
    bot: Bot,
    home: &'h Home,
    /// How many were done.
    counted: u64,
    /// How many were asked for.
    keys: u64,
}

/// What a program is told, without what names it in the log. It is kept in `tests/snapshots/api-disk-full.txt`.
fn refusal(response: &Response) -> String {
    let mut json = response.json();
    json.as_object_mut().expect("an object").remove("reference").expect("it names itself");
    let text = format!("{}\n", serde_json::to_string_pretty(&json).expect("it is JSON"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(snapshot(), &text).expect("written");
    }
    text
}

fn kept_refusal() -> String {
    fs::read_to_string(snapshot()).expect("it is kept; UPDATE_SNAPSHOTS=1 writes down what came")
}

fn snapshot() -> PathBuf {
    source().join("tests/snapshots/api-disk-full.txt")
}

impl Desk<'_> {
    /// Asks for one more; true if it was done.
    fn counts(&mut self) -> bool {
        self.keys += 1;
        let response = give(self.bot.address, &self.home.token, COUNTER, &self.keys.to_string()).expect("it answers");
        match response.status {
            200 => {
                self.counted += 1;
                assert_eq!(response.messages(), [self.counted.to_string()]);
                // It says so in its terminal, too.
                assert_eq!(self.bot.hears(), format!("bot> {}", self.counted));
                true
            }
            _ => {
                assert_eq!(refusal(&response), kept_refusal());
                false
            }
        }
    }

    /// How many were done before the first was refused.
    fn until_refused(&mut self) -> u64 {
        let before = self.counted;
        while self.counts() {}
        let left = fs::metadata(self.home.path("data/hatstand.db.reserve")).expect("it is there").len();
        // Of what was begun there is one at most.
        assert!((FOR_BEGUN - PIECE..=FOR_BEGUN).contains(&left), "{left} bytes are left for what was begun");
        self.counted - before
    }

    /// How long it takes until a person is told.
    fn is_told(&mut self) -> Duration {
        loop {
            let began = Instant::now();
            self.bot.types(&format!("@hatstand {COUNTER}"));
            match self.bot.hears() {
                told if told == TOLD => return began.elapsed(),
                // The log was copied into the database meanwhile, and has room for a few more.
                done => {
                    self.counted += 1;
                    assert_eq!(done, format!("bot> {}", self.counted));
                }
            }
        }
    }

    /// What was done before can be asked for.
    fn reads(&self) {
        let response = give(self.bot.address, &self.home.token, COUNTER, "1").expect("it answers");
        assert_eq!((response.status, response.messages()), (200, vec!["1".to_owned()]));
    }

    /// How long it takes until something is kept again.
    fn until_kept(&mut self) -> Duration {
        let began = Instant::now();
        while !self.counts() {}
        began.elapsed()
    }

    /// Waits until the reserve is whole.
    fn until_reserved(&mut self) {
        let began = Instant::now();
        while fs::metadata(self.home.path("data/hatstand.db.reserve")).map_or(0, |file| file.len()) < RESERVE {
            assert!(began.elapsed() < crate::support::FOR_EVER, "nothing is kept in reserve");
            std::thread::yield_now();
        }
    }
}
