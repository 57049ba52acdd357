//! Messages that change, and what people put under them.

use crate::office::Office;
use slack_double::{ChannelKind, Settings, Times};
use std::time::Duration;

#[tokio::test]
async fn a_message_changes_where_it_stands() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, "@hatstand board").await;
    let board = office.last_in(general);
    office.press((general, board), "Count", ada).await;
    assert_eq!(office.last_in(general), board, "no other one was posted");
    assert!(office.messages(general)[0].edited.is_some());
    office.finish().await;
}

#[tokio::test]
async fn a_direct_message_changes_where_it_stands() {
    let office = Office::with(&["witness"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.says(general, ada, "@hatstand board for @ben").await;
    let direct = office.direct(ben);
    office.press((&direct, office.last_in(&direct)), "Count", ben).await;
    assert_eq!(office.said_in(&direct), ["Pressed 1 times.\nColour"]);
    office.finish().await;
}

#[tokio::test]
async fn a_message_that_slack_does_not_let_change_is_said_anew() {
    let times = Times { edit_window: Some(Duration::ZERO), ..Times::default() };
    let office = Office::with_slack(&["witness"], Settings { times, ..Settings::default() }).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, "@hatstand board").await;
    for _ in 0..2 {
        office.press((general, office.last_in(general)), "Count", ada).await;
    }
    assert_eq!(office.said_in(general), [0, 1, 2].map(|count| format!("Pressed {count} times.\nColour")));
    office.finish_despite(&["edit_window_closed"]).await;
}

#[tokio::test]
async fn an_answer_where_the_bot_is_no_member_is_said_anew_to_the_same_eyes() {
    let office = Office::with(&["witness"]).await;
    let (ada, ben, elsewhere) = (&office.home.ada, &office.home.ben, &office.channel_without_bot(ChannelKind::Private));
    office.slash(elsewhere, ada, "board").await;
    office.press((elsewhere, office.last_in(elsewhere)), "Count", ben).await;
    assert_eq!(office.said_in(elsewhere), [0, 1].map(|count| format!("Pressed {count} times.\nColour")));
    office.slash(elsewhere, ada, "board quietly").await;
    for _ in 0..2 {
        office.press((elsewhere, office.last_whisper_to(ada)), "Count", ada).await;
    }
    assert_eq!(office.whispered_to(ada), [0, 1, 2].map(|count| format!("Pressed {count} times.\nColour")));
    assert_eq!(office.said_in(elsewhere).len(), 2, "nobody else sees those");
    office.finish().await;
}

#[tokio::test]
async fn a_reaction_is_known_by_the_message_that_got_it() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, "@hatstand board").await;
    let (board, other) = (office.last_in(general), office.double.post(general, ada, "Lunch?"));
    office.double.react(general, board, ada, "thumbsup");
    office.double.react(general, other, ada, "pizza");
    office.double.unreact(general, board, ada, "thumbsup");
    office.settles().await;
    let seen = ["thumbsup on my board; pizza on a message; thumbsup off my board"];
    assert_eq!(office.says(general, ada, "@hatstand testify").await, seen);
    office.finish().await;
}
