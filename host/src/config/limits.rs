//! `[limits]` and `[plugins.<name>.limits]`.

use super::duration;
use crate::plugins::compiler::Bounds;
use crate::plugins::limits::Limits;
use crate::rate::Rate;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

const MIB: usize = 1024 * 1024;

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
    /// Things said.
    pub messages: Option<usize>,
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
        Limits {
            time: self.time.unwrap_or(limits.time),
            memory: self.memory.map_or(limits.memory, |mebibytes| mebibytes.saturating_mul(MIB)),
            host_calls: self.host_calls.unwrap_or(limits.host_calls),
            messages: self.messages.unwrap_or(limits.messages),
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
