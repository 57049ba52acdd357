//! The eggs that are nothing but data.

use hatstand_plugin::{Argument, Error, Kind, Result, Value};

const EGGS: &str = include_str!("../data/eggs.txt");

/// Something with sayings, one of which is said each time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Egg {
    pub(crate) name: &'static str,
    /// In Markdown.
    pub(crate) sayings: Vec<&'static str>,
}

/// All eggs, in the order of the file.
pub(crate) fn all() -> Vec<Egg> {
    read(EGGS)
}

pub(crate) fn named(name: &str) -> Option<Egg> {
    all().into_iter().find(|egg| egg.name == name)
}

/// The names of the eggs are what people can type, so a new section in the file is a new egg.
impl Argument for Egg {
    fn kind() -> Kind {
        Kind::Choice(all().into_iter().map(|egg| egg.name.to_owned()).collect())
    }

    fn read(value: Value) -> Result<Self> {
        match value {
            Value::Choice(name) => named(&name).ok_or_else(|| Error::usage("There is no such egg.")),
            _ => Err(Error::broken("an egg is a choice")),
        }
    }
}

fn read(text: &'static str) -> Vec<Egg> {
    let sections = text.split("\n== ").skip(1);
    sections
        .filter_map(|section| {
            let (name, sayings) = section.split_once('\n')?;
            let sayings = sayings.split("\n\n").map(str::trim).filter(|saying| !saying.is_empty() && !saying.starts_with('#'));
            Some(Egg { name: name.trim(), sayings: sayings.collect() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_an_egg_and_a_paragraph_a_saying() {
        let eggs = read("# About.\n\n== tea\n\n# Leaves.\n\nGreen.\n\nBlack,\nwith milk.\n\n== milk\nNo.");
        let egg = |name, sayings: &[&'static str]| Egg { name, sayings: sayings.to_vec() };
        assert_eq!(eggs, [egg("tea", &["Green.", "Black,\nwith milk."]), egg("milk", &["No."])]);
    }

    #[test]
    fn every_egg_says_something() {
        assert!(!all().is_empty());
        for egg in all() {
            assert!(!egg.sayings.is_empty(), "{} says nothing", egg.name);
        }
    }

    #[test]
    fn the_eggs_with_a_command_of_their_own_are_there() {
        for name in ["facts", "gif", "rules", "fortune", "shipit"] {
            assert!(named(name).is_some(), "{name}");
        }
    }
}
