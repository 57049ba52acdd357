//! Everything that can be decided, against somebody who decides it by hand.

use super::*;
use crate::model::PluginName;
use hatstand_common::declaration::{Access, AccessDefault, Command, Description, Kind, Parameter};
use hatstand_common::value::{Argument, Channel, Value};
use proptest::prelude::*;

/// A command, the plugin it belongs to, and everything that it can be called.
struct Known {
    plugin: &'static str,
    command: Command,
    called: &'static [&'static str],
}

fn known() -> Vec<Known> {
    let known = |plugin, usage: &str, access, called| Known { plugin, command: command(usage, access), called };
    vec![
        known("dibs", "dibs steal <name> [because <reason...>]", Access::Everybody, &["dibs steal"]),
        known("dibs", "[dibs] off [<name>]", Access::Everybody, &["dibs off", "off"]),
        known("dibs", "dibs nuke <name>", Access::Admins, &["dibs nuke"]),
        known("hat", "hat (on|up) [now] [<name>]", Access::Everybody, &["hat on", "hat up"]),
    ]
}

fn command(usage: &str, access: Access) -> Command {
    let parameters = ["name", "reason"].iter().filter(|name| usage.contains(&format!("<{name}")));
    let parameters = parameters.map(|name| Parameter { name: (*name).to_owned(), kind: Kind::Text }).collect();
    let (name, summary, help) = (usage.to_owned(), String::new(), String::new());
    Command { name, usages: vec![usage.to_owned()], parameters, summary, help, hidden: false, access, more: Vec::new() }
}

/// A rule as somebody writes it.
#[derive(Clone, Debug)]
struct Written {
    command: &'static str,
    plugin: Option<&'static str>,
    name: Option<&'static str>,
    channel: Option<&'static str>,
    allow: &'static [&'static str],
}

const COMMANDS: [&str; 7] = ["*", "dibs *", "dibs steal", "Dibs  OFF", "off", "hat up", "dibs"];
const PLUGINS: [Option<&str>; 2] = [None, Some("dibs")];
const NAMES: [Option<&str>; 3] = [None, Some("prod-*"), Some("*")];
const CHANNELS: [Option<&str>; 3] = [None, Some("C1"), Some("#Ops")];
const ALLOWS: [&[&str]; 4] = [&["everybody"], &["nobody"], &["admins"], &["ops", "deployers"]];

/// What is called, by whom and where.
#[derive(Clone, Debug)]
struct Called {
    command: usize,
    name: Option<&'static str>,
    channel: Option<(&'static str, &'static str)>,
    roles: &'static [&'static str],
}

const ARGUMENTS: [Option<&str>; 5] =
    [None, Some("sandbox"), Some(" ＰＲＯＤ-1\u{200b} "), Some("prod-1, prod-2"), Some("sandbox + prod-1")];
const PLACES: [Option<(&str, &str)>; 3] = [None, Some(("C1", "dev")), Some(("C2", "ops"))];
const PEOPLE: [&[&str]; 4] = [&[], &["admins"], &["deployers"], &["admins", "ops"]];

impl Written {
    fn rule(&self) -> Rule {
        let line = |key: &str, value: Option<&str>| value.map(|value| format!("{key} = {value:?}\n")).unwrap_or_default();
        let text = [
            line("command", Some(self.command)),
            line("plugin", self.plugin),
            line("arguments.name", self.name),
            line("channel", self.channel),
            format!("allow = {:?}\n", self.allow),
        ];
        toml::from_str(&text.concat()).expect("a rule")
    }
}

/// How much of an argument is like a pattern: nothing, something, everything.
fn likeness(pattern: &str, argument: Option<&str>) -> u8 {
    match (pattern, argument) {
        (_, None) | ("prod-*", Some("sandbox")) => 0,
        ("prod-*", Some("sandbox + prod-1")) => 1,
        _ => 2,
    }
}

