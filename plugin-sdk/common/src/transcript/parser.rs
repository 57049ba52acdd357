//! Reading a transcript.

use super::{Act, Audience, Directive, Line, Name, Numbered, Room, Step, text};
use std::error::Error;
use std::fmt;

/// Why a file is no transcript, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub line: usize,
    pub why: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl Error for ParseError {}

pub(super) fn parse(text: &str) -> Result<Vec<Numbered>, ParseError> {
    let mut parser = Parser { lines: text.lines().collect(), next: 0, room: None, happened: false };
    let mut steps = Vec::new();
    while parser.next < parser.lines.len() {
        let line = parser.next + 1;
        let step = parser.step().map_err(|why| ParseError { line, why })?;
        steps.push(Numbered { line, step });
    }
    Ok(steps)
}

struct Parser<'t> {
    lines: Vec<&'t str>,
    /// The line to be read next, counted from zero.
    next: usize,
    room: Option<Room>,
    /// Has anything happened that the bot could answer?
    happened: bool,
}

impl<'t> Parser<'t> {
    fn step(&mut self) -> Result<Step, String> {
        let line = self.lines[self.next].trim_end();
        match line.chars().next() {
            None => self.single(Step::Blank),
            Some('#') => self.hash(&line[1..]),
            Some('@') => self.at(line),
            Some(c) if c.is_whitespace() => Err("only a message goes on below itself, after four spaces".to_owned()),
            Some('-') => self.dash(line),
            Some(_) => self.message(),
        }
    }

    fn hash(&mut self, rest: &str) -> Result<Step, String> {
        if rest.is_empty() {
            return self.single(Step::Comment(String::new()));
        }
        if let Some(comment) = rest.strip_prefix(' ') {
            return self.single(Step::Comment(comment.to_owned()));
        }
        let channel = Name::read(rest).ok_or("a channel stands alone, as in `#dev`, and a comment has a blank after the `#`")?;
        self.go(Room::Channel(channel))
    }

    fn at(&mut self, line: &str) -> Result<Step, String> {
        match line {
            "@hatstand" => self.go(Room::Direct),
            _ => Err("people go to direct messages with a line `@hatstand`, and are told apart by who speaks: `jane> hi`".to_owned()),
        }
    }

    fn dash(&mut self, line: &str) -> Result<Step, String> {
        let text = line.strip_prefix("---").ok_or("a directive begins with `---`")?;
        let directive = Directive::read(text.trim())?;
        if self.happened && matches!(directive, Directive::At(_)) {
            return Err("a transcript can only begin at a time: move the clock with `--- 2 hours later`".to_owned());
        }
        self.happened = true;
        self.single(Step::Do(directive))
    }

    fn message(&mut self) -> Result<Step, String> {
        let (speaker, text) = self.paragraph()?;
        match (Name::read(speaker), speaker.strip_prefix("bot")) {
            (_, Some("")) => self.expect("", text),
            (Some(who), _) => self.say(who, &text),
            (None, Some(mark)) => self.expect(mark, text),
            (None, None) => Err(format!("`{speaker}` is no person's name")),
        }
    }

    fn say(&mut self, who: Name, text: &[String]) -> Result<Step, String> {
        if text.is_empty() {
            return Err(format!("{who} says nothing"));
        }
        let room = self.room.clone().ok_or("nobody is in a channel yet: say which with a line like `#dev`")?;
        self.happened = true;
        Ok(Step::Say { room, who, text: text.join("\n") })
    }

    fn expect(&self, mark: &str, text: Vec<String>) -> Result<Step, String> {
        if !text.iter().all(|line| text::is_visible(line)) {
            return Err("an invisible character can never come: it is shown like `\\u{1b}`".to_owned());
        }
        let (mark, verb) = mark.split_once(' ').unwrap_or((mark, ""));
        let audience = Audience::read(mark, self.room.as_ref())?;
        let act = Act::read(verb)?;
        match self.happened {
            true => Ok(Step::Expect(Line::new(audience, act, text))),
            false => Err("nothing has happened yet that the bot could answer".to_owned()),
        }
    }

    /// Takes a speaker and the lines of what is said. Blank lines belong to it if the message goes on after them.
    fn paragraph(&mut self) -> Result<(&'t str, Vec<String>), String> {
        let head = self.lines[self.next];
        let (speaker, first) = head.split_once('>').ok_or("who says this? `jane> hi`")?;
        let mut said = vec![first.to_owned()];
        let mut blanks = 0;
        self.next += 1;
        for line in &self.lines[self.next..] {
            match continuation(line) {
                Continuation::Text(line) => {
                    said.extend(std::iter::repeat_n(String::new(), blanks));
                    said.push(line.to_owned());
                    self.next += blanks + 1;
                    blanks = 0;
                }
                Continuation::Blank => blanks += 1,
                Continuation::End => break,
            }
        }
        Ok((speaker, text::tidy(said)))
    }

    fn go(&mut self, room: Room) -> Result<Step, String> {
        self.room = Some(room.clone());
        self.single(Step::Go(room))
    }

    fn single(&mut self, step: Step) -> Result<Step, String> {
        self.next += 1;
        Ok(step)
    }
}

enum Continuation<'t> {
    Text(&'t str),
    Blank,
    End,
}

fn continuation(line: &str) -> Continuation<'_> {
    match line.strip_prefix("    ") {
        _ if line.trim().is_empty() => Continuation::Blank,
        Some(text) => Continuation::Text(text),
        None => Continuation::End,
    }
}
