//! Which thing a name means, and what is said of names that mean none.

use crate::board::Board;
use crate::names::{self, LONGEST};
use crate::shelf::Named;
use crate::texts::refusal::No;
use crate::thing::ThingId;
use hatstand_plugin::prelude::*;

impl Board<'_> {
    /// The thing that somebody wants to have. Where names are free, asking for a new one makes it; else whoever asked is told.
    pub fn find_or_create(&mut self, name: &str) -> Result<Option<ThingId>> {
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
            _ => None,
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
            _ => None,
        })
    }

    /// The names that come near to one that is not known.
    fn near(&self, name: &str) -> Result<Vec<String>> {
        let things = self.shelf().things()?;
        let known = things.iter().flat_map(|(_, kept)| std::iter::once(&kept.name).chain(&kept.aliases)).map(String::as_str);
        Ok(names::nearest(name, known).into_iter().map(str::to_owned).collect())
    }
}
