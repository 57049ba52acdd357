//! Memory of a host that only waits: the real process, asked by the system.

use crate::plugins::Built;
use crate::stand::Home;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Resident memory with few plugins and with many, compiled before and loaded from the cache.
pub fn idle(plugins: &Built) {
    for (count, aim) in [(5, "60 MB"), (100, "none")] {
        let home = Home::new();
        for number in 0..count {
            home.put(&format!("counter{number}"), &plugins.counter(number));
        }
        resident(&home);
        println!("resident memory, idle with {count} plugins: {} MB (aim: {aim})", resident(&home) / 1024);
    }
}

/// Kilobytes that a practice room takes once it has answered and waits.
fn resident(home: &Home) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hatstand"))
        .args(["demo", "--plugins"])
        .arg(home.path().join("plugins"))
        .env("XDG_CACHE_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("it is piped");
    writeln!(input, "@hatstand counter00").expect("it listens");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.starts_with("bot"))), "it answers");
    let kilobytes = of_process(child.id());
    drop(input);
    child.wait().expect("it ends");
    kilobytes
}

fn of_process(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}
