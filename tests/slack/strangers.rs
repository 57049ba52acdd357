//! Strangers, guests, and people whom Slack's directory does not show: served, but never taken for members or administrators.

use crate::office::Office;
use hatstand::config::Config;
use slack_double::{Channel, ChannelId, Fault, Person, Settings, UserId};
use std::time::Duration;

const FOR_MEMBERS: &str = "[[rules]]\ncommand = \"greet\"\nallow = [\"members\"]";

impl Office {
    fn with_rules(&mut self, rules: &str) {
        self.permissions = Config::parse("hatstand.toml", rules).expect("it is right").permissions();
    }

    /// A channel shared with another workspace, and somebody of that workspace in it.
    fn shared(&self, stranger: Person) -> (ChannelId, UserId) {
        let partner = self.double.add_workspace("Partner");
        let stranger = self.double.add_person(&partner, stranger);
        let members = vec![self.home.tokens.user.clone(), self.home.ada.clone(), stranger.clone()];
        let channel = Channel { is_ext_shared: true, members, ..Channel::named("shared") };
        (self.double.add_channel(&self.home.team, channel), stranger)
    }

    /// Somebody in #general of whom `users.info` does not tell. The bot must not be at work yet: it is not told how they come.
    fn hidden(&self) -> UserId {
        self.double.subscribe(&self.home.app, &[]);
        let hidden = Person { display_name: "Gus".to_owned(), is_restricted: true, is_hidden: true, ..Person::named("gus") };
        self.double.add_person(&self.home.team, hidden)
    }

    async fn is_allowed(&self, channel: &ChannelId, who: &UserId, line: &str) -> bool {
        let whispers = self.whispered_to(who).len();
        let said = self.says(channel, who, line).await;
        assert_eq!(said.is_empty(), self.whispered_to(who).len() > whispers, "it is either done or refused: {said:?}");
        !said.is_empty()
    }
}

#[tokio::test]
async fn an_administrator_of_another_workspace_is_none_here() {
    let office = Office::with(&["greeter"]).await;
    let admin = Person { is_admin: true, display_name: "Zoe".to_owned(), ..Person::named("zoe") };
    let (shared, zoe) = office.shared(admin);
    assert!(!office.is_allowed(&shared, &zoe, "@hatstand forget greetings").await);
    assert_eq!(office.says(&shared, &zoe, "@hatstand greet").await, ["Hello Zoe, greeting 1 from greeter 0.1.0."]);
    assert!(office.is_allowed(&shared, &office.home.ada, "@hatstand forget greetings").await);
    office.finish().await;
}

#[tokio::test]
async fn what_is_for_members_is_not_for_guests_and_strangers() {
    let mut office = Office::closed(&["greeter"], Settings::default()).await;
    office.with_rules(FOR_MEMBERS);
    office.open().await;
    let (general, ben) = (&office.home.general.clone(), &office.home.ben.clone());
    let guest =
        |restricted| Person { is_restricted: true, is_ultra_restricted: restricted, ..Person::named(&format!("guest-{restricted}")) };
    assert!(office.is_allowed(general, ben, "@hatstand greet").await);
    for guest in [guest(false), guest(true)].map(|guest| office.double.add_person(&office.home.team, guest)) {
        assert!(!office.is_allowed(general, &guest, "@hatstand greet").await);
    }
    let (shared, stranger) = office.shared(Person::named("zoe"));
    assert!(!office.is_allowed(&shared, &stranger, "@hatstand greet").await);
    let refusal = office.whispered_to(&stranger).pop().unwrap_or_default();
    assert!(refusal.starts_with("Only members of this workspace may say greet."), "{refusal}");
    office.double.change_person(ben, |ben| ben.is_restricted = true);
    office.settles().await;
    assert!(!office.is_allowed(general, ben, "@hatstand greet").await, "he is a guest now");
    office.finish().await;
}

#[tokio::test]
async fn the_role_of_members_cannot_be_given() {
    let mut office = Office::closed(&["greeter"], Settings::default()).await;
    office.with_rules(FOR_MEMBERS);
    office.open().await;
    let (general, ada) = (&office.home.general.clone(), &office.home.ada.clone());
    let gus = office.double.add_person(&office.home.team, Person { is_restricted: true, ..Person::named("gus") });
    office.settles().await;
    assert!(!office.is_allowed(general, ada, "@hatstand roles add @gus members").await);
    let refusal = office.whispered_to(ada).pop().unwrap_or_default();
    assert!(refusal.contains("every full member of the workspace has the role"), "{refusal}");
    assert!(!office.is_allowed(general, &gus, "@hatstand greet").await);
    office.finish().await;
}

