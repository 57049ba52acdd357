//! Things of one kind, as they are read and changed.

use crate::shelf::{Fleeting, Shelf};
use hatstand_plugin::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Things of one kind, as they are read and changed: each is read once, and kept once at the end.
#[derive(Debug)]
pub struct Drawer<T> {
    things: BTreeMap<String, T>,
    changed: BTreeSet<String>,
}

impl<T: Fleeting> Drawer<T> {
    pub fn new() -> Self {
        Self { things: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// A thing to look at; an empty one if there is none.
    pub fn open(&mut self, shelf: Shelf<'_>, key: &str) -> Result<&mut T> {
        if !self.things.contains_key(key) {
            self.things.insert(key.to_owned(), shelf.get(key)?.unwrap_or_default());
        }
        Ok(self.things.get_mut(key).expect("it was put there"))
    }

    /// A thing to change.
    pub fn change(&mut self, shelf: Shelf<'_>, key: &str) -> Result<&mut T> {
        self.changed.insert(key.to_owned());
        self.open(shelf, key)
    }

    /// A thing that was opened before.
    pub fn opened(&self, key: &str) -> Option<&T> {
        self.things.get(key)
    }

    /// Keeps what was changed.
    pub fn close(&mut self, shelf: Shelf<'_>) -> Result<()> {
        for key in std::mem::take(&mut self.changed) {
            let thing = self.things.get_mut(&key).expect("what was changed was opened");
            shelf.keep(&key, thing)?;
        }
        Ok(())
    }
}
