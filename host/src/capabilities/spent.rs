//! What an invocation has used up of its limits.

use super::Invocation;
use crate::model::Later;
use crate::plugins::limits::Exceeded;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// What was used up so far.
#[derive(Debug, Default)]
pub(super) struct Spent {
    calls: u32,
    moved: usize,
    said: usize,
    written: usize,
    log_lines: u32,
    logged: usize,
    /// How many timers and questions stand; counted when it matters.
    pub(super) standing: BTreeMap<Later, usize>,
    /// What the operator was told of already.
    told: BTreeSet<Exceeded>,
}

impl Invocation {
    pub(super) fn count_call(&mut self) -> Result<(), Exceeded> {
        self.spent.calls += 1;
        if self.spent.calls > self.limits.host_calls { Err(Exceeded::HostCalls(self.limits.host_calls)) } else { Ok(()) }
    }

    /// So much was brought by a call, or is about to be handed to the plugin.
    pub(super) fn move_bytes(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.spent.moved = self.spent.moved.saturating_add(bytes);
        if self.spent.moved > self.limits.moved { Err(Exceeded::Moved(self.limits.moved)) } else { Ok(()) }
    }

    /// One more thing is to be said, of so many bytes.
    pub(super) fn count_said(&mut self, bytes: usize) -> Result<(), Exceeded> {
        if self.effects.says.len() >= self.limits.messages {
            return Err(self.noted(Exceeded::Messages(self.limits.messages)));
        }
        self.spent.said = self.spent.said.saturating_add(bytes);
        if self.spent.said > self.limits.said { Err(self.noted(Exceeded::Said(self.limits.said))) } else { Ok(()) }
    }

    /// So much more is to be kept.
    pub(super) fn count_written(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.spent.written = self.spent.written.saturating_add(bytes);
        if self.spent.written > self.limits.written { Err(self.noted(Exceeded::Written(self.limits.written))) } else { Ok(()) }
    }

    /// A line of so many bytes is to be logged.
    pub(super) fn count_logged(&mut self, bytes: usize) -> Result<(), Exceeded> {
        self.spent.log_lines += 1;
        self.spent.logged = self.spent.logged.saturating_add(bytes);
        if self.spent.log_lines > self.limits.log_lines {
            return Err(self.noted(Exceeded::LogLines(self.limits.log_lines)));
        }
        if self.spent.logged > self.limits.logged { Err(self.noted(Exceeded::Logged(self.limits.logged))) } else { Ok(()) }
    }

    /// The plugin may go on, and may hide it: the operator is told, once.
    fn noted(&mut self, exceeded: Exceeded) -> Exceeded {
        if self.spent.told.insert(exceeded) && self.world.takes_effect() {
            let (plugin, reference, code) = (&self.plugin, &self.reference, exceeded.code());
            tracing::warn!(target: "plugin", %plugin, %reference, code, "{exceeded}");
        }
        exceeded
    }
}

/// The size of something as it will be kept.
pub(super) fn weight(of: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, of).expect("a counter takes everything");
    counter.0
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
