//! What an operator does on the machine of a running bot: orders about plugins, and replaying what happened.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{bytes, compiled, fixture};
use tempfile::TempDir;

/// A bot's folder.
struct Home(TempDir);

/// What a command of the operator said, and whether it went well.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    text: String,
    well: bool,
}

impl Home {
    fn with(plugin: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("plugins")).expect("a folder");
        let config = format!("[store]\ncache = {:?}\n[bot]\nadmins = [\"ann\"]\n", compiled());
        fs::write(folder.path().join("hatstand.toml"), config).expect("written");
        let home = Self(folder);
        home.put(plugin);
        home
    }

    /// Puts a build in the place of the plugin `notes`.
    fn put(&self, plugin: &str) {
        let new = self.0.path().join("new");
        fs::write(&new, bytes(plugin)).expect("written");
        fs::rename(new, self.0.path().join("plugins/notes.wasm")).expect("renamed");
    }

    /// As if the digests of all that happened had begun with the same digits.
    fn give_one_reference_to_all(&self, reference: &str) {
        let ledger = rusqlite::Connection::open(self.0.path().join("hatstand.db")).expect("it can be opened");
        ledger.execute("UPDATE recordings SET reference = ?1", [reference]).expect("it can be changed");
    }

    fn hatstand(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatstand"));
        command.current_dir(self.0.path()).args(words).env_remove("RUST_LOG").env("NO_COLOR", "1");
        command
    }

    /// Gives an order on this machine.
    fn orders(&self, words: &[&str]) -> Said {
        let output = self.hatstand(words).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Said { text, well: output.status.success() }
    }

    fn runs(&self) -> Bot {
        Bot::of(&mut self.hatstand(&["run", "--terminal"]))
    }

    /// Starts the bot as a service manager with a low soft limit on files would.
    fn runs_with_few_files(&self) -> Bot {
        let mut command = Command::new("sh");
        command.current_dir(self.0.path()).args(["-c", "ulimit -S -n 128; exec \"$0\" run --terminal", env!("CARGO_BIN_EXE_hatstand")]);
        Bot::of(&mut command)
    }

    fn socket(&self) -> PathBuf {
        self.0.path().join("hatstand.socket")
    }
}

/// A bot that runs, and talks on its terminal.
struct Bot {
    process: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Bot {
    fn of(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
        let stdin = process.stdin.take().expect("it is piped");
        let stdout = BufReader::new(process.stdout.take().expect("it is piped"));
        Self { process, stdin: Some(stdin), stdout }
    }

    /// Soft and hard limit of the process, by their name in `/proc`.
    #[cfg(target_os = "linux")]
    fn limit(&self, name: &str) -> [String; 2] {
        let limits = fs::read_to_string(format!("/proc/{}/limits", self.process.id())).expect("Linux tells");
        let limits = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name} is in {limits}"));
        let mut words = limits.split_whitespace().map(str::to_owned);
        [words.next(), words.next()].map(|limit| limit.expect("there are two"))
    }

    /// Types a line, and reads the first line of the answer.
    fn hears(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().expect("it is open"), "{line}").expect("it listens");
        self.says()
    }

    /// The next line that it says.
    fn says(&mut self) -> String {
        let mut said = String::new();
        self.stdout.read_line(&mut said).expect("it can be read");
        said.trim_end().to_owned()
    }

    fn kill(mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it has ended");
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.wait();
    }
}

fn well(text: &str) -> Said {
    Said { text: format!("{text}\n"), well: true }
}