/// Whether it is allowed, decided as one reads the rules.
fn by_hand(known: &Known, rules: &[Written], called: &Called) -> bool {
    let among = |allow: &[&str]| allow.contains(&"everybody") || called.roles.iter().any(|role| allow.contains(role));
    let Some((rule, rest)) = rules.split_first() else {
        return known.command.access == Access::Everybody || called.roles.contains(&"admins");
    };
    let wanted = rule.command.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let names_it = match wanted.strip_suffix('*') {
        Some(beginning) => known.called.iter().any(|name| name.starts_with(beginning)),
        None => known.called.contains(&wanted.as_str()),
    };
    let here = match rule.channel {
        None => true,
        Some("C1") => called.channel == Some(("C1", "dev")),
        Some(_) => called.channel == Some(("C2", "ops")),
    };
    let alike = rule.name.map_or(2, |pattern| likeness(pattern, called.name));
    if !names_it || !here || alike == 0 || rule.plugin.is_some_and(|plugin| plugin != known.plugin) {
        return by_hand(known, rest, called);
    }
    among(rule.allow) && ((alike == 2 && wanted != "*") || by_hand(known, rest, called))
}

fn standing<'r>(rules: &'r [Rule], called: &Called) -> Authority<'r> {
    let roles = called.roles.iter().map(|role| RoleName::parse(role).expect("a role")).collect();
    let channel = called.channel.map(|(id, name)| Channel { id: id.into(), name: name.to_owned(), direct: false, archived: false });
    Authority::Of(Standing { rules, roles, channel })
}

fn decided(known: &Known, rules: &[Rule], called: &Called) -> Ruling {
    let arguments = called.name.map(|name| Argument { name: "name".to_owned(), value: Value::Text(name.to_owned()) });
    standing(rules, called).ruling(&PluginName::from(known.plugin), &known.command, arguments.as_slice())
}

/// Both decide alike about every call of these.
fn agree(written: &[Written], calls: &[Called]) {
    let (known, rules) = (known(), written.iter().map(Written::rule).collect::<Vec<_>>());
    for called in calls {
        let known = &known[called.command];
        let allowed = matches!(decided(known, &rules, called), Ruling::Allowed { .. });
        assert_eq!(allowed, by_hand(known, written, called), "{written:?} {called:?}");
        let could = standing(&rules, called).could(&PluginName::from(known.plugin), &known.command);
        assert!(could || !allowed, "what is allowed is shown: {written:?} {called:?}");
    }
}

fn calls() -> Vec<Called> {
    let mut calls = Vec::new();
    for command in 0..known().len() {
        for name in ARGUMENTS {
            for channel in PLACES {
                calls.extend(PEOPLE.map(|roles| Called { command, name, channel, roles }));
            }
        }
    }
    calls
}

#[test]
fn each_rule_decides_each_call_as_one_reads_it() {
    let calls = calls();
    for command in COMMANDS {
        for plugin in PLUGINS {
            for name in NAMES {
                for channel in CHANNELS {
                    for allow in ALLOWS {
                        agree(&[Written { command, plugin, name, channel, allow }], &calls);
                    }
                }
            }
        }
    }
}

fn written() -> impl Strategy<Value = Written> {
    use proptest::sample::select;
    let parts = (select(&COMMANDS[..]), select(&PLUGINS[..]), select(&NAMES[..]), select(&CHANNELS[..]), select(&ALLOWS[..]));
    parts.prop_map(|(command, plugin, name, channel, allow)| Written { command, plugin, name, channel, allow })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_first_rule_that_matches_decides(rules in prop::collection::vec(written(), 0..6)) {
        agree(&rules, &calls());
    }
}

