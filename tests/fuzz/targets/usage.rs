//! Usages that authors write.

use super::text;
use hatstand_common::usage::{LONGEST, Usage};

const PARAMETERS: [&str; 3] = ["a", "b", "who"];

/// What is read can be shown, and what is shown is read as the same; what is not read is refused with a sentence.
pub fn check(input: &[u8]) {
    let text = text(input);
    match Usage::parse(&text, &PARAMETERS) {
        Err(why) => assert!(!why.to_string().is_empty()),
        Ok(usage) => {
            check_shown(&usage);
            check_openings(&usage);
        }
    }
}

fn check_shown(usage: &Usage) {
    let written = usage.to_string();
    // Blanks that were left out count when it is written.
    if written.len() <= LONGEST {
        assert_eq!(Usage::parse(&written, &PARAMETERS).as_ref(), Ok(usage), "{written}");
    }
    let shown = usage.shown();
    assert!(shown.len() > LONGEST || Usage::parse(&shown, &PARAMETERS).is_ok(), "{shown}");
}

fn check_openings(usage: &Usage) {
    let openings = usage.openings();
    assert!(!openings.is_empty(), "a line finds its command by them: {usage}");
    for word in openings.into_iter().flatten() {
        assert_eq!(word, word.to_lowercase());
    }
}
