//! `hatstand compile`, which the host starts for each plugin that it has not compiled before: see [`plugins::compiler`](crate::plugins::compiler).

use crate::plugins::Strategy;
use crate::plugins::compiler::{OUT_OF_MEMORY, REFUSED};
use crate::plugins::machine::{self, NotCompiled};
use clap::Args;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Compile {
    /// Processor time.
    #[arg(long)]
    seconds: u64,
    /// Bytes.
    #[arg(long)]
    memory: u64,
    #[arg(long)]
    compiler: Strategy,
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
        let native = machine::compile(self.compiler, &component)?;
        io::stdout().write_all(&native)?;
        Ok(())
    }

    /// From here on it may use so much and no more, lets everybody else go first, and can reach nothing.
    #[cfg(unix)]
    fn bound_this_process(&self) -> io::Result<()> {
        use rustix::process::{Resource, Rlimit, nice, setrlimit};
        close_what_was_left_open();
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

/// Whoever started the host may have left files open in it, and so in this process.
#[cfg(unix)]
fn close_what_was_left_open() {
    let folder = Path::new("/proc/self/fd");
    let Ok(open) = fs::read_dir(folder) else { return };
    let open: Vec<i32> = open.filter_map(|file| file.ok()?.file_name().to_str()?.parse().ok()).collect();
    // The folder itself was among them, and is closed by now.
    let left = open.into_iter().filter(|file| *file > 2 && folder.join(file.to_string()).is_symlink());
    for file in left {
        // SAFETY: this process has opened nothing yet that is still open, so nobody counts on the file.
        #[expect(unsafe_code, reason = "nobody owns what was left open by somebody else")]
        unsafe {
            rustix::io::close(file);
        }
    }
}
