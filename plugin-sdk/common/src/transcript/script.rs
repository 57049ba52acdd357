//! A transcript, read.

use super::{Directive, Line, Name, ParseError, Room, line, parser};
use std::fmt;

/// A transcript, read. Shown, it is the same transcript in its canonical form.
#[derive(Clone, Debug)]
pub struct Script {
    name: String,
    lines: Vec<String>,
    steps: Vec<Numbered>,
}

/// A step, and the number of the line where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    pub line: usize,
    pub step: Step,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Blank,
    Comment(String),
    /// From here on, people talk in this room.
    Go(Room),
    /// Somebody says something. Its lines are separated by `\n`.
    Say {
        room: Room,
        who: Name,
        text: String,
    },
    Do(Directive),
    /// After the `Say` or `Do` above, the bot does this.
    Expect(Line),
}

impl Script {
    pub fn parse(text: &str) -> Result<Script, ParseError> {
        Ok(Script { name: "transcript".to_owned(), lines: text.lines().map(str::to_owned).collect(), steps: parser::parse(text)? })
    }

    /// The same under another name, that of its file: reports begin with it.
    pub fn named(self, name: impl Into<String>) -> Script {
        Script { name: name.into(), ..self }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn steps(&self) -> &[Numbered] {
        &self.steps
    }

    /// What the transcript shows: the comments at its top.
    pub fn about(&self) -> String {
        let comments = self.steps.iter().map_while(|step| match &step.step {
            Step::Comment(text) => Some(text.as_str()),
            _ => None,
        });
        comments.collect::<Vec<_>>().join("\n")
    }

    /// The lines of a step as they were typed, with the number of the first.
    pub(super) fn typed(&self, index: usize) -> (usize, &[String]) {
        let first = self.steps[index].line;
        let end = self.steps.get(index + 1).map_or(self.lines.len() + 1, |next| next.line);
        (first, &self.lines[first - 1..end - 1])
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = None;
        for Numbered { step, .. } in &self.steps {
            room = step.room_after(room);
            step.shown_in(room).iter().try_for_each(|line| writeln!(f, "{line}"))?;
        }
        Ok(())
    }
}

impl Step {
    /// Is this something that happens, which the bot can answer?
    pub fn happens(&self) -> bool {
        matches!(self, Step::Say { .. } | Step::Do(_))
    }

    /// Where people talk after this step.
    pub(super) fn room_after<'s>(&'s self, before: Option<&'s Room>) -> Option<&'s Room> {
        match self {
            Step::Go(room) => Some(room),
            _ => before,
        }
    }

    /// The lines of the transcript that say this where people talk in `room`.
    pub(super) fn shown_in(&self, room: Option<&Room>) -> Vec<String> {
        match self {
            Step::Blank => vec![String::new()],
            Step::Comment(text) => vec![format!("# {text}").trim_end().to_owned()],
            Step::Go(room) => vec![room.to_string()],
            Step::Say { who, text, .. } => line::paragraph(who.as_str(), text.split('\n')),
            Step::Do(directive) => vec![directive.to_string()],
            Step::Expect(line) => line.shown_in(room),
        }
    }
}
