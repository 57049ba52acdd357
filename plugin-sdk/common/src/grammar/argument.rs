//! Reading words as what a parameter or setting needs.

use super::line::{Circumstances, Line, Whom};
use super::token::{Shape, Token};
use super::unreadable::{Unreadable, Why};
use super::words::Words;
use super::{length, moment};
use crate::declaration::Kind;
use crate::value::{Instant, Value};
use std::num::IntErrorKind;
use std::time::Duration;

/// Reads one value, all of the line: a setting, or what was typed into a form.
pub fn read(kind: &Kind, line: &Line, circumstances: &Circumstances) -> Result<Value, Unreadable> {
    let words = Words::of(line);
    let all = 0..words.len();
    let text = words.text(all.clone());
    if text.is_empty() {
        return Err(Unreadable { typed: String::new(), why: Why::Empty });
    }
    if *kind == Kind::Text {
        return Ok(Value::Text(text));
    }
    let whole = read_at(kind, &words, 0, circumstances)?.into_iter().find(|(taken, _)| *taken == all.end);
    whole.map(|(_, value)| value).ok_or_else(|| Unreadable { typed: words.raw(all).to_owned(), why: mismatch(kind) })
}

/// Reads a length of time, all of the text, as a person would type it.
pub fn duration(text: &str) -> Result<Duration, Unreadable> {
    let words = Line::from(text);
    let circumstances = Circumstances { now: Instant(0), zone: "UTC".to_owned() };
    match read(&Kind::Duration, &words, &circumstances)? {
        Value::Duration(duration) => Ok(duration),
        _ => Err(Unreadable { typed: text.to_owned(), why: Why::NotLength }),
    }
}

/// The ways to read an argument that begins with this word: how many words each takes, and the value; the one to prefer first.
pub(super) fn read_at(kind: &Kind, words: &Words<'_>, at: usize, circumstances: &Circumstances) -> Result<Vec<(usize, Value)>, Unreadable> {
    let Some(token) = words.get(at) else {
        return Err(Unreadable { typed: String::new(), why: Why::Empty });
    };
    if token.folded.is_empty() {
        return Err(unreadable(words, at, 1, Why::Empty));
    }
    match kind {
        Kind::Duration => Ok(as_values(spanning(kind, words, at, length::read)?, Value::Duration)),
        Kind::Instant => Ok(as_values(spanning(kind, words, at, |words| moment::read(words, circumstances))?, Value::Instant)),
        _ => match one_word(kind, token, words, at) {
            Ok(value) => Ok(vec![(1, value)]),
            Err(why) => Err(unreadable(words, at, 1, why)),
        },
    }
}

fn unreadable(words: &Words<'_>, at: usize, count: usize, why: Why) -> Unreadable {
    Unreadable { typed: words.text(at..words.len().min(at + count)), why }
}

fn one_word(kind: &Kind, token: &Token, words: &Words<'_>, at: usize) -> Result<Value, Why> {
    match (kind, &token.shape) {
        (Kind::Integer, _) => integer(&token.text),
        (Kind::Boolean, _) => boolean(&token.folded).ok_or(Why::NotBoolean),
        (Kind::Choice(choices), _) => choice(choices, &token.folded).ok_or_else(|| mismatch(kind)),
        (Kind::Person, Shape::Mention(Whom::Person(person))) => Ok(Value::Person(person.clone())),
        (Kind::Channel, Shape::Mention(Whom::Channel(channel))) => Ok(Value::Channel(channel.clone())),
        (Kind::Text, Shape::Mention(_)) => Ok(Value::Text(words.raw(at..at + 1).to_owned())),
        (Kind::Text, _) => Ok(Value::Text(token.text.clone())),
        _ => Err(mismatch(kind)),
    }
}

fn mismatch(kind: &Kind) -> Why {
    match kind {
        Kind::Text => Why::Empty,
        Kind::Integer => Why::NotInteger,
        Kind::Boolean => Why::NotBoolean,
        Kind::Person => Why::NotPerson,
        Kind::Channel => Why::NotChannel,
        Kind::Duration => Why::NotLength,
        Kind::Instant => Why::NotMoment,
        Kind::Choice(words) => Why::NotChoice(words.clone()),
    }
}

fn integer(text: &str) -> Result<Value, Why> {
    text.parse().map(Value::Integer).map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => Why::TooLarge,
        _ => Why::NotInteger,
    })
}

fn boolean(folded: &str) -> Option<Value> {
    match folded {
        "yes" | "on" | "true" => Some(Value::Boolean(true)),
        "no" | "off" | "false" => Some(Value::Boolean(false)),
        _ => None,
    }
}

fn choice(choices: &[String], folded: &str) -> Option<Value> {
    choices.iter().find(|choice| choice.to_lowercase() == folded).cloned().map(Value::Choice)
}

/// More bare words than any reader looks at.
const WINDOW: usize = 16;

/// How many words were read, and as what; or how many were looked at, and what is wrong with them.
type Spans<T> = Result<Vec<(usize, T)>, (usize, Why)>;

/// Reads what may span several words; within quotes, it is all that they enclose.
fn spanning<T>(kind: &Kind, words: &Words<'_>, at: usize, reader: impl Fn(&[&str]) -> Spans<T>) -> Result<Vec<(usize, T)>, Unreadable> {
    let bare: Vec<&str> = words.bare_from(at).take(WINDOW).collect();
    if !bare.is_empty() {
        return reader(&bare).map_err(|(count, why)| unreadable(words, at, count, why));
    }
    let enclosed: Vec<&str> = words.get(at).map(|token| token.folded.split_whitespace().collect()).unwrap_or_default();
    let whole = match reader(&enclosed) {
        Ok(readings) => readings.into_iter().find(|(count, _)| *count == enclosed.len()).ok_or_else(|| mismatch(kind)),
        Err((count, why)) => Err(if count == enclosed.len() { why } else { mismatch(kind) }),
    };
    whole.map(|(_, reading)| vec![(1, reading)]).map_err(|why| unreadable(words, at, 1, why))
}

fn as_values<T>(readings: Vec<(usize, T)>, value: impl Fn(T) -> Value) -> Vec<(usize, Value)> {
    readings.into_iter().map(|(taken, reading)| (taken, value(reading))).collect()
}
