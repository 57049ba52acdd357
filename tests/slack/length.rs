//! Texts that are too long for one message.

use crate::office::Office;
use slack_double::{Fault, Message};

/// As much as a plugin may say at once.
const VERSES: usize = 425;

/// Every verse is there once, and in order.
#[track_caller]
fn assert_whole(messages: &[Message]) {
    let verses: Vec<usize> = messages.iter().flat_map(|message| message.text.lines()).map(number).collect();
    assert_eq!(verses, (1..=VERSES).collect::<Vec<_>>());
    assert!(messages.len() > 1 && messages.iter().all(|message| message.text.chars().count() <= 4_000));
}

fn number(verse: &str) -> usize {
    verse.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no verse: {verse}"))
}

#[tokio::test]
async fn a_long_text_comes_in_several_messages_in_order() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, &format!("@hatstand recite {VERSES}")).await;
    assert_whole(&office.messages(general));
    office.finish().await;
}

#[tokio::test]
async fn a_long_text_stays_in_its_thread() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let parent = office.double.post(general, ada, "A poem, please");
    office.double.reply(general, ada, parent, &format!("@hatstand recite {VERSES}"));
    office.settles().await;
    assert_whole(&office.messages(general));
    assert!(office.messages(general).iter().all(|message| message.thread_ts == Some(parent)));
    office.finish().await;
}

#[tokio::test]
async fn after_a_failure_in_the_middle_it_goes_on_there() {
    for fault in [Fault::Status(500), Fault::CutAfter, Fault::CutBefore, Fault::Garbage, Fault::RateLimited { retry_after: 0 }] {
        let office = Office::with(&["witness"]).await;
        let (general, ada) = (&office.home.general, &office.home.ada);
        office.double.fail("chat.postMessage", Fault::Slow(std::time::Duration::ZERO), 2);
        office.double.fail("chat.postMessage", fault, 1);
        office.says(general, ada, &format!("@hatstand recite {VERSES}")).await;
        assert_whole(&office.messages(general));
        office.finish().await;
    }
}
