//! Patterns: the regular expressions by which a plugin hears messages that are not meant for the bot, compiled once, into one automaton.
//!
//! A message is matched in time linear in its length and in the size of the automaton. Both are bounded here, so that no pattern takes long.

use hatstand_common::declaration::Pattern;
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

/// Of all patterns of a plugin together, compiled.
const COMPILED_BYTES: usize = 1024 * 1024;
/// What the engine may remember while it matches.
const CACHE_BYTES: usize = 1024 * 1024;
const NESTING: u32 = 50;

/// Nothing is heard behind this.
const HEARD_BYTES: usize = 4 * 1024;

#[derive(Clone, Debug, Default)]
pub struct Patterns {
    names: Vec<String>,
    set: RegexSet,
}

impl Patterns {
    /// Takes a while: not for the path of a message.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the patterns.
    pub fn compile(patterns: &[Pattern]) -> Result<Self, Vec<String>> {
        let problems: Vec<String> = patterns.iter().filter_map(|pattern| problem(pattern).err()).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let set = RegexSetBuilder::new(patterns.iter().map(|pattern| &pattern.expression))
            .case_insensitive(true)
            .size_limit(COMPILED_BYTES)
            .dfa_size_limit(CACHE_BYTES)
            .nest_limit(NESTING)
            .build()
            .map_err(|_| vec![format!("its patterns are too large together: compiled, they may have {} KiB", COMPILED_BYTES / 1024)])?;
        Ok(Self { names: patterns.iter().map(|pattern| pattern.name.clone()).collect(), set })
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names of those that match.
    pub fn matching(&self, text: &str) -> Vec<String> {
        self.set.matches(heard(text)).into_iter().map(|index| self.names[index].clone()).collect()
    }
}

fn heard(text: &str) -> &str {
    &text[..text.floor_char_boundary(HEARD_BYTES)]
}

/// Names the pattern that is wrong, which the set does not.
fn problem(pattern: &Pattern) -> Result<Regex, String> {
    RegexBuilder::new(&pattern.expression)
        .case_insensitive(true)
        .size_limit(COMPILED_BYTES)
        .nest_limit(NESTING)
        .build()
        .map_err(|why| format!("the pattern `{}` is no regular expression: {why}", pattern.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(expressions: &[&str]) -> Vec<Pattern> {
        let pattern = |(number, expression): (usize, &&str)| Pattern { name: number.to_string(), expression: (*expression).to_owned() };
        expressions.iter().enumerate().map(pattern).collect()
    }

    #[test]
    fn names_those_that_match() {
        let patterns = Patterns::compile(&patterns(&["coffee", r"\b[a-z]{2,9}-\d+\b", "tea"])).expect("they are patterns");
        assert_eq!(patterns.matching("COFFEE for web-17"), ["0", "1"]);
        assert_eq!(patterns.matching("nothing"), [""; 0]);
        let late = format!("{} coffee", "word ".repeat(HEARD_BYTES));
        assert_eq!(patterns.matching(&late), [""; 0], "nobody listens for that long");
    }

    #[test]
    fn patterns_that_explode_are_refused_alone_and_together() {
        let problems = |expressions: &[&str]| Patterns::compile(&patterns(expressions)).map(drop).expect_err("they are too large");
        assert!(problems(&["(\\w{100}){100}"])[0].starts_with("the pattern `0` is no regular expression: "));
        let large = ["\\w{5}"; 50];
        assert_eq!(problems(&large), ["its patterns are too large together: compiled, they may have 1024 KiB"]);
        assert!(problems(&[&"(".repeat(200)])[0].starts_with("the pattern `0`"));
    }
}
