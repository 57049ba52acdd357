//! One app in several workspaces.

use crate::office::Office;
use hatstand::plugins::Policy;
use slack_double::{Channel, ChannelId, Person, Settings, TeamId, Tokens, UserId};

/// Another workspace of the same app.
struct Branch {
    team: TeamId,
    tokens: Tokens,
    channel: ChannelId,
    ada: UserId,
}

impl Branch {
    fn of(office: &Office, name: &str) -> Self {
        let double = &office.double;
        let team = double.add_workspace(name);
        let tokens = double.install(&office.home.app, &team);
        let ada = double.add_person(&team, Person::named("ada"));
        let members = vec![tokens.user.clone(), ada.clone()];
        let channel = double.add_channel(&team, Channel { members, ..Channel::named("dev") });
        Self { team, tokens, channel, ada }
    }
}

#[tokio::test]
async fn each_workspace_is_a_world_of_its_own() {
    let mut office = Office::closed(&["greeter"], Settings::default()).await;
    let branch = Branch::of(&office, "Branch");
    office.tokens.push(branch.tokens.clone());
    office.open().await;
    let home = &office.home;
    for count in 1..=2 {
        let said = office.says(&home.general, &home.ada, "@hatstand greet").await;
        assert_eq!(said, [format!("Hello Ada Lovelace, greeting {count} from greeter 0.1.0.")]);
    }
    assert_eq!(office.says(&branch.channel, &branch.ada, "@hatstand greet").await, ["Hello ada, greeting 1 from greeter 0.1.0."]);
    let author = |channel: &ChannelId| office.messages(channel)[0].author.bot.clone();
    assert_eq!(author(&branch.channel), Some(branch.tokens.bot_id.clone()), "each with its own bot");
    assert_eq!(author(&home.general), Some(home.tokens.bot_id.clone()));
    assert_ne!(branch.team, home.team);
    office.finish().await;
}

#[tokio::test]
async fn a_workspace_without_a_token_is_left_alone() {
    let mut office = Office::closed(&["greeter"], Settings::default()).await;
    let branch = Branch::of(&office, "Branch");
    office.open().await;
    assert_eq!(office.says(&branch.channel, &branch.ada, "@hatstand greet").await, [""; 0]);
    office.slash(&branch.channel, &branch.ada, "greet").await;
    assert_eq!(office.said_in(&branch.channel), [""; 0]);
    let home = &office.home;
    assert_eq!(office.says(&home.general, &home.ada, "@hatstand greet").await.len(), 1, "the others go on");
    office.finish().await;
}

#[tokio::test]
async fn a_channel_of_the_settings_is_found_by_its_name() {
    let mut office = Office::closed(&["hat"], Settings::default()).await;
    let settings = [("channels".to_owned(), "ops".to_owned())].into();
    office.policies.insert("hat".into(), Policy { settings, ..Policy::default() });
    let home = office.home.clone();
    let members = vec![home.tokens.user.clone(), home.ada.clone()];
    let ops = office.double.add_channel(&home.team, Channel { members, ..Channel::named("ops") });
    office.open().await;
    let direct = office.direct(&home.ada);
    let said = office.says(&direct, &home.ada, "hat who").await;
    assert!(said[0].contains(&format!("<#{ops}>")), "{said:?}");
    assert_eq!(office.calls("users.conversations").len(), 1);
    office.finish().await;
}
