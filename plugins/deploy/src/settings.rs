//! What the operator sets for all deploys. What there is to deploy, and where, is in [`apps`](crate::apps).

use hatstand_plugin::prelude::*;
use manners::night::Night;

/// What the operator can set.
#[derive(Debug, Settings)]
pub struct Config {
    /// What can be deployed: tables such as `[plugins.deploy.settings.apps.web]`; see the plugin's README.
    pub apps: Option<String>,
    /// How long somebody has to confirm.
    #[setting(default = "1 minute")]
    pub confirm_period: Duration,
    /// How long whoever waits for a lock has to say that they still want to deploy, when their turn comes.
    #[setting(default = "10 minutes")]
    pub offer_period: Duration,
    /// Is somebody who has a lock without an end asked now and then whether they still need it?
    #[setting(default = "yes")]
    pub nag: bool,
    /// How often they are asked.
    #[setting(default = "3 hours")]
    pub nag_period: Duration,
    /// The hour, 0-23 where the person is, from which nobody is asked.
    #[setting(default = "22")]
    pub night_begins: u8,
    /// The hour, 0-23 where the person is, until which nobody is asked.
    #[setting(default = "7")]
    pub night_ends: u8,
}

impl Config {
    pub fn night(&self) -> Night {
        Night { begins: self.night_begins, ends: self.night_ends }
    }
}
