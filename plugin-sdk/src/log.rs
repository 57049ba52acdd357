//! The operator's log.

use crate::bindings::hatstand::plugin::log::Level;
use crate::host::log as host;
use std::fmt::Display;

/// The operator's log. Lines are written at once, also by an invocation that fails, and carry the plugin's name and the
/// [reference](crate::Context::reference). The text of a panic gets there by itself.
///
/// Limits: 2 KiB a line, 100 lines an invocation; what is more is dropped, and the log says so.
///
/// ```
/// # use hatstand_plugin::prelude::*;
/// # fn example(cx: &Context, left: u32) {
/// cx.log().warn(format_args!("only {left} left"));
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Log(pub(crate) ());

impl Log {
    /// For whoever looks for a fault.
    pub fn debug(&self, text: impl Display) {
        write(Level::Debug, &text);
    }

    /// Worth knowing.
    pub fn info(&self, text: impl Display) {
        write(Level::Info, &text);
    }

    /// Worth a look.
    pub fn warn(&self, text: impl Display) {
        write(Level::Warn, &text);
    }

    /// Somebody has to do something.
    pub fn error(&self, text: impl Display) {
        write(Level::Error, &text);
    }

    /// Says what this invocation is about, such as `deploy 17`: the operator's audit finds by it all that belongs together, also the
    /// requests that it sends. At most 100 characters; the last call counts.
    pub fn about(&self, subject: impl Display) {
        host::about(&subject.to_string());
    }
}

fn write(level: Level, text: &dyn Display) {
    host::write(level, &text.to_string());
}
