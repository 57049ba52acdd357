//! Compiling in a process of its own. What the engine promises of a plugin that runs it does not promise of one that is compiled: a file
//! that takes too long or too much there ends that process, and nothing else.
//!
//! The process is this program once more, as `hatstand compile`: the component comes in on its standard input, native code or a complaint
//! goes out. It bounds itself before it reads anything, and nothing of the host is left in it: no environment, no open file.

use super::rejection::Rejection;
use super::strategy::Strategy;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// Says how the process ended where it could say so itself; the reason is on its standard error.
pub const REFUSED: u8 = 65;
/// The same for a process that ran into the bound on its memory and noticed.
pub const OUT_OF_MEMORY: u8 = 71;

/// How much longer than its processor time a compilation may take, on a machine that is busy with something else.
const PATIENCE: u32 = 3;

/// How much one compilation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Processor time, in whole seconds.
    pub time: Duration,
    /// Bytes of memory.
    pub memory: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), memory: 512 * 1024 * 1024 }
    }
}

/// Native code of a plugin. It comes only from the compiler, or under its seal from the [cache](super::cache): the engine runs it unseen.
pub struct Native(pub(super) Vec<u8>);

/// Compiles components.
#[derive(Clone, Debug)]
pub struct Compiler {
    /// This program: its machines have to be those that will run the code.
    program: PathBuf,
    bounds: Bounds,
}

impl Compiler {
    /// By the program that is running now, also after its file was replaced.
    pub fn of_this_program(bounds: Bounds) -> io::Result<Self> {
        let running = Path::new("/proc/self/exe");
        let program = if running.exists() { running.to_owned() } else { std::env::current_exe()? };
        Ok(Self::of(program, bounds))
    }

    /// By another file of the same program.
    pub fn of(program: impl Into<PathBuf>, bounds: Bounds) -> Self {
        Self { program: program.into(), bounds }
    }

    pub(super) async fn compile(&self, strategy: Strategy, component: &[u8]) -> Result<Native, Rejection> {
        let child = self.start(strategy).map_err(|why| Rejection::NoCompiler(why.to_string()))?;
        // Dropping it kills it.
        match tokio::time::timeout(self.bounds.time * PATIENCE, converse(child, component)).await {
            Ok(Ok(output)) => self.read(output),
            Ok(Err(why)) => Err(Rejection::NoCompiler(why.to_string())),
            Err(_) => Err(Rejection::SlowToCompile(self.bounds.time)),
        }
    }

    fn start(&self, strategy: Strategy) -> io::Result<Child> {
        Command::new(&self.program)
            .arg("compile")
            .args(["--seconds", &whole_seconds(self.bounds.time).to_string()])
            .args(["--memory", &self.bounds.memory.to_string()])
            .args(["--compiler", strategy.name()])
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    fn read(&self, output: Output) -> Result<Native, Rejection> {
        if output.status.success() {
            return Ok(Native(output.stdout));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code().and_then(|code| u8::try_from(code).ok());
        Err(match code {
            Some(REFUSED) => Rejection::NotCompiled(said.into_owned()),
            Some(OUT_OF_MEMORY) => Rejection::LargeToCompile(self.bounds.memory),
            _ if ran_out_of_memory(&said) => Rejection::LargeToCompile(self.bounds.memory),
            _ if ran_out_of_time(output.status) => Rejection::SlowToCompile(self.bounds.time),
            _ => Rejection::CompilerCrashed(format!("{}; {}", output.status, said.lines().next().unwrap_or("without a word"))),
        })
    }
}

/// Hands the component over, and waits for what comes of it. A process that ends before it has read everything says why.
async fn converse(mut child: Child, component: &[u8]) -> io::Result<Output> {
    let mut input = child.stdin.take().expect("it is piped");
    let feed = async move {
        let fed = input.write_all(component).await;
        drop(input);
        fed
    };
    let (fed, output) = tokio::join!(feed, child.wait_with_output());
    match (fed, output?) {
        (Err(why), output) if output.status.success() => Err(why),
        (_, output) => Ok(output),
    }
}

pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// An allocation that fails ends a Rust program with these words.
fn ran_out_of_memory(said: &str) -> bool {
    said.starts_with("memory allocation of ")
}

#[cfg(unix)]
fn ran_out_of_time(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(rustix::process::Signal::XCPU.as_raw())
}

#[cfg(not(unix))]
fn ran_out_of_time(_: ExitStatus) -> bool {
    false
}

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of native code", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_second_is_one() {
        assert_eq!([0, 1, 1_000, 1_001].map(|millis| whole_seconds(Duration::from_millis(millis))), [0, 1, 1, 2]);
    }
}
