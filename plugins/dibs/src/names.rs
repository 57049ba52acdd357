//! What things are called: when two names are the same, which one was probably meant, and how several are written in one line.

use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// A longer name is none, in characters.
pub const LONGEST: usize = 60;

/// So many things are meant in one line, at most.
pub const MOST: usize = 20;

/// So many names are suggested, at most.
const SUGGESTED: usize = 3;

/// A name as it is shown: as it was typed, with single blanks.
pub fn shown(name: &str) -> String {
    name.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name for comparing: neither case nor blanks nor the way in which a letter is encoded matter.
pub fn key(name: &str) -> String {
    shown(name).chars().flat_map(char::to_lowercase).nfc().collect()
}

/// What a log is called that belongs to a name in a channel: no blank is in it.
pub fn subject(channel: &str, name: &str) -> String {
    format!("{channel}/{}", encoded(name))
}

/// A name for comparing without a blank.
pub fn encoded(name: &str) -> String {
    key(name).replace('%', "%25").replace(' ', "%20")
}

/// The names that are nearest to one that is not known, the nearest first.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = key(name);
    let most = wanted.chars().count().div_ceil(3).max(1);
    let mut near: Vec<(usize, &str)> = known.into_iter().filter_map(|known| Some((distance(&wanted, &key(known), most)?, known))).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, known)| known).take(SUGGESTED).collect()
}

/// How far apart two names are; none if that is more than `most`. The beginning of a name is near.
fn distance(wanted: &str, known: &str, most: usize) -> Option<usize> {
    let apart = strsim::damerau_levenshtein(wanted, known);
    let begins = known.starts_with(wanted) || wanted.starts_with(known);
    (apart <= most || begins).then_some(apart)
}

/// Several names of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// As they are shown, each once.
    pub names: Vec<String>,
    /// Is it all of them or none? They are written `x + y` then, else `x, y`.
    pub together: bool,
}

/// Reads the names that somebody typed in this line. Where all of them is in quotes, the text lacks them.
pub fn typed(line: Option<&str>, text: &str) -> Names {
    match line {
        Some(line) if is_quoted(line, text) => Names { names: vec![shown(text)], together: false },
        _ => split(text),
    }
}

/// Reads `staging, web` and `staging + web`. What is quoted is one name.
pub fn split(text: &str) -> Names {
    let mut parts = Parts::default();
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if closes(open, c) => quote = None,
            Some(_) => parts.push(c),
            None if opens(c) && parts.is_blank() => quote = Some(c),
            None if c == ',' => parts.end(),
            None if c == '+' && stands_alone(text, at) => {
                parts.together = true;
                parts.end();
            }
            None => parts.push(c),
        }
    }
    parts.end();
    Names { names: parts.names, together: parts.together }
}

#[derive(Default)]
struct Parts {
    names: Vec<String>,
    known: BTreeSet<String>,
    part: String,
    together: bool,
}

impl Parts {
    fn push(&mut self, c: char) {
        self.part.push(c);
    }

    fn is_blank(&self) -> bool {
        self.part.trim().is_empty()
    }

    fn end(&mut self) {
        let name = shown(&std::mem::take(&mut self.part));
        if !name.is_empty() && self.known.insert(key(&name)) {
            self.names.push(name);
        }
    }
}

/// Does the line have this text in quotes where it comes first?
fn is_quoted(line: &str, text: &str) -> bool {
    let Some((before, after)) = line.split_once(text).filter(|_| !text.is_empty()) else { return false };
    before.ends_with(|c| opens(c) || c == '\'') && after.starts_with(|c| opens(c) || c == '\'')
}

fn opens(c: char) -> bool {
    "\"“”„«»".contains(c)
}

fn closes(open: char, c: char) -> bool {
    opens(open) && opens(c)
}

fn stands_alone(text: &str, at: usize) -> bool {
    text[..at].ends_with(char::is_whitespace) && text[at + 1..].starts_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn neither_case_nor_blanks_nor_encoding_matter() {
        for same in ["Big Table", " big  table ", "BIG\tTABLE"] {
            assert_eq!(key(same), "big table");
        }
        assert_eq!(key("Cafe\u{301}"), key("CAFÉ"));
        assert_eq!(shown("  Big   Table"), "Big Table");
        assert_ne!(key("c"), key("c++"));
    }

    #[test]
    fn lists_are_split_outside_of_quotes() {
        let names = |text| split(text).names;
        assert_eq!(names("staging, web"), ["staging", "web"]);
        assert_eq!(names("staging,web,"), ["staging", "web"]);
        assert_eq!(names("Staging, staging"), ["Staging"]);
        assert_eq!(names("\"a, b\", c"), ["a, b", "c"]);
        assert_eq!(names("“a + b” + c++"), ["a + b", "c++"]);
        assert_eq!(names("5\" nails"), ["5\" nails"]);
        assert!(names(" , ").is_empty());
        assert!(split("a + b").together && !split("a, b").together && !split("c++").together);
    }

    #[test]
    fn quotes_around_everything_make_one_name() {
        let names = |line| typed(Some(line), "a, b").names;
        assert_eq!(names("dibs on \"a, b\""), ["a, b"]);
        assert_eq!(names("dibs on “a, b” for 2 hours"), ["a, b"]);
        assert_eq!(names("dibs on a, b because \"a, b\""), ["a", "b"]);
        assert_eq!(typed(None, "a, b").names, ["a", "b"]);
        assert!(typed(Some(""), "").names.is_empty());
    }

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(nearest("stagin", ["staging", "web", "stage"]), ["staging", "stage"]);
        assert!(nearest("kitchen", ["staging", "web"]).is_empty());
    }

    #[test]
    fn the_log_of_one_name_is_never_that_of_another() {
        assert_ne!(subject("dev", "a b"), subject("dev", "a%20b"));
        assert!(!subject("dev", "a b").contains(' '));
    }

    proptest! {
        #[test]
        fn names_round_trip(text in any::<String>()) {
            for name in split(&text).names {
                prop_assert_eq!(shown(&name), name.clone());
                prop_assert_eq!(key(&key(&name)), key(&name));
                let quoted = split(&format!("\"{}\"", name.replace(opens, "")));
                prop_assert!(quoted.names.len() <= 1);
            }
        }
    }
}
