//! The last lines of a build's log, to be looked at in chat.

use hatstand_common::value::Instant;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

const LINES: usize = 200;

/// In memory only: the operator's log has all of them.
#[derive(Debug, Default)]
pub struct Diary(Mutex<VecDeque<DiaryLine>>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiaryLine {
    pub at: Instant,
    /// Of the invocation that wrote it.
    pub reference: String,
    pub level: &'static str,
    pub text: String,
}

impl Diary {
    pub fn write(&self, at: Instant, reference: &str, level: &'static str, text: &str) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(DiaryLine { at, reference: reference.to_owned(), level, text: text.to_owned() });
    }

    /// The newest last.
    pub fn lines(&self) -> Vec<DiaryLine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
