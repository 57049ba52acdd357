//! A channel in which somebody subscribed to something.

use crate::digest::Digest;
use crate::mute::Mute;
use crate::news::News;
use crate::rush::Rush;
use crate::series::Record;
use crate::subscription::Subscription;
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// A channel in which somebody subscribed to something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listener {
    pub subscriptions: Vec<Subscription>,
    pub mutes: Vec<Mute>,
    pub digest: Option<Digest>,
    pub rush: Rush,
    /// The grant without which nothing can be said here.
    pub refused: Option<String>,
}

impl Listener {
    /// Is it about anything that is wanted here?
    pub fn is_about(&self, news: &News) -> bool {
        self.subscriptions.iter().any(|subscription| subscription.is_about(news))
    }

    /// Is it to be told here? `told` is whether it was before.
    pub fn admits(&self, news: &News, record: &Record, told: bool, now: Instant) -> bool {
        let is_muted = self.mutes.iter().any(|mute| mute.covers(news, now));
        !is_muted && self.subscriptions.iter().any(|subscription| subscription.admits(news, record, told))
    }

    /// Who is called because of it.
    pub fn called<'a>(&'a self, news: &'a News) -> impl Iterator<Item = &'a User> {
        let subscriptions = self.subscriptions.iter().filter(|subscription| subscription.is_about(news));
        subscriptions.filter_map(|subscription| subscription.mention.as_ref())
    }

    /// Nobody wants anything here any more.
    pub fn is_idle(&self) -> bool {
        self.subscriptions.is_empty() && self.mutes.is_empty() && self.digest.is_none()
    }
}
