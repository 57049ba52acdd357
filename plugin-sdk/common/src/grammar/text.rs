//! Putting words into the sentences that a person reads.

use super::token::is_blank;
use crate::visible::is_invisible;

/// More of what somebody typed is not repeated to them, in characters.
const LONGEST_QUOTE: usize = 40;

/// More words are not listed.
const MOST_LISTED: usize = 10;

/// What a person typed, between back-ticks, shortened, and without anything that could format or hide text.
pub fn quote(typed: &str) -> String {
    // The blanks keep words apart that only a control character did.
    let visible: String = typed.chars().filter(|c| !is_invisible(*c) && *c != '`').map(|c| if is_blank(c) { ' ' } else { c }).collect();
    let tidy = visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    format!("`{}`", if tidy.is_empty() { "…".to_owned() } else { shortened(&tidy) })
}

/// `` `a`, `b` or `c` ``
pub(super) fn listed(words: &[String]) -> String {
    let mut quoted: Vec<String> = words.iter().take(MOST_LISTED).map(|word| quote(word)).collect();
    if words.len() > MOST_LISTED {
        quoted.push("another".to_owned());
    }
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
        None => String::new(),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_QUOTE {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LONGEST_QUOTE - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_typed_cannot_format() {
        assert_eq!(quote("banana"), "`banana`");
        assert_eq!(quote("`*x*` \n\u{0}y"), "`*x* y`");
        assert_eq!(quote("a\u{202e}b\u{200b}c"), "`abc`");
        assert_eq!(quote("```"), "`…`");
        assert_eq!(quote(&"x".repeat(40)), format!("`{}`", "x".repeat(40)));
        assert_eq!(quote(&"x".repeat(41)), format!("`{}…`", "x".repeat(39)));
    }

    #[test]
    fn a_list_reads_like_a_sentence() {
        let words = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!(listed(&words(1)), "`0`");
        assert_eq!(listed(&words(2)), "`0` or `1`");
        assert_eq!(listed(&words(3)), "`0`, `1` or `2`");
        assert!(listed(&words(12)).ends_with("`9` or another"));
    }

    proptest! {
        #[test]
        fn a_quote_is_one_short_line_between_two_back_ticks(typed in any::<String>()) {
            let quoted = quote(&typed);
            prop_assert!(quoted.chars().count() <= LONGEST_QUOTE + 2);
            prop_assert_eq!(quoted.matches('`').count(), 2);
            prop_assert!(!quoted.contains(|c: char| c.is_control() || is_invisible(c)));
        }
    }
}
