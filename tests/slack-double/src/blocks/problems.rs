//! What is wrong, each with the place it is in, worded as Slack does.

use crate::state::{Refusal, Refused};

#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) messages: Vec<String>,
}

impl Problems {
    pub(super) fn add(&mut self, path: &str, what: impl AsRef<str>) {
        self.messages.push(format!("[ERROR] {} [json-pointer:{path}]", what.as_ref()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(super) fn refuse(self, error: &'static str) -> Refused<()> {
        if self.is_empty() { Ok(()) } else { Err(Refusal::saying(error, self.messages)) }
    }
}
