use std::process::ExitCode;

fn main() -> ExitCode {
    hatstand::commands::run()
}
