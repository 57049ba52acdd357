//! The lock of an environment: whose it is, and what that means for somebody who wants to deploy.

use crate::apps::Belongs;
use crate::ask::Ask;
use crate::run::RunId;
use hatstand_plugin::prelude::*;
use manners::alarms::Standing as Timers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use turns::{Hold, Policy, Resource};

/// Stands for every app, or every environment. No name is like that.
const EVERY: &str = "*";

/// The word before the channel, for the deploy hat. No app is called so.
const HAT: &str = "hat";

/// What a lock is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    pub app: String,
    pub environment: String,
}

/// A lock as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub resource: Resource,
    /// The run that took it for itself, and gives it back.
    pub run: Option<RunId>,
    /// What those who wait are going to deploy.
    pub asks: BTreeMap<User, Waiting>,
    pub timers: Timers,
}

/// What somebody who waits is going to deploy, and where they said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub ask: Ask,
    pub place: Place,
}

/// What a lock means for somebody who wants to deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has it.
    Free,
    /// Whoever asks has it, for this change.
    Mine,
    /// Whoever asks has it, for another change.
    OtherChange(Box<Hold>),
    Theirs(Box<Hold>),
    /// It is kept for somebody whose turn it is.
    Promised {
        to: User,
        until: Instant,
    },
}

impl Spot {
    pub fn new(app: &str, environment: &str) -> Self {
        Self { app: app.to_owned(), environment: environment.to_owned() }
    }

    /// Everything, or everything of an app.
    pub fn everything(app: Option<&str>) -> Self {
        Self::new(app.unwrap_or(EVERY), EVERY)
    }

    /// The deploy hat of a channel.
    pub fn hat(channel: &Channel) -> Self {
        Self::new(HAT, channel.as_str())
    }

    pub fn is_everything(&self) -> bool {
        self.environment == EVERY
    }

    /// Does it lock anything of this app?
    pub fn is_about(&self, app: &str) -> bool {
        self.app().is_none_or(|own| own == app)
    }

    pub fn is_hat(&self) -> bool {
        self.app == HAT
    }

    /// The app, if it is about one.
    pub fn app(&self) -> Option<&str> {
        Some(self.app.as_str()).filter(|app| *app != EVERY)
    }

    pub fn key(&self) -> String {
        format!("lock {} {}", self.app, self.environment)
    }

    /// What a key of the store is about.
    pub fn of_key(key: &str) -> Option<Self> {
        let (app, environment) = key.strip_prefix("lock ")?.split_once(' ')?;
        Some(Self::new(app, environment))
    }

    /// What a timer, a button or a question carries.
    pub fn carried(&self) -> String {
        format!("{} {}", self.app, self.environment)
    }

    /// Reads what came back.
    pub fn read(carried: &str) -> Result<Self> {
        let read = carried.split_once(' ').map(|(app, environment)| Self::new(app, environment));
        read.ok_or_else(|| Error::broken(format_args!("`{carried}` is about no lock")))
    }
}

impl Kept {
    /// What it means for somebody who wants to deploy this ref.
    pub fn standing(&self, policy: &Policy, person: &User, git_ref: &str, belongs: Belongs) -> Standing {
        if let Some(hold) = self.resource.held_by(person) {
            let is_other = hold.wish.note.as_deref().is_some_and(|note| note != git_ref);
            return if is_other && belongs == Belongs::Change { Standing::OtherChange(Box::new(hold.clone())) } else { Standing::Mine };
        }
        if let Some(hold) = self.resource.holds.first() {
            return Standing::Theirs(Box::new(hold.clone()));
        }
        let promised = self.resource.offered().find(|entry| entry.person != *person).filter(|_| self.resource.available(policy) == 0);
        let promised = promised.filter(|_| self.resource.offer_to(person).is_none());
        let promise = promised.and_then(|entry| Some((entry.person.clone(), entry.offer.as_ref()?.until)));
        promise.map_or(Standing::Free, |(to, until)| Standing::Promised { to, until })
    }

    /// Forgets what those wanted who wait no longer.
    pub fn forget_asks(&mut self) {
        let resource = &self.resource;
        self.asks.retain(|person, _| resource.entry(person).is_some());
        if resource.holds.is_empty() {
            self.run = None;
        }
    }
}
