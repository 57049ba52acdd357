//! What the operator can set.

use hatstand_plugin::prelude::*;

/// What the operator can set.
#[derive(Debug, Settings)]
pub struct Config {
    /// How long a message is edited when there is more news; after that, more news gets a new message.
    #[setting(default = "6 hours")]
    pub edit_for: Duration,
    /// How many messages about new things a channel gets within a minute before the rest is gathered in one.
    #[setting(default = "5")]
    pub rush: u32,
    /// How long something is remembered of which there is no more news. What failed and went well in a row is remembered six times as
    /// long.
    #[setting(default = "14 days")]
    pub keep: Duration,
}
