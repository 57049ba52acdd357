//! Time limits: how long the adapter waits for what, and believes what.

use std::time::Duration;

/// All times of the adapter. The defaults are for Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// One step: the whole opening from the ticket to the hello, or sending a frame. Shorter than the time within which we are to be back.
    pub step: Duration,
    /// Between our pings. After three without any sign of life the connection is given up.
    pub ping: Duration,
    /// How long a connection that Slack retires is still read, once its successor is ready.
    pub farewell: Duration,
    /// The first pause before another try; it doubles, up to `longest_pause`, and is forgotten at a hello.
    pub first_pause: Duration,
    /// So that we are back within 5 s of the service being back.
    pub longest_pause: Duration,
    /// The first pause after Slack said that there are too many connections; it doubles up to ten times that.
    pub crowded: Duration,
    /// How long people and channels are believed without asking again. Changes come as events; this is for those that were missed.
    pub directory: Duration,
}

impl Times {
    /// How long without a sign of life is too long.
    pub fn silence(&self) -> Duration {
        self.ping * 3
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            step: Duration::from_secs(4),
            ping: Duration::from_secs(5),
            farewell: Duration::from_secs(15),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(4),
            crowded: Duration::from_secs(10),
            directory: Duration::from_secs(60 * 60),
        }
    }
}
