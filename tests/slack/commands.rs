//! The slash command: whatever the bot understands, anywhere.

use crate::office::Office;
use crate::support::FOR_EVER;
use slack_double::{ChannelKind, Outcome};
use std::time::Duration;

#[tokio::test]
async fn a_command_is_answered_in_its_channel() {
    let office = Office::with(&["hat"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    office.slash(general, ada, "hat on").await;
    office.slash(general, ada, "hat fly").await;
    assert_eq!(office.said_in(general).len(), 1, "{:?}", office.said_in(general));
    assert_eq!(office.whispered_to(ada).len(), 1, "what went wrong is nobody else's business");
    office.finish().await;
}

#[tokio::test]
async fn a_command_is_answered_where_the_bot_is_no_member() {
    for kind in [ChannelKind::Public, ChannelKind::Private] {
        let office = Office::with(&["greeter", "hat"]).await;
        let (ada, elsewhere) = (&office.home.ada, &office.channel_without_bot(kind));
        office.slash(elsewhere, ada, "greet").await;
        assert_eq!(office.said_in(elsewhere), ["Hello Ada Lovelace, greeting 1 from greeter 0.1.0."], "{kind:?}");
        office.slash(elsewhere, ada, "greetings").await;
        assert_eq!(office.whispered_to(ada), ["Ada Lovelace: 1"], "{kind:?}");
        office.slash(elsewhere, ada, "hat on").await;
        assert_eq!(office.said_in(elsewhere).len(), 2, "{kind:?}");
        office.finish().await;
    }
}

#[tokio::test]
async fn a_long_answer_where_the_bot_is_no_member_is_whole() {
    let office = Office::with(&["witness"]).await;
    let (ada, elsewhere) = (&office.home.ada, &office.channel_without_bot(ChannelKind::Public));
    office.slash(elsewhere, ada, "recite 300").await;
    let said = office.said_in(elsewhere);
    assert!(said.len() > 1, "in several messages");
    assert_eq!(said.join("\n").lines().filter(|line| line.ends_with("hanging on the wall")).count(), 300);
    office.finish().await;
}

#[tokio::test]
async fn a_command_in_direct_messages_is_answered_there() {
    let office = Office::with(&["greeter"]).await;
    let direct = office.direct(&office.home.ben);
    office.slash(&direct, &office.home.ben, "greet").await;
    office.slash(&direct, &office.home.ben, "greetings").await;
    assert_eq!(office.said_in(&direct), ["Hello Ben Okri, greeting 1 from greeter 0.1.0.", "Ben Okri: 1"]);
    office.finish().await;
}

#[tokio::test]
async fn in_the_conversation_of_two_people_a_whisper_is_for_one() {
    let office = Office::with(&["greeter"]).await;
    let (ada, between) = (&office.home.ada, &office.channel_without_bot(ChannelKind::Direct));
    office.slash(between, ada, "greetings").await;
    assert_eq!(office.whispered_to(ada), ["Ada Lovelace: 0"]);
    assert_eq!(office.said_in(between), [""; 0]);
    office.finish().await;
}

#[tokio::test]
async fn people_and_what_they_type_come_as_in_a_message() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada, ben, cleo) = (&office.home.general, &office.home.ada, &office.home.ben, &office.home.cleo);
    office.slash(general, ada, &format!("greet <@{cleo}|cleo>")).await;
    office.slash(general, ada, &format!("say 1 &lt; 2 &amp; <@{ben}|ben>")).await;
    assert_eq!(office.said_in(general), ["Hello Cleo Patra, greeting 1 from greeter 0.1.0.", "1 &lt; 2 &amp; @Ben Okri"]);
    office.finish().await;
}

#[tokio::test]
async fn a_command_is_acknowledged_before_it_is_done() {
    let office = Office::with(&["sleeper"]).await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let asked = office.double.slash(general, ada, "/hatstand", "sleep");
    let Outcome::Acked { payload: None, after } = asked.outcome().await else { panic!("it was acknowledged without a word") };
    assert!(after < Duration::from_secs(2), "{after:?}");
    office.double.until(FOR_EVER, |_| (!office.whispered_to(ada).is_empty()).then_some(())).await.expect("it is stopped");
    office.finish().await;
}
