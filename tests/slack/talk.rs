//! Talking with the bot, and beside it.

use crate::office::Office;
use serde_json::json;
use slack_double::{Ids, Scatter};

/// What the bot says comes back to whoever hears everything.
const ECHOES: usize = 2;

#[tokio::test]
async fn a_mention_is_answered_where_it_was_made() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    for (mention, count) in [("@hatstand greet", 1), ("@hatstand: greet", 2), ("greet @hatstand", 3)] {
        let answer = format!("Hello Ada Lovelace, greeting {count} from greeter 0.1.0.");
        assert_eq!(office.says(general, ada, mention).await, [answer], "{mention}");
    }
    assert!(office.messages(general).iter().all(|message| message.thread_ts.is_none()), "in the channel itself");
    office.finish().await;
}

#[tokio::test]
async fn a_mention_in_a_thread_is_answered_in_the_thread() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let parent = office.double.post(general, ada, "Lunch?");
    office.double.reply(general, ada, parent, "@hatstand greet");
    office.double.reply(general, ada, parent, "@hatstand greetings");
    office.settles().await;
    assert_eq!(office.messages(general).iter().map(|message| message.thread_ts).collect::<Vec<_>>(), [Some(parent)]);
    assert_eq!(office.double.ephemerals(ada)[0].thread_ts, Some(parent), "a whisper too");
    office.finish().await;
}

#[tokio::test]
async fn in_direct_messages_everything_is_for_the_bot() {
    let office = Office::with(&["greeter"]).await;
    let direct = office.direct(&office.home.ben);
    assert_eq!(office.says(&direct, &office.home.ben, "greet").await, ["Hello Ben Okri, greeting 1 from greeter 0.1.0."]);
    assert_eq!(office.says(&direct, &office.home.ben, "greetings").await, ["Ben Okri: 1"], "nobody else reads what is whispered here");
    assert_eq!(office.says(&direct, &office.home.ben, "@hatstand greetings").await, ["Ben Okri: 1"]);
    office.finish().await;
}

