//! Somebody who gives the bot the same command again and again, at an even rate.

use crate::scene::Scene;
use crate::tally::COUNT;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub struct Chatter {
    hush: CancellationToken,
    talking: JoinHandle<u64>,
}

impl Chatter {
    /// Begins to count, so many times a second.
    pub fn begin(scene: &Scene, per_second: u32) -> Self {
        let hush = CancellationToken::new();
        let (double, channel, person) = (scene.double.clone(), scene.home.general.clone(), scene.home.ada.clone());
        let text = format!("<@{}> {COUNT}", scene.home.tokens.user.as_str());
        let hushed = hush.clone();
        let talking = scene.runtime().spawn(async move {
            let mut beat = interval(Duration::from_secs(1) / per_second);
            // A machine that is too busy for a while must not be asked for everything at once afterwards.
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut said = 0;
            while hushed.run_until_cancelled(beat.tick()).await.is_some() {
                double.post_raw(&channel, &person, &text, None);
                said += 1;
            }
            said
        });
        Self { hush, talking }
    }

    /// Ends it, and says how many commands were given.
    pub fn hush(self, scene: &Scene) -> u64 {
        self.hush.cancel();
        scene.runtime().block_on(self.talking).expect("it said what it had to say")
    }
}
