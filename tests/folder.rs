//! The folder of plugins: what is put into it, taken out and replaced while people talk.

mod support;

use hatstand::ledger::{AuditQuery, Recorded};
use hatstand::plugins::Compiler;
use hatstand::plugins::compiler::Bounds;
use hatstand_common::transcript::{Audience, Line, Name, Room};
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{Bot, FOR_EVER, bytes, rebuilt};
use tokio::sync::mpsc;

/// Files that cannot be let in, and what is said of each when it is called `x.wasm`.
fn bad_files() -> Vec<(Vec<u8>, String)> {
    let greeter = bytes("greeter");
    let half = &greeter[..greeter.len() / 2];
    let mut damaged = greeter.clone();
    damaged[8] = 0x7f;
    let said = |bytes: Vec<u8>, why: &str| (bytes, format!("x.wasm {why}"));
    vec![
        said(b"hello world\n".to_vec(), "is not a WebAssembly file (it starts with \"hello world\")"),
        said(Vec::new(), "is empty; still being copied? I will look again when it changes"),
        said(half.to_vec(), &format!("looks cut off at {} bytes; waiting. Copy to a temporary name and rename to avoid this", half.len())),
        said(damaged, "is damaged (there is no section 127); copy it again"),
        said(
            b"\0asm\x01\0\0\0".to_vec(),
            "is a plain wasm module, not a component. Build with `--target wasm32-wasip2`, or with `hatstand plugin build`",
        ),
        said(bytes("no-exports"), "exports nothing the bot can call. Did you forget `#[derive(Plugin)]` and `#[commands]`?"),
        said(
            of_contract(&greeter, "0.2.0"),
            "was built for plugin API 0.2.0; this bot offers 0.1.2. Upgrade the bot, or rebuild with hatstand-plugin 0.1.2",
        ),
        said(bytes("queue-wanter"), "wants `queue`, which this bot does not serve yet. Upgrade the bot, or build the plugin without it"),
        said(bytes("impure"), "failed while describing itself: it called the host while describing itself; a description must be pure"),
    ]
}

/// The component as one of another version of the contract.
fn of_contract(component: &[u8], version: &str) -> Vec<u8> {
    const OURS: &[u8] = b"@0.1.2";
    let theirs = format!("@{version}").into_bytes();
    assert_eq!(theirs.len(), OURS.len(), "only a version of the same length can be put in its place");
    let mut bytes = component.to_vec();
    for at in 0..bytes.len() - OURS.len() {
        if bytes[at..].starts_with(OURS) {
            bytes[at..at + OURS.len()].copy_from_slice(&theirs);
        }
    }
    bytes
}

#[test]
fn each_file_that_cannot_be_let_in_gets_its_own_sentence() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    for (count, (file, sentence)) in bad_files().into_iter().enumerate() {
        bot.put("x.wasm", file);
        assert_eq!(bot.looks(), [sentence]);
        bot.plays(&format!("jane> @hatstand greet\nbot> Hello jane, greeting {} from greeter 0.1.0.", count + 1));
        bot.remove("x.wasm");
        assert_eq!(bot.looks(), [""; 0]);
    }
}

#[test]
fn a_file_that_is_too_large_is_not_even_read() {
    let mut bot = Bot::that_is_told(&[]);
    File::create(bot.path("x.wasm")).and_then(|file| file.set_len(65 << 20)).expect("a sparse file");
    assert_eq!(bot.looks(), ["x.wasm is larger than 64 MiB; build with `hatstand plugin build`, which strips what is not needed"]);
}

#[test]
fn a_bad_upgrade_leaves_the_old_build_serving() {
    let mut bot = Bot::that_is_told(&[]);
    bot.put("x.wasm", bytes("greeter"));
    assert_eq!(bot.looks(), ["greeter 0.1.0 is live"]);
    for (count, (file, sentence)) in bad_files().into_iter().enumerate() {
        bot.put("x.wasm", file);
        assert_eq!(bot.looks(), [format!("{sentence}\nStill serving: greeter 0.1.0")]);
        bot.plays(&format!("jane> @hatstand greet\nbot> Hello jane, greeting {} from greeter 0.1.0.", count + 1));
        bot.put("x.wasm", bytes("greeter"));
        assert_eq!(bot.looks(), ["greeter 0.1.0 is live instead of 0.1.0"]);
    }
    bot.put("x.wasm", bytes("greeter-next"));
    assert_eq!(bot.looks(), ["greeter 0.2.0 is live instead of 0.1.0"]);
}

