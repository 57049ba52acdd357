//! Promises that are easier to see below the conversation: once, and only what was granted.

mod support;

use hatstand::adapters::terminal::workspace;
use hatstand::ledger::{self, Beside, Fingerprint, Live, Receipt, Received, Recorded};
use hatstand::model::{Event, EventId, Webhook, What};
use hatstand::rate::Rate;
use hatstand_common::message::Span;
use hatstand_common::transcript::{Name, Room};
use hatstand_common::value::MessageId;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::{Bot, FOR_EVER};

/// What the chat service would send if jane said this in #dev.
fn said(bot: &Bot, text: &str) -> Event {
    bot.practice.chat().terminal().typed(&Room::Channel(Name::from("dev")), &Name::from("jane"), text)
}

fn delivered(bot: &mut Bot, event: &Event) -> Recorded {
    let recorded = bot
        .practice
        .runtime()
        .block_on(bot.practice.host().intake.take(event.clone()))
        .expect("it can be recorded")
        .expect("somebody wants to know");
    bot.practice.settle().expect("it goes on");
    recorded
}

#[test]
fn an_event_delivered_twice_takes_effect_once() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    let event = said(&bot, "@hatstand greet");
    assert!(matches!(delivered(&mut bot, &event), Recorded::New(_)));
    assert_eq!(delivered(&mut bot, &event), Recorded::Repeat);
    bot.plays("jane> @hatstand greetings\nbot(jane)> jane: 1");

    // Not even if everything happened to the bot meanwhile.
    bot.plays("--- restart");
    assert_eq!(delivered(&mut bot, &event), Recorded::Repeat);
    bot.put("greeter.wasm", support::bytes("greeter-next"));
    assert_eq!(bot.looks(), ["greeter 0.2.0 is live instead of 0.1.0"]);
    bot.plays("--- kill after 2 hours");
    assert_eq!(delivered(&mut bot, &event), Recorded::Repeat);
    bot.plays("jane> @hatstand greetings\nbot(jane)> jane: 1");
}

#[test]
fn copies_of_events_that_come_all_at_once_take_effect_once_each() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    let events: Vec<Event> = (0..20).map(|_| said(&bot, "@hatstand greet")).collect();
    let recorded = bot.practice.runtime().block_on(async {
        let mut deliveries = tokio::task::JoinSet::new();
        for event in events.iter().cycle().take(5 * events.len()) {
            let (intake, event) = (bot.practice.host().intake.clone(), event.clone());
            deliveries.spawn(async move { intake.take(event).await.expect("it can be recorded").expect("somebody wants to know") });
        }
        deliveries.join_all().await
    });
    assert_eq!(recorded.iter().filter(|recorded| **recorded != Recorded::Repeat).count(), events.len());
    assert_eq!(bot.practice.settle().expect("it goes on").len(), events.len(), "one answer each");
    bot.plays("jane> @hatstand greetings\nbot(jane)> jane: 20");
}

/// Puts up a board to press; says which message that is.
fn board(bot: &mut Bot) -> MessageId {
    let event = said(bot, "@hatstand board");
    let Recorded::New(EventId(id)) = delivered(bot, &event) else { panic!("it is new") };
    MessageId(format!("{id}.witness.0"))
}

/// What the bot says when jane presses the first button of a message.
fn pressed(bot: &mut Bot, message: &MessageId) -> Vec<String> {
    let what = What::Pressed { message: message.clone(), number: 0, seen: None };
    let event = Event { what, ..said(bot, "") };
    bot.practice.runtime().block_on(bot.practice.host().intake.take(event)).expect("it can be recorded").expect("somebody wants to know");
    bot.practice.settle().expect("it goes on").iter().flat_map(|line| line.text().to_vec()).collect()
}

#[test]
fn a_button_from_before_a_restore_does_not_act_on_what_is_said_after_it() {
    let mut bot = Bot::that_is_told(&["witness"]);
    let (ledger, backup) = (bot.beside("ledger.db"), bot.beside("backup.db"));
    Beside::read(&ledger).and_then(|ledger| ledger.back_up(&backup)).expect("it is made");
    let lost = board(&mut bot);
    bot.practice.stop();
    ledger::restore(&ledger, &backup, ".replaced").expect("it is restored");
    bot.plays("--- restart");
    let kept = board(&mut bot);
    assert_eq!(pressed(&mut bot, &lost), ["That button does not work any more. Nothing was changed."]);
    assert!(pressed(&mut bot, &kept)[0].starts_with("Pressed 1 times."));
}

