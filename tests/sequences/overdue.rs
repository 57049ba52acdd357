//! Many timers come due while nobody is there: at the next start each fires once, in the order in which they were due, soon, and says how
//! late it is.

use crate::bot::Bot;
use crate::disk::flush_time;
use crate::figure::Figures;
use crate::size::Size;
use crate::stage::no_door;
use crate::support::bytes;
use crate::wall::{Wall, workspace};
use hatstand::clock::Clock;
use hatstand::model::{Event, How, Order, Said, Say, What};
use hatstand_common::message::Span;
use hatstand_common::transcript::{START, typed};
use hatstand_common::value::{ChannelId, MessageId, PersonId, Place};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::fs;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How soon after the start the last of them is out.
const SOON: Duration = Duration::from_secs(5);

const MINUTE: Duration = Duration::from_secs(60);

/// How long nobody is there.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The channels in which the timers were set.
const CHANNELS: u32 = 20;

pub fn run(size: Size) {
    let count: u32 = size.of(200, 1_000);
    let figures = Figures::of("overdue", format!("{count} timers, {:.1?} to flush the disk", flush_time()));
    let home = TempDir::new().expect("a folder");
    fs::create_dir(home.path().join("plugins")).expect("a folder");
    fs::write(home.path().join("plugins/greeter.wasm"), bytes("greeter")).expect("written");
    let (wall, clock) = (Wall::open(&home.path().join("wall")), Clock::still(START));
    let start = || Bot::start(home.path(), clock.clone(), &wall, no_door, [].into());

    let bot = start();
    set(&bot, count);
    bot.kill();
    let before = wall.said().len();
    clock.advance(DAY);

    let began = Instant::now();
    let bot = start();
    bot.settled();
    let took = began.elapsed();
    let said = wall.said().split_off(before);
    check(&said, count);
    figures.at_most("from the start to the last message", took, SOON);

    bot.kill();
    start().settled();
    assert_eq!(wall.said().len(), before + count as usize, "some fired again");
}

/// Sets one timer for each minute, in no order.
fn set(bot: &Bot, count: u32) {
    let mut minutes: Vec<u32> = (1..=count).collect();
    minutes.shuffle(&mut StdRng::seed_from_u64(2026));
    bot.runtime().block_on(async {
        let mut deliveries = JoinSet::new();
        for minute in minutes {
            let intake = bot.host().intake.clone();
            deliveries.spawn(async move { intake.take(asks(minute)).await.expect("it can be recorded") });
        }
        deliveries.join_all().await;
    });
    bot.settled();
}

fn asks(minute: u32) -> Event {
    let channel = ChannelId(format!("room{}", minute % CHANNELS));
    let text = format!("greet in {minute} minutes with {minute}");
    let said = Said { line: typed(&text), addressed: true, message: MessageId(minute.to_string()) };
    let place = Some(Place { channel, thread: None });
    Event { workspace: workspace(), key: minute.to_string(), at: START, place, person: Some(PersonId::from("ann")), what: What::Said(said) }
}

/// Each was said once, in the order of the due times, and how late it is.
fn check(said: &[Say], count: u32) {
    let mut said: Vec<&Say> = said.iter().collect();
    said.sort_by_key(|say| Order::of(&say.id));
    let texts: Vec<String> = said.iter().map(|say| text(say)).collect();
    let expected: Vec<String> = (1..=count).map(|minute| format!("{minute} ({} late)", late(DAY - minute * MINUTE))).collect();
    assert_eq!(texts, expected);
}

fn text(say: &Say) -> String {
    let How::Post { message, .. } = &say.how else { panic!("{say:?}") };
    let words = message.text.iter().map(|span| match span {
        Span::Markdown(text) | Span::Plain(text) => text.as_str(),
        other => panic!("{other:?}"),
    });
    words.collect()
}

/// As people are told.
fn late(late: Duration) -> String {
    hatstand_common::period::spell(late)
}