#[test]
fn what_is_no_plugin_by_its_name_is_left_alone() {
    let mut bot = Bot::that_is_told(&[]);
    for file in ["notes.txt", "greeter.wasm.part", ".greeter.wasm"] {
        bot.put(file, bytes("greeter"));
    }
    fs::create_dir(bot.path("folder.wasm")).expect("a folder");
    assert_eq!(bot.looks(), [""; 0]);
}

#[test]
fn a_second_file_with_the_same_plugin_waits_for_the_first_to_go() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    bot.put("other.wasm", bytes("greeter-next"));
    assert_eq!(bot.looks(), ["other.wasm is another `greeter`, which greeter.wasm already provides. Remove one of the two"]);
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 1 from greeter 0.1.0.");

    bot.remove("greeter.wasm");
    assert_eq!(
        bot.looks(),
        ["greeter is gone (greeter.wasm was removed); what it keeps is there when it is back", "greeter 0.2.0 is live"]
    );
    bot.plays("jane> @hatstand greet\nbot> Good day jane, greeting 2 from greeter 0.2.0.");
}

#[test]
fn a_plugin_that_claims_anothers_command_waits_for_that_to_go() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    bot.put("impostor.wasm", bytes("impostor"));
    assert_eq!(bot.looks(), ["impostor.wasm claims `greet [<who>]`, but `greeter` has `greet [<who>]`. Remove one of the two"]);
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 1 from greeter 0.1.0.");

    bot.remove("greeter.wasm");
    assert_eq!(
        bot.looks(),
        ["greeter is gone (greeter.wasm was removed); what it keeps is there when it is back", "impostor 0.1.0 is live"]
    );
    bot.plays("jane> @hatstand greet\nbot> Hello from the impostor, .");

    bot.put("greeter.wasm", bytes("greeter"));
    assert_eq!(bot.looks(), ["greeter.wasm claims `greet [<who>]`, but `impostor` has `greet [<who>]`. Remove one of the two"]);
}

#[test]
fn an_older_version_comes_in_only_after_the_live_one_was_taken_out() {
    let mut bot = Bot::that_is_told(&[]);
    bot.put("greeter.wasm", bytes("greeter-next"));
    assert_eq!(bot.looks(), ["greeter 0.2.0 is live"]);
    bot.put("greeter.wasm", bytes("greeter"));
    assert_eq!(
        bot.looks(),
        [
            "greeter.wasm is greeter 0.1.0, older than the live 0.2.0. To go back, say `plugins rollback greeter`; or remove the file first, then copy this one in\n\
          Still serving: greeter 0.2.0"
        ]
    );
    bot.plays("jane> @hatstand greet\nbot> Good day jane, greeting 1 from greeter 0.2.0.");

    bot.remove("greeter.wasm");
    assert_eq!(bot.looks(), ["greeter is gone (greeter.wasm was removed); what it keeps is there when it is back"]);
    bot.put("greeter.wasm", bytes("greeter"));
    assert_eq!(bot.looks(), ["greeter 0.1.0 is live"]);
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 2 from greeter 0.1.0.");
}

#[test]
fn a_file_may_become_another_plugin() {
    let mut bot = Bot::that_is_told(&[]);
    bot.put("x.wasm", bytes("greeter"));
    assert_eq!(bot.looks(), ["greeter 0.1.0 is live"]);
    bot.put("x.wasm", bytes("looper"));
    assert_eq!(bot.looks(), ["looper 0.1.0 is live", "greeter is gone (x.wasm was removed); what it keeps is there when it is back"]);
    bot.plays("jane> @hatstand loop recall\nbot> You told me nothing.");
    bot.plays(
        "jane> @hatstand greet\nbot(jane)> `greeter` is not loaded right now. Nothing is lost: what it keeps is there when it is back.",
    );
}

#[test]
fn plugins_of_different_people_may_have_functions_of_the_same_name() {
    let mut bot = Bot::that_is_told(&["looper", "sleeper"]);
    bot.plays("jane> @hatstand loop remember pen\nbot> I remember pen.");
    bot.plays("jane> @hatstand sleep recall\nbot> You told me nothing.");
}

#[test]
fn a_file_that_was_only_touched_is_not_loaded_again() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    bot.put("greeter.wasm", bytes("greeter"));
    File::options()
        .write(true)
        .open(bot.path("greeter.wasm"))
        .and_then(|file| file.set_modified(std::time::SystemTime::UNIX_EPOCH))
        .expect("touched");
    assert_eq!(bot.looks(), [""; 0]);
}

