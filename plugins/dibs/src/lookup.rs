//! Which thing a name means, and what is said of names that mean none.

use crate::board::Board;
use crate::names::{self, LONGEST};
use crate::rights::Act;
use crate::shelf::{MOST_NAMES, MOST_THINGS, Named};
use crate::texts::refusal::No;
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;
use std::collections::BTreeMap;

impl Board<'_> {
    /// The thing that somebody wants to have. Where names are free, asking for a new one makes it; else whoever asked is told.
    pub fn find_or_create(&mut self, name: &str) -> Result<Option<ThingId>> {
        if self.refuses_more(name) {
            return Ok(None);
        }
        if let Some(id) = self.find(name)? {
            return Ok(Some(id));
        }
        if let Some(no) = self.forbids(name)? {
            self.refuse(&no);
            return Ok(None);
        }
        if self.scope.approved > 0 {
            self.refuse_unknown(name)?;
            return Ok(None);
        }
        Ok(Some(self.create(name)))
    }

    /// The thing of this name; if there is none, whoever asked is told.
    pub fn find_known(&mut self, name: &str) -> Result<Option<ThingId>> {
        if self.refuses_more(name) {
            return Ok(None);
        }
        match self.find(name)? {
            Some(id) => Ok(Some(id)),
            None => {
                let near = self.near(name)?;
                self.refuse(&No::Nothing { name, near });
                Ok(None)
            }
        }
    }

    /// The things of these names; if one of them is not there, whoever asked is told.
    pub fn find_all(&mut self, names: &[String]) -> Result<Option<Vec<ThingId>>> {
        let mut found = Vec::new();
        for name in names {
            match self.find_known(name)? {
                Some(id) => found.push(id),
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// Tells whoever asked that only what is approved can be had.
    pub fn refuse_unknown(&mut self, name: &str) -> Result<()> {
        let (near, who) = (self.near(name)?, self.config.manage);
        self.refuse(&No::Unknown { name, near, who });
        Ok(())
    }

    /// Whether a name can be given to something new.
    pub fn can_be_named(&mut self, name: &str) -> Result<bool> {
        let no = match self.shelf().named(name)? {
            Some(Named::Thing(_)) => Some(No::Taken { name }),
            _ if name.chars().count() > LONGEST => Some(No::TooLong),
            _ => self.is_full()?,
        };
        if let Some(no) = &no {
            self.refuse(no);
        }
        Ok(no.is_none())
    }

    fn forbids<'a>(&self, name: &'a str) -> Result<Option<No<'a>>> {
        if name.chars().count() > LONGEST {
            return Ok(Some(No::TooLong));
        }
        if self.scope.archived {
            return Ok(Some(No::Archived));
        }
        Ok(match self.shelf().named(name)? {
            Some(Named::Removed { by, at, .. }) => Some(No::Removed { name, by, at }),
            _ => self.is_full()?,
        })
    }

    /// Whether there is no room for another thing, or another name.
    fn is_full<'a>(&self) -> Result<Option<No<'a>>> {
        let new = self.entered().into_iter().filter(|id| self.thing(*id).before.is_none()).count();
        let is_full = self.stored()?.len() + new >= MOST_THINGS || self.names()?.len() + new >= MOST_NAMES as usize;
        Ok(is_full.then_some(No::Full))
    }

    /// The names that come near to one that is not known. To look for them takes long enough not to do it for a whole list.
    fn near(&mut self, name: &str) -> Result<Vec<String>> {
        const LOOKED_FOR: usize = 5;
        self.unknown += 1;
        if self.unknown > LOOKED_FOR {
            return Ok(Vec::new());
        }
        let known = self.names()?.iter().filter_map(|(known, named)| match named {
            Named::Thing(id) => Some((known.as_str(), *id)),
            Named::Removed { .. } => None,
        });
        let known: BTreeMap<&str, ThingId> = known.collect();
        let mut near = Vec::new();
        for found in names::nearest(name, known.keys().copied()) {
            let Some(kept) = self.shelf().thing(known[found])? else { continue };
            if self.permitted_names(Act::Read, &[&kept.name])? == [true] {
                near.extend(std::iter::once(kept.name).chain(kept.aliases).find(|shown| names::key(shown) == found));
            }
        }
        Ok(near)
    }
}
