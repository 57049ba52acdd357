//! `hatstand plugin`: writing, building, testing and inspecting plugins.

mod build;
mod inspect;
mod new;
mod test;

use super::Failure;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum Plugin {
    /// Write a new plugin from a template, in a folder of its own.
    ///
    /// Example: `hatstand plugin new hello`
    New(new::New),
    /// Build the plugins of a package or workspace.
    ///
    /// Examples: `hatstand plugin build`, `hatstand plugin build --into ../ops-bot/plugins`
    Build(build::Build),
    /// Run transcripts against the built plugin, in a real host.
    ///
    /// Examples: `hatstand plugin test`, `UPDATE_TRANSCRIPTS=1 hatstand plugin test tests/hello.txt`
    Test(test::Test),
    /// Say what a file is, what it offers and what it wants, before it is let in.
    ///
    /// Example: `hatstand plugin inspect hello.wasm`
    Inspect(inspect::Inspect),
}

impl Plugin {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Plugin::New(new) => new.run(),
            Plugin::Build(build) => build.run(),
            Plugin::Test(test) => test.run(),
            Plugin::Inspect(inspect) => inspect.run(),
        }
    }
}
