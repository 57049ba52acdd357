//! Lines that people type.

use super::text;
use hatstand_common::declaration::{Access, Command, Kind, Parameter};
use hatstand_common::grammar::{Circumstances, Grammar, LONGEST_LINE, Line, Reading, is_invisible};
use hatstand_common::value::{Argument, Instant, Value};
use std::sync::OnceLock;

/// Whatever is typed is read, or is answered with a sentence; and what is said in several words is kept as it was typed.
pub fn check(input: &[u8]) {
    let text = text(input);
    check_answered(&text);
    check_kept(&text);
}

fn check_answered(text: &str) {
    let reading = read(text);
    assert_eq!(reading, read(text), "the same again");
    let sentence = reading.sentence().unwrap_or_default();
    assert!(sentence.matches('`').count().is_multiple_of(2), "{sentence}");
    assert!(matches!(reading, Reading::Matched(_) | Reading::Empty) || !sentence.is_empty(), "it is answered");
}

fn check_kept(text: &str) {
    let line = format!("say {text}");
    if visible(text).is_empty() || begins_with_quote(text) || line.len() > LONGEST_LINE {
        return;
    }
    let Reading::Matched(matched) = read(&line) else { panic!("`say` takes whatever follows") };
    let [Argument { value: Value::Text(said), .. }] = matched.arguments.as_slice() else { panic!("{matched:?}") };
    let without_marks = |text: &str| text.chars().filter(|c| !is_invisible(*c)).collect::<String>();
    assert!(without_marks(&line).contains(&without_marks(said)), "{said:?} is not in {line:?}");
    assert_eq!(visible(said), visible(text));
}

fn read(text: &str) -> Reading {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    let grammar = GRAMMAR.get_or_init(|| Grammar::new(&commands()).expect("they do not clash"));
    let circumstances = Circumstances { now: Instant(1_772_101_800_000), zone: "Europe/Berlin".to_owned() };
    grammar.read(&Line::from(text), &circumstances, |_| true)
}

/// One of each kind, and usages that begin alike.
fn commands() -> Vec<Command> {
    let choice = Kind::Choice(vec!["red".to_owned(), "dark-blue".to_owned()]);
    vec![
        command("say", "say <words...>", &[("words", Kind::Text)]),
        command("on", "hat on [for <period>] [because <reason...>]", &[("period", Kind::Duration), ("reason", Kind::Text)]),
        command("until", "hat on until <when>", &[("when", Kind::Instant)]),
        command("deploy", "deploy <what> to (staging|production) [times <count>]", &[("what", Kind::Text), ("count", Kind::Integer)]),
        command("paint", "paint <colour> [dry <dry>]", &[("colour", choice), ("dry", Kind::Boolean)]),
        command("give", "give <thing...> to <whom> in <place>", &[("thing", Kind::Text), ("whom", Kind::Person), ("place", Kind::Channel)]),
    ]
}

fn command(name: &str, usage: &str, parameters: &[(&str, Kind)]) -> Command {
    Command {
        name: name.to_owned(),
        usages: vec![usage.to_owned()],
        parameters: parameters.iter().map(|(name, kind)| Parameter { name: (*name).to_owned(), kind: kind.clone() }).collect(),
        summary: String::new(),
        help: String::new(),
        hidden: false,
        access: Access::Everybody,
        more: Vec::new(),
    }
}

fn visible(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c)).collect()
}

/// Quotes around all of it do their work, and are not kept.
fn begins_with_quote(text: &str) -> bool {
    let first = text.chars().find(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c));
    first.is_some_and(|c| "\"“”„‟«»'‘’‚‛‹›".contains(c))
}
