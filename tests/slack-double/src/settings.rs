//! What can be set before the double starts. All time is a parameter.

use std::time::Duration;

/// Everything the double can be told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// How fast the double's own clock runs: at 1000, five of its minutes pass in 0.3 s. [`Times`] are in its time.
    pub pace: f64,
    /// What every choice by chance is drawn from: which socket takes an envelope, the order of a scatter.
    pub seed: u64,
    /// Whether the double starts with a workspace, an app, people and `#general` ([`Double::home`](crate::Double::home)).
    pub furnished: bool,
    /// How long things last.
    pub times: Times,
    /// What is limited; nothing is, unless asked.
    pub limits: Limits,
    /// Sockets an app may hold open; one more is told `too_many_websockets` ("Using Socket Mode": 10).
    pub connections_per_app: usize,
    /// Which open socket takes an envelope.
    pub choice: Choice,
    /// What is kept for assertions.
    pub keep: Keep,
    /// Whether what a bot posts comes back to it as an event, as at Slack.
    pub echo: bool,
    /// Whether an ack may come on another socket than the envelope went out on. Slack does not say; slack_sdk relies on it.
    pub ack_anywhere: bool,
    /// What the URLs that the double hands out begin with, such as `https://slack.com`; its own address otherwise.
    pub public_url: Option<String>,
    /// What the socket URLs begin with, such as `wss://wss-primary.slack.com`; the public URL's host otherwise.
    pub public_socket_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 0,
            pace: 1.0,
            seed: 1,
            furnished: true,
            times: Times::default(),
            limits: Limits::default(),
            connections_per_app: 10,
            choice: Choice::Random,
            keep: Keep::All,
            echo: true,
            ack_anywhere: true,
            public_url: None,
            public_socket_url: None,
        }
    }
}

/// How long things last, in the double's time.
#[derive(Clone, Debug)]
pub struct Times {
    /// How long an envelope waits for its ack ("The Events API": 3 seconds).
    pub ack: Duration,
    /// How long after a missed ack each retry goes out ("The Events API": at once, after 1 minute, after 5 minutes).
    pub retries: Vec<Duration>,
    /// How long a socket lives before Slack refreshes it; for ever if `None`.
    pub refresh: Option<Duration>,
    /// How long the `warning` goes ahead of a refresh ("Using Socket Mode": about 10 seconds).
    pub warning_ahead: Duration,
    /// How often the double pings a socket; never if `None`.
    pub ping_every: Option<Duration>,
    /// How long after the upgrade the `hello` comes.
    pub hello_after: Duration,
    /// How long a socket's URL may wait to be used; in real time, since no pace makes a client connect sooner.
    pub ticket: Duration,
    /// How long a `trigger_id` is good for ("Handling user interaction": 3 seconds).
    pub trigger: Duration,
    /// How long a `response_url` is good for ("Handling user interaction": 30 minutes).
    pub response_url: Duration,
    /// How long a posted message may be edited by a bot; for ever if `None`.
    pub edit_window: Option<Duration>,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            ack: Duration::from_secs(3),
            retries: [0, 60, 300].map(Duration::from_secs).into(),
            refresh: None,
            warning_ahead: Duration::from_secs(10),
            ping_every: Some(Duration::from_secs(10)),
            hello_after: Duration::ZERO,
            ticket: Duration::from_secs(30),
            trigger: Duration::from_secs(3),
            response_url: Duration::from_secs(30 * 60),
            edit_window: None,
        }
    }
}

/// What the double limits as Slack does ("Rate limits"); by default nothing.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// Messages in a row that a channel takes before `chat.postMessage` is held to one a second.
    pub post_burst: Option<u32>,
    /// Whether each method is held to its tier: 1, 20, 50 or 100 calls a minute per workspace and app.
    pub tiers: bool,
    /// Event deliveries per workspace and app in an hour before `app_rate_limited` (Slack: 30,000).
    pub events_an_hour: Option<u32>,
}

/// Which of an app's open sockets takes an envelope ("Using Socket Mode": any of them, assume no pattern).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Any, drawn from the seed.
    Random,
    /// Each in turn.
    InTurn,
    /// Always the oldest.
    Oldest,
    /// Always the newest.
    Newest,
}

/// What is kept for assertions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Everything.
    All,
    /// Counts, and the last so many messages of each channel, calls and acks: for campaigns of millions.
    Last(usize),
    /// Counts alone, but for the latest messages that a bot may still act on; [`follow`](crate::Double::follow) shows all.
    Counts,
}
