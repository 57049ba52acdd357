//! Running recorded invocations again, and telling what is different.

use crate::ledger::Past;
use crate::model::Effects;
use crate::plugins::{Engine, Generation};
use crate::runner::{self, Ending};
use serde::Serialize;
use std::fmt;

/// A recorded invocation, run again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    pub past: Past,
    pub effects: Effects,
    pub ending: Ending,
}

/// One line of what was or would be done: only then, only now, or both times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Same(String),
    Then(String),
    Now(String),
}

impl Replay {
    pub async fn of(engine: &Engine, generation: &Generation, past: Past) -> Self {
        let (effects, ending) = runner::again(engine, generation, &past).await;
        Self { past, effects, ending }
    }

    /// Did it fail in a way in which it did not when it was recorded?
    pub fn new_fault(&self) -> Option<String> {
        self.ending.fault().filter(|_| self.past.recording.outcome != self.ending.code())
    }

    /// Everything that it did, then and now.
    pub fn lines(&self) -> Vec<Line> {
        let then = told(&self.past.recording.outcome, &self.past.recording.effects);
        compare(then, &told(&self.ending.code(), &self.effects))
    }

    /// What it did only then, and only now.
    pub fn different(&self) -> Vec<Line> {
        self.lines().into_iter().filter(|line| !matches!(line, Line::Same(_))).collect()
    }

    pub fn is_same(&self) -> bool {
        self.different().is_empty()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Same(text) => write!(f, "  {text}"),
            Line::Then(text) => write!(f, "- {text}"),
            Line::Now(text) => write!(f, "+ {text}"),
        }
    }
}

fn told(outcome: &str, effects: &Effects) -> Vec<String> {
    fn each<T: Serialize>(kind: &'static str, effects: &[T]) -> impl Iterator<Item = String> {
        effects.iter().map(move |effect| format!("{kind} {}", serde_json::to_string(effect).unwrap_or_default()))
    }
    let outcome = std::iter::once(format!("outcome {outcome}"));
    let effects = each("state", &effects.writes)
        .chain(each("timer", &effects.timers))
        .chain(each("question", &effects.questions))
        .chain(each("say", &effects.says))
        .chain(each("call", &effects.calls));
    outcome.chain(effects).collect()
}

/// Each line of now stands where it belongs in the order; what was only then stands before what was there instead.
fn compare(then: Vec<String>, now: &[String]) -> Vec<Line> {
    let (mut lines, mut from) = (Vec::new(), 0);
    for line in then {
        match now[from..].iter().position(|new| *new == line) {
            Some(skipped) => {
                lines.extend(now[from..from + skipped].iter().cloned().map(Line::Now));
                lines.push(Line::Same(line));
                from += skipped + 1;
            }
            None => lines.push(Line::Then(line)),
        }
    }
    lines.extend(now[from..].iter().cloned().map(Line::Now));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_only_there_once() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let compared = |then: &str, now: &str| {
            let lines = compare(words(then), &words(now));
            lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        };
        assert_eq!(compared("a b c", "a b c"), "  a,  b,  c");
        assert_eq!(compared("a b c", "a x c"), "  a,- b,+ x,  c");
        assert_eq!(compared("a b", "a b c"), "  a,  b,+ c");
        assert_eq!(compared("a b c", "b"), "- a,  b,- c");
        assert_eq!(compared("a a", "a"), "  a,- a");
    }
}
