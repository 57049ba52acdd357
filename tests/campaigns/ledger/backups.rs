//! Backups of a busy ledger: each is the history up to some moment, and takes the ledger's place when the bot does not run.

use crate::crowd::{COUNTER, Crowd, block_on};
use crate::figure::Figures;
use crate::home::{Home, give};
use crate::size::Size;
use hatstand::ledger::{AuditQuery, Ledger, Sqlite};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

pub fn run(size: Size) {
    let times = size.of(5, 100);
    let figures = Figures::of("backups", format!("{times} backups under load"));
    let home = Home::with(&["counter"]);
    let crowd = Crowd::begin(&home);
    let bot = home.start(None);
    crowd.go_to(Some(bot.address));
    let (mut longest, mut last) = (Duration::ZERO, 0);
    for time in 0..times {
        let before = crowd.answered();
        while crowd.answered() == before {
            std::thread::yield_now();
        }
        let answered = crowd.answered() as u64;
        let (file, began) = (format!("backup{time}.db"), Instant::now());
        let made = home.command(&["backup"]).arg(home.path(&file)).output().expect("it runs");
        assert!(made.status.success(), "{made:?}");
        longest = longest.max(began.elapsed());
        last = counted(&home, &file);
        assert!((answered..=crowd.answered() as u64 + 8).contains(&last), "{answered} were answered before, {last} are in it");
    }
    let last_file = home.path(&format!("backup{}.db", times - 1));
    let refused = home.command(&["restore"]).arg(&last_file).output().expect("it runs");
    let said = String::from_utf8_lossy(&refused.stderr).split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert!(!refused.status.success() && said.contains(&format!("process {}: stop the bot first", bot.pid())), "{said}");
    crowd.end();
    bot.kill();
    restores(&home, &last_file, last);
    figures.at_most("until a backup was made and looked through", longest, Duration::from_secs(30));
    figures.show("commands in the last, which was restored", last);
}

/// How far was counted in a backup, which has to be all of something.
fn counted(home: &Home, file: &str) -> u64 {
    let copy = home.path("looked/into.db");
    fs::create_dir_all(home.path("looked")).expect("a folder");
    fs::copy(home.path(file), &copy).expect("it is there");
    let ledger = Sqlite::open(&copy).expect("it is sound");
    let state = block_on(ledger.get(&"terminal".into(), &COUNTER.into(), "count")).expect("it can be read").expect("it counted");
    let count: u64 = String::from_utf8_lossy(&state).parse().expect("a number");
    let done = AuditQuery { plugin: Some(COUNTER.into()), outcome: Some("ok".to_owned()), limit: usize::MAX, ..AuditQuery::default() };
    assert_eq!(block_on(ledger.audit(done)).expect("it can be read").len() as u64, count, "a part of something");
    drop(ledger);
    fs::remove_dir_all(home.path("looked")).expect("removed");
    count
}

fn restores(home: &Home, file: &Path, counted: u64) {
    let restored = home.command(&["restore"]).arg(file).output().expect("it runs");
    assert!(restored.status.success(), "{restored:?}");
    let bot = home.start(None);
    let next = give(bot.address, &home.token, COUNTER, "after").expect("it answers");
    let next: u64 = next.messages()[0].parse().expect("a number");
    // What was recorded and not done yet when it was made is done now.
    assert!((counted + 1..=counted + 9).contains(&next), "{counted} were in it, {next} is the next");
    bot.end();
}