#[test]
fn a_copy_into_the_folder_of_a_running_host_answers_at_once() {
    let mut bot = Bot::that_is_new(&[]);
    bot.plays("jane> @hatstand greet\nbot(jane)> I don't know `greet`. Say `@hatstand help` to see what I can do.");
    let greeter = support::fixture("greeter");
    let copied = Instant::now();
    fs::copy(greeter, bot.path("greeter.wasm")).expect("copied");
    while bot.next_news() != "greeter 0.1.0 is live" {}
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 1 from greeter 0.1.0.");
    let took = copied.elapsed();
    println!("from the copy to the answer: {took:.0?}");
    // One second is what is promised of a released build on a machine that does nothing else.
    assert!(took < Duration::from_secs(5), "it took {took:?}");
}

#[test]
fn a_file_may_come_by_rename_link_or_symbolic_link() {
    let mut bot = Bot::with(&[]);
    let (greeter, looper, sleeper) = (bot.beside("greeter"), bot.beside("looper"), bot.beside("sleeper"));
    fs::write(&greeter, bytes("greeter")).expect("written");
    fs::write(&looper, bytes("looper")).expect("written");
    fs::write(&sleeper, bytes("sleeper")).expect("written");

    fs::rename(greeter, bot.path("greeter.wasm")).expect("renamed");
    assert_eq!(bot.next_news(), "greeter 0.1.0 is live");
    fs::hard_link(looper, bot.path("looper.wasm")).expect("linked");
    assert_eq!(bot.next_news(), "looper 0.1.0 is live");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(sleeper, bot.path("sleeper.wasm")).expect("linked");
        assert_eq!(bot.next_news(), "sleeper 0.1.0 is live");
    }
    fs::rename(bot.path("looper.wasm"), bot.beside("elsewhere")).expect("renamed");
    assert_eq!(bot.next_news(), "looper is gone (looper.wasm was removed); what it keeps is there when it is back");
    assert_eq!(bot.more_news(), [""; 0]);
}

#[test]
fn a_slow_copy_is_waited_for_and_mentioned_once() {
    let mut bot = Bot::with(&[]);
    let greeter = bytes("greeter");
    let pieces: Vec<&[u8]> = greeter.chunks(greeter.len() / 4 + 1).collect();
    let mut file = File::create(bot.path("greeter.wasm")).expect("created");
    file.write_all(pieces[0]).expect("written");
    let waiting = bot.next_news();
    assert!(waiting.starts_with("greeter.wasm looks cut off at") || waiting.starts_with("greeter.wasm is empty"), "{waiting}");
    for piece in &pieces[1..] {
        bot.looks_in_vain();
        bot.plays("jane> @hatstand greet\nbot(jane)> I don't know `greet`. Say `@hatstand help` to see what I can do.");
        file.write_all(piece).expect("written");
    }
    drop(file);
    assert_eq!(bot.next_news(), "greeter 0.1.0 is live");
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 1 from greeter 0.1.0.");
}

#[test]
fn a_slow_copy_over_the_live_file_leaves_the_old_build_serving() {
    let mut bot = Bot::with(&["greeter"]);
    let next = bytes("greeter-next");
    let pieces: Vec<&[u8]> = next.chunks(next.len() / 4 + 1).collect();
    let mut file = File::create(bot.path("greeter.wasm")).expect("truncated");
    file.write_all(pieces[0]).expect("written");
    let waiting = bot.next_news();
    assert!(waiting.ends_with("\nStill serving: greeter 0.1.0"), "{waiting}");
    for (count, piece) in pieces[1..].iter().enumerate() {
        bot.plays(&format!("jane> @hatstand greet\nbot> Hello jane, greeting {} from greeter 0.1.0.", count + 1));
        bot.looks_in_vain();
        file.write_all(piece).expect("written");
    }
    drop(file);
    assert_eq!(bot.next_news(), "greeter 0.2.0 is live instead of 0.1.0");
    bot.plays("jane> @hatstand greet\nbot> Good day jane, greeting 4 from greeter 0.2.0.");
}

