//! A process that is killed in the middle of a conversation, and started again.

mod support;

use provider_double::Outside;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use support::{FOR_EVER, Visit, bytes, compiled};
use tempfile::TempDir;

/// More of them take longer and find more.
const ROUNDS: u64 = 25;

#[test]
fn a_kill_at_any_moment_loses_and_doubles_nothing() {
    let room = Room::new();
    let mut chance = StdRng::seed_from_u64(2026);
    let mut greetings = 0;
    let mut killed_in_the_middle = 0;
    for round in 0..ROUNDS {
        let moment = match round % 5 {
            4 => Moment::AfterStart(Duration::from_millis(chance.random_range(0..400))),
            _ => Moment::AfterFirstAnswer(Duration::from_millis(chance.random_range(0..120))),
        };
        let seen = room.greetings_until_killed(moment);
        check_order(round, greetings, &seen);
        let acknowledged = seen.last().copied().unwrap_or(0).max(greetings);
        let kept = room.greetings();
        // One more may be kept than was acknowledged: the one whose answer did not come through any more.
        assert!(
            (acknowledged..=acknowledged + 1).contains(&kept),
            "round {round}: {acknowledged} greetings were acknowledged, {kept} are kept"
        );
        killed_in_the_middle += u64::from(kept > greetings);
        greetings = kept;
    }
    println!("{greetings} greetings in {ROUNDS} rounds; in {killed_in_the_middle} of them there was something to lose");
    assert!(killed_in_the_middle > ROUNDS / 4, "it was mostly killed before it did anything");
}

/// When it is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    AfterStart(Duration),
    AfterFirstAnswer(Duration),
}

/// The answers of a round follow the `before` greetings of those before. An answer that was out may be said again, once, because nobody
/// could note that it was out.
fn check_order(round: u64, before: u64, seen: &[u64]) {
    let repeated = seen.first() == Some(&before) && before > 0;
    let new = &seen[usize::from(repeated)..];
    let expected: Vec<u64> = (before + 1..).take(new.len()).collect();
    assert_eq!(new, expected, "round {round}, after {before} greetings");
}

#[test]
fn what_came_due_while_nobody_was_there_happens_once_and_says_that_it_is_late() {
    let room = Room::new();
    let mut visit = room.open(Some("2026-01-05T10:00:00Z"));
    visit.types("@hatstand greet in 1 hour with Tea.");
    visit.reads("bot> At 11:00.");
    visit.types("@hatstand greet in 90 minutes with Cake.");
    visit.reads("bot> At 11:30.");
    visit.types("@hatstand greet in 4 hours with Home.");
    visit.reads("bot> At 14:00.");
    visit.kill();

    assert_eq!(room.answers_at("2026-01-05T13:00:00Z", ""), ["bot> Tea. (2 h late)", "bot> Cake. (1 h 30 min late)"]);
    assert_eq!(room.answers_at("2026-01-05T13:00:00Z", ""), [""; 0]);
    assert_eq!(room.answers_at("2026-01-05T13:30:00Z", "/wait 1h\n"), ["bot> Home."]);
    assert_eq!(room.answers_at("2026-01-06T10:00:00Z", ""), [""; 0]);
}

#[test]
fn what_is_said_after_a_restart_is_never_taken_for_a_repeat() {
    let room = Room::new();
    for greeting in 1..=3 {
        let said = format!("bot> Hello ann, greeting {greeting} from greeter 0.1.0.");
        assert_eq!(room.answers("@hatstand greet\n"), [said], "the same words at the same time, but in another process");
    }
}

#[test]
fn a_request_that_was_under_way_does_nothing_twice() {
    let errand = Errand::new();
    errand.tells("generic is slow");
    let mut visit = errand.open();
    visit.types(&errand.bring("retrying 9"));
    errand.waits_for_requests(1);
    visit.kill();
    errand.tells("generic answers");
    let mut visit = errand.open();
    visit.reads("bot> Brought: the connection failed: the bot ended while this was being sent; whether it arrived is not known");
    errand.tells("generic got 1 request");

    // With a key it is sent again, and the destination knows it.
    errand.tells("generic is slow");
    visit.types(&errand.bring("retrying 9 as errand-2"));
    errand.waits_for_requests(2);
    visit.kill();
    errand.tells("generic answers");
    let mut visit = errand.open();
    visit.reads("bot> Brought: 201 {\"id\":2,\"state\":\"accepted\"}");
    errand.tells("generic got 3 requests");
    errand.tells("generic has 2 jobs");
    visit.kill();
}

/// A bot with a messenger, and a service outside to which it brings things.
struct Errand {
    home: TempDir,
    outside: Outside,
}

