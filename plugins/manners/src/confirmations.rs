//! What somebody was asked before it is done. The question is a button that only they can press, for a minute; what it is about is kept
//! here, because a button has no room for a wish.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use turns::{Id, Wish};

/// How long a question stands.
pub const PERIOD: Duration = Duration::from_secs(60);

/// More questions than this do not stand about one thing at the same time: the one that ends first makes room.
const MOST: usize = 10;

/// The open questions, by whom they were asked: one each, because a new one takes the place of an older one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Confirmations(BTreeMap<User, Confirmation>);

/// Something that somebody has a minute to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// The hold that it is about: if another one stands there meanwhile, nothing is done.
    pub hold: Id,
    /// What is wanted once it is confirmed.
    pub wish: Wish,
    pub until: Instant,
}

impl Confirmations {
    /// Remembers what somebody is asked; the moment until which the question stands.
    pub fn expect(&mut self, asker: &User, hold: Id, wish: Wish, now: Instant) -> Instant {
        let until = now + PERIOD;
        self.0.remove(asker);
        if self.0.len() >= MOST {
            let first = self.0.iter().min_by_key(|(_, confirmation)| confirmation.until).map(|(asker, _)| asker.clone());
            self.0.retain(|asker, _| Some(asker) != first.as_ref());
        }
        self.0.insert(asker.clone(), Confirmation { hold, wish, until });
        until
    }

    /// What somebody was asked about this hold, once.
    pub fn take(&mut self, asker: &User, hold: Id) -> Option<Confirmation> {
        self.0.remove(asker).filter(|confirmation| confirmation.hold == hold)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the last of them ends.
    pub fn until(&self) -> Option<Instant> {
        self.0.values().map(|confirmation| confirmation.until).max()
    }

    /// Forgets the questions that stand no longer.
    pub fn forget_old(&mut self, now: Instant) {
        self.0.retain(|_, confirmation| confirmation.until >= now);
    }
}
