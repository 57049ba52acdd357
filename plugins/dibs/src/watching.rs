//! Being told when something is free, without waiting in its queue.

use crate::board::Board;
use crate::rights::Act;
use crate::texts::configured::{free_already, unwatched, watching};
use crate::texts::refusal::No;
use hatstand_plugin::prelude::*;

/// So many people watch one thing.
const MOST_WATCHING: usize = 50;

impl Board<'_> {
    pub fn watch(&mut self, name: &str) -> Result<()> {
        let asker = self.cx.user()?;
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        if !self.may(&[Act::Read], id)? {
            return Ok(());
        }
        if self.thing(id).kept.watchers.contains(asker) {
            self.refuse(&No::AlreadyWatched { name });
        } else if self.thing(id).is_free() {
            let told = free_already(&self.scene(id, Some(asker)));
            self.answer(Some(id), told, "free");
        } else if self.thing(id).kept.watchers.len() >= MOST_WATCHING {
            self.refuse(&No::Crowded { name });
        } else {
            self.thing_mut(id).kept.watchers.push(asker.clone());
            let told = watching(&self.scene(id, Some(asker)));
            self.answer(Some(id), told, "watched");
        }
        Ok(())
    }

    pub fn unwatch(&mut self, name: &str) -> Result<()> {
        let asker = self.cx.user()?;
        let Some(id) = self.find_known(name)? else { return Ok(()) };
        if !self.thing(id).kept.watchers.contains(asker) {
            self.refuse(&No::NotWatched { name });
            return Ok(());
        }
        self.thing_mut(id).kept.watchers.retain(|watcher| watcher != asker);
        let told = unwatched(&self.scene(id, Some(asker)));
        self.answer(Some(id), told, "unwatched");
        Ok(())
    }
}