#[test]
fn all_that_waited_for_an_absent_plugin_comes_when_it_is_back_however_much_it_is() {
    let mut bot = Bot::that_is_told(&["messenger"]);
    bot.plays("jane> @hatstand listen here\nbot> I listen.");
    bot.remove("messenger.wasm");
    bot.looks();
    // More than is held in memory while it waits.
    let all = 1_200;
    let ledger = Arc::clone(&bot.practice.host().ledger);
    let kept = bot.practice.runtime().block_on(async {
        let mut kept = tokio::task::JoinSet::new();
        for number in 0..all {
            let (ledger, received) = (Arc::clone(&ledger), ring(number));
            kept.spawn(async move { ledger.receive(received, &Live::new()).await.expect("it can be kept") });
        }
        kept.join_all().await
    });
    assert!(kept.iter().all(|receipt| *receipt == Receipt::New));
    drop(ledger);
    bot.put("messenger.wasm", support::bytes("messenger"));
    let said = bot.practice.look().expect("it goes on");
    let rung = said.iter().filter(|line| line.text()[0].starts_with("Ring ")).count();
    assert_eq!((said.len(), rung), (all, all));
    bot.plays("jane> @hatstand listen here\nbot> I listen.");
}

/// A webhook with a long body.
fn ring(number: usize) -> Received {
    let body = format!("{number} {}", "x".repeat(15_000));
    let webhook = Webhook { name: "generic".to_owned(), headers: Vec::new(), body: body.into() };
    let at = hatstand_common::transcript::START;
    let seen = vec![Fingerprint { key: format!("generic:{number}"), window: Duration::from_secs(60) }];
    Received { workspace: workspace(), plugin: "messenger".into(), seen, at, webhook }
}

