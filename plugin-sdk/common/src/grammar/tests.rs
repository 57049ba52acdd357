use super::*;
use crate::declaration::{Access, Kind, Parameter};
use crate::value::{Argument, Instant, Value};
use proptest::prelude::*;
use std::time::Duration;

/// 2026-02-26, a Thursday, 11:30 in Berlin.
const NOW: Instant = Instant(1_772_101_800_000);

const HOUR: u64 = 60 * 60;

pub(super) fn command(name: &str, usages: &[&str]) -> Command {
    Command {
        name: name.to_owned(),
        usages: usages.iter().map(|usage| (*usage).to_owned()).collect(),
        parameters: Vec::new(),
        summary: String::new(),
        help: String::new(),
        hidden: false,
        access: Access::Everybody,
        more: Vec::new(),
    }
}

impl Command {
    fn with(mut self, parameters: &[(&str, Kind)]) -> Self {
        self.parameters = parameters.iter().map(|(name, kind)| Parameter { name: (*name).to_owned(), kind: kind.clone() }).collect();
        self
    }

    fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    fn for_admins(mut self) -> Self {
        self.access = Access::Admins;
        self
    }
}

fn commands() -> Vec<Command> {
    let name = ("name", Kind::Text);
    let period = ("period", Kind::Duration);
    let reason = ("reason", Kind::Text);
    let who = ("who", Kind::Person);
    let span = ("span", Kind::Choice(vec!["Today".to_owned(), "week".to_owned()]));
    vec![
        command("on", &["[hat] on [for <period>] [because <reason...>]"]).with(&[period.clone(), reason.clone()]),
        command("off", &["[hat] off"]),
        command("who", &["hat who"]),
        command("queue", &["hat queue [for <period>] [because <reason...>]"]).with(&[period.clone(), reason.clone()]),
        command("dequeue", &["hat dequeue"]),
        command("extend", &["hat extend <period>"]).with(std::slice::from_ref(&period)),
        command("pass", &["hat pass <who>"]).with(std::slice::from_ref(&who)),
        command("stats", &["hat stats [span]"]).with(&[span]),
        command("force", &["force off [because <reason...>]"]).with(std::slice::from_ref(&reason)),
        command("memeify", &["memeify <text...>"]).with(&[("text", Kind::Text)]).hidden(),
        command("dibs", &["dibs on <name...> [for <period>] [because <reason...>]"]).with(&[name.clone(), period.clone(), reason.clone()]),
        command("dibs-any", &["dibs on any <name>"]).with(std::slice::from_ref(&name)),
        command("give", &["dibs give <name...> <who>"]).with(&[name.clone(), who.clone()]),
        command("dibs-extend", &["dibs extend <name...> <period>"]).with(&[name.clone(), period.clone()]),
        command("kick", &["dibs kick <who> [from <name>]"]).with(&[who, name.clone()]),
        command("nuke", &["dibs nuke"]).for_admins(),
        command("deploy", &["deploy <name> [to <env>] [--noop]"]).with(&[name.clone(), ("env", Kind::Text)]),
        command("lock", &["(lock|close) <name> until <when> [because <reason...>]"]).with(&[name, ("when", Kind::Instant), reason]),
        command("scale", &["scale to <count> [loudly <loud>] [in <channel>]"]).with(&[
            ("count", Kind::Integer),
            ("loud", Kind::Boolean),
            ("channel", Kind::Channel),
        ]),
        command("move", &["move <from> to <to>"]).with(&[("from", Kind::Text), ("to", Kind::Text)]),
    ]
}

fn circumstances() -> Circumstances {
    Circumstances { now: NOW, zone: "Europe/Berlin".to_owned() }
}

/// A line in which `@jane` and `#dev` are mentions.
fn line(text: &str) -> Line {
    let people = text.match_indices("@jane").map(|(at, name)| (at, name, Whom::Person("U1".into())));
    let channels = text.match_indices("#dev").map(|(at, name)| (at, name, Whom::Channel("C1".into())));
    let mut mentions: Vec<Mention> = people.chain(channels).map(|(at, name, whom)| Mention { range: at..at + name.len(), whom }).collect();
    mentions.sort_by_key(|mention| mention.range.start);
    Line { text: text.to_owned(), mentions }
}

fn reading(text: &str) -> Reading {
    let commands = commands();
    Grammar::new(&commands).unwrap().read(&line(text), &circumstances(), |command| commands[command].access == Access::Everybody)
}

