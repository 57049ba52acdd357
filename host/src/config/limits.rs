//! `[limits]` and `[plugins.<name>.limits]`.

use super::value::duration;
use crate::plugins::compiler::Bounds;
use crate::plugins::limits::{KIB, Limits, MIB};
use crate::rate::Rate;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// The budget of one invocation, of every plugin, and how much all of them together get.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Computing time, such as `"1s"`.
    #[serde(deserialize_with = "duration")]
    pub time: Option<Duration>,
    /// Memory in MiB.
    pub memory: Option<usize>,
    /// Calls of the host.
    pub host_calls: Option<u32>,
    /// What these calls bring and take, in KiB.
    pub moved: Option<usize>,
    /// Things said.
    pub messages: Option<usize>,
    /// All of them together, in KiB.
    pub said: Option<usize>,
    /// What is kept, in KiB.
    pub written: Option<usize>,
    /// The state of a plugin in a workspace, in KiB.
    pub state: Option<usize>,
    /// Its keys.
    pub state_keys: Option<usize>,
    /// Lines of the log.
    pub log_lines: Option<u32>,
    /// All of them together, in KiB.
    pub logged: Option<usize>,
    /// What is open at the same time.
    pub handles: Option<usize>,
    /// Invocations a second, in bursts of a hundred times as many; more wait. 0 is without limit.
    pub invocations_per_second: Option<u32>,
    /// How much is listened to, whatever it is about.
    pub rate: Rate,
    /// How much it may take to compile a plugin.
    pub compile: CompileConfig,
}

/// The budget of one compilation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompileConfig {
    /// Processor time, in whole seconds.
    #[serde(deserialize_with = "duration")]
    pub time: Option<Duration>,
    /// Memory in MiB.
    pub memory: Option<usize>,
}

impl LimitsConfig {
    /// What is set here, and otherwise what is given.
    pub(super) fn over(&self, limits: Limits) -> Limits {
        let sized = |set: Option<usize>, unit: usize, otherwise: usize| set.map_or(otherwise, |count| count.saturating_mul(unit));
        Limits {
            time: self.time.unwrap_or(limits.time),
            memory: sized(self.memory, MIB, limits.memory),
            host_calls: self.host_calls.unwrap_or(limits.host_calls),
            moved: sized(self.moved, KIB, limits.moved),
            messages: self.messages.unwrap_or(limits.messages),
            said: sized(self.said, KIB, limits.said),
            written: sized(self.written, KIB, limits.written),
            state: sized(self.state, KIB, limits.state),
            state_keys: self.state_keys.unwrap_or(limits.state_keys),
            log_lines: self.log_lines.unwrap_or(limits.log_lines),
            logged: sized(self.logged, KIB, limits.logged),
            handles: self.handles.unwrap_or(limits.handles),
            invocations_per_second: self.invocations_per_second.unwrap_or(limits.invocations_per_second),
        }
    }

    /// How much is listened to is not a plugin's affair; and whose file it is shows only after it was compiled.
    pub(super) fn of_one_plugin<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let limits = Self::deserialize(from)?;
        if limits.rate != Rate::default() {
            return Err(serde::de::Error::custom("how much is listened to is said once, under [limits.rate]"));
        }
        if limits.compile != CompileConfig::default() {
            return Err(serde::de::Error::custom("how much compiling may take is said once, under [limits.compile]"));
        }
        Ok(limits)
    }
}

impl From<CompileConfig> for Bounds {
    fn from(config: CompileConfig) -> Self {
        let otherwise = Self::default();
        Self {
            time: config.time.unwrap_or(otherwise.time),
            memory: config.memory.map_or(otherwise.memory, |mebibytes| mebibytes.saturating_mul(MIB)),
        }
    }
}