#[test]
fn the_folder_itself_may_be_replaced() {
    let mut bot = Bot::with(&["greeter"]);
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 1 from greeter 0.1.0.");
    fs::rename(bot.path(""), bot.beside("old")).expect("renamed");
    // Without a folder nobody can tell what is meant to be there, so everything goes on.
    bot.looks_in_vain();
    bot.plays("jane> @hatstand greet\nbot> Hello jane, greeting 2 from greeter 0.1.0.");

    fs::create_dir(bot.path("")).expect("a folder");
    assert_eq!(bot.next_news(), "greeter is gone (greeter.wasm was removed); what it keeps is there when it is back");
    bot.put("greeter.wasm", bytes("greeter-next"));
    assert_eq!(bot.next_news(), "greeter 0.2.0 is live");
    bot.plays("jane> @hatstand greet\nbot> Good day jane, greeting 3 from greeter 0.2.0.");

    // The new folder is watched like the old one.
    bot.remove("greeter.wasm");
    assert_eq!(bot.next_news(), "greeter is gone (greeter.wasm was removed); what it keeps is there when it is back");
}

/// How many builds are swapped in while people talk.
const SWAPS: usize = 6;

#[test]
fn a_swap_while_people_talk_loses_and_doubles_nothing() {
    let mut bot = Bot::with(&["greeter"]);
    let crowd = Crowd::of(&["andre", "ann", "jane", "zoë"], &mut bot);
    let mut build = next_to_answer(&bot, "");
    for swap in 0..SWAPS {
        bot.put("greeter.wasm", rebuilt("greeter", &format!("swap {swap}")));
        assert_eq!(bot.next_news(), "greeter 0.1.0 is live instead of 0.1.0");
        build = next_to_answer(&bot, &build);
    }
    bot.put("greeter.wasm", bytes("greeter-next"));
    assert_eq!(bot.next_news(), "greeter 0.2.0 is live instead of 0.1.0");
    next_to_answer(&bot, &build);
    let acknowledged = crowd.hush(&bot);

    for (who, greetings) in &acknowledged {
        let kept = bot.practice.runtime().block_on(bot.practice.host().ledger.get(
            &hatstand::adapters::terminal::workspace(),
            &"greeter".into(),
            &format!("greeted/{who}"),
        ));
        assert_eq!(kept.expect("it can be read"), Some(greetings.to_string().into_bytes()), "{who}");
    }
    let builds = builds_in_order(&bot);
    println!("{acknowledged:?} greetings by {} builds", builds.len());
    assert_eq!(builds.len(), SWAPS + 2, "each build served, and none after its successor: {builds:?}");
}

/// Waits until a build has answered that is not this one.
fn next_to_answer(bot: &Bot, before: &str) -> String {
    let ledger = &bot.practice.host().ledger;
    bot.practice.runtime().block_on(async {
        let mut wakes = ledger.wakes();
        loop {
            let newest =
                ledger.audit(AuditQuery::newest(1)).await.expect("it can be read").pop().map(|entry| entry.build).unwrap_or_default();
            if !newest.is_empty() && newest != before {
                return newest;
            }
            wakes.changed().await.expect("the ledger goes on");
        }
    })
}

/// The builds that answered, in the order of the commits, each time another one began.
fn builds_in_order(bot: &Bot) -> Vec<String> {
    let audit =
        bot.practice.runtime().block_on(bot.practice.host().ledger.audit(AuditQuery::newest(usize::MAX / 2))).expect("it can be read");
    let mut builds: Vec<String> = audit.into_iter().rev().map(|entry| entry.build).collect();
    builds.dedup();
    builds
}

/// People who let the bot greet them, each in a channel of their own, and say the next thing when they have their answer.
struct Crowd {
    quiet: Arc<AtomicBool>,
    people: Vec<tokio::task::JoinHandle<(String, u64)>>,
}

impl Crowd {
    fn of(names: &[&str], bot: &mut Bot) -> Self {
        let mut said = bot.practice.chat_mut().take_stream();
        let quiet = Arc::new(AtomicBool::new(false));
        let mut ears = HashMap::new();
        let people = names.iter().map(|who| {
            let (hear, hears) = mpsc::unbounded_channel();
            ears.insert(Audience::Channel(Name::from(*who)), hear);
            let (intake, terminal) = (bot.practice.host().intake.clone(), Arc::clone(bot.practice.chat().terminal()));
            let talk = talk(Name::from(*who), hears, Arc::clone(&quiet), move |room, who| {
                let (intake, event) = (intake.clone(), terminal.typed(room, who, "@hatstand greet"));
                async move { assert!(matches!(intake.take(event).await.expect("it is recorded"), Some(Recorded::New(_)))) }
            });
            bot.practice.runtime().spawn(talk)
        });
        let people = people.collect();
        bot.practice.runtime().spawn(async move {
            while let Some(shown) = said.recv().await {
                let ear = ears.get(shown.line.audience()).unwrap_or_else(|| panic!("nobody listens to {:?}", shown.line));
                // Whoever has gone home hears nothing more.
                drop(ear.send(shown.line));
            }
        });
        Self { quiet, people }
    }