/// What a line reads as: `command parameter=value ...`.
fn outcome(text: &str) -> String {
    match reading(text) {
        Reading::Matched(Match { command, arguments }) => {
            let arguments = arguments.iter().map(|argument| format!(" {}={}", argument.name, shown(&argument.value)));
            std::iter::once(commands()[command].name.clone()).chain(arguments).collect()
        }
        other => other.sentence().unwrap_or_default(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Choice(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Person(person) => person.to_string(),
        Value::Channel(channel) => channel.to_string(),
        Value::Duration(length) => crate::period::spell(*length),
        Value::Instant(moment) => crate::period::spell(moment.since(NOW)),
    }
}

#[test]
fn commands_are_read_with_their_arguments() {
    for (text, expected) in [
        ("hat on", "on"),
        ("on", "on"),
        ("HAT oN", "on"),
        ("hat on for 2 hours", "on period=2 h"),
        ("hat on for 1 hour and 30 minutes because Release Day", "on period=1 h 30 min reason=\"Release Day\""),
        ("on because  two   blanks ", "on reason=\"two   blanks\""),
        ("hat extend 1h30m", "extend period=1 h 30 min"),
        ("hat extend “an hour”", "extend period=1 h"),
        ("hat pass @jane", "pass who=U1"),
        ("hat pass @jane!", "pass who=U1"),
        ("hat stats", "stats"),
        ("hat stats TODAY", "stats span=Today"),
        ("memeify Some Text", "memeify text=\"Some Text\""),
        ("dibs kick @jane from web", "kick who=U1 name=\"web\""),
        ("dibs nuke", "nuke"),
        ("deploy Web to \"my env\"", "deploy name=\"Web\" env=\"my env\""),
        ("deploy web —noop", "deploy name=\"web\""),
        ("close web until 17:30 because I say so", "lock name=\"web\" when=6 h reason=\"I say so\""),
        ("lock web until “tomorrow at 9am”", "lock name=\"web\" when=21 h 30 min"),
        ("lock web until tomorrow 9am", "lock name=\"web\" when=21 h 30 min"),
        ("scale to -3 loudly YES in #dev", "scale count=-3 loud=true channel=C1"),
        ("move @jane to #dev", "move from=\"@jane\" to=\"#dev\""),
        ("move to to to", "move from=\"to\" to=\"to\""),
        ("\u{200f}hat\u{0}on\u{200b}\u{202c}", "on"),
    ] {
        assert_eq!(outcome(text), expected, "{text}");
    }
}

#[test]
fn a_length_that_cannot_be_is_no_part_of_a_name() {
    for text in
        ["dibs on x for 0 minutes", "dibs on table for two for -2 hours", "dibs on x for 2 months", "dibs on x for 600 weeks because y"]
    {
        let Reading::Misread(misread) = reading(text) else { panic!("{text} is read") };
        assert!(matches!(misread.reason, Reason::Unreadable { .. }), "{text}: {:?}", misread.reason);
    }
    assert_eq!(outcome("dibs on x because we wait for 0 minutes"), "dibs name=\"x\" reason=\"we wait for 0 minutes\"");
    assert_eq!(outcome("dibs on \"x for 0 minutes\""), "dibs name=\"x for 0 minutes\"");
}

#[test]
fn a_name_of_several_words_ends_where_the_rest_matches() {
    for (text, expected) in [
        ("dibs on table for two", "dibs name=\"table for two\""),
        ("dibs on table for 2 hours", "dibs name=\"table\" period=2 h"),
        ("dibs on table for two for 2 hours", "dibs name=\"table for two\" period=2 h"),
        ("dibs on x for 1h for 2h", "dibs name=\"x for 1h\" period=2 h"),
        ("dibs on x because y because z", "dibs name=\"x\" reason=\"y because z\""),
        ("dibs on x because y for 2h", "dibs name=\"x\" reason=\"y for 2h\""),
        ("dibs on x for 2h because y", "dibs name=\"x\" period=2 h reason=\"y\""),
        ("dibs on x for banana", "dibs name=\"x for banana\""),
        ("dibs on x for 2h now", "dibs name=\"x for 2h now\""),
        ("dibs on x because", "dibs name=\"x because\""),
        ("dibs on \"x because y\"", "dibs name=\"x because y\""),
        ("dibs on \"table for 2 hours\" for 1 hour", "dibs name=\"table for 2 hours\" period=1 h"),
        ("dibs on Table \"For\" Two", "dibs name=\"Table \\\"For\\\" Two\""),
        ("dibs on for for 2h", "dibs name=\"for\" period=2 h"),
        ("dibs on x, y for 2h", "dibs name=\"x, y\" period=2 h"),
        ("dibs give table for two @jane", "give name=\"table for two\" who=U1"),
        ("dibs extend table 2 30 minutes", "dibs-extend name=\"table 2\" period=30 min"),
    ] {
        assert_eq!(outcome(text), expected, "{text}");
    }
}

#[test]
fn the_more_specific_usage_is_meant() {
    let text = |name| [(name, Kind::Text)];
    let commands = [
        command("rest", &["x <a...>"]).with(&text("a")),
        command("text", &["x <a>"]).with(&text("a")),
        command("number", &["x <a>"]).with(&[("a", Kind::Integer)]),
        command("word", &["x y"]),
    ];
    let grammar = Grammar::new(&commands).unwrap();
    for (text, expected) in [("x y", "word"), ("x 3", "number"), ("x z", "text"), ("x \"y\"", "text"), ("x y z", "rest")] {
        let Reading::Matched(matched) = grammar.read(&text.into(), &circumstances(), |_| true) else { panic!("{text}") };
        assert_eq!(grammar.commands()[matched.command].name, expected, "{text}");
    }
    assert_eq!(outcome("dibs on any web"), "dibs-any name=\"web\"");
    assert_eq!(outcome("dibs on \"any\" web"), "dibs name=\"\\\"any\\\" web\"");
}

#[test]
fn a_line_that_does_not_fit_is_answered_with_the_reason_and_the_usage() {
    const ON: &str = "\nUsage: `hat on [for <period>] [because <reason...>]`";
    const LOCK: &str = "\nUsage: `(lock|close) <name> until <when> [because <reason...>]`";
    const SCALE: &str = "\nUsage: `scale to <count> [loudly <loud>] [in <channel>]`";
    for (text, sentence, usage) in [
        ("hat on for banana", "`banana` is not a length of time: try `2h`, `45 minutes` or `1h30m`.", ON),
        ("hat on for 30", "`30` what? Say `30 minutes` or `30 hours`.", ON),
        ("hat on for 0 minutes", "`0 minutes` is no time at all: try `2h`, `45 minutes` or `1h30m`.", ON),
        ("hat on for", "`<period>` is missing: a length of time, such as `2h`, `45 minutes` or `1h30m`.", ON),
        ("hat on for \"\"", "There is nothing to read: write at least one word.", ON),
        ("hat on for \"2h lunch\"", "`2h lunch` is not a length of time: try `2h`, `45 minutes` or `1h30m`.", ON),
        ("hat on for \"30 *x*\"", "`30 *x*` is not a length of time: try `2h`, `45 minutes` or `1h30m`.", ON),
        ("hat on for \"30\"", "`30` what? Say `30 minutes` or `30 hours`.", ON),
        ("hat on banana", "I did not expect `banana` after `hat on`.", ON),
        ("hat on \"for\" 2h", "I did not expect `\"for\"` after `hat on`.", ON),
        ("hat on for 2h `now`", "I did not expect `now` after `hat on for 2h`.", ON),
        ("hat on because", "`<reason>` is missing: say it in one word or more.", ON),
        ("hat on because \"\"", "There is nothing to read: write at least one word.", ON),
        ("hat pass jane", "`jane` is not a mention: write `@jane`.", "\nUsage: `hat pass <who>`"),
        ("hat pass #dev", "`#dev` is not somebody: write something like `@jane`.", "\nUsage: `hat pass <who>`"),
        ("hat stats banana", "`banana` is not one of the choices: write `Today` or `week`.", "\nUsage: `hat stats [<span>]`"),
        ("lock web until 2020-01-01", "`2020-01-01` is in the past: name a moment that is still to come.", LOCK),
        ("lock web until banana", "`banana` is not a moment: try `17:30`, `tomorrow 9am` or `2026-03-01 12:00`.", LOCK),
        ("lock web", "`until` is missing.", LOCK),
        ("lock web for", "I did not expect `for` after `lock web`.", LOCK),
        ("scale to many", "`many` is not a whole number: write it in digits, such as `3`.", SCALE),
        ("scale to 99999999999999999999", "`99999999999999999999` is too large a number for me: try a smaller one.", SCALE),
        ("scale to 3 loudly perhaps", "`perhaps` is neither yes nor no: write `yes`, `on`, `true`, `no`, `off` or `false`.", SCALE),
        ("scale to 3 in dev", "`dev` is not a mention: write `#dev`.", SCALE),
        ("dibs give web jane", "`jane` is not a mention: write `@jane`.", "\nUsage: `dibs give <name...> <who>`"),
        ("scale banana", "I did not expect `banana` after `scale`.", SCALE),
        ("scale", "More is needed after `scale`.", SCALE),
    ] {
        assert_eq!(outcome(text), format!("{sentence}{usage}"), "{text}");
    }
}

#[test]
fn a_misread_line_names_the_command_and_the_place() {
    let Reading::Misread(misread) = reading("hat on for  banana split") else { panic!() };
    assert_eq!((commands()[misread.command].name.as_str(), misread.at), ("on", 12));
    let Reading::Misread(misread) = reading("hat extend ") else { panic!() };
    assert_eq!((commands()[misread.command].name.as_str(), misread.at), ("extend", 11));
}

#[test]
fn a_half_known_line_is_answered_with_all_that_begins_so() {
    let sentence = outcome("dibs");
    assert!(sentence.starts_with("More is needed after `dibs`.\nUsage: `dibs on <name...>"), "{sentence}");
    assert_eq!(sentence.lines().count(), 6);
    assert!(!sentence.contains("nuke"));
    assert!(outcome("dibs banana").starts_with("I did not expect `banana` after `dibs`.\nUsage: `dibs on"));
}

#[test]
fn the_nearest_usage_comes_first() {
    let usages = ["x here", "x <a> now", "x for <period> in <a>"];
    let parameters = [("a", Kind::Text), ("period", Kind::Duration)];
    let grammar = Grammar::new(&[command("x", &usages).with(&parameters), command("y", &["x for ever"])]).unwrap();
    let Reading::Misread(misread) = grammar.read(&"x for 2h on".into(), &circumstances(), |_| true) else { panic!() };
    assert_eq!(misread.usages, ["x for <period> in <a>", "x <a> now", "x here"]);
}

#[test]
fn an_unknown_line_is_answered_with_what_was_meant() {
    for (text, sentence) in [
        ("dploy web", "I don't know `dploy`. Did you mean `deploy`?"),
        ("hat quue", "I don't know `hat quue`. Did you mean `hat queue`?"),
        ("hat fo", "I did not expect `fo` after `hat`."),
        ("hat of", "I don't know `hat of`. Did you mean `hat on` or `hat off`?"),
        ("hat who?", "I don't know `hat who?`. Did you mean `hat who`?"),
        ("hello there", "I don't know `hello`."),
        ("\"hat\" on", "I don't know `\"hat\"`."),
        ("@jane hat on", "I don't know `@jane`."),
        ("`rm` -rf", "I don't know `rm`."),
    ] {
        assert_eq!(outcome(text).lines().next(), Some(sentence), "{text}");
    }
}

#[test]
fn nothing_is_suggested_that_is_hidden_or_not_allowed() {
    assert_eq!(outcome("memefy hello"), "I don't know `memefy`.");
    assert!(!outcome("dibs nuk").contains("nuke"));
    let grammar = Grammar::new(&commands()).unwrap();
    let Reading::Unknown(unknown) = grammar.read(&line("dibs nuk"), &circumstances(), |_| true) else { panic!() };
    assert_eq!(unknown.suggestions, ["dibs nuke"]);
}

#[test]
fn a_longer_command_is_suggested_though_a_shorter_one_begins_the_line() {
    let commands = [command("hat", &["hat"]), command("queue", &["hat queue"])];
    let grammar = Grammar::new(&commands).unwrap();
    let read = |text: &str| grammar.read(&text.into(), &circumstances(), |_| true);
    assert_eq!(read("hat quue").sentence().unwrap(), "I don't know `hat quue`. Did you mean `hat queue`?");
    assert_eq!(read("hat banana").sentence().unwrap(), "I did not expect `banana` after `hat`.\nUsage: `hat`");
}

#[test]
fn what_was_typed_cannot_format_the_answer() {
    let sentence = outcome("hat on for ``*bold*``\u{202e}\u{7}");
    assert!(sentence.starts_with("`*bold*` is not a length of time"), "{sentence}");
    for long in ["x", "9", "\u{202e}9"] {
        let sentence = outcome(&format!("hat on for {}", long.repeat(4000)));
        assert!(sentence.chars().count() < 300 && !sentence.contains('\u{202e}'), "{sentence}");
    }
}

#[test]
fn nothing_is_read_from_blanks() {
    for text in ["", "  \n\t", "\u{0}\u{200b}\u{202e}"] {
        assert_eq!(reading(text), Reading::Empty, "{text:?}");
    }
    assert_eq!(outcome(""), "");
}

#[test]
fn a_line_beyond_the_limit_is_not_read() {
    let long = |bytes: usize| format!("memeify {}", "x".repeat(bytes - 8));
    assert!(matches!(reading(&long(LONGEST_LINE)), Reading::Matched(_)));
    assert_eq!(reading(&long(LONGEST_LINE + 1)), Reading::TooLong { bytes: LONGEST_LINE + 1, limit: LONGEST_LINE });
    assert_eq!(outcome(&long(100_000)), "That is too long for me: I read up to 16384 bytes. Say it in fewer words.");
}

#[test]
fn commands_with_problems_make_no_grammar() {
    assert!(Grammar::new(&[command("x", &["x ["])]).is_err());
    assert!(Grammar::new(&[command("x", &["x"]), command("y", &["x"])]).is_err());
    // Commands of two plugins may have the same name.
    assert!(Grammar::new(&[command("x", &["x"]), command("x", &["y"])]).is_ok());
}

#[test]
fn a_setting_is_read_whole() {
    let read = |kind: &Kind, text: &str| read(kind, &line(text), &circumstances());
    assert_eq!(read(&Kind::Text, "  Several words "), Ok(Value::Text("Several words".to_owned())));
    assert_eq!(read(&Kind::Text, "\"quoted words\""), Ok(Value::Text("quoted words".to_owned())));
    assert_eq!(read(&Kind::Integer, "7"), Ok(Value::Integer(7)));
    assert_eq!(read(&Kind::Boolean, "Off"), Ok(Value::Boolean(false)));
    assert_eq!(read(&Kind::Duration, "1 hour 30 minutes"), Ok(Value::Duration(Duration::from_secs(HOUR * 3 / 2))));
    assert_eq!(read(&Kind::Instant, "tomorrow 9am"), Ok(Value::Instant(NOW + Duration::from_secs(HOUR * 43 / 2))));
    assert_eq!(read(&Kind::Person, "@jane"), Ok(Value::Person("U1".into())));
    assert_eq!(read(&Kind::Channel, "#dev"), Ok(Value::Channel("C1".into())));
    let why = |kind: &Kind, text: &str| read(kind, text).unwrap_err().why;
    assert_eq!(why(&Kind::Text, ""), Why::Empty);
    assert_eq!(why(&Kind::Integer, "7 8"), Why::NotInteger);
    assert_eq!(why(&Kind::Duration, "2h lunch"), Why::NotLength);
    assert_eq!(why(&Kind::Duration, "\"2h lunch\""), Why::NotLength);
    assert_eq!(why(&Kind::Person, "jane"), Why::NotPerson);
}

fn junk() -> impl Strategy<Value = String> {
    let words = [
        "hat",
        "on",
        "off",
        "for",
        "because",
        "dibs",
        "until",
        "2h",
        "1",
        "hour",
        "and",
        "a",
        "9am",
        "tomorrow",
        "fri",
        "\"",
        "“",
        "'",
        "—",
        "@jane",
        "#dev",
        "\u{202e}",
        "\u{0}",
        "lock",
        "web",
        "force",
        "give",
        "hat queue",
        "2026-03-01",
        "-2 hours",
        "yes",
    ];
    let piece = prop_oneof![4 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => any::<String>()];
    let gap = prop_oneof![4 => Just(" "), 1 => Just("")];
    proptest::collection::vec((piece, gap).prop_map(|(piece, gap)| piece + gap), 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_line_reads_and_reads_the_same_again(text in junk()) {
        let first = reading(&text);
        prop_assert_eq!(&first, &reading(&text));
        let sentence = first.sentence().unwrap_or_default();
        prop_assert!(sentence.matches('`').count().is_multiple_of(2), "{}", sentence);
        let answered = matches!(first, Reading::Matched(_) | Reading::Empty) || !sentence.is_empty();
        prop_assert!(answered);
    }

    #[test]
    fn any_text_is_read_as_any_kind_or_refused(text in junk(), now in any::<u64>(), zone in "[A-Z][a-z]{0,5}|UTC|Asia/Tokyo") {
        let circumstances = Circumstances { now: Instant(now), zone };
        let choice = Kind::Choice(vec!["on".to_owned()]);
        let plain = [Kind::Text, Kind::Integer, Kind::Boolean, Kind::Person, Kind::Channel, Kind::Duration, Kind::Instant];
        for kind in plain.into_iter().chain([choice]) {
            if let Err(unreadable) = read(&kind, &line(&text), &circumstances) {
                prop_assert!(unreadable.sentence().ends_with('.'));
            }
        }
    }

    #[test]
    fn any_usage_parses_or_is_refused(text in "([a-c<>\\[\\]()|.é ]|<a>|<b...>|\\[a\\]){0,30}") {
        if let Ok(usage) = Usage::parse(&text, &["a", "b"]) {
            prop_assert_eq!(Usage::parse(&usage.to_string(), &["a", "b"]), Ok(usage));
        }
    }
}

/// What a line is read as by a command with marks: its arguments.
fn parted(line: &str) -> Vec<(String, String)> {
    let names = ["app", "ref", "env", "hosts", "task", "reason"].map(|name| (name, Kind::Text));
    let plain = command("deploy", &["deploy <app>[(@|/)<ref>] [to <env>[/<hosts>]] [because <reason...>]"]);
    let commands = [
        plain.with(&[names[0].clone(), names[1].clone(), names[2].clone(), names[3].clone(), names[5].clone()]),
        command("task", &["deploy:<task> <app>"]).with(&[names[4].clone(), names[0].clone()]),
        command("force", &["deploy! <app>[(@|/)<ref>]"]).with(&names[..2]),
        command("lock", &["lock <env> on <app>: <reason...>"]).with(&[names[2].clone(), names[0].clone(), names[5].clone()]),
    ];
    let grammar = Grammar::new(&commands).unwrap();
    let Reading::Matched(found) = grammar.read(&Line::from(line), &circumstances(), |_| true) else {
        return Vec::new();
    };
    let text = |argument: Argument| match argument.value {
        Value::Text(text) => (argument.name, text),
        other => panic!("{other:?}"),
    };
    std::iter::once((grammar.commands()[found.command].name.clone(), String::new())).chain(found.arguments.into_iter().map(text)).collect()
}

#[test]
fn marks_part_the_words_that_they_stand_in() {
    for (line, arguments) in [
        ("deploy web", "deploy app=web"),
        ("deploy web@main", "deploy app=web ref=main"),
        ("deploy web/feature", "deploy app=web ref=feature"),
        ("deploy web@fix/it@2 to prod/a,b", "deploy app=web ref=fix/it@2 env=prod hosts=a,b"),
        ("deploy web @ main", "deploy app=web ref=main"),
        ("deploy \"web@main\"", "deploy app=web@main"),
        ("deploy web because a@b /c d:e", "deploy app=web reason=a@b /c d:e"),
        ("DEPLOY:migrate web", "task task=migrate app=web"),
        ("deploy! web@main", "force app=web ref=main"),
        ("lock prod on web: it is broken: really", "lock env=prod app=web reason=it is broken: really"),
        ("lock prod on web:broken", "lock env=prod app=web reason=broken"),
    ] {
        let read: Vec<String> =
            parted(line).into_iter().map(|(name, text)| if text.is_empty() { name } else { format!("{name}={text}") }).collect();
        assert_eq!(read.join(" "), arguments, "{line}");
    }
    for line in ["deploy web@", "deploy @main", "deploy:", "deploy: web to prod", "lock prod on web"] {
        assert!(parted(line).is_empty(), "{line}");
    }
}

#[test]
fn what_does_not_fit_a_usage_with_marks_is_named_where_it_stands() {
    let names = ["app", "ref"].map(|name| (name, Kind::Text));
    let grammar = Grammar::new(&[command("deploy", &["deploy <app>[@<ref>]"]).with(&names)]).unwrap();
    let Reading::Misread(misread) = grammar.read(&Line::from("deploy web@main x"), &circumstances(), |_| true) else {
        panic!("it has a word too much");
    };
    assert_eq!(misread.at, 16);
    assert_eq!(misread.sentence(), "I did not expect `x` after `deploy web@main`.\nUsage: `deploy <app>[@<ref>]`");
}
