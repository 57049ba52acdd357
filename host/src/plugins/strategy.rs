//! Which of the engine's compilers makes native code of a plugin.
//!
//! The wall around plugins is as good as the compiler, so it is one of those that wasmtime fuzzes all the time, and whose vulnerabilities it
//! announces and mends as its own: both are of its first tier on x86-64 (<https://docs.wasmtime.dev/stability-tiers.html>).

use clap::ValueEnum;
use serde::Deserialize;

/// A compiler, by its name in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// In one pass: what people wait for is the compilation of a new build, a command computes for less than a millisecond.
    Winch,
    /// Takes some WebAssembly that the other does not, such as tail calls, and is there for every processor.
    Cranelift,
}

impl Strategy {
    /// Those that there are for this processor, in the order in which they are asked.
    pub const ALL: &[Self] = if cfg!(target_arch = "x86_64") { &[Self::Winch, Self::Cranelift] } else { &[Self::Cranelift] };

    pub fn name(self) -> &'static str {
        match self {
            Self::Winch => "winch",
            Self::Cranelift => "cranelift",
        }
    }
}

impl From<Strategy> for wasmtime::Strategy {
    fn from(strategy: Strategy) -> Self {
        match strategy {
            Strategy::Winch => Self::Winch,
            Strategy::Cranelift => Self::Cranelift,
        }
    }
}
