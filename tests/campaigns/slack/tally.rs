//! What came of the counter's commands: it counts in the ledger and says each number once, so a command that was lost, or took effect
//! twice, shows.

use crate::scene::Scene;
use crate::support::FOR_EVER;
use slack_double::Message;
use tokio::sync::mpsc;

/// The plugin of `tests/plugins` that counts.
pub const PLUGIN: &str = "counter";

/// Its command: counts one further and says the number.
pub const COUNT: &str = "counter00";

/// The numbers that the bot has said since the tally was begun.
#[derive(Debug)]
pub struct Tally {
    replies: mpsc::UnboundedReceiver<Message>,
    numbers: Vec<u64>,
}

impl Tally {
    pub fn begin(scene: &Scene) -> Self {
        Self { replies: scene.double.follow(), numbers: Vec::new() }
    }

    /// Waits until the bot has said so many numbers in all.
    #[track_caller]
    pub fn reach(&mut self, scene: &Scene, count: u64) {
        while (self.numbers.len() as u64) < count {
            let next = scene.runtime().block_on(async { tokio::time::timeout(FOR_EVER, self.replies.recv()).await });
            let Ok(Some(reply)) = next else {
                panic!("{} numbers of {count} came; {:?}", self.numbers.len(), scene.double.counts());
            };
            self.note(&reply);
        }
    }

    /// After so many commands, and when nothing is left to do: each number from 1 on was said, and none twice.
    #[track_caller]
    pub fn check(mut self, scene: &Scene, commands: u64) {
        self.reach(scene, commands);
        scene.bot().settled();
        while let Ok(reply) = self.replies.try_recv() {
            self.note(&reply);
        }
        self.numbers.sort_unstable();
        let expected: Vec<u64> = (1..=commands).collect();
        assert_eq!(self.numbers, expected, "a command took effect twice, or not at all");
    }

    fn note(&mut self, message: &Message) {
        self.numbers.extend(message.text.parse::<u64>());
    }
}
