//! Who and what there is, and what plugins see of it.

use crate::office::Office;
use slack_double::{Channel, ChannelId};

impl Office {
    /// What the witness saw since it was asked last.
    async fn testimony(&self) -> String {
        let direct = self.direct(&self.home.ada);
        self.settles().await;
        self.says(&direct, &self.home.ada, "testify").await.join("\n")
    }

    /// A channel in which the bot and everybody are.
    fn channel(&self, name: &str) -> ChannelId {
        let home = &self.home;
        let members = vec![home.tokens.user.clone(), home.ada.clone(), home.ben.clone()];
        self.double.add_channel(&home.team, Channel { members, ..Channel::named(name) })
    }
}

#[tokio::test]
async fn who_comes_and_goes_is_named() {
    let office = Office::with(&["witness"]).await;
    let (general, ben) = (&office.home.general, &office.home.ben);
    office.double.leave(general, ben);
    office.double.join(general, ben);
    assert_eq!(office.testimony().await, "Ben Okri left #general; Ben Okri joined #general");
    office.double.leave(general, &office.home.tokens.user);
    office.double.join(general, &office.home.tokens.user);
    assert_eq!(office.testimony().await, "Nothing.", "the bot itself is no news");
    office.finish().await;
}

#[tokio::test]
async fn who_changes_is_known_as_they_are_now() {
    let office = Office::with(&["witness"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    let identified = office.says(general, ada, "@hatstand identify @ben").await;
    assert_eq!(identified, ["Ben Okri, Europe/Amsterdam, human, member, here"]);
    office.double.change_person(ben, |ben| ben.email = "b@example.com".to_owned());
    assert_eq!(office.testimony().await, "Nothing.", "what plugins do not see does not wake them");
    office.double.change_person(ben, |ben| ben.display_name = "Benny".to_owned());
    office.double.change_person(ben, |ben| ben.tz = "Asia/Tokyo".to_owned());
    office.double.change_person(ben, |ben| ben.is_admin = true);
    office.double.change_person(ben, |ben| ben.deleted = true);
    let testimony = office.testimony().await;
    let seen = [
        "Benny, Europe/Amsterdam, human, member, here",
        "Benny, Asia/Tokyo, human, member, here",
        "Benny, Asia/Tokyo, human, admin, here",
        // Of whoever is gone, Slack says neither the zone nor the rank.
        "Benny, UTC, human, member, gone",
    ];
    assert_eq!(testimony.split("; ").collect::<Vec<_>>(), seen);
    let identified = office.says(general, ada, "@hatstand identify @ben").await;
    assert_eq!(identified, [seen[3]]);
    office.finish().await;
}

#[tokio::test]
async fn an_administrator_of_the_workspace_is_one_of_the_bot() {
    let office = Office::with(&["greeter"]).await;
    let (general, ada, ben) = (&office.home.general, &office.home.ada, &office.home.ben);
    assert_eq!(office.says(general, ada, "@hatstand forget greetings").await, ["Forgotten."]);
    assert_eq!(office.says(general, ben, "@hatstand forget greetings").await, [""; 0]);
    assert_eq!(office.whispered_to(ben).len(), 1, "he is told that he may not");
    office.double.change_person(ben, |ben| ben.is_admin = true);
    office.settles().await;
    assert_eq!(office.says(general, ben, "@hatstand forget greetings").await, ["Forgotten."]);
    office.finish().await;
}

#[tokio::test]
async fn what_becomes_of_a_channel_is_known() {
    let office = Office::with(&["witness"]).await;
    let (attic, cellar, ada) = (&office.channel("attic"), &office.channel("cellar"), &office.home.ada);
    office.double.archive(attic, ada);
    office.double.unarchive(attic, ada);
    office.settles().await;
    office.double.rename_channel(attic, "loft");
    office.double.delete_channel(cellar, ada);
    let testimony = office.testimony().await;
    let seen: Vec<&str> = testimony.split("; ").collect();
    assert_eq!(seen.len(), 4, "{testimony}");
    assert_eq!(seen[2], "#loft is open");
    assert!(seen[3].ends_with("is archived"), "{testimony}");
    office.finish().await;
}

#[tokio::test]
async fn a_channel_that_was_never_mentioned_is_called_by_its_name() {
    let office = Office::with(&["witness"]).await;
    office.double.archive(&office.channel("attic"), &office.home.ada);
    assert_eq!(office.testimony().await, "#attic is archived");
    office.finish().await;
}

#[tokio::test]
async fn times_are_meant_in_the_zone_of_whoever_types() {
    let office = Office::with(&["hat"]).await;
    let (general, random, ada, ben) = (&office.home.general, &office.channel("dev"), &office.home.ada, &office.home.ben);
    office.double.change_person(ben, |ben| ben.tz = "Asia/Tokyo".to_owned());
    let in_amsterdam = office.says(general, ada, "@hatstand hat on until 17:30").await;
    assert!(in_amsterdam[0].contains("16:30 UTC"), "{in_amsterdam:?}");
    let in_tokyo = office.says(random, ben, "@hatstand hat on until 23:30").await;
    assert!(in_tokyo[0].contains("14:30 UTC"), "{in_tokyo:?}");
    office.finish().await;
}