#[test]
fn a_decision_says_which_rule_made_it() {
    let rule = |command, allow| Written { command, plugin: None, name: None, channel: None, allow }.rule();
    let rules = [rule("hat up", &["nobody"][..]), rule("dibs steal", &["ops", "deployers"][..])];
    let known = known();
    let of = |command: usize, roles| match decided(&known[command], &rules, &Called { command, name: Some("x"), channel: None, roles }) {
        Ruling::Allowed { rule } => rule,
        Ruling::Denied(denial) => format!("not {}", denial.rule),
    };
    assert_eq!(of(0, PEOPLE[2]), "rule 2 (deployers)");
    assert_eq!(of(0, PEOPLE[0]), "not rule 2 (ops, deployers)");
    assert_eq!(of(1, PEOPLE[0]), "everybody");
    assert_eq!(of(2, PEOPLE[1]), "admins");
    assert_eq!(of(2, PEOPLE[0]), "not admins");
    assert_eq!(of(3, PEOPLE[1]), "not rule 1 (nobody)");
}

#[test]
fn a_program_has_the_roles_of_its_token_and_of_no_other() {
    let ids = |id: &str| principals(&id.into()).into_iter().map(|id| id.0).collect::<Vec<_>>();
    assert_eq!(ids("U1"), ["U1"]);
    assert_eq!(ids("api:ci"), ["api:ci"]);
    assert_eq!(ids("api:ci:pipeline 12"), ["api:ci:pipeline 12", "api:ci"]);
    assert_eq!(ids("api:ci2:x"), ["api:ci2:x", "api:ci2"]);
    assert_eq!(ids("u:ci:x"), ["u:ci:x"]);
}

#[test]
fn arguments_of_every_kind_can_be_compared() {
    use std::time::Duration;
    let fits = |pattern: &str, value: Value| {
        let rule = format!("command = \"*\"\nallow = [\"nobody\"]\narguments.it = {pattern:?}");
        let rule: Rule = toml::from_str(&rule).expect("a rule");
        rule.fits(&[Argument { name: "it".to_owned(), value }]) == rule::Fit::Wholly
    };
    assert!(fits("1[0-9]", Value::Integer(12)));
    assert!(fits("yes", Value::Boolean(true)));
    assert!(fits("u12*", Value::Person("U123".into())));
    assert!(fits("c1", Value::Channel("C1".into())));
    assert!(fits("2 h", Value::Duration(Duration::from_secs(7_200))));
    assert!(fits("{web,api}", Value::Choice("Web".to_owned())));
    assert!(!fits("{web,api}", Value::Text("webapi".to_owned())));
}

/// An action of dibs that stands for `dibs steal`.
fn actions() -> Actions {
    let commands = known().into_iter().filter(|known| known.plugin == "dibs").map(|known| known.command).collect();
    let steal =
        r#"[{"name": "steal", "phrase": "steal <name>", "default": "everybody", "commands": ["dibs steal <name> [because <reason...>]"]}]"#;
    let more = vec![("actions".to_owned(), steal.to_owned())];
    Actions::of(&Description { commands, more, ..Description::default() }).expect("they are sound")
}

/// Decides about stealing, as somebody who has no role.
fn steals(rules: &str, name: &str, channel: Option<Channel>, called: Option<&str>) -> Ruling {
    let rules: BTreeMap<String, Vec<Rule>> = toml::from_str(&format!("rules = [{rules}]")).expect("rules");
    let actions = actions();
    let arguments = called.map(|typed| vec![Argument { name: "name".to_owned(), value: Value::Text(typed.to_owned()) }]);
    let openings = actions.openings("dibs steal <name> [because <reason...>]");
    let called = arguments.as_ref().map(|arguments| CalledCommand { openings, arguments });
    let standing = Standing { rules: &rules["rules"], roles: BTreeSet::new(), channel };
    standing.decide(Operation {
        plugin: &PluginName::from("dibs"),
        action: actions.named("steal").expect("it is declared"),
        subject: &vec![("name".to_owned(), name.to_owned())],
        default: AccessDefault::Everybody,
        called,
    })
}

fn allowed(ruling: &Ruling) -> bool {
    matches!(ruling, Ruling::Allowed { .. })
}