impl Errand {
    fn new() -> Self {
        let home = TempDir::new().expect("a folder");
        fs::create_dir(home.path().join("plugins")).expect("a folder");
        fs::write(home.path().join("plugins/messenger.wasm"), bytes("messenger")).expect("written");
        let errand = Self { home, outside: Outside::open(jiff::Timestamp::now).expect("the loopback has room") };
        let (destination, cache) = (errand.destination(), compiled());
        let config = format!(
            "[store]\ncache = {cache:?}\n[plugins.messenger]\ngrants = [\"http:{destination}\"]\n\
             [plugins.messenger.http.\"{destination}\"]\nauthorization = \"Bearer {{TOKEN}}\"\nprivate = true\n"
        );
        fs::write(errand.home.path().join("hatstand.toml"), config).expect("written");
        errand
    }

    fn destination(&self) -> String {
        let service = self.outside.addresses().into_iter().find(|(name, _)| name == "generic.outside");
        format!("http://{}", service.expect("it is there").1)
    }

    fn open(&self) -> Visit {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatstand"));
        command.args(["run", "--terminal"]).env("HATSTAND_CONFIG", self.home.path().join("hatstand.toml"));
        command.env("TOKEN", self.outside.token("generic").expect("it wants one")).env_remove("RUST_LOG").stderr(Stdio::null());
        Visit::start(command)
    }

    fn bring(&self, how: &str) -> String {
        format!("@hatstand bring '{{\"app\":\"web\"}}' to {}/jobs {how}", self.destination())
    }

    #[track_caller]
    fn tells(&self, line: &str) {
        self.outside.act(line, None, "messenger").unwrap_or_else(|why| panic!("{line}: {why}"));
    }

    /// Returns once so many have arrived.
    fn waits_for_requests(&self, count: usize) {
        let until = Instant::now() + FOR_EVER;
        while self.outside.requests("generic").len() < count {
            assert!(Instant::now() < until, "no request arrives");
            thread::yield_now();
        }
    }
}

/// A practice room that is kept, with a greeter in it.
struct Room {
    home: TempDir,
}

impl Room {
    fn new() -> Self {
        let home = TempDir::new().expect("a folder");
        fs::create_dir(home.path().join("plugins")).expect("a folder");
        fs::write(home.path().join("plugins/greeter.wasm"), bytes("greeter")).expect("written");
        Self { home }
    }

    fn open(&self, at: Option<&str>) -> Visit {
        let home = self.home.path();
        let mut command = Visit::command(&home.join("plugins"));
        command.arg("--keep").arg(home).args(at.iter().flat_map(|at| ["--at", at]));
        Visit::start(command)
    }

    /// Has somebody greeted as fast as possible until the kill, and gives the number of each greeting.
    fn greetings_until_killed(&self, moment: Moment) -> Vec<u64> {
        let mut visit = self.open(None);
        let mut input = visit.input();
        // Ends when nobody reads any more.
        let typist = thread::spawn(move || while input.write_all(b"@hatstand greet\n").is_ok() {});
        let Visit { mut child, lines } = visit;
        let mut greetings = lines.filter_map(|line| greeting(&line)).peekable();
        let delay = match moment {
            Moment::AfterStart(delay) => delay,
            Moment::AfterFirstAnswer(delay) => {
                greetings.peek().expect("the bot answers");
                delay
            }
        };
        let killer = thread::spawn(move || {
            // What is tested is that the moment does not matter.
            thread::sleep(delay);
            child.kill().expect("it runs");
            child.wait().expect("it ended")
        });
        let seen = greetings.collect();
        let ended = killer.join().expect("it was killed");
        assert_eq!(ended.code(), None, "it ended by itself");
        typist.join().expect("it ends");
        seen
    }

    /// How often ann was greeted, as the bot says itself.
    fn greetings(&self) -> u64 {
        let answers = self.answers("@hatstand greetings\n");
        let counts: Vec<u64> = answers.iter().filter_map(|line| line.strip_prefix("bot(ann)> ann: ")?.parse().ok()).collect();
        assert_eq!(counts.len(), 1, "{answers:?}");
        counts[0]
    }

    fn answers(&self, typed: &str) -> Vec<String> {
        self.open(None).answers(typed)
    }

    fn answers_at(&self, at: &str, typed: &str) -> Vec<String> {
        self.open(Some(at)).answers(typed)
    }
}

/// `Hello ann, greeting 7 from greeter 0.1.0.`
fn greeting(line: &str) -> Option<u64> {
    line.strip_prefix("bot> Hello ann, greeting ")?.split(' ').next()?.parse().ok()
}
