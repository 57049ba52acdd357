//! Membership: who belongs to which channel, as far as Slack tells.

use crate::office::Office;
use hatstand::model::Membership::{self, Member, Outsider, Unknown};
use slack_double::{Channel, ChannelId, ChannelKind, Fault, Person, UserId};

impl Office {
    async fn belongs(&self, channel: &ChannelId, who: &UserId) -> Membership {
        let (team, channel, who) = (self.home.team.as_str(), channel.as_str(), who.as_str());
        self.host().directory.belongs(&team.into(), &channel.into(), &who.into()).await
    }

    /// A channel with the bot and Ada, and without Ben.
    pub fn channel_of_ada(&self, kind: ChannelKind) -> ChannelId {
        let members = vec![self.home.tokens.user.clone(), self.home.ada.clone()];
        self.double.add_channel(&self.home.team, Channel { kind, members, ..Channel::named("ops") })
    }

    fn guest(&self) -> UserId {
        self.double.add_person(&self.home.team, Person { is_restricted: true, ..Person::named("gus") })
    }
}

#[tokio::test]
async fn a_private_channel_belongs_to_its_members_alone() {
    let office = Office::with(&[]).await;
    let (ada, ben) = (&office.home.ada, &office.home.ben);
    let ops = office.channel_of_ada(ChannelKind::Private);
    assert_eq!((office.belongs(&ops, ada).await, office.belongs(&ops, ben).await), (Member, Outsider));
    assert_eq!(office.calls("conversations.members").len(), 1, "both are known from one lookup");
    office.finish().await;
}

#[tokio::test]
async fn somebody_removed_from_a_channel_does_not_belong_to_it_any_more() {
    let office = Office::with(&[]).await;
    let (ada, ben) = (&office.home.ada, &office.home.ben);
    let ops = office.channel_of_ada(ChannelKind::Private);
    assert_eq!((office.belongs(&ops, ada).await, office.belongs(&ops, ben).await), (Member, Outsider));
    office.double.leave(&ops, ada);
    office.double.join(&ops, ben);
    office.settles().await;
    assert_eq!((office.belongs(&ops, ada).await, office.belongs(&ops, ben).await), (Outsider, Member));
    assert_eq!(office.calls("conversations.members").len(), 1, "Slack reported it");
    office.finish().await;
}

#[tokio::test]
async fn a_public_channel_is_open_to_full_members_but_not_to_guests() {
    let office = Office::with(&[]).await;
    let (ben, guest) = (&office.home.ben, &office.guest());
    let ops = office.channel_of_ada(ChannelKind::Public);
    assert_eq!(office.belongs(&ops, ben).await, Member, "he could join");
    assert_eq!(office.calls("conversations.members").len(), 0, "nobody has to be asked about for that");
    assert_eq!(office.belongs(&ops, guest).await, Outsider);
    office.double.join(&ops, guest);
    office.settles().await;
    assert_eq!(office.belongs(&ops, guest).await, Member);
    office.finish().await;
}

#[tokio::test]
async fn a_direct_conversation_belongs_to_its_person() {
    let office = Office::with(&[]).await;
    let (ada, ben) = (&office.home.ada, &office.home.ben);
    let direct = office.direct(ada);
    assert_eq!((office.belongs(&direct, ada).await, office.belongs(&direct, ben).await), (Member, Outsider));
    let by_person = ChannelId::from(format!("@{ada}"));
    assert_eq!((office.belongs(&by_person, ada).await, office.belongs(&by_person, ben).await), (Member, Outsider));
    office.finish().await;
}

#[tokio::test]
async fn nobody_is_taken_for_a_member_when_slack_does_not_say() {
    let office = Office::with(&[]).await;
    let ada = &office.home.ada;
    let ops = office.channel_of_ada(ChannelKind::Private);
    for (method, fault) in [
        ("conversations.info", Fault::Status(503)),
        ("conversations.members", Fault::ApiError("fetch_members_failed".to_owned())),
        ("conversations.members", Fault::Garbage),
    ] {
        let ops = office
            .double
            .add_channel(&office.home.team, Channel { kind: ChannelKind::Private, ..Channel::named(&method.replace('.', "-")) });
        office.double.join(&ops, &office.home.tokens.user);
        office.double.join(&ops, ada);
        office.double.fail_in(method, &ops, fault, 1);
        assert_eq!(office.belongs(&ops, ada).await, Unknown, "{method}");
        office.double.delete_channel(&ops, ada);
    }
    assert_eq!(office.belongs(&"CNOWHERE".into(), ada).await, Unknown);
    assert_eq!(office.belongs(&ops, ada).await, Member);
    office.finish().await;
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_lookup() {
    let office = Office::with(&[]).await;
    let (ada, ben) = (&office.home.ada, &office.home.ben);
    let ops = office.channel_of_ada(ChannelKind::Private);
    let (one, two, three, four) =
        tokio::join!(office.belongs(&ops, ada), office.belongs(&ops, ben), office.belongs(&ops, ada), office.belongs(&ops, ben));
    assert_eq!([one, two, three, four], [Member, Outsider, Member, Outsider]);
    assert_eq!((office.calls("conversations.info").len(), office.calls("conversations.members").len()), (1, 1));
    office.finish().await;
}

#[tokio::test]
async fn the_last_of_a_thousand_members_is_found() {
    let office = Office::with(&[]).await;
    let team = &office.home.team;
    let ops = office.channel_of_ada(ChannelKind::Private);
    for number in 0..1_100 {
        office.double.join(&ops, &office.double.add_person(team, Person::named(&format!("p{number}"))));
    }
    let last = office.double.members(&ops).pop().expect("there are many");
    office.settles().await;
    assert_eq!((office.belongs(&ops, &last).await, office.belongs(&ops, &office.home.ben).await), (Member, Outsider));
    assert_eq!(office.calls("conversations.members").len(), 2, "two pages");
    office.finish().await;
}
