//! `hatstand compile`, which the host starts for each plugin that it has not compiled before: see [`plugins::compiler`](crate::plugins::compiler).

use crate::plugins::compiler::{OUT_OF_MEMORY, REFUSED};
use crate::plugins::engine::{self, NotCompiled};
use clap::Args;
use std::io::{self, Read, Write};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Compile {
    /// Processor time.
    #[arg(long)]
    seconds: u64,
    /// Bytes.
    #[arg(long)]
    memory: u64,
}

impl Compile {
    /// Standard output is for native code and nothing else; the host puts a complaint into words.
    pub fn run(&self) -> ExitCode {
        let (code, why) = match self.compile() {
            Ok(()) => return ExitCode::SUCCESS,
            Err(NotCompiled::OutOfMemory) => (OUT_OF_MEMORY, String::new()),
            Err(NotCompiled::Refused(why)) => (REFUSED, why),
        };
        eprint!("{why}");
        ExitCode::from(code)
    }

    fn compile(&self) -> Result<(), NotCompiled> {
        self.bound_this_process()?;
        let mut component = Vec::new();
        io::stdin().read_to_end(&mut component)?;
        let native = engine::compile(&component)?;
        io::stdout().write_all(&native)?;
        Ok(())
    }

    /// From here on it may use so much and no more, lets everybody else go first, and opens nothing.
    #[cfg(unix)]
    fn bound_this_process(&self) -> io::Result<()> {
        use rustix::process::{Resource, Rlimit, nice, setrlimit};
        let at_most = |most| Rlimit { current: Some(most), maximum: Some(most) };
        // Past the first of the two the process is told that its time is over, and may then say nothing more.
        setrlimit(Resource::Cpu, Rlimit { current: Some(self.seconds), maximum: Some(self.seconds + 1) })?;
        setrlimit(Resource::Data, at_most(self.memory))?;
        setrlimit(Resource::Core, at_most(0))?;
        setrlimit(Resource::Nofile, at_most(3))?;
        nice(10)?;
        Ok(())
    }

    /// Where processes cannot be bounded, the host's patience is the only bound.
    #[cfg(not(unix))]
    fn bound_this_process(&self) -> io::Result<()> {
        Ok(())
    }
}
