//! The practice room for a person at a terminal: a prompt with history and completion, and answers that come while one types.

use super::session::Session;
use super::{Failure, failure};
use crate::adapters::terminal::Shown;
use crate::plugins::{News, Plugins};
use crate::texts;
use hatstand_common::transcript::Room;
use owo_colors::{OwoColorize, Stream};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, ExternalPrinter, Helper};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::{broadcast, mpsc};

/// What the room itself understands.
const ROOM: [&str; 7] = ["/as ", "/join #", "/dm", "/wait ", "/plugins", "/quit", "@hatstand "];

/// Reads and shows until `/quit` or the end of input.
pub fn run(mut session: Session) -> Result<(), Failure> {
    let mut editor: Editor<Words, FileHistory> = Editor::new().map_err(failure)?;
    editor.set_helper(Some(Words(Arc::clone(session.practice.plugins()))));
    session.greeting().iter().for_each(|line| println!("{}", painted(line)));
    let here = Arc::new(Mutex::new(session.room.clone()));
    show_said(session.practice.chat_mut().take_stream(), Arc::clone(&here), editor.create_external_printer().map_err(failure)?);
    show_news(session.take_news(), editor.create_external_printer().map_err(failure)?);
    loop {
        match editor.readline(&format!("{} {}> ", session.who, session.room)) {
            Ok(line) => {
                // A line too long to remember is no reason to stop.
                drop(editor.add_history_entry(&line));
                let said = !line.trim_start().starts_with('/');
                let entered = session.enter(&line);
                // What was said stands in the prompt's line already.
                entered.lines.iter().filter(|shown| !said || shown.starts_with('#')).for_each(|line| println!("{}", painted(line)));
                here.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&session.room);
                if entered.quit {
                    break;
                }
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break,
            Err(why) => return Err(failure(why)),
        }
    }
    println!("{}", painted("# Next: hatstand plugin new hello · hatstand init ops-bot"));
    Ok(())
}

/// Prints what the bot says above the prompt, whenever it comes.
fn show_said(mut stream: mpsc::UnboundedReceiver<Shown>, here: Arc<Mutex<Room>>, mut printer: impl ExternalPrinter + Send + 'static) {
    thread::spawn(move || {
        while let Some(shown) = stream.blocking_recv() {
            let room = here.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let lines: Vec<String> = shown.line.shown_in(Some(&room)).iter().map(|line| painted(line)).collect();
            if printer.print(lines.join("\n") + "\n").is_err() {
                return;
            }
        }
    });
}

/// Prints what happens to plugins above the prompt, when it happens.
fn show_news(mut news: broadcast::Receiver<News>, mut printer: impl ExternalPrinter + Send + 'static) {
    thread::spawn(move || {
        while let Ok(news) = news.blocking_recv() {
            let lines: Vec<String> = texts::news(&news).lines().map(|line| painted(&format!("# {line}"))).collect();
            if printer.print(lines.join("\n") + "\n").is_err() {
                return;
            }
        }
    });
}

/// Colours where the terminal has them and nobody said `NO_COLOR`.
fn painted(line: &str) -> String {
    let comment = line == "#" || line.starts_with("# ") || line.starts_with("---");
    match line.split_once('>') {
        _ if comment => line.if_supports_color(Stream::Stdout, |line| line.dimmed()).to_string(),
        Some((speaker, text)) if speaker.starts_with("bot") => {
            format!("{}{text}", format!("{speaker}>").if_supports_color(Stream::Stdout, |speaker| speaker.cyan()))
        }
        _ => line.to_owned(),
    }
}

/// Completes commands of the room and first words of whatever commands there are at the moment.
struct Words(Arc<Plugins>);

impl Words {
    fn all(&self) -> Vec<String> {
        let registry = self.0.registry();
        let commands = registry.commands().iter().filter(|(_, command)| !command.hidden);
        let usages = commands.flat_map(|(_, command)| command.shown_usages()).map(|usage| format!("@hatstand {}", literal(&usage)));
        let mut words: Vec<String> = ROOM.map(str::to_owned).into_iter().chain(usages).collect();
        words.sort();
        words.dedup();
        words
    }
}

/// The literal words at the beginning of a usage.
fn literal(usage: &str) -> String {
    let words = usage.split_whitespace().take_while(|word| !word.starts_with(['<', '[', '(']));
    words.collect::<Vec<_>>().join(" ")
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..position];
        let fitting = self.all().into_iter().filter(|word| word.starts_with(typed));
        Ok((0, fitting.map(|word| Pair { display: word.clone(), replacement: word }).collect()))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}
