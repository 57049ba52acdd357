//! A double with workspaces in which somebody talks.

use slack_double::{Channel, ChannelId, Double, Keep, Person, Settings, Tokens, UserId};

/// How many channels somebody talks in, over all workspaces.
const CHANNELS: usize = 64;

/// The double, and where somebody can talk in it.
pub struct Team {
    pub double: Double,
    /// The app's token, and the bot's in each workspace.
    pub tokens: Vec<Tokens>,
    pub rooms: Vec<Room>,
}

/// A channel and somebody in it.
#[derive(Clone)]
pub struct Room {
    pub channel: ChannelId,
    pub user: UserId,
    /// How the bot is mentioned there.
    pub mention: String,
}

impl Team {
    pub async fn found(workspaces: usize) -> Self {
        let settings = Settings { keep: Keep::Counts, echo: false, ..Settings::default() };
        let double = Double::start(settings).await.expect("the double starts");
        let app = double.home().app;
        let tokens: Vec<Tokens> = (0..workspaces)
            .map(|number| match number {
                0 => double.home().tokens,
                _ => double.install(&app, &double.add_workspace(&format!("w{number}"))),
            })
            .collect();
        let mut team = Self { double, tokens, rooms: Vec::new() };
        team.rooms = (0..CHANNELS).map(|number| team.room(number)).collect();
        team
    }

    /// One more channel with somebody in it.
    pub fn room(&self, number: usize) -> Room {
        let bot = &self.tokens[number % self.tokens.len()];
        let workspace = self.double.team_of(&bot.user);
        let user = self.double.add_person(&workspace, Person::named(&format!("person{number}")));
        let members = vec![user.clone(), bot.user.clone()];
        let channel = self.double.add_channel(&workspace, Channel { members, ..Channel::named(&format!("room{number}")) });
        Room { channel, user, mention: format!("<@{}>", bot.user.as_str()) }
    }
}