    /// Lets everybody finish, and says how many greetings each has got.
    fn hush(self, bot: &Bot) -> BTreeMap<String, u64> {
        self.quiet.store(true, Ordering::Relaxed);
        bot.practice.runtime().block_on(async {
            let mut greetings = BTreeMap::new();
            for person in self.people {
                greetings.extend([person.await.expect("everything came as it should")]);
            }
            greetings
        })
    }
}

/// Greets until it is quiet; each answer must be the next one.
async fn talk<F: Future<Output = ()>>(
    who: Name,
    mut hears: mpsc::UnboundedReceiver<Line>,
    quiet: Arc<AtomicBool>,
    greet: impl Fn(&Room, &Name) -> F,
) -> (String, u64) {
    let room = Room::Channel(who.clone());
    let mut greetings = 0;
    while !quiet.load(Ordering::Relaxed) {
        greet(&room, &who).await;
        greetings += 1;
        let answer = hears.recv().await.expect("an answer").text().join("\n");
        let expected = format!("{who}, greeting {greetings} from greeter");
        assert!(answer.contains(&expected), "{answer:?} instead of {expected:?}");
    }
    assert!(hears.try_recv().is_err(), "one answer each");
    (who.to_string(), greetings)
}

#[test]
fn an_administrator_inspects_nothing_outside_of_the_folder() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    bot.plays("--- admin ann");
    fs::write(bot.beside("secret.wasm"), bytes("notes")).expect("written");
    fs::create_dir(bot.path("sub")).and_then(|()| fs::write(bot.path("sub/secret.wasm"), bytes("notes"))).expect("written");
    for path in ["../secret", "sub/secret", "./greeter", "../plugins/greeter"] {
        for order in ["inspect", "load"] {
            bot.plays(&format!("ann> @hatstand plugins {order} {path}\nbot(ann)> I know no plugin `[..]`[..]"));
        }
    }
}

/// A compiler that begins when something is written into the pipe.
fn held_compiler(bot: &std::path::Path) -> (std::path::PathBuf, std::path::PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let (program, pipe) = (bot.join("compiler"), bot.join("pipe"));
    let script = format!("#!/bin/sh\nread _ < {}\nexec {} \"$@\"\n", pipe.display(), env!("CARGO_BIN_EXE_hatstand"));
    fs::write(&program, script).and_then(|()| fs::set_permissions(&program, fs::Permissions::from_mode(0o755))).expect("a script");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("there is mkfifo").success());
    (program, pipe)
}

#[test]
fn nobody_waits_for_a_compiler_but_those_who_want_something_compiled() {
    let home = tempfile::tempdir().expect("a folder");
    let (program, pipe) = held_compiler(home.path());
    let mut bot = Bot::open(&[], |setup| {
        setup.watch = false;
        setup.cache = None;
        setup.compiler = Compiler::of(program, Bounds { time: FOR_EVER, ..Bounds::default() });
    });
    bot.plays("--- admin ann");
    bot.put("greeter.wasm", bytes("greeter"));
    let said = |bot: &Bot, text: &str| bot.practice.chat().terminal().typed(&Room::Channel(Name::from("dev")), &Name::from("ann"), text);
    let lines = ["plugins load greeter", "plugins info greeter", "plugins", "help", "no such command"];
    let events = lines.map(|line| said(&bot, &format!("@hatstand {line}")));
    let mut stream = bot.practice.chat_mut().take_stream();
    let first: Vec<String> = bot.practice.runtime().block_on(async {
        for event in events {
            bot.practice.host().intake.take(event).await.expect("it can be recorded");
        }
        let mut first = Vec::new();
        for _ in 0..4 {
            first.push(stream.recv().await.expect("somebody answers").line.text()[0].clone());
        }
        first
    });
    assert!(first[0].starts_with("I know no plugin"), "{first:?}");
    assert!(first[1].starts_with("There are no plugins"), "{first:?}");
    fs::write(&pipe, "now\n").expect("it compiles");
    let loaded = bot.practice.runtime().block_on(stream.recv()).expect("it is loaded at last");
    assert_eq!(loaded.line.text(), ["With *greeter* it is so already. Nothing was changed."]);
}
