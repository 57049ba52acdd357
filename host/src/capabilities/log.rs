//! The operator's log: written at once, also by an invocation that fails.

use super::State;
use crate::plugins::contract::log::{Host, Level};

const LINE_BYTES: usize = 2 * 1024;
const LINES: u32 = 100;

impl Host for State {
    async fn write(&mut self, level: Level, text: String) -> wasmtime::Result<()> {
        let invocation = self.call()?;
        invocation.spent.log_lines += 1;
        let text = match invocation.spent.log_lines {
            ..=LINES => clean(&text),
            line if line == LINES + 1 => format!("(more than {LINES} lines: the rest is dropped)"),
            _ => return Ok(()),
        };
        // What is only tried out is no news.
        if !invocation.world.is_now() {
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
