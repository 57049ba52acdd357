use super::*;
use crate::declaration::{Access, Command, Kind, Parameter};

const NAMES: &[&str] = &["who", "name", "period", "reason", "a", "b"];

fn parse(text: &str) -> Result<Usage, UsageError> {
    Usage::parse(text, NAMES)
}

fn literal(word: &str) -> Element {
    Element::Literal(word.to_owned())
}

fn parameter(name: &str, rest: bool) -> Element {
    Element::Parameter { name: name.to_owned(), rest }
}

#[test]
fn a_usage_is_read_as_a_structure() {
    let usage = parse("[hat] on (now|later) <name> [who] [for <period>] [because <reason...>]").unwrap();
    assert_eq!(
        usage.elements,
        [
            Element::Optional(vec![literal("hat")]),
            literal("on"),
            Element::OneOf(vec!["now".to_owned(), "later".to_owned()]),
            parameter("name", false),
            Element::Optional(vec![parameter("who", false)]),
            Element::Optional(vec![literal("for"), parameter("period", false)]),
            Element::Optional(vec![literal("because"), parameter("reason", true)]),
        ]
    );
}

#[test]
fn a_usage_is_shown_in_canonical_form_and_read_again() {
    for (text, shown) in [
        ("hat on [for <period>] [because <reason...>]", "hat on [for <period>] [because <reason...>]"),
        ("  greet   [who]  [because<reason...>] ", "greet [<who>] [because <reason...>]"),
        ("say [ reason... ]", "say [<reason...>]"),
        ("stats [(today | week)]", "stats [(today|week)]"),
        ("[hat] On", "[hat] On"),
        ("deploy! --noop", "deploy! --noop"),
        ("set [to [exactly] <name>]", "set [to [exactly] <name>]"),
        ("don't", "don't"),
        ("deploy <name> [ (@|/) <who> ] to <a>[/<b>] now", "deploy <name>[(@|/)<who>] to <a>[/<b>] now"),
        ("deploy:<name> <a> : <reason...>", "deploy:<name> <a>:<reason...>"),
        ("at:home at:<name>", "at:home at:<name>"),
    ] {
        let usage = parse(text).unwrap();
        assert_eq!(usage.to_string(), shown, "{text}");
        assert_eq!(parse(shown), Ok(usage), "{shown}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    for (text, sentence) in [
        ("", "A usage needs at least one word: write what people type, such as `hat on`."),
        ("hat [on", "`[` is never closed: add `]`."),
        ("hat on]", "`]` closes nothing: remove it, or add `[` before."),
        ("hat (on|off", "`(` is never closed: add `)`."),
        ("hat on)", "`)` closes nothing: remove it, or add `(` before."),
        ("hat <name", "`<` is never closed: add `>`."),
        ("hat name>", "`>` closes nothing: remove it, or add `<` before."),
        ("hat []", "`[]` is empty: put a word or a parameter into it, or remove it."),
        ("hat (on|)", "`(on|)` is not a choice of words: write single words with `|` between them, such as `(on|off)`."),
        ("hat (on|<name>)", "`(on|<name>)` is not a choice of words: write single words with `|` between them, such as `(on|off)`."),
        ("hat on|off", "`on|off` needs round brackets: write `(on|off)`."),
        (
            "hat on...",
            "`on...` cannot be a word of a usage: remove its quotes, back-ticks and `...`; several words are written `<name...>`.",
        ),
        ("hat <>", "`<>` is not a parameter: between the angle brackets stands a name, or a name and `...`."),
        ("hat <a b>", "`<a b>` is not a parameter: between the angle brackets stands a name, or a name and `...`."),
        ("hat <nane>", "`<nane>` is not a parameter of this command: declare it, or correct the name."),
        ("hat <a> to <a>", "`<a>` stands twice in the usage: give the second one another name."),
        ("hat <a...> <b...>", "Nobody can tell where `<a...>` ends and `<b...>` begins: put a word between them, such as `because`."),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), sentence, "{text}");
    }
}

