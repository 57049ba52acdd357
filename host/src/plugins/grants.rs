//! What the operator lets a plugin do beyond its own room: asked for in the description, given in the configuration, decided here.

use std::collections::BTreeSet;

/// The grants of one plugin. Only what it asked for can be given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    given: BTreeSet<String>,
}

/// What an operator gives to a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Whatever it wants: the practice room, where nothing leaves the terminal.
    All,
    /// These and no others.
    These(BTreeSet<String>),
}

impl Grants {
    pub fn new(wanted: &[String], offer: &Offer, refused: &BTreeSet<String>) -> Self {
        let given = wanted.iter().filter(|grant| offer.covers(grant) && !refused.contains(*grant)).cloned().collect();
        Self { given }
    }

    /// These as well, if they are wanted.
    pub fn and(mut self, wanted: &[String], granted: &BTreeSet<String>) -> Self {
        self.given.extend(wanted.iter().filter(|grant| granted.contains(*grant)).cloned());
        self
    }

    /// May the plugin do this?
    pub fn allow(&self, grant: &str) -> bool {
        self.given.contains(grant)
    }

    /// All that it has.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        self.given.iter().map(String::as_str)
    }

    /// Which of the wanted grants are missing.
    pub fn missing<'a>(&self, wanted: &'a [String]) -> Vec<&'a str> {
        wanted.iter().map(String::as_str).filter(|grant| !self.allow(grant)).collect()
    }
}

impl Offer {
    fn covers(&self, grant: &str) -> bool {
        match self {
            Offer::All => true,
            Offer::These(grants) => grants.contains(grant),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_what_is_both_wanted_and_offered() {
        let wanted = ["chat:direct".to_owned(), "hear".to_owned()];
        let offer = Offer::These(["chat:direct".to_owned(), "chat:broadcast".to_owned()].into());
        let grants = Grants::new(&wanted, &offer, &BTreeSet::new());
        assert!(grants.allow("chat:direct"));
        assert!(!grants.allow("chat:broadcast"), "offered, but never wanted");
        assert_eq!(grants.missing(&wanted), ["hear"]);

        let grants = Grants::new(&wanted, &Offer::All, &["hear".to_owned()].into());
        assert!(grants.allow("chat:direct"));
        assert!(!grants.allow("hear"), "refused");
    }
}
