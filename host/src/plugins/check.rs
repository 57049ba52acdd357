//! Does a description make sense by itself? All that is wrong with it, at once.

use crate::outside::destination;
use crate::router::{CALL_ABANDONED, HOME_OPENED, MIGRATE};
use hatstand_common::declaration::Description;
use hatstand_common::schedule::Cron;
use hatstand_common::usage;

/// What a plugin can subscribe to.
pub const SUBSCRIPTIONS: [&str; 11] = [
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
    MIGRATE,
];

const SCHEDULES: usize = 100;

/// All of a description, as it would be written down.
const DESCRIPTION_BYTES: usize = 256 * 1024;

/// What is wrong with a description, but for its patterns. Its size comes first: nothing else is looked at in one that is too large.
pub fn check(description: &Description) -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    check_size(description, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    check_name(&description.name, &mut problems);
    check_version(&description.version, &mut problems);
    check_commands(description, &mut problems);
    check_patterns(description, &mut problems);
    check_subscriptions(description, &mut problems);
    check_schedules(description, &mut problems);
    check_webhooks(description, &mut problems);
    check_wants(description, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn check_size(description: &Description, problems: &mut Vec<String>) {
    let usages = description.commands.iter().map(|command| command.usages.len()).sum();
    let counts = [
        ("commands", description.commands.len(), 200),
        ("usages", usages, 500),
        ("patterns", description.patterns.len(), 50),
        ("subscriptions", description.subscriptions.len(), 50),
        ("schedules", description.schedules.len(), SCHEDULES),
        ("webhooks", description.webhooks.len(), 50),
        ("wants", description.wants.len(), 100),
        ("settings", description.settings.len(), 100),
    ];
    let too_many = counts.into_iter().filter(|(_, count, most)| count > most);
    problems.extend(too_many.map(|(what, count, most)| format!("it has {count} {what}; there may be {most}")));
    let bytes = serde_json::to_vec(description).map_or(0, |description| description.len());
    if bytes > DESCRIPTION_BYTES {
        problems.push(format!("it has {} KiB; there may be {}", bytes / 1024, DESCRIPTION_BYTES / 1024));
    }
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
    let hears = !description.patterns.is_empty() || description.subscriptions.iter().any(|kind| kind == "message");
    if hears && !description.wants.iter().any(|grant| grant == "hear") {
        problems.push("it hears messages that are not addressed to it but does not want `hear`".to_owned());
    }
}

fn check_subscriptions(description: &Description, problems: &mut Vec<String>) {
    let unknown = description.subscriptions.iter().filter(|name| !SUBSCRIPTIONS.contains(&name.as_str()));
    problems.extend(unknown.map(|name| format!("this bot has no events `{name}` to subscribe to")));
}

fn check_schedules(description: &Description, problems: &mut Vec<String>) {
    let schedules = &description.schedules;
    for (number, schedule) in schedules.iter().enumerate() {
        let name = &schedule.name;
        if !(1..=100).contains(&name.chars().count()) {
            problems.push(format!("the name of a schedule has 1-100 characters, not {}", name.chars().count()));
        }
        if schedules[..number].iter().any(|other| other.name == *name) {
            problems.push(format!("there are two schedules `{name}`"));
        }
        if let Err(why) = Cron::read(schedule) {
            problems.push(format!("the schedule `{name}`: {why}"));
        }
    }
}

fn check_webhooks(description: &Description, problems: &mut Vec<String>) {
    let is_name =
        |name: &str| (1..=40).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    for (number, name) in description.webhooks.iter().enumerate() {
        if !is_name(name) {
            problems.push(format!("`{name}` is no name for a webhook: lower-case letters, digits and `-`, 1-40 characters"));
        }
        if description.webhooks[..number].contains(name) {
            problems.push(format!("there are two webhooks `{name}`"));
        }
    }
}

fn check_wants(description: &Description, problems: &mut Vec<String>) {
    for grant in &description.wants {
        match destination::normal(grant) {
            Ok(normal) if normal == *grant => {}
            Ok(normal) => problems.push(format!("it wants `{grant}`, which is written `{normal}`")),
            Err(why) => problems.push(format!("it wants `{grant}`: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatstand_common::declaration::{Pattern, Schedule};

    fn sound() -> Description {
        Description { name: "hat".to_owned(), version: "0.1.0".to_owned(), ..Description::default() }
    }

    #[test]
    fn finds_all_that_is_wrong_at_once() {
        assert_eq!(check(&sound()), Ok(()));
        let description = Description {
            name: "Hat!".to_owned(),
            version: "one".to_owned(),
            patterns: vec![Pattern { name: "ship".to_owned(), expression: "ship".to_owned() }],
            subscriptions: vec!["weather".to_owned()],
            webhooks: vec!["Push".to_owned()],
            ..Description::default()
        };
        assert_eq!(check(&description).map_err(|problems| problems.len()), Err(5));
    }

    #[test]
    fn says_what_is_wrong_with_a_schedule() {
        let schedule = |cron: &str, zone: &str| Schedule { name: "tick".to_owned(), cron: cron.to_owned(), zone: zone.to_owned() };
        let with = |schedules| check(&Description { schedules, ..sound() });
        assert_eq!(with(vec![schedule("0 9 * * mon-fri", "Europe/Berlin")]), Ok(()));
        let fields = "five fields as in cron: minute, hour, day of month, month, day of week, such as `0 9 * * mon-fri`";
        assert_eq!(
            with(vec![schedule("0 25 * * *", ""), schedule("0 9 * * *", "Berlin")]),
            Err(vec![
                format!("the schedule `tick`: `0 25 * * *` is no time for it: {fields}"),
                "there are two schedules `tick`".to_owned(),
                "the schedule `tick`: `Berlin` is no time zone: an IANA name is expected, such as `Europe/Berlin`".to_owned(),
            ])
        );
        assert_eq!(
            with(vec![Schedule { name: String::new(), ..schedule("0 0 31 4 *", "") }]),
            Err(vec![
                "the name of a schedule has 1-100 characters, not 0".to_owned(),
                "the schedule ``: `0 0 31 4 *` is no time for it: there is no such day".to_owned(),
            ])
        );
        assert_eq!(
            with(vec![schedule("0 9 * * *", ""); 101]).map_err(|problems| problems[0].clone()),
            Err("it has 101 schedules; there may be 100".to_owned())
        );
    }

    #[test]
    fn a_description_that_is_too_large_is_looked_at_no_further() {
        let problems = |description| check(&description).expect_err("it is too large");
        let pattern = Pattern { name: "(".to_owned(), expression: "(".to_owned() };
        assert_eq!(
            problems(Description { patterns: vec![pattern; 1_000], wants: vec!["what?".to_owned(); 101], ..sound() }),
            ["it has 1000 patterns; there may be 50", "it has 101 wants; there may be 100"]
        );
        assert_eq!(problems(Description { summary: "x".repeat(1024 * 1024), ..sound() }), ["it has 1024 KiB; there may be 256"]);
    }

    #[test]
    fn compares_versions_by_number() {
        assert!(parse_version("0.10.0") > parse_version("0.9.1"));
        assert_eq!(parse_version("1.2.3-beta.1"), Some([1, 2, 3]));
        assert_eq!(parse_version("1.2"), None);
        assert_eq!(parse_version("1.2.3.4"), None);
    }
}
