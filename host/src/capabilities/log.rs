//! The operator's log: written at once, also by an invocation that fails. What an invocation is about is an effect.

use super::State;
use crate::plugins::contract::log::{Host, Level};

const LINE_BYTES: usize = 2 * 1024;
const SUBJECT_CHARS: usize = 100;

impl Host for State {
    async fn write(&mut self, level: Level, text: String) -> wasmtime::Result<()> {
        let invocation = self.call(text.len())?;
        let text = clean(&text);
        // What is only tried out is no news.
        if invocation.count_logged(text.len()).is_err() || !invocation.world.takes_effect() {
            return Ok(());
        }
        let (plugin, reference) = (&invocation.plugin, &invocation.reference);
        invocation.diary.write(invocation.now, reference, word(level), &text);
        match level {
            Level::Debug => tracing::debug!(target: "plugin", %plugin, %reference, "{text}"),
            Level::Info => tracing::info!(target: "plugin", %plugin, %reference, "{text}"),
            Level::Warn => tracing::warn!(target: "plugin", %plugin, %reference, "{text}"),
            Level::Error => tracing::error!(target: "plugin", %plugin, %reference, "{text}"),
        }
        Ok(())
    }

    async fn about(&mut self, subject: String) -> wasmtime::Result<()> {
        let invocation = self.call(subject.len())?;
        invocation.effects.about = clean(&subject).chars().take(SUBJECT_CHARS).collect();
        Ok(())
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

/// At most [`LINE_BYTES`], and nothing that could pass for another line of the log.
fn clean(text: &str) -> String {
    let end = text.floor_char_boundary(LINE_BYTES);
    text[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