#[tokio::test]
async fn somebody_who_cannot_be_looked_up_is_no_member() {
    for fault in [
        Fault::Status(503),
        Fault::RateLimited { retry_after: 60 },
        Fault::Garbage,
        Fault::ApiError("user_not_found".to_owned()),
        Fault::ApiError("internal_error".to_owned()),
    ] {
        let mut office = Office::closed(&["greeter"], Settings::default()).await;
        office.with_rules(FOR_MEMBERS);
        office.open().await;
        office.double.fail("users.info", fault.clone(), 100);
        assert!(!office.is_allowed(&office.home.general, &office.home.ben, "@hatstand greet").await, "{fault:?}");
        assert_eq!(office.says(&office.home.general, &office.home.ben, "@hatstand say hello").await, ["hello"], "the rest is done");
        office.finish().await;
    }
}

#[tokio::test]
async fn an_administrator_does_not_stay_one_when_slack_cannot_confirm_it() {
    for fault in [Fault::Status(503), Fault::ApiError("user_not_found".to_owned())] {
        let mut office = Office::closed(&["greeter"], Settings::default()).await;
        office.times.directory = Duration::ZERO;
        office.open().await;
        let (general, ada) = (&office.home.general.clone(), &office.home.ada.clone());
        assert!(office.is_allowed(general, ada, "@hatstand forget greetings").await);
        office.double.fail("users.info", fault, 100);
        assert!(!office.is_allowed(general, ada, "@hatstand forget greetings").await);
        let greeted = office.says(general, ada, "@hatstand greet").await;
        assert_eq!(greeted, ["Hello Ada Lovelace, greeting 1 from greeter 0.1.0."], "she is still known by name");
        office.double.mend();
        office.finish().await;
    }
}

#[tokio::test]
async fn somebody_whom_the_directory_does_not_show_is_served_by_the_name_of_the_message() {
    let mut office = Office::closed(&["hat"], Settings::default()).await;
    let gus = office.hidden();
    office.open().await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    for _ in 0..4 {
        assert!(office.says(general, &gus, "@hatstand hat on").await[0].contains("Gus"));
        assert!(office.says(general, &gus, "@hatstand hat off").await[0].contains("Gus"));
    }
    assert!(office.says(general, ada, "@hatstand hat on").await[0].contains("Ada Lovelace"), "the plugin goes on");
    assert!(office.calls("users.info").iter().filter(|call| call.arguments["user"] == gus.as_str()).count() <= 1);
    office.finish().await;
}

#[tokio::test]
async fn nothing_that_somebody_hidden_does_is_the_plugins_fault() {
    let mut office = Office::closed(&["witness", "hat"], Settings::default()).await;
    let gus = office.hidden();
    office.open().await;
    let (general, ada) = (&office.home.general, &office.home.ada);
    let thing = office.double.post(general, ada, "look");
    for _ in 0..4 {
        office.double.react(general, thing, &gus, "eyes");
        office.double.unreact(general, thing, &gus, "eyes");
        office.double.leave(general, &gus);
        office.double.join(general, &gus);
        office.double.open_home(&office.home.app, &gus);
        office.slash(general, &gus, "hat who").await;
        office.says(general, ada, "@hatstand board").await;
        office.press((general, office.last_in(general)), "Count", &gus).await;
    }
    let direct = office.direct(ada);
    let said = office.says(&direct, ada, "testify").await.join("\n");
    assert!(said.contains("eyes on a message; eyes off a message"), "{said}");
    assert!(office.says(general, ada, "@hatstand hat who").await.len() == 1, "both go on");
    office.finish().await;
}

#[tokio::test]
async fn somebody_hidden_is_served_after_a_restart_too() {
    let mut office = Office::closed(&["hat"], Settings::default()).await;
    let gus = office.hidden();
    office.open().await;
    assert!(office.says(&office.home.general, &gus, "@hatstand hat on").await[0].contains("Gus"));
    office.reopen().await;
    for _ in 0..4 {
        office.slash(&office.home.general, &gus, "hat queue").await;
    }
    assert_eq!(office.says(&office.home.general, &office.home.ada, "@hatstand hat who").await.len(), 1);
    office.finish().await;
}
