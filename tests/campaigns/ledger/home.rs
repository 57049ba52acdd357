//! A bot at home: a folder with a configuration, plugins, data and a token; and the process that runs there, if one does.

use crate::client::{Request, Response};
use crate::shim::Shim;
use crate::support::{FOR_EVER, bytes};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Nothing is too much; a backup is made when a test wants one.
const CONFIG: &str = "
[store]
ledger = \"data/hatstand.db\"
backups_kept = 0
[http]
listen = \"127.0.0.1:0\"
rate = 1000000
[limits.rate]
person = 0
channel = 0
workspace = 0
[roles]
";

#[derive(Debug)]
pub struct Home {
    folder: TempDir,
    /// For the API; empty before there is one.
    pub token: String,
}

impl Home {
    /// With these plugins, and a ledger that was made by a first start.
    pub fn with(plugins: &[&str]) -> Self {
        let mut home = Self::bare();
        fs::create_dir(home.path("plugins")).expect("a folder");
        for plugin in plugins {
            home.put(plugin, &bytes(plugin));
        }
        home.start(None).end();
        let made = home.command(&["token", "create", "ci", "--channel", "dev", "--allow", "*"]).output().expect("it runs");
        assert!(made.status.success(), "{made:?}");
        home.token = String::from_utf8(made.stdout).expect("text").trim().to_owned();
        home
    }

    /// Where nothing ever ran.
    pub fn bare() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("hatstand.toml"), CONFIG).expect("written");
        Self { folder, token: String::new() }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub fn ledger(&self) -> PathBuf {
        self.path("data/hatstand.db")
    }

    pub fn shim(&self) -> Shim {
        Shim::over(&self.path("data"), &self.path("shim"))
    }

    /// Puts a plugin's file into the folder as an operator should: whole, by renaming.
    pub fn put(&self, plugin: &str, bytes: &[u8]) {
        let new = self.path("new");
        fs::write(&new, bytes).expect("written");
        fs::rename(new, self.path("plugins").join(format!("{plugin}.wasm"))).expect("renamed");
    }

    /// The binary, with the configuration of this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatstand"));
        command.args(arguments).env("HATSTAND_CONFIG", self.path("hatstand.toml")).env_remove("RUST_LOG").env("NO_COLOR", "1");
        command
    }

    /// The bot starts; returns once programs can give commands.
    pub fn start(&self, shim: Option<&Shim>) -> Bot {
        self.try_start(shim).unwrap_or_else(|(status, said)| panic!("it ended with {status}: {said}"))
    }

    /// The bot starts, and nobody waits for it.
    pub fn spawn(&self) -> Child {
        let mut command = self.command(&["run", "--terminal"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    }

    /// The bot starts in Slack, where it says as much as it likes.
    pub fn start_in_slack(&self, shim: &Shim, api_url: &str, app: &str, bot: &str) -> Bot {
        fs::write(self.path("hatstand.toml"), format!("{CONFIG}[slack]\napi_url = {api_url:?}\nmessages_per_second = 0\n"))
            .expect("written");
        let mut command = self.command(&["run"]);
        shim.apply(&mut command);
        command.env("SLACK_APP_TOKEN", app).env("SLACK_BOT_TOKEN", bot);
        Bot::start(command).unwrap_or_else(|(status, said)| panic!("it ended with {status}: {said}"))
    }

    /// The bot starts, or this is how it ended and what it said.
    pub fn try_start(&self, shim: Option<&Shim>) -> Result<Bot, (ExitStatus, String)> {
        let mut command = self.command(&["run", "--terminal"]);
        if let Some(shim) = shim {
            shim.apply(&mut command);
        }
        Bot::start(command)
    }
}

/// A bot in a process of its own, on a terminal of its own.
#[derive(Debug)]
pub struct Bot {
    child: Child,
    input: Option<ChildStdin>,
    /// What it says in its terminal.
    said: Receiver<String>,
    log: Receiver<String>,
    pub address: SocketAddr,
}

impl Bot {
    fn start(mut command: Command) -> Result<Self, (ExitStatus, String)> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let said = lines(child.stdout.take().expect("it is piped"));
        let log = lines(child.stderr.take().expect("it is piped"));
        let mut before = String::new();
        while let Ok(line) = log.recv_timeout(FOR_EVER) {
            if let Some(address) = line.split("programs can give commands address=").nth(1) {
                let address = address.trim().parse().expect("an address");
                let input = child.stdin.take();
                return Ok(Self { child, input, said, log, address });
            }
            before += &format!("{line}\n");
        }
        // What it writes is closed by its end. One that hangs is ended here, which is no way to end either.
        let _ = child.kill();
        let status = child.wait().expect("it is ours");
        Err((status, before))
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The moment does not matter.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        let status = self.child.wait().expect("it ended");
        assert_eq!(status.code(), None, "it ended by itself: {}", self.rest_of_log());
    }

    /// Ann types something.
    pub fn types(&mut self, line: &str) {
        writeln!(self.input.as_mut().expect("it is open"), "{line}").expect("it reads");
    }

    /// The next thing that is said in the terminal.
    #[track_caller]
    pub fn hears(&self) -> String {
        self.said.recv_timeout(FOR_EVER).unwrap_or_else(|why| panic!("it says nothing: {why}"))
    }

    /// Waits for a line of its log with this in it.
    #[track_caller]
    pub fn logs(&self, text: &str) {
        while !self.log.recv_timeout(FOR_EVER).unwrap_or_else(|why| panic!("`{text}` is not in its log: {why}")).contains(text) {}
    }

    /// Whoever types has nothing more to say: it ends in an orderly way.
    pub fn end(mut self) {
        drop(self.input.take());
        let status = self.child.wait().expect("it ended");
        assert!(status.success(), "{status}: {}", self.rest_of_log());
    }

    /// How it ends by itself, how long that took, and what it said last.
    pub fn fate(mut self) -> (ExitStatus, Duration, String) {
        let began = Instant::now();
        while began.elapsed() < FOR_EVER {
            if let Some(status) = self.child.try_wait().expect("it is ours") {
                let took = began.elapsed();
                return (status, took, self.rest_of_log());
            }
            thread::yield_now();
        }
        panic!("it does not end: {}", self.rest_of_log());
    }

    fn rest_of_log(&self) -> String {
        let mut rest = String::new();
        while let Ok(line) = self.log.recv_timeout(Duration::from_secs(1)) {
            rest += &format!("{line}\n");
        }
        rest
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (print, printed) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // Whoever reads has read enough.
            let _ = print.send(line);
        }
    });
    printed
}

/// Gives a command; none if nobody answers.
pub fn give(to: SocketAddr, token: &str, line: &str, key: &str) -> Option<Response> {
    let mut stream = TcpStream::connect(to).ok()?;
    stream.set_read_timeout(Some(FOR_EVER)).ok()?;
    stream.write_all(&Request::line(token, line).key(key).bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    // One that was killed may have begun to answer.
    let response = Response::read(&answer)?;
    serde_json::from_str::<serde_json::Value>(&response.body).is_ok().then_some(response)
}

/// All files of a folder of one level, to be put back.
pub fn files_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).filter(|path| path.is_file());
    files.map(|path| (path.clone(), fs::read(path).expect("it can be read"))).collect()
}
