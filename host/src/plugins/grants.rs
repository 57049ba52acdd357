//! What the operator lets a plugin do beyond its own room: asked for in the description, given in the configuration, decided here.

use crate::outside::destination::GRANT as ANYWHERE;
use std::collections::BTreeSet;

/// The grants of one plugin. Only what it asked for can be given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    given: BTreeSet<String>,
}

/// What an operator gives to a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Whatever it wants, as long as nothing leaves the room: to practise, and for transcripts.
    All,
    /// These and no others.
    These(BTreeSet<String>),
}

impl Grants {
    pub fn new(wanted: &[String], offer: &Offer, refused: &BTreeSet<String>) -> Self {
        let offered: Vec<String> = match offer {
            Offer::All => wanted.iter().filter(|grant| !leaves(grant)).cloned().collect(),
            Offer::These(grants) => grants.iter().filter(|grant| wants(wanted, grant)).cloned().collect(),
        };
        Self { given: offered.into_iter().filter(|grant| !refused.contains(grant)).collect() }
    }

    /// These as well, if they are wanted.
    pub fn and(mut self, wanted: &[String], granted: &BTreeSet<String>) -> Self {
        self.given.extend(granted.iter().filter(|grant| wants(wanted, grant)).cloned());
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
        wanted.iter().map(String::as_str).filter(|grant| !self.has(grant)).collect()
    }

    /// Whoever wants to go where the operator says has that when the operator says something.
    fn has(&self, wanted: &str) -> bool {
        self.allow(wanted) || (wanted == ANYWHERE && self.given.iter().any(|grant| is_destination(grant)))
    }
}

/// Is this among what is wanted, or one of the destinations that the operator may choose?
fn wants(wanted: &[String], grant: &String) -> bool {
    wanted.contains(grant) || (is_destination(grant) && wanted.iter().any(|wanted| wanted == ANYWHERE))
}

fn leaves(grant: &str) -> bool {
    grant == ANYWHERE || is_destination(grant)
}

fn is_destination(grant: &str) -> bool {
    grant.strip_prefix(ANYWHERE).is_some_and(|rest| rest.starts_with(':'))
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

        let anywhere = ["http".to_owned()];
        let offer = Offer::These(["http:https://ci.example.com".to_owned(), "http".to_owned()].into());
        let grants = Grants::new(&anywhere, &offer, &BTreeSet::new());
        assert!(grants.allow("http:https://ci.example.com"), "it goes where the operator says");
        assert!(!grants.allow("http:https://elsewhere.example.com"));
        assert!(grants.missing(&anywhere).is_empty());
        assert_eq!(Grants::new(&anywhere, &Offer::All, &BTreeSet::new()).missing(&anywhere), ["http"], "nobody named a destination");
        let named = ["http:https://ci.example.com".to_owned()];
        assert_eq!(
            Grants::new(&named, &Offer::All, &BTreeSet::new()).missing(&named),
            ["http:https://ci.example.com"],
            "it leaves the room"
        );

        let grants = Grants::new(&wanted, &Offer::All, &["hear".to_owned()].into());
        assert!(grants.allow("chat:direct"));
        assert!(!grants.allow("hear"), "refused");
    }
}
