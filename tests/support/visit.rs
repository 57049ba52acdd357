//! The binary itself, spoken to as a script does.

use super::{FOR_EVER, target};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;

/// One run of `hatstand demo`, with pipes.
pub struct Visit {
    pub child: Child,
    pub lines: Printed,
}

impl Visit {
    /// A practice room with these plugins.
    pub fn command(plugins: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatstand"));
        command.arg("demo").arg("--plugins").arg(plugins).env("XDG_CACHE_HOME", target().join("home"));
        command
    }

    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let lines = Printed::new(child.stdout.take().expect("it is piped"));
        Self { child, lines }
    }

    pub fn types(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{line}").expect("it reads");
    }

    /// Reads up to this line; gives what came before.
    pub fn reads(&mut self, expected: &str) -> Vec<String> {
        let mut before = Vec::new();
        for line in self.lines.by_ref() {
            if line == expected {
                return before;
            }
            before.push(line);
        }
        panic!("it ended, and said {before:?}");
    }

    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }

    /// What is typed, for somebody else to type it.
    pub fn input(&mut self) -> ChildStdin {
        self.child.stdin.take().expect("it is piped")
    }

    /// Types all of this and leaves; says what the bot said until then.
    pub fn answers(mut self, typed: &str) -> Vec<String> {
        let mut input = self.input();
        input.write_all(typed.as_bytes()).expect("it reads");
        drop(input);
        let said = self.lines.by_ref().filter(|line| line.starts_with("bot")).collect();
        assert!(self.child.wait().expect("it ended").success());
        said
    }
}

/// What it prints, line by line, up to its end.
pub struct Printed(mpsc::Receiver<String>);

impl Printed {
    fn new(output: ChildStdout) -> Self {
        let (print, printed) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                // Whoever reads has read enough.
                let _ = print.send(line.expect("it prints UTF-8"));
            }
        });
        Self(printed)
    }
}

impl Iterator for Printed {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        match self.0.recv_timeout(FOR_EVER) {
            Ok(line) => Some(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => None,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("it prints nothing more, and does not end"),
        }
    }
}
