//! Somebody in the practice room: what is typed, and the transcript that comes of it.

use crate::adapters::terminal::TerminalChat;
use crate::commands::one_line;
use crate::plugins::{FileState, News};
use crate::practice::Practice;
use hatstand_common::declaration::Kind;
use hatstand_common::grammar::{self, Circumstances};
use hatstand_common::transcript::{Directive, Line, Name, Room};
use hatstand_common::value::{Instant, Value};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::broadcast;

const YOU: &str = "ann";
const HERE: &str = "dev";

pub struct Session {
    pub practice: Practice<TerminalChat>,
    pub who: Name,
    pub room: Room,
    news: broadcast::Receiver<News>,
    /// Where the time is kept, if it is.
    clock: Option<PathBuf>,
}

/// What came of a line.
#[derive(Debug, Default)]
pub struct Entered {
    pub lines: Vec<String>,
    pub quit: bool,
}

impl Session {
    pub fn new(practice: Practice<TerminalChat>, clock: Option<PathBuf>) -> Self {
        let who = Name::from(YOU);
        practice.chat().terminal().make_admin(&who);
        let news = practice.plugins().news();
        Self { practice, who, room: Room::Channel(Name::from(HERE)), news, clock }
    }

    /// What is said at the start, as comments of a transcript.
    pub fn greeting(&self) -> Vec<String> {
        let mut lines = vec![
            "# This is a practice room: nothing leaves this terminal.".to_owned(),
            format!("# You are {} in {}, an administrator. Try: @hatstand help", self.who, self.room),
            "# /as jane · /join #ops · /dm · /wait 2h · /plugins · /quit".to_owned(),
            format!("# Drop .wasm files into {} and their commands are there.", self.practice.folder().display()),
        ];
        let files = self.practice.plugins().files();
        lines.extend(files.into_iter().filter_map(|(file, state)| match state {
            FileState::Rejected(why) => Some(format!("# {file} {why}")),
            FileState::Live(_) => None,
        }));
        lines
    }

    /// What makes what follows a transcript that can be played again.
    pub fn opening(&self) -> Vec<String> {
        vec![Directive::Admin(self.who.clone()).to_string(), self.room.to_string()]
    }

    /// What the bot says by itself at the start of a room that was kept.
    pub fn arrive(&mut self) -> Vec<String> {
        let said = self.practice.settle();
        self.shown(said)
    }

    /// Does what a line says: a command of the room, or something said in it.
    pub fn enter(&mut self, line: &str) -> Entered {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let mut entered = match line.trim().strip_prefix('/') {
            Some(command) => self.command(command),
            None if line.trim().is_empty() => Entered { lines: vec![String::new()], quit: false },
            None if is_comment(line) => Entered { lines: vec![line.to_owned()], quit: false },
            None => self.say(line),
        };
        let news = self.news();
        entered.lines.splice(0..0, news);
        entered
    }

    fn command(&mut self, command: &str) -> Entered {
        let (verb, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        let lines = match verb {
            "as" => self.become_somebody(rest),
            "join" if rest.trim_start_matches('@') == crate::practice::BOT => self.go(Room::Direct),
            "join" => match Name::read(rest.trim_start_matches('#')) {
                Some(channel) => self.go(Room::Channel(channel)),
                None => comment("Join which channel? /join #ops"),
            },
            "dm" => self.go(Room::Direct),
            "wait" => self.wait(rest),
            "plugins" => self.plugins(),
            "quit" | "exit" => return Entered { lines: Vec::new(), quit: true },
            "help" | "" => comment("/as jane · /join #ops · /dm · /wait 2h · /plugins · /quit; everything else is said in the room"),
            _ => comment(&format!(
                "There is no /{}. There are /as, /join, /dm, /wait, /plugins, /quit",
                grammar::quote(verb).replace('`', "")
            )),
        };
        Entered { lines, quit: false }
    }

    fn become_somebody(&mut self, name: &str) -> Vec<String> {
        match Name::read(name.trim_start_matches('@')) {
            Some(name) if name.as_str() != "bot" => {
                self.who = name;
                Vec::new()
            }
            _ => comment("Who? /as jane"),
        }
    }

    fn go(&mut self, room: Room) -> Vec<String> {
        let lines = vec![room.to_string()];
        self.room = room;
        lines
    }

    fn wait(&mut self, text: &str) -> Vec<String> {
        let circumstances = Circumstances { now: Instant(0), zone: "UTC".to_owned() };
        match grammar::read(&Kind::Duration, &text.into(), &circumstances) {
            _ if text.is_empty() => comment("How long? /wait 2h"),
            Ok(Value::Duration(time)) => self.pass(time),
            Ok(_) => comment("How long? /wait 2h"),
            Err(misread) => comment(&misread.sentence()),
        }
    }

    fn pass(&mut self, time: Duration) -> Vec<String> {
        let mut lines = vec![Directive::Later(time).to_string()];
        let said = self.practice.pass(time);
        self.keep_time();
        lines.extend(self.shown(said));
        lines
    }

    fn say(&mut self, text: &str) -> Entered {
        let mut lines = typed(&self.who, text);
        let said = self.practice.say(&self.room, &self.who.clone(), text);
        self.keep_time();
        lines.extend(self.shown(said));
        Entered { lines, quit: false }
    }

    fn shown(&self, said: Result<Vec<Line>, crate::practice::PracticeError>) -> Vec<String> {
        match said {
            Ok(said) => said.iter().flat_map(|line| line.shown_in(Some(&self.room))).collect(),
            Err(why) => comment(&format!("That could not be kept: {why}")),
        }
    }

    fn plugins(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in self.practice.plugins().registry().entries() {
            let generation = &entry.generation;
            let state = if entry.is_live() { "live" } else { "not live" };
            lines.push(format!("# {} {} – {state}: {}", generation.name, generation.build(), generation.description.summary));
        }
        let files = self.practice.plugins().files();
        for (file, state) in files {
            if let FileState::Rejected(why) = state {
                lines.push(format!("# {file} {why}"));
            }
        }
        lines
    }

    /// What happened to plugins since the last look.
    fn news(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Ok(news) = self.news.try_recv() {
            lines.extend(comment(&crate::texts::news(&news)));
        }
        lines
    }

    /// What happens to plugins, as it comes, instead of with the next line.
    pub fn take_news(&mut self) -> broadcast::Receiver<News> {
        let (_, silent) = broadcast::channel(1);
        std::mem::replace(&mut self.news, silent)
    }

    /// A kept room goes on at the time at which it was left.
    fn keep_time(&self) {
        if let Some(path) = &self.clock {
            // Nothing depends on it but the comfort of going on at the right time.
            drop(std::fs::write(path, self.practice.host().clock.now().0.to_string()));
        }
    }
}

/// When a kept room was left.
pub fn left_at(path: &Path) -> Option<Instant> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok().map(Instant)
}

fn is_comment(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

fn comment(text: &str) -> Vec<String> {
    text.lines().map(|line| format!("# {line}")).collect()
}

/// What somebody typed as a transcript shows it: one line, whatever is in it.
fn typed(who: &Name, text: &str) -> Vec<String> {
    vec![format!("{who}> {}", one_line(text).trim_end())]
}
