//! Names: nothing hides in them, and what is not known is not guessed.

use crate::office::Office;
use hatstand_common::value::Channel as KnownChannel;
use slack_double::{ChannelId, ChannelKind, Fault};

impl Office {
    async fn known_channel(&self, channel: &ChannelId) -> Option<KnownChannel> {
        self.host().directory.known_channel(&self.home.team.as_str().into(), &channel.as_str().into()).await
    }
}

#[tokio::test]
async fn marks_of_direction_reach_no_reader() {
    let office = Office::with(&["hat", "greeter"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    let said = office.says(general, ada, "@hatstand hat on because \u{202e}evil\u{202c} \u{2066}re\u{200b}asons\u{2069}").await;
    assert!(said[0].contains("evil reasons"), "{said:?}");
    office.double.change_person(ben, |ben| ben.display_name = "\u{202e}nimda\u{200f}".to_owned());
    office.settles().await;
    assert_eq!(office.says(general, ben, "@hatstand greet").await, ["Hello nimda, greeting 1 from greeter 0.1.0."]);
    office.finish().await;
}

#[tokio::test]
async fn scripts_and_emoji_arrive_whole() {
    let office = Office::with(&["hat"]).await;
    let reason = "می\u{200c}خواهم 👩\u{200d}💻";
    let said = office.says(&office.home.general, &office.home.ada, &format!("@hatstand hat on because {reason}")).await;
    assert!(said[0].contains(reason), "{said:?}");
    office.finish().await;
}

#[tokio::test]
async fn a_channel_that_cannot_be_looked_up_has_no_known_name() {
    let office = Office::with(&[]).await;
    let ops = office.channel_of_ada(ChannelKind::Private);
    office.double.fail("conversations.info", Fault::Status(503), 1);
    assert_eq!(office.known_channel(&ops).await, None);
    assert_eq!(office.known_channel(&ops).await.map(|channel| channel.name).as_deref(), Some("ops"));
    assert_eq!(office.known_channel(&"CNOWHERE".into()).await, None);
    office.finish().await;
}

#[tokio::test]
async fn nobody_names_a_channel_by_their_own_name() {
    let office = Office::with(&[]).await;
    let ada = &office.home.ada;
    office.double.change_person(ada, |ada| ada.display_name = "ops".to_owned());
    office.settles().await;
    for channel in [format!("@{ada}"), format!("home/{ada}"), office.direct(ada).to_string()] {
        let known = office.known_channel(&channel.as_str().into()).await.expect("it is there");
        assert_eq!((known.name, known.direct), (channel, true));
    }
    office.finish().await;
}
