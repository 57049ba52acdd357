//! Campaigns as tests, one after another, so that none is measured while another uses the processors.

use super::size::Size;
use libtest_mimic::{Arguments, Trial};
use std::process::ExitCode;

/// Runs one campaign, and panics if something is not as promised.
pub type Run = fn(Size);

/// Those that are asked for, in the size that is asked for.
pub fn run<const COUNT: usize>(campaigns: [(&'static str, Run); COUNT]) -> ExitCode {
    let size = Size::asked_for();
    let trials = campaigns.map(|(name, run)| {
        Trial::test(name, move || {
            run(size);
            Ok(())
        })
    });
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    libtest_mimic::run(&arguments, trials.into()).exit_code()
}
