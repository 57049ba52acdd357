//! What people did, and which of it the bot has acknowledged, in a file: it outlives the process.

use hatstand::model::Event;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Delivers until it is acknowledged.
#[derive(Clone, Debug)]
pub struct Service(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    file: File,
    happened: Vec<Event>,
    acknowledged: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
enum Note {
    Happened(Box<Event>),
    Acknowledged(String),
}

impl Service {
    pub fn open(path: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).read(true).open(path).expect("a file");
        let lines = BufReader::new(file.try_clone().expect("the same file")).lines().map_while(Result::ok);
        let notes: Vec<Note> = lines.map(|line| serde_json::from_str(&line).expect("a whole line")).collect();
        let mut kept = Kept { file, happened: Vec::new(), acknowledged: BTreeSet::new() };
        notes.into_iter().for_each(|note| kept.keep(note));
        Self(Arc::new(Mutex::new(kept)))
    }

    /// Something happened; it is delivered from now on.
    pub fn happens(&self, event: &Event) {
        self.note(Note::Happened(Box::new(event.clone())));
    }

    /// The bot says that it has this.
    pub fn acknowledged(&self, event: &Event) {
        self.note(Note::Acknowledged(event.key.clone()));
    }

    /// Everything that has happened, in its order.
    pub fn happened(&self) -> Vec<Event> {
        self.lock().happened.clone()
    }

    /// What has to be delivered again.
    pub fn unacknowledged(&self) -> Vec<Event> {
        let kept = self.lock();
        kept.happened.iter().filter(|event| !kept.acknowledged.contains(&event.key)).cloned().collect()
    }

    fn note(&self, note: Note) {
        let line = serde_json::to_string(&note).expect("it is text") + "\n";
        let mut kept = self.lock();
        kept.file.write_all(line.as_bytes()).expect("it takes everything");
        kept.keep(note);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, note: Note) {
        match note {
            Note::Happened(event) => self.happened.push(*event),
            Note::Acknowledged(key) => drop(self.acknowledged.insert(key)),
        }
    }
}
