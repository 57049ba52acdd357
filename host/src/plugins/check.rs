//! Does a description make sense by itself? All that is wrong with it, at once.

use crate::router::{CALL_ABANDONED, HOME_OPENED};
use hatstand_common::declaration::Description;
use hatstand_common::usage;
use regex::RegexBuilder;

/// What a plugin can subscribe to.
pub const SUBSCRIPTIONS: [&str; 10] = [
    "installed",
    "upgraded",
    "member-joined",
    "member-left",
    "person-changed",
    "channel-changed",
    "message",
    "reaction",
    HOME_OPENED,
    CALL_ABANDONED,
];

pub fn check(description: &Description) -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    check_name(&description.name, &mut problems);
    check_version(&description.version, &mut problems);
    check_commands(description, &mut problems);
    check_patterns(description, &mut problems);
    check_subscriptions(description, &mut problems);
    check_not_served(description, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn check_name(name: &str, problems: &mut Vec<String>) {
    let fits = (1..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !fits {
        problems.push(format!("`{name}` is no name: lower-case letters, digits and `-`, 1-40 characters, a letter first"));
    }
    if name == "hatstand" {
        problems.push("the name `hatstand` is the bot's own".to_owned());
    }
}

fn check_version(version: &str, problems: &mut Vec<String>) {
    if parse_version(version).is_none() {
        problems.push(format!("`{version}` is no version: three numbers such as 1.4.2"));
    }
}

/// The three numbers of a semantic version; what follows a `-` or `+` does not count.
pub fn parse_version(version: &str) -> Option<[u64; 3]> {
    let numbers = version.split(['-', '+']).next()?;
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let parsed = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(parsed)
}

fn check_commands(description: &Description, problems: &mut Vec<String>) {
    if let Err(found) = usage::check(&description.commands) {
        problems.extend(found.iter().map(ToString::to_string));
    }
}

fn check_patterns(description: &Description, problems: &mut Vec<String>) {
    for pattern in &description.patterns {
        if let Err(why) = expression(&pattern.expression) {
            problems.push(format!("the pattern `{}` is no regular expression: {why}", pattern.name));
        }
    }
    if !description.patterns.is_empty() && !description.wants.iter().any(|grant| grant == "hear") {
        problems.push("it has patterns but does not want `hear`".to_owned());
    }
}

/// A plugin's regular expression, compiled as the contract says.
pub fn expression(text: &str) -> Result<regex::Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 20).build()
}

fn check_subscriptions(description: &Description, problems: &mut Vec<String>) {
    let unknown = description.subscriptions.iter().filter(|name| !SUBSCRIPTIONS.contains(&name.as_str()));
    problems.extend(unknown.map(|name| format!("this bot has no events `{name}` to subscribe to")));
}

fn check_not_served(description: &Description, problems: &mut Vec<String>) {
    if !description.webhooks.is_empty() {
        problems.push("it wants webhooks, which this bot does not serve yet".to_owned());
    }
    if !description.schedules.is_empty() {
        problems.push("it wants schedules, which this bot does not serve yet".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatstand_common::declaration::Pattern;

    fn sound() -> Description {
        Description { name: "hat".to_owned(), version: "0.1.0".to_owned(), ..Description::default() }
    }

    #[test]
    fn finds_all_that_is_wrong_at_once() {
        assert_eq!(check(&sound()), Ok(()));
        let description = Description {
            name: "Hat!".to_owned(),
            version: "one".to_owned(),
            patterns: vec![Pattern { name: "ship".to_owned(), expression: "(".to_owned() }],
            subscriptions: vec!["weather".to_owned()],
            webhooks: vec!["push".to_owned()],
            ..Description::default()
        };
        assert_eq!(check(&description).map_err(|problems| problems.len()), Err(6));
    }

    #[test]
    fn compares_versions_by_number() {
        assert!(parse_version("0.10.0") > parse_version("0.9.1"));
        assert_eq!(parse_version("1.2.3-beta.1"), Some([1, 2, 3]));
        assert_eq!(parse_version("1.2"), None);
        assert_eq!(parse_version("1.2.3.4"), None);
    }
}
