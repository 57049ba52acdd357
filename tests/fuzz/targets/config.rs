//! The configuration.

use super::text;
use hatstand::config::Config;
use regex::Regex;
use std::sync::OnceLock;

/// Whatever is in the file is taken, or refused with the place; and no token that is in it is shown.
pub fn check(input: &[u8]) {
    let text = text(input);
    match Config::parse("hatstand.toml", &text) {
        Ok(config) => {
            assert_eq!(token_in(&text), None, "a token does not belong there");
            config.permissions();
            config.policies();
            config.otherwise();
        }
        Err(why) => {
            let shown = format!("{why} {} {} {why:?}", why.place(), why.fix().unwrap_or_default());
            if let Some(token) = token_in(&text) {
                assert!(!shown.contains(token), "a token is shown");
            }
        }
    }
}

fn token_in(text: &str) -> Option<&str> {
    static TOKEN: OnceLock<Regex> = OnceLock::new();
    let token = TOKEN.get_or_init(|| Regex::new(r"\b(?:xapp|xox[bp])-[0-9A-Za-z-]{6,}").expect("a sound expression"));
    token.find(text).map(|found| found.as_str())
}
