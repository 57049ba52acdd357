//! The practice room as a program that scripts talk to, and everything that people may type.

mod support;

use hatstand::adapters::terminal::TerminalChat;
use hatstand::stage::{HostStage, Shelf};
use hatstand_common::transcript::{Script, Step, run};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::fs;
use std::io::Write;
use std::process::Output;
use std::time::Instant;
use support::{Bot, Visit, bytes};
use tempfile::TempDir;

/// A folder with a greeter.
fn plugins() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("greeter.wasm"), bytes("greeter")).expect("written");
    folder
}

/// Everything that comes of typing this.
fn typed(text: impl AsRef<[u8]>) -> Output {
    let plugins = plugins();
    let mut command = Visit::command(plugins.path());
    command.stderr(std::process::Stdio::piped());
    let mut visit = Visit::start(command);
    let (mut input, text) = (visit.input(), text.as_ref().to_vec());
    let typist = std::thread::spawn(move || input.write_all(&text).expect("it reads everything"));
    let Visit { child, lines } = visit;
    let printed: String = lines.map(|line| line + "\n").collect();
    typist.join().expect("it was typed");
    let ended = child.wait_with_output().expect("it ended");
    Output { stdout: printed.into_bytes(), ..ended }
}

fn printed(text: impl AsRef<[u8]>) -> String {
    let Output { status, stdout, stderr } = typed(text);
    assert!(status.success(), "{status}");
    assert_eq!(String::from_utf8_lossy(&stderr), "", "there is nothing to complain about");
    String::from_utf8(stdout).expect("it is UTF-8")
}

const CONVERSATION: &str = "\
@hatstand greet
/as jane
@hatstand greet @ann
@hatstand greetings of @ann
@hatstand gret
/join #ops
@hatstand greet in 2 hours with Tea.
# a comment stays
/dm
greet @ann quietly
/wait 90 minutes
@hatstand plugins
/join #dev
nobody is meant

/wait 1h
/as ann
@hatstand plugins
";

#[test]
fn a_piped_conversation_is_printed_as_a_transcript() {
    let printed = printed(CONVERSATION);
    let lines: Vec<&str> = printed.lines().collect();
    let (greeting, conversation) = lines.split_at(6);
    assert_eq!(greeting[0], "# This is a practice room: nothing leaves this terminal.");
    assert!(greeting[3].starts_with("# Drop .wasm files into /"), "{}", greeting[3]);
    assert_eq!(greeting[4..], ["--- admin ann", "#dev"]);
    let conversation: Vec<&str> = conversation.iter().copied().filter(|line| !line.starts_with("bot(ann)> *greeter* 0.1.0 (")).collect();
    let expected = "\
ann> @hatstand greet
bot> Hello ann, greeting 1 from greeter 0.1.0.
jane> @hatstand greet @ann
bot> Hello ann, greeting 2 from greeter 0.1.0.
jane> @hatstand greetings of @ann
bot(jane)> ann: 2
jane> @hatstand gret
bot(jane)> I don't know `gret`. Did you mean `greet`?
#ops
jane> @hatstand greet in 2 hours with Tea.
bot> At 12:00.
# a comment stays
@hatstand
jane> greet @ann quietly
bot@ann> Psst, ann: hello from jane.
bot@jane> Done.
--- 1 hour 30 minutes later
jane> @hatstand plugins
bot@jane> Only administrators may say `plugins`: ask ann. Nothing was changed.
#dev
jane> nobody is meant

--- 1 hour later
bot#ops> Tea.
ann> @hatstand plugins";
    assert_eq!(conversation.join("\n"), expected);
}

#[test]
fn what_is_printed_can_be_kept_as_a_test() {
    let printed = printed(CONVERSATION);
    let script = Script::parse(&printed).unwrap_or_else(|why| panic!("line {}: {}\n{printed}", why.line, why.why));
    let mut shelf = Shelf { cache: Some(support::compiled()), ..Shelf::empty(support::compiler()) };
    shelf.standard.insert("greeter".to_owned(), support::fixture("greeter").to_owned());
    let mut stage = HostStage::new(shelf, TerminalChat::new).expect("it starts");
    let report = run(&script, &mut stage);
    assert!(report.passed(), "{report}");
}

#[test]
fn pipes_get_no_colours() {
    assert!(!printed("@hatstand help\n/plugins\n/nonsense\n").contains('\u{1b}'));
}

#[test]
fn commands_of_the_room_that_make_no_sense_are_explained() {
    let printed = printed("/as\n/as not a name\n/as bot\n/join\n/wait\n/wait for it\n/wait 5\n/nonsense\n/\n/quit\nnever read\n");
    let said: Vec<&str> = printed.lines().skip(6).collect();
    assert_eq!(
        said,
        [
            "# Who? /as jane",
            "# Who? /as jane",
            "# Who? /as jane",
            "# Join which channel? /join #ops",
            "# How long? /wait 2h",
            "# `for` is not a length of time: try `2h`, `45 minutes` or `1h30m`.",
            "# `5` what? Say `5 minutes` or `5 hours`.",
            "# There is no /nonsense. There are /as, /join, /dm, /wait, /plugins, /quit",
            "# /as jane · /join #ops · /dm · /wait 2h · /plugins · /quit; everything else is said in the room",
        ]
    );
}

