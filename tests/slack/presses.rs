//! Buttons and menus.

use crate::office::Office;
use slack_double::ChannelKind;

#[tokio::test]
async fn buttons_and_menus_do_what_they_say() {
    let office = Office::with(&["witness"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.says(general, ada, "@hatstand board").await;
    let board = office.last_in(general);
    for who in [ada, ben] {
        office.press((general, board), "Count", who).await;
    }
    office.press((general, board), "Blue", ada).await;
    assert_eq!(office.said_in(general), ["Pressed 2 times.\nColour", "Ada Lovelace paints it blue."]);
    office.finish().await;
}

#[tokio::test]
async fn a_press_in_a_thread_is_answered_there() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let parent = office.double.post(general, ada, "Which one?");
    office.double.reply(general, ada, parent, "@hatstand board");
    office.settles().await;
    office.press((general, office.last_in(general)), "Red", ada).await;
    let threads: Vec<_> = office.messages(general).iter().map(|message| message.thread_ts).collect();
    assert_eq!(threads, [Some(parent), Some(parent)]);
    office.finish().await;
}

#[tokio::test]
async fn whoever_may_not_press_is_told_so() {
    let office = Office::with(&["witness"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.says(general, ada, "@hatstand board").await;
    office.press((general, office.last_in(general)), "Gild", ben).await;
    assert_eq!(office.said_in(general).len(), 1, "nothing is gilded");
    let whispers = office.whispered_to(ben);
    assert!(matches!(whispers.as_slice(), [only] if only.contains("Ada Lovelace")), "{whispers:?}");
    office.press((general, office.last_in(general)), "Gild", ada).await;
    assert_eq!(office.said_in(general)[1..], ["Ada Lovelace paints it gold."]);
    office.finish().await;
}

#[tokio::test]
async fn a_button_works_after_a_restart() {
    let mut office = Office::with(&["witness"]).await;
    let (general, ada) = (office.home.general.clone(), office.home.ada.clone());
    office.says(&general, &ada, "@hatstand board").await;
    office.reopen().await;
    office.press((&general, office.last_in(&general)), "Count", &ada).await;
    assert_eq!(office.said_in(&general), ["Pressed 1 times.\nColour"]);
    office.finish().await;
}

#[tokio::test]
async fn what_one_person_sees_can_be_pressed_and_stays_theirs() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.says(general, ada, "@hatstand board quietly").await;
    for _ in 0..2 {
        office.press((general, office.last_whisper_to(ada)), "Count", ada).await;
    }
    assert_eq!(office.whispered_to(ada).last().map(String::as_str), Some("Pressed 2 times.\nColour"));
    assert_eq!(office.said_in(general), [""; 0], "nobody else sees what became of it");
    office.press((general, office.last_whisper_to(ada)), "Red", ada).await;
    assert_eq!(office.said_in(general), ["Ada Lovelace paints it red."], "the plugin says this aloud");
    office.finish().await;
}

#[tokio::test]
async fn buttons_work_where_the_bot_is_no_member() {
    let office = Office::with(&["witness"]).await;
    let (ada, elsewhere) = (&office.home.ada, &office.channel_without_bot(ChannelKind::Private));
    office.slash(elsewhere, ada, "board quietly").await;
    office.press((elsewhere, office.last_whisper_to(ada)), "Count", ada).await;
    assert_eq!(office.whispered_to(ada).last().map(String::as_str), Some("Pressed 1 times.\nColour"));
    assert_eq!(office.said_in(elsewhere), [""; 0]);
    office.finish().await;
}

#[tokio::test]
async fn a_press_on_an_older_version_never_does_what_a_newer_one_offers() {
    let office = Office::with(&["witness"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    office.says(general, ada, "@hatstand board").await;
    let board = office.last_in(general);
    office.press_at_once((general, board), "Count", &[ada, ben]).await;
    assert_eq!(office.said_in(general), ["Pressed 1 times.\nColour"], "only what ada saw and pressed was done");
    assert_eq!(office.whispered_to(ben), ["That message has changed meanwhile. Nothing was done; please look at it again."]);
    office.press((general, board), "Red", ada).await;
    assert_eq!(office.said_in(general)[1..], ["Ada Lovelace paints it red."], "what the new version offers as well is done");
    office.finish().await;
}