#[test]
fn a_command_rule_holds_for_the_action_however_it_is_reached() {
    let rule = r#"{ command = "dibs steal", arguments = { name = "prod-*" }, allow = ["ops"] }"#;
    assert!(!allowed(&steals(rule, "prod-1", None, None)), "a button");
    assert!(!allowed(&steals(rule, "prod-1", None, Some("alias"))), "another name for it");
    assert!(!allowed(&steals(rule, "PROD-1", None, Some("\"prod-1\", x"))), "in quotes");
    assert!(allowed(&steals(rule, "sandbox", None, Some("prod-1"))), "the subject counts, not the word");
    let other = r#"{ command = "dibs off", allow = ["nobody"] }"#;
    assert!(allowed(&steals(other, "prod-1", None, None)), "a rule about another command");
}

#[test]
fn an_action_rule_decides_in_its_place_and_a_command_that_was_given_can_only_forbid() {
    let both = r#"{ action = "dibs steal", allow = ["everybody"] }, { command = "dibs steal", allow = ["nobody"] }"#;
    assert!(allowed(&steals(both, "prod-1", None, None)));
    assert!(!allowed(&steals(both, "prod-1", None, Some("prod-1"))));
    for rule in ["dibs steal", "dibs *", "*"] {
        assert!(!allowed(&steals(&format!("{{ action = \"{rule}\", allow = [\"nobody\"] }}"), "x", None, None)), "{rule}");
    }
    assert!(allowed(&steals(r#"{ action = "hat *", allow = ["nobody"] }"#, "x", None, None)));
}

#[test]
fn a_rule_for_a_channel_whose_name_is_not_known_forbids_there_and_allows_nothing() {
    let named = |name: &str| Some(Channel { id: "C2".into(), name: name.to_owned(), direct: false, archived: false });
    let forbids = r#"{ action = "dibs steal", channel = "ops", allow = ["nobody"] }"#;
    assert!(!allowed(&steals(forbids, "x", named("ops"), None)) && !allowed(&steals(forbids, "x", named(""), None)));
    assert!(allowed(&steals(forbids, "x", named("dev"), None)));
    let allows = r#"{ action = "dibs steal", channel = "ops", allow = ["everybody"] }, { action = "*", allow = ["nobody"] }"#;
    assert!(allowed(&steals(allows, "x", named("ops"), None)) && !allowed(&steals(allows, "x", named(""), None)));
}

#[test]
fn a_rule_about_everything_makes_nobody_an_administrator() {
    let standing = |rules| Standing { rules, roles: BTreeSet::from([RoleName::members()]), channel: None };
    let rule = |text: &str| toml::from_str::<Rule>(text).expect("a rule");
    let rules = [rule("command = \"*\"\nallow = [\"members\"]"), rule("action = \"*\"\nallow = [\"members\"]")];
    let known = known();
    let ruling = |index: usize| Authority::Of(standing(&rules)).ruling(&PluginName::from("dibs"), &known[index].command, &[]);
    assert!(matches!(ruling(0), Ruling::Allowed { .. }), "everybody's by default");
    assert!(matches!(ruling(2), Ruling::Denied(_)), "administrators' by default");
    let actions = actions();
    let decide = |default| {
        standing(&rules).decide(Operation {
            plugin: &PluginName::from("dibs"),
            action: actions.named("steal").expect("it is declared"),
            subject: &Vec::new(),
            default,
            called: None,
        })
    };
    assert!(
        allowed(&decide(AccessDefault::Everybody)) && !allowed(&decide(AccessDefault::Admins)) && !allowed(&decide(AccessDefault::Nobody))
    );
}

#[test]
fn quotes_hide_no_name_from_a_rule() {
    let rule: Rule = toml::from_str("command = \"*\"\nallow = [\"nobody\"]\narguments.names = \"prod-*\"").expect("a rule");
    let fits = |typed: &str| rule.fits(&[Argument { name: "names".to_owned(), value: Value::Text(typed.to_owned()) }]) != rule::Fit::No;
    for (open, close) in [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’'), ('`', '`'), ('”', '”')] {
        for typed in [format!("{open}prod-1{close}, x"), format!("x + {open} prod-1 {close}"), format!("{open}prod-1{close}")] {
            assert!(fits(&typed), "{typed}");
        }
    }
    assert!(!fits("sandbox, \"web\""));
}
