//! Which commands a token is good for.

use hatstand_common::declaration::Command;
use hatstand_common::usage::Usage;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The words that a command begins with, such as `dibs seize`; with `*` at the end, all that begin so.
///
/// It is compared with what a plugin declares, never with what somebody typed: words that may be left out are as good as there, and
/// nothing in an argument can look like a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    words: Vec<String>,
    /// Are there more words?
    open: bool,
}

impl Pattern {
    /// Does one of the command's usages begin so?
    pub fn covers(&self, command: &Command) -> bool {
        let parameters: Vec<&str> = command.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let usages = command.usages.iter().filter_map(|usage| Usage::parse(usage, &parameters).ok());
        usages.flat_map(|usage| usage.openings()).any(|opening| self.fits(&opening))
    }

    fn fits(&self, opening: &[String]) -> bool {
        if self.open { opening.starts_with(&self.words) } else { opening == self.words }
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let open = words.pop_if(|last| last == "*").is_some();
        if words.iter().any(|word| word.contains(['*', '<', '[', '('])) || (words.is_empty() && !open) {
            return Err(format!(
                "`{text}` is no beginning of a command: write its words, such as `hat on`, or `hat *` for all that begin so"
            ));
        }
        Ok(Self { words, open })
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.to_string()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.open { ["*"].as_slice() } else { &[] };
        let words: Vec<&str> = self.words.iter().map(String::as_str).chain(star.iter().copied()).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatstand_common::declaration::{Access, Kind, Parameter};

    fn command(usages: &[&str]) -> Command {
        Command {
            name: "test".to_owned(),
            usages: usages.iter().map(|&usage| usage.to_owned()).collect(),
            parameters: ["who", "period"].map(|name| Parameter { name: name.to_owned(), kind: Kind::Text }).to_vec(),
            summary: String::new(),
            help: String::new(),
            hidden: false,
            access: Access::Everybody,
            more: Vec::new(),
        }
    }

    fn covers(pattern: &str, usages: &[&str]) -> bool {
        pattern.parse::<Pattern>().expect("a pattern").covers(&command(usages))
    }

    #[test]
    fn words_may_be_left_out_as_the_usage_says() {
        let on = ["[hat] on [for <period>]"];
        assert!(covers("hat on", &on) && covers("on", &on) && covers("Hat  ON", &on));
        assert!(!covers("hat", &on) && !covers("hat off", &on) && !covers("hat on for", &on));
    }

    #[test]
    fn a_star_covers_all_that_begin_so() {
        assert!(covers("hat *", &["[hat] on"]) && covers("hat *", &["hat force off"]) && covers("*", &["eggs"]));
        assert!(!covers("hat *", &["hats on"]) && !covers("hat on *", &["hat off"]));
        assert!(covers("hat *", &["take <who>", "hat take <who>"]), "one usage is enough");
    }

    #[test]
    fn an_argument_is_never_part_of_it() {
        assert!(covers("pass", &["pass <who>"]) && !covers("pass on", &["pass <who>"]));
    }

    #[test]
    fn what_is_no_beginning_is_refused() {
        for wrong in ["", " ", "hat* on", "* hat", "hat <who>", "[hat] on"] {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
        assert_eq!("dibs  Seize *".parse::<Pattern>().map(|pattern| pattern.to_string()), Ok("dibs seize *".to_owned()));
    }
}