#[test]
fn orders_on_the_machine_are_those_of_the_chat() {
    let home = Home::with("notes");
    let mut bot = home.runs();
    assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
    home.put("notes-next");
    assert_eq!(home.orders(&["plugins", "reload", "notes"]), well("*notes* 2.0.0 serves."));
    assert_eq!(bot.hears("@hatstand notes"), "bot> 2.0.0 reads: buy milk");

    let refused = home.orders(&["plugins", "rollback", "notes"]);
    assert!(refused.text.contains("There is no build of *notes* to go back to") && !refused.well, "{refused:?}");
    assert_eq!(
        home.orders(&["plugins", "disable", "notes", "because", "we move house"]),
        well("*notes* does not serve any more. What it keeps stays, and what comes due waits until it is back.")
    );
    let listed = home.orders(&["plugins"]);
    assert!(listed.text.contains("disabled by operator: we move house"), "{}", listed.text);
    let wrong = home.orders(&["plugins", "enabel", "notes"]);
    assert!(wrong.text.contains("plugins enable") && !wrong.well, "{}", wrong.text);
    assert_eq!(home.orders(&["plugins", "enable", "notes"]), well("*notes* 2.0.0 serves."));
    let audit = home.orders(&["audit", "--user", "operator"]);
    assert!(audit.text.contains("plugins disable notes because \"we move house\"") && audit.well, "{}", audit.text);
}

#[test]
fn nobody_else_can_use_the_socket_and_a_killed_bot_leaves_none_in_the_way() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::with("notes");
    let mut bot = home.runs();
    assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
    let mode = fs::metadata(home.socket()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    bot.kill();
    let nobody = home.orders(&["plugins"]);
    assert!(nobody.text.contains("no bot listens at") && nobody.text.contains("hatstand run") && !nobody.well, "{}", nobody.text);

    let mut bot = home.runs();
    let mut said = bot.hears("@hatstand notes");
    // What was out when it was killed may be said again: nobody could note that it was out.
    if said == "bot> Noted." {
        said = bot.says();
    }
    assert_eq!(said, "bot> 1.0.0 reads: buy milk");
    assert!(home.orders(&["plugins", "list"]).text.contains("*notes* 1.0.0"));
}

#[test]
fn what_happened_can_be_run_again_with_the_state_and_the_build_of_then() {
    let home = Home::with("notes");
    let mut bot = home.runs();
    assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
    assert_eq!(bot.hears("@hatstand notes"), "bot> 1.0.0 reads: buy milk");
    assert_eq!(bot.hears("@hatstand note call mum"), "bot> Noted.");
    home.put("notes-next");
    assert_eq!(home.orders(&["plugins", "reload", "notes"]), well("*notes* 2.0.0 serves."));

    let audit = home.orders(&["audit", "--json"]).text;
    let entries: Vec<serde_json::Value> = audit.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    let read = entries.iter().find(|entry| entry["line"] == "notes").expect("it is in the audit");
    let reference = read["reference"].as_str().expect("a text");

    let again = home.orders(&["replay", reference]);
    assert!(again.well && again.text.contains("buy milk") && again.text.ends_with("the same\n"), "{}", again.text);
    let broken = fixture("notes-broken").to_str().expect("a path");
    let other = home.orders(&["replay", reference, "--with", broken]);
    assert!(!other.well && other.text.contains("- outcome ok") && other.text.contains("+ outcome broken"), "{}", other.text);
    let unknown = home.orders(&["replay", "nothing"]);
    assert!(!unknown.well && unknown.text.contains("nothing is recorded of nothing"), "{}", unknown.text);
}

#[test]
fn of_several_invocations_with_one_reference_one_is_named_by_its_event() {
    let home = Home::with("notes");
    let mut bot = home.runs();
    assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
    assert_eq!(bot.hears("@hatstand notes"), "bot> 1.0.0 reads: buy milk");
    home.give_one_reference_to_all("7f3a01");

    let which = home.orders(&["replay", "7f3a01"]);
    assert!(!which.well && which.text.contains("have the reference 7f3a01: name one"), "{}", which.text);
    let line = |command: &str| which.text.lines().find(|line| line.contains(command)).expect("it is listed").to_owned();
    let event = |command: &str| line(command).split_once("--event ").expect("it is told").1.split_once(':').expect("it ends").0.to_owned();
    let (note, notes) = (event("note of *notes* by"), event("notes of *notes* by"));

    let again = home.orders(&["replay", "7f3a01", "--event", &notes]);
    assert!(again.well && again.text.contains("buy milk") && again.text.ends_with("the same\n"), "{}", again.text);
    let again = home.orders(&["replay", "7f3a01", "--event", &note]);
    assert!(again.well && again.text.contains("Noted.") && again.text.ends_with("the same\n"), "{}", again.text);
    let nobody = home.orders(&["replay", "7f3a01", "--event", "0"]);
    assert!(!nobody.well && nobody.text.contains("nothing is recorded of 7f3a01 of event 0"), "{}", nobody.text);
}