#[test]
fn a_usage_begins_with_a_word() {
    for text in ["<name> on", "[who] on", "[hat]", "[hat <who>] on", "[hat] <name>", "[who]"] {
        assert_eq!(parse(text), Err(UsageError::NoWordFirst), "{text}");
    }
    for text in ["hat", "[hat] on", "(on|off)", "[hat] [please] on <name>", "[the [red] hat] on"] {
        assert!(parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_usage_of_hostile_size_is_refused() {
    assert_eq!(parse(&"x".repeat(LONGEST + 1)), Err(UsageError::TooLong));
    assert_eq!(parse(&format!("x {}", "[y] ".repeat(7))), Err(UsageError::TooManyForms));
    assert_eq!(parse(&"(a|b) ".repeat(50)), Err(UsageError::TooManyForms));
    let nested = format!("x {}y{}", "[".repeat(140), "]".repeat(140));
    assert_eq!(parse(&nested), Err(UsageError::TooManyForms));
    assert!(parse(&format!("x {}", "[y] ".repeat(6))).is_ok());
}

#[test]
fn parameters_are_told_with_what_they_need() {
    let usage = parse("x <name> [who] [for <period>] <reason...>").unwrap();
    let told: Vec<(&str, bool, bool)> = usage.parameters().into_iter().map(|found| (found.name, found.required, found.rest)).collect();
    assert_eq!(told, [("name", true, false), ("who", false, false), ("period", false, false), ("reason", true, true)]);
}

#[test]
fn openings_are_all_ways_to_begin() {
    for (text, openings) in [
        ("hat On [for <period>]", &["hat on"][..]),
        ("[hat] on [now] <name>", &["hat on", "on"]),
        ("(lock|unlock) all <name> now", &["lock all", "unlock all"]),
        ("[[the] hat] on", &["the hat on", "hat on", "on"]),
    ] {
        let found: Vec<String> = parse(text).unwrap().openings().into_iter().map(|words| words.join(" ")).collect();
        assert_eq!(found, openings, "{text}");
    }
}

fn command(name: &str, usages: &[&str], parameters: &[(&str, Kind)]) -> Command {
    Command {
        name: name.to_owned(),
        usages: usages.iter().map(|usage| (*usage).to_owned()).collect(),
        parameters: parameters.iter().map(|(name, kind)| Parameter { name: (*name).to_owned(), kind: kind.clone() }).collect(),
        summary: String::new(),
        help: String::new(),
        hidden: false,
        access: Access::Everybody,
        more: Vec::new(),
    }
}

fn choice(words: &[&str]) -> Kind {
    Kind::Choice(words.iter().map(|word| (*word).to_owned()).collect())
}

fn problems(commands: &[Command]) -> Vec<String> {
    check(commands).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn commands_that_can_be_told_apart_have_no_problems() {
    let commands = [
        command("on", &["[hat] on [for <period>] [because <reason...>]"], &[("period", Kind::Duration), ("reason", Kind::Text)]),
        command("off", &["[hat] off", "hat release"], &[]),
        command("give", &["give <name...> <who> [note]"], &[("name", Kind::Text), ("who", Kind::Person), ("note", Kind::Text)]),
        command("tip", &["tip [who] [reason...]"], &[("who", Kind::Person), ("reason", Kind::Text)]),
        command("color", &["set <a>"], &[("a", choice(&["red", "blue"]))]),
        command("size", &["set <a>"], &[("a", choice(&["big", "small"]))]),
        command("number", &["set <a>"], &[("a", Kind::Integer)]),
        command("any", &["set <a...>"], &[("a", Kind::Text)]),
        command("list", &["list", "list [a]"], &[("a", Kind::Text)]),
    ];
    assert_eq!(problems(&commands), [""; 0]);
}

#[test]
fn usages_that_cannot_be_told_apart_are_named() {
    let text = |name| [(name, Kind::Text)];
    let take = command("take", &["hat on <a>", "hat on <b>"], &[("a", Kind::Text), ("b", Kind::Text)]);
    assert_eq!(problems(&[take]), ["`hat on <a>` and `hat on <b>` of command `take` cannot be told apart: change a word in one of them."]);

    let apart = [command("take", &["hat ON <a>"], &text("a")), command("grab", &["hat on <b> [now]"], &text("b"))];
    assert_eq!(
        problems(&apart),
        ["`hat ON <a>` of command `take` and `hat on <b> [now]` of command `grab` cannot be told apart: change a word in one of them."]
    );

    let choices =
        [command("color", &["set <a>"], &[("a", choice(&["red", "Big"]))]), command("size", &["set <a>"], &[("a", choice(&["big"]))])];
    assert_eq!(problems(&choices).len(), 1);
}

#[test]
fn a_part_that_can_never_be_reached_is_named() {
    let period = |name| (name, Kind::Duration);
    for (usage, parameters, shadowed) in [
        ("x [a] [b]", [period("a"), period("b")], "`<b>` can never be reached, because `<a>` takes"),
        ("x [for <a>] [for <b>]", [period("a"), period("b")], "`<b>` can never be reached, because `<a>` takes"),
        ("x [a] [b]", [("a", Kind::Text), ("b", Kind::Person)], "`<b>` can never be reached, because `<a>` takes"),
        ("x [a] [today] [at <b>]", [("a", Kind::Text), period("b")], "`today` can never be reached, because `<a>` takes"),
        ("x [a...] [b]", [("a", Kind::Text), ("b", Kind::Person)], "`<b>` can never be reached, because `<a...>` takes"),
    ] {
        let found = problems(&[command("x", &[usage], &parameters)]);
        assert_eq!(found.len(), 1, "{usage}: {found:?}");
        assert!(found[0].contains(shadowed), "{}", found[0]);
    }
}

#[test]
fn what_else_is_wrong_with_a_command_is_named() {
    for (command, sentence) in [
        (command("x", &[], &[]), "Command `x` has no usage: say how it is typed."),
        (
            command("x", &["x"], &[("a", Kind::Text)]),
            "Command `x` declares the parameter `a`, but no usage contains `<a>`: use it or drop it.",
        ),
        (
            command("x", &["x <a>"], &[("a", Kind::Text), ("a", Kind::Integer)]),
            "Command `x` declares the parameter `a` twice: rename one of them.",
        ),
        (
            command("x", &["x <a>"], &[("a", choice(&["b", "B"]))]),
            "The choice `a` of command `x` needs words without blanks or back-ticks, each of them once.",
        ),
        (
            command("x", &["x <a...>"], &[("a", Kind::Duration)]),
            "`x <a...>` of command `x`: only text can be `<a...>`; write `<a>`, it takes as many words as it needs.",
        ),
        (
            command("x", &["x <a...> <b>"], &[("a", Kind::Text), ("b", Kind::Text)]),
            "`x <a...> <b>` of command `x`: nobody can tell where `<a...>` ends and `<b>` begins; put a word between them, such as `to`.",
        ),
        (command("x", &["x [", "x"], &[]), "`x [` of command `x`: `[` is never closed: add `]`."),
    ] {
        assert_eq!(problems(std::slice::from_ref(&command)), [sentence], "{command:?}");
    }
    assert_eq!(problems(&[command("x", &["x"], &[]), command("x", &["y"], &[])]), ["Two commands are called `x`: rename one of them."]);
    assert_eq!(problems(&[command("x", &["x"; 1001], &[])]), ["The plugin has more than 1000 usages: leave some out."]);
}

#[test]
fn a_usage_that_two_plugins_claim_is_found() {
    let mine = [command("take", &["hat on", "hat [really] off", "dibs"], &[])];
    let theirs = [command("take", &["Hat On"], &[]), command("drop", &["[red] hat off", "dips"], &[])];
    let found: Vec<(String, String)> =
        clashes(&mine, &theirs).into_iter().map(|found| (found.first.to_string(), found.second.to_string())).collect();
    let pair = |mine: &str, theirs: &str| (mine.to_owned(), theirs.to_owned());
    assert_eq!(
        found,
        [
            pair("`hat on` of command `take`", "`Hat On` of command `take`"),
            pair("`hat [really] off` of command `take`", "`[red] hat off` of command `drop`"),
        ]
    );
}

#[test]
fn choices_of_hostile_number_are_compared_quickly() {
    let words: Vec<String> = (0..1000).map(|number| format!("w{number}")).collect();
    let commands: Vec<Command> = words.iter().map(|word| command(word, &["set <a>"], &[("a", choice(&[word.as_str()]))])).collect();
    assert_eq!(problems(&commands), [""; 0]);
}