#[tokio::test]
async fn a_mention_that_comes_again_and_again_is_answered_once() {
    // For whoever hears everything, a mention comes as `message` and as `app_mention`.
    let office = Office::with(&["greeter", "witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    for ids in [Ids::Same, Ids::New] {
        office.double.hold(&office.home.app);
        office.double.post(general, ada, "@hatstand greet");
        office.double.release(&office.home.app, &Scatter { copies: 3..=3, ids, shuffle: true });
        office.settles().await;
    }
    assert_eq!(office.double.deliveries().iter().filter(|delivery| delivery.kind == "events_api").count(), 2 * 2 * 3 + ECHOES);
    assert_eq!(office.said_in(general).len(), 2, "one answer for each of two mentions");
    office.finish().await;
}

#[tokio::test]
async fn a_mention_is_answered_once_across_a_restart() {
    let mut office = Office::with(&["greeter"]).await;
    let (app, general, ada) = (office.home.app.clone(), office.home.general.clone(), office.home.ada.clone());
    office.says(&general, &ada, "@hatstand greet").await;
    office.close().await;
    office.double.post(&general, &ada, "@hatstand greet");
    office.double.hold(&app);
    office.open().await;
    office.double.release(&app, &Scatter { copies: 2..=2, ..Scatter::default() });
    office.settles().await;
    assert_eq!(office.said_in(&general).len(), 2, "also what was said while nobody listened");
    office.finish().await;
}

#[tokio::test]
async fn edits_deletions_and_programs_are_not_heard() {
    let office = Office::with(&["greeter", "witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let lunch = office.double.post(general, ada, "Lunch?");
    office.double.edit(general, lunch, "@hatstand greet, and coffee?");
    office.double.delete(general, lunch);
    let bot = &office.home.tokens.user;
    office.double.post_as_bot(general, "Jenkins", &format!("<@{bot}> greet, and coffee"));
    office.settles().await;
    assert_eq!(office.said_in(general), [""; 0]);
    office.finish().await;
}

#[tokio::test]
async fn two_bots_that_answer_each_other_come_to_an_end() {
    let office = Office::with(&["greeter", "witness"]).await;
    let home = &office.home;
    // What it answers would wake it again.
    assert_eq!(office.says(&home.general, &home.ada, "Who wants coffee?").await, ["Somebody said: Who wants coffee?"]);
    let greet = format!("<@{}> greet", home.tokens.user);
    for (kind, text, ts) in [("message", "Coffee!", "1767607200.000100"), ("app_mention", &greet, "1767607200.000200")] {
        // A bot of today has a user behind it, as people do.
        let answer = json!({
            "type": kind, "channel": home.general, "channel_type": "channel", "user": "U0BARISTA", "bot_id": "B0BARISTA",
            "text": text, "ts": ts,
        });
        office.double.event(&home.app, &home.team, answer);
    }
    office.settles().await;
    assert_eq!(office.said_in(&home.general).len(), 1);
    office.finish().await;
}

#[tokio::test]
async fn what_a_pattern_waits_for_is_heard_without_a_mention() {
    let office = Office::with(&["witness"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let asked = office.double.post(general, ada, "COFFEE with @ben & <me>?");
    office.settles().await;
    assert_eq!(office.said_in(general), ["Somebody said: COFFEE with @Ben Okri &amp; &lt;me&gt;?"]);
    let heard = office.double.message(general, asked).expect("it is there");
    assert_eq!(heard.reactions.iter().map(|reaction| reaction.name.as_str()).collect::<Vec<_>>(), ["coffee"]);
    office.finish().await;
}

#[tokio::test]
async fn a_message_with_a_file_is_heard() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let event = json!({
        "type": "message", "subtype": "file_share", "channel": general, "channel_type": "channel", "user": ada,
        "text": format!("<@{}> greet", office.home.tokens.user), "ts": "1767607200.000100", "files": [{ "id": "F1", "name": "cat.png" }],
    });
    office.double.event(&office.home.app, &office.home.team, event);
    office.settles().await;
    assert_eq!(office.said_in(general).len(), 1);
    office.finish().await;
}

#[tokio::test]
async fn people_and_channels_are_named_that_the_bot_never_met() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada, random, bot) = (&office.home.general, &office.home.ada, &office.home.random, &office.home.tokens.user);
    assert_eq!(office.says(general, ada, "@hatstand say ask @cleo in #random").await, ["ask @Cleo Patra in #random"]);
    // As some clients send it.
    office.double.post_raw(general, ada, &format!("<@{bot}> say see <#{random}|>"), None);
    office.settles().await;
    assert_eq!(office.said_in(general)[1..], ["see #random"]);
    office.finish().await;
}

#[tokio::test]
async fn nothing_that_is_typed_notifies_anybody() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let typed = "<!channel> @channel @here &lt;!here&gt; <@U1> @ben `@everyone` *bold* <https://x.org|y>";
    let answers = office.says(general, ada, &format!("@hatstand say {typed}")).await;
    assert_eq!(answers.len(), 1);
    assert!(!answers[0].contains('<'), "{}", answers[0]);
    let blocks = office.messages(general)[0].blocks.clone().expect("there are blocks").to_string();
    for notifies in [r#""type":"user""#, r#""type":"broadcast""#, r#""type":"usergroup""#, r#""type":"link""#, "mrkdwn"] {
        assert!(!blocks.contains(notifies), "{notifies} in {blocks}");
    }
    office.finish().await;
}

#[tokio::test]
async fn nobodys_name_notifies_anybody() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.double.change_person(ada, |ada| ada.display_name = "<!channel> *Ada*".to_owned());
    assert_eq!(office.says(general, ada, "@hatstand greet").await, ["Hello &lt;!channel&gt; *Ada*, greeting 1 from greeter 0.1.0."]);
    office.finish().await;
}

#[tokio::test]
async fn a_mention_of_the_plugins_author_notifies() {
    let office = Office::with(&["witness"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    assert_eq!(office.says(general, ada, "@hatstand call @ben").await, [format!("<@{ben}>, you are wanted.")]);
    let blocks = office.messages(general)[0].blocks.clone().expect("there are blocks").to_string();
    assert!(blocks.contains(&format!(r#""user_id":"{ben}""#)), "{blocks}");
    office.finish().await;
}