#[test]
fn a_plugin_dropped_into_the_folder_is_there_while_one_talks() {
    let plugins = TempDir::new().expect("a folder");
    let mut visit = Visit::start(Visit::command(plugins.path()));
    visit.types("@hatstand greet");
    visit.reads("bot(ann)> I don't know `greet`. Say `@hatstand help` to see what I can do.");
    fs::write(plugins.path().join("greeter.wasm"), bytes("greeter")).expect("written");
    let (written, mut live) = (Instant::now(), false);
    while !live {
        assert!(written.elapsed() < support::FOR_EVER, "nothing happens");
        visit.types("# Is it there?");
        let told: Vec<String> = visit.reads("# Is it there?");
        live = told.iter().any(|line| line.starts_with("# greeter 0.1.0 is live"));
    }
    visit.types("@hatstand greet");
    visit.reads("bot> Hello ann, greeting 1 from greeter 0.1.0.");
    visit.kill();
}

/// What people type by accident, or to see what happens.
fn junk() -> Vec<Vec<u8>> {
    let texts = [
        "",
        " ",
        "“greet",
        "say “curly” ‘quotes’",
        "#345",
        "deploy PR #345",
        "say \"unbalanced",
        "greet '",
        "\"\"",
        "\\",
        "`",
        "```",
        "\u{202e}teerg",
        "\u{200f}\u{200e}\u{feff}",
        "say \u{202e}desrever",
        "\u{7}\u{8}\u{1b}[2J\u{1b}]0;title\u{7}",
        "\0",
        "say a\tb\u{b}c\u{85}d\u{2028}e",
        "--",
        "; rm -rf /",
        "<!channel> <@U1> &amp;",
        "@",
        "@@@@ ####",
        "@hatstand @hatstand",
        "🎩🏳️‍🌈",
        "e͎̿v̂i̊ľ",
        "[1]",
        "2",
    ];
    let mut junk: Vec<Vec<u8>> = texts.iter().map(|text| format!("@hatstand {text}").into_bytes()).collect();
    junk.push(format!("@hatstand {}", "long ".repeat(20_000)).into_bytes());
    junk.push(format!("@hatstand {}", "l".repeat(100_000)).into_bytes());
    junk.push(format!("@hatstand say {}", "\"".repeat(10_000)).into_bytes());
    junk.push(format!("@hatstand say {}", "y".repeat(16_000)).into_bytes());
    junk.push(b"@hatstand say \xff\xfe\xc3(".to_vec());
    junk.push(b"@hatstand \xf0\x9f".to_vec());
    junk.push(b"@hatstand greet\r".to_vec());
    junk
}

#[test]
fn junk_is_always_answered_once() {
    let junk = junk();
    let printed = printed(junk.join(&b'\n'));
    let script = Script::parse(&printed).unwrap_or_else(|why| panic!("line {}: {}", why.line, why.why));
    let mut answers = Vec::new();
    for step in script.steps() {
        match &step.step {
            Step::Say { text, .. } => answers.push((text.clone(), 0)),
            Step::Expect(_) => answers.last_mut().expect("somebody said something").1 += 1,
            _ => {}
        }
    }
    let odd: Vec<&(String, u32)> = answers.iter().filter(|(_, count)| *count != 1).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!(answers.len(), junk.len());
}

/// Words of the greeter and of people, in any order, and anything else.
fn anything() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "greet",
        "greetings",
        "of",
        "in",
        "with",
        "say",
        "count",
        "to",
        "nobody",
        "forget",
        "help",
        "plugins",
        "@jane",
        "@hatstand",
        "#dev",
        "2 hours",
        "1h30m",
        "7",
        "-1",
        "\"",
        "'",
        "“",
        "”",
        "—",
        "<",
        ">",
        "\u{202e}",
        "\t",
        "#345",
    ]);
    let sentence = prop::collection::vec(words, 0..8).prop_map(|words| words.join(" "));
    prop_oneof![sentence, any::<String>(), "\\PC{0,200}"]
}

#[test]
fn whatever_is_said_to_the_bot_is_answered_once() {
    let bot = RefCell::new(Bot::that_is_told(&["greeter"]));
    let mut runner = TestRunner::new(Config { cases: 256, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&anything(), |text| {
        let answers = bot.borrow_mut().hears("jane", &format!("@hatstand {text}"));
        prop_assert_eq!(answers.len(), 1, "{:?}", answers);
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
}
