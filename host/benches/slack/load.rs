//! People who talk, and the replies they wait for.

use crate::team::{Room, Team};
use slack_double::{Double, Message};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Longer than any reply takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody in every room.
pub struct Load {
    double: Double,
    rooms: Vec<Room>,
    replies: mpsc::UnboundedReceiver<Message>,
    said: usize,
}

impl Load {
    pub fn new(team: &Team) -> Self {
        Self { double: team.double.clone(), rooms: team.rooms.clone(), replies: team.double.follow(), said: 0 }
    }

    /// In so many rooms more.
    pub fn over(team: &Team, rooms: usize) -> Self {
        let first = team.rooms.len();
        Self { rooms: (first..first + rooms).map(|number| team.room(number)).collect(), ..Self::new(team) }
    }

    /// Somebody says this to the bot, each time in the next room.
    pub fn say(&mut self, command: &str) {
        let room = &self.rooms[self.said % self.rooms.len()];
        self.said += 1;
        self.double.post_raw(&room.channel, &room.user, &format!("{} {command}", room.mention), None);
    }

    /// Waits for the next reply.
    pub async fn reply(&mut self) {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.replies.recv()).await.expect("it comes").expect("the double is there");
            if message.author.bot.is_some() {
                return;
            }
        }
    }

    /// One after another; how long each took.
    pub async fn alone(&mut self, command: &str, count: usize) -> Vec<Duration> {
        let mut samples = Vec::with_capacity(count);
        for _ in 0..count {
            let began = Instant::now();
            self.say(command);
            self.reply().await;
            samples.push(began.elapsed());
        }
        samples
    }

    /// So many at the same time, until there are `count` replies; how long all of it took.
    pub async fn many(&mut self, command: &str, in_flight: usize, count: usize) -> Duration {
        let began = Instant::now();
        for _ in 0..in_flight.min(count) {
            self.say(command);
        }
        for replied in 1..=count {
            self.reply().await;
            if replied + in_flight <= count {
                self.say(command);
            }
        }
        began.elapsed()
    }

    /// Lines that are not for the bot; returns once all are acknowledged.
    pub async fn lines(&self, count: usize) -> Duration {
        let began = Instant::now();
        let acked = self.double.counts().acked;
        for number in 0..count {
            let room = &self.rooms[number % self.rooms.len()];
            self.double.post_raw(&room.channel, &room.user, "the build is green again, thanks everybody", None);
        }
        let all = acked + u64::try_from(count).expect("it fits");
        self.double.until(PATIENCE, |double| (double.counts().acked >= all).then_some(())).await.expect("all are acknowledged");
        began.elapsed()
    }
}