#[test]
fn a_lock_that_another_process_holds_for_seconds_strands_no_command_and_keeps_their_order() {
    const COMMANDS: usize = 300;
    let mut clock = None;
    let mut bot = Bot::open(&["greeter"], |setup| {
        setup.watch = false;
        clock = Some(setup.clock.clone());
    });
    let clock = clock.expect("it has one");
    let events: Vec<Event> = (0..COMMANDS).map(|_| said(&bot, "@hatstand greet")).collect();
    let intake = bot.practice.host().intake.clone();
    let accepted = Arc::new(AtomicUsize::new(0));
    let deliveries = bot.practice.runtime().spawn({
        let accepted = Arc::clone(&accepted);
        async move {
            for event in events {
                intake.take(event).await.expect("it can be recorded");
                accepted.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    wait_until(|| accepted.load(Ordering::Relaxed) > COMMANDS / 10);
    let other = rusqlite::Connection::open(bot.beside("ledger.db")).expect("it can be opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("it is locked");
    for _ in 0..2 {
        let before = bot.practice.ledger().lock_waits();
        wait_until(|| bot.practice.ledger().lock_waits() > before);
        clock.advance(Duration::from_secs(7));
    }
    other.execute_batch("COMMIT").expect("it is unlocked");
    bot.practice.runtime().block_on(deliveries).expect("all are accepted");
    let answers: Vec<String> = bot.practice.settle().expect("it goes on").iter().map(|line| line.text()[0].clone()).collect();
    let expected: Vec<String> = (1..=COMMANDS).map(|number| format!("Hello jane, greeting {number} from greeter 0.1.0.")).collect();
    assert_eq!(answers, expected);
}

/// Waits however busy the machine is.
fn wait_until(mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + FOR_EVER;
    while !so() {
        assert!(Instant::now() < deadline, "it takes too long");
        std::thread::yield_now();
    }
}

#[test]
fn an_invocation_whose_effects_the_ledger_refuses_ends_with_an_apology_and_keeps_nobody_else_from_an_answer() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    let events: Vec<Event> = (0..5).map(|_| said(&bot, "@hatstand greet")).collect();
    // Something is wrong with the file: it holds the identity that the answer to the third will have, of a message too young to be pruned.
    let other = rusqlite::Connection::open(bot.beside("ledger.db")).expect("it can be opened");
    let last: i64 = other.query_row("SELECT coalesce(max(id), 0) FROM inbox", [], |row| row.get(0)).expect("it can be read");
    let taken = "INSERT INTO outbox (workspace, message, plugin, at, body, fate) VALUES (?1, ?2, 'greeter', 4102444800000, '{}', 'sent')";
    other.execute(taken, [workspace().0, format!("{}.greeter.0", last + 3)]).expect("it can be changed");
    bot.practice.runtime().block_on(async {
        let intake = &bot.practice.host().intake;
        for event in &events {
            intake.take(event.clone()).await.expect("it can be recorded");
        }
    });
    let answers: Vec<String> = bot.practice.settle().expect("it goes on").iter().map(|line| line.text()[0].clone()).collect();
    let greeting = |number: usize| format!("Hello jane, greeting {number} from greeter 0.1.0.");
    assert_eq!([&answers[..2], &answers[3..]].concat(), [greeting(1), greeting(2), greeting(3), greeting(4)]);
    assert!(answers[2].contains("stopped working"), "{}", answers[2]);
}

#[test]
fn an_event_that_the_plugin_did_not_survive_is_not_tried_again() {
    let mut bot = Bot::that_is_told(&["panicker"]);
    let event = said(&bot, "@hatstand panic");
    assert!(matches!(delivered(&mut bot, &event), Recorded::New(_)));
    assert_eq!(delivered(&mut bot, &event), Recorded::Repeat);
    bot.plays("--- kill");
    bot.plays("jane> @hatstand panic recall\nbot> You told me nothing.");
}

#[test]
fn whoever_floods_the_bot_is_told_once_and_others_do_not_notice() {
    let mut bot = Bot::open(&["greeter"], |setup| {
        setup.watch = false;
        setup.rate = Rate { person: 20, ..Rate::UNLIMITED };
    });
    let flood: Vec<Event> = (0..10_000).map(|_| said(&bot, "@hatstand greet")).collect();
    let recorded = flood.iter().filter_map(|event| taken(&bot, event)).count();
    assert_eq!(recorded, 21, "what she may, and what she is told");
    let answers: Vec<_> = bot.practice.settle().expect("it goes on").iter().map(|line| line.text()[0].clone()).collect();
    assert_eq!(answers.iter().filter(|answer| answer.starts_with("Hello jane")).count(), 20);
    assert_eq!(answers.iter().filter(|answer| answer.starts_with("That was too much for me")).count(), 1);
    bot.plays("andre> @hatstand greet\nbot> Hello andre, greeting 1 from greeter 0.1.0.");

    // What was refused, with a word or without, stays refused, also when there is room again.
    for later in ["1 second", "10 minutes"] {
        bot.plays(&format!("--- {later} later"));
        assert_eq!([&flood[21], &flood[9_999]].map(|event| taken(&bot, event)), [None, None]);
        assert!(matches!(taken(&bot, &flood[20]), None | Some(Recorded::Repeat)));
        assert!(matches!(taken(&bot, &flood[0]), None | Some(Recorded::Repeat)));
        assert_eq!(bot.practice.settle().expect("it goes on"), []);
    }
    bot.plays("jane> @hatstand greetings\nbot(jane)> jane: 20");
}

/// What becomes of an event at the door.
fn taken(bot: &Bot, event: &Event) -> Option<Recorded> {
    bot.practice.runtime().block_on(bot.practice.host().intake.take(event.clone())).expect("it can be taken")
}

/// What the bot answers to this, as it is handed to the chat service.
fn spans(bot: &mut Bot, text: &str) -> Vec<Span> {
    let event = said(bot, text);
    let Recorded::New(EventId(id)) = delivered(bot, &event) else { panic!("it is new") };
    let ids = ["greeter.0", "greeter.host", "hatstand.host"].map(|of| MessageId(format!("{id}.{of}")));
    let ledger = &bot.practice.host().ledger;
    let messages = ids.iter().filter_map(|id| bot.practice.runtime().block_on(ledger.message(&workspace(), id)).expect("it can be read"));
    let messages: Vec<_> = messages.filter_map(|said| said.say.how.message().cloned()).collect();
    assert_eq!(messages.len(), 1, "one answer to {text:?}");
    messages.into_iter().flat_map(|message| message.text).collect()
}

fn notifies(span: &Span) -> bool {
    matches!(span, Span::Mention(_) | Span::Everybody)
}

/// What would notify somebody in one chat or another, or look like something else than it is.
const HOSTILE: [&str; 16] = [
    "<!channel>",
    "<!here|here>",
    "<!subteam^S1>",
    "<@U123>",
    "@everybody",
    "@channel",
    "@here",
    "@jane",
    "<https://evil.example|https://good.example>",
    "[good](https://evil.example)",
    "`@channel`",
    "```\n@here\n```",
    "*bold* _italic_ ~gone~",
    "&lt;!channel&gt;",
    "\u{202e}lennahc@",
    "＠channel",
];

#[test]
fn what_a_person_typed_is_repeated_as_plain_text() {
    let mut bot = Bot::that_is_told(&["greeter"]);
    for text in HOSTILE {
        let spans = spans(&mut bot, &format!("@hatstand say so: {text}"));
        let [Span::Plain(plain)] = spans.as_slice() else { panic!("{text:?} became {spans:?}") };
        assert!(plain.starts_with("so: "), "{plain:?}");
        assert!(!spans.iter().any(notifies));
    }
}

#[test]
fn nothing_that_a_person_types_notifies_anybody() {
    let bot = RefCell::new(Bot::that_is_told(&["greeter"]));
    let hostile = prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned);
    let word = prop::sample::select(vec!["greet", "greetings of", "say", "help", "count to", "greet in 1h with", "x"]);
    let text = (word, prop::collection::vec(prop_oneof![hostile, "\\PC{0,20}"], 0..4))
        .prop_map(|(word, more)| format!("{word} {}", more.join(" ")));
    let mut runner = TestRunner::new(Config { cases: 128, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&text, |text| {
        let spans = spans(&mut bot.borrow_mut(), &format!("@hatstand {text}"));
        prop_assert!(!spans.iter().any(notifies), "{:?}", spans);
        Ok(())
    });
    outcome.unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn whoever_asks_a_bad_plugin_is_told_soon() {
    let bad = [
        ("looper", "loop"),
        ("allocator", "allocate"),
        ("panicker", "panic"),
        ("recurser", "recurse"),
        ("caller", "call"),
        ("sleeper", "sleep"),
    ];
    let mut bot = Bot::that_is_told(&bad.map(|(plugin, _)| plugin));
    for (plugin, command) in bad {
        let asked = Instant::now();
        bot.plays(&format!("jane> @hatstand {command}\nbot(jane)> Sorry: `{plugin}` [..]. Nothing was changed."));
        let took = asked.elapsed();
        println!("{plugin}: {took:.1?}");
        // Three seconds are promised of a machine that does nothing else.
        assert!(took < Duration::from_secs(6), "{plugin}: {took:?}");
    }
}

#[test]
fn a_bad_plugin_does_not_keep_others_waiting() {
    let mut bot = Bot::that_is_told(&["greeter", "looper", "sleeper"]);
    let bad = ["loop", "sleep", "loop", "sleep"].map(|command| said(&bot, &format!("@hatstand {command}")));
    let good = said(&bot, "@hatstand greet");
    let mut stream = bot.practice.chat_mut().take_stream();
    let first = bot.practice.runtime().block_on(async {
        for event in bad.into_iter().chain([good]) {
            bot.practice.host().intake.take(event).await.expect("it can be recorded");
        }
        stream.recv().await.expect("somebody answers")
    });
    assert_eq!(first.line.text(), ["Hello jane, greeting 1 from greeter 0.1.0."], "whoever behaves is first");
    bot.practice.settle().expect("it goes on");
}

#[test]
fn a_person_of_whom_the_host_knows_nothing_takes_a_plugin_from_nobody() {
    let mut bot = Bot::that_is_told(&["panicker"]);
    for _ in 0..5 {
        let event = Event { person: Some("???".into()), ..said(&bot, "@hatstand panic") };
        assert!(matches!(delivered(&mut bot, &event), Recorded::New(_)));
    }
    bot.plays("jane> @hatstand panic recall\nbot> You told me nothing.");
}

#[test]
fn a_grant_for_channels_reaches_nobody_in_private() {
    let mut bot = Bot::that_is_told(&["unruly"]);
    bot.plays(
        "jane> @hatstand intrude @bob\nbot(jane)> For this I need the grant `chat:direct`. Whoever operates me can give it.\n\
         jane> @hatstand intrude ops\nbot#ops> Surprise.",
    );
}