/// Tokens are in its memory.
#[cfg(target_os = "linux")]
#[test]
fn a_crash_writes_no_token_into_a_core_dump() {
    let home = Home::with("notes");
    let mut bot = home.runs();
    assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
    assert_eq!(bot.limit("Max core file size"), ["0", "0"]);
    let environment = fs::read(format!("/proc/{}/environ", bot.process.id()));
    let is_ours = fs::metadata(format!("/proc/{}/environ", bot.process.id())).map(|file| std::os::unix::fs::MetadataExt::uid(&file));
    assert!(environment.is_err() || is_ours.is_ok_and(|uid| uid == 0), "nobody but root reads it");
}

#[cfg(target_os = "linux")]
#[test]
fn a_low_limit_on_files_is_raised_at_the_start() {
    let home = Home::with("notes");
    let mut bot = home.runs_with_few_files();
    assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
    let [soft, hard] = bot.limit("Max open files");
    assert!(soft == hard && soft != "128", "{soft} of {hard}");
}

#[test]
fn a_ledger_that_another_process_has_locked_does_not_keep_the_bot_from_ending() {
    let home = Home::with("notes");
    let other = || rusqlite::Connection::open(home.0.path().join("hatstand.db")).expect("it can be opened");
    for waits_for_the_end_of_its_work in [false, true] {
        let mut bot = home.runs();
        assert_eq!(bot.hears("@hatstand note buy milk"), "bot> Noted.");
        let other = other();
        other.execute_batch("BEGIN IMMEDIATE").expect("it is locked");
        writeln!(bot.stdin.as_mut().expect("it is open"), "@hatstand note feed the cat").expect("it listens");
        if waits_for_the_end_of_its_work {
            drop(bot.stdin.take());
        }
        rustix::process::kill_process(rustix::process::Pid::from_child(&bot.process), rustix::process::Signal::TERM).expect("it runs");
        assert!(bot.process.wait().expect("it ends").success(), "it ends well, although its ledger is locked");
    }
}

#[test]
fn a_person_is_handed_out_and_forgotten_while_the_bot_runs_or_not() {
    let home = Home::with("notes");
    let mut bot = home.runs();
    assert_eq!(bot.hears("@hatstand note call ann"), "bot> Noted.");
    assert_eq!(bot.hears("@hatstand notes"), "bot> 1.0.0 reads: call ann");
    let exported = home.orders(&["person", "export", "ann"]);
    assert!(exported.text.contains("\"line\": \"note call ann\"") && exported.well, "{}", exported.text);
    let head = home.orders(&["audit", "--head"]).text;

    let forgotten = home.orders(&["person", "forget", "ann"]);
    assert!(forgotten.text.starts_with("`ann` is forgotten: 2 rows of the audit redacted, ") && forgotten.well, "{}", forgotten.text);
    assert!(forgotten.text.contains("These still have `ann` in theirs: notes (1 entry)."), "{}", forgotten.text);
    let audit = home.orders(&["audit"]).text;
    assert!(!audit.contains("ann") && audit.contains("  redacted: ok") && audit.contains("person forget"), "{audit}");
    let verified = home.orders(&["audit", "--verify", "--head-was", head.trim()]);
    assert!(verified.text.contains(" rows fit, 2 of them redacted, ") && verified.well, "{}", verified.text);

    assert_eq!(bot.hears("@hatstand note ann is away"), "bot> Noted.");
    drop(bot);
    let again = home.orders(&["person", "forget", "ann"]);
    assert!(again.text.starts_with("`ann` is forgotten: 1 row of the audit redacted, ") && again.well, "{}", again.text);
    assert!(!home.orders(&["person", "forget", " "]).well);
}
