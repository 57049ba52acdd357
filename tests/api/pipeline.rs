//! The real binary, and the commands of the README that a pipeline runs.

use crate::support::{FOR_EVER, compiled, fixture, source, standard};
use hatstand::ledger::{Beside, Verdict};
use rusqlite::Connection;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A bot as an operator starts it, who wants to know everything.
pub struct Running {
    pub folder: TempDir,
    pub address: SocketAddr,
    process: Child,
}

impl Running {
    pub fn start(plugins: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("plugins")).expect("a folder");
        for plugin in plugins {
            let wasm = standard().get(*plugin).map_or_else(|| fixture(plugin), PathBuf::as_path);
            fs::copy(wasm, folder.path().join(format!("plugins/{plugin}.wasm"))).expect("copied");
        }
        let settings = format!("[store]\ncache = {:?}\n[http]\nlisten = \"127.0.0.1:0\"\n", compiled());
        fs::write(folder.path().join("hatstand.toml"), settings).expect("written");
        let mut process = Command::new(binary())
            .args(["run", "--terminal"])
            .current_dir(&folder)
            // Not how plugins are compiled, which would be a gigabyte.
            .env("RUST_LOG", "debug,hatstand=trace,axum=trace,hyper=trace")
            .env("NO_COLOR", "1")
            // It runs as long as somebody could type something.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(File::create(folder.path().join("log")).expect("a log"))
            .spawn()
            .expect("it starts");
        let address = address(&folder.path().join("log"), &mut process);
        Self { folder, address, process }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("there is a log")
    }

    fn command(&self, arguments: &[&str]) -> Output {
        Command::new(binary()).args(arguments).current_dir(&self.folder).output().expect("it runs")
    }

    /// What a command prints that goes well.
    #[track_caller]
    pub fn prints(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// What a command complains about, on one line.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert!(!output.status.success(), "{arguments:?} goes well");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        said.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("hatstand.db")
    }

    /// Changes the ledger with another tool.
    pub fn tampers(&self, statement: &str) {
        let ledger = Connection::open(self.ledger()).expect("it is there");
        ledger.execute(statement, []).expect("it is changed");
    }

    pub fn verdict(&self) -> Verdict {
        Beside::read(&self.ledger()).and_then(|ledger| ledger.verify(None)).expect("it can be read")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_hatstand"))
}

/// Where the log says that it listens.
fn address(log: &Path, process: &mut Child) -> SocketAddr {
    let began = Instant::now();
    loop {
        let text = fs::read_to_string(log).expect("there is a log");
        let line = text.lines().find(|line| line.contains("programs can give commands"));
        if let Some(address) = line.and_then(|line| line.split("address=").nth(1)) {
            return address.trim().parse().expect("an address");
        }
        assert!(began.elapsed() < FOR_EVER && matches!(process.try_wait(), Ok(None)), "it does not listen: {text}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The blocks of shell commands below this heading.
fn blocks(heading: &str) -> Vec<String> {
    let readme = fs::read_to_string(source().join("README.md")).expect("there is one");
    let section = readme.split("\n## ").find(|section| section.starts_with(heading)).expect("the section is there");
    let blocks = section.split("```").skip(1).step_by(2).filter_map(|block| block.strip_prefix("sh\n"));
    blocks.map(str::to_owned).collect()
}

#[test]
fn the_commands_of_the_readme_take_turns() {
    assert!(Command::new("curl").arg("--version").output().is_ok(), "this test runs curl, which is not here");
    let bot = Running::start(&["dibs"]);
    let [operator, pipeline] = blocks("Use it from a pipeline").try_into().expect("two blocks");
    fs::write(bot.folder.path().join("deploy.sh"), pipeline).expect("written");
    // Both at the same moment: one waits for the other.
    let script = format!(
        "set -eu\n{operator}\nPIPELINE=12 sh deploy.sh > 12.out 2>&1 & one=$!\nPIPELINE=13 sh deploy.sh > 13.out 2>&1 & other=$!\nwait $one\nwait $other"
    );
    let path = format!("{}:{}", binary().parent().expect("a folder").display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(&bot.folder)
        .env("PATH", path)
        .env("HATSTAND_URL", format!("http://{}", bot.address))
        .output()
        .expect("it runs");
    let said = |name: &str| fs::read_to_string(bot.folder.path().join(name)).unwrap_or_default();
    let (one, other) = (said("12.out"), said("13.out"));
    assert!(output.status.success(), "{output:?}\n{one}\n{other}");
    for said in [&one, &other] {
        assert!(said.contains("\"outcome\":\"released\"") && !said.contains("problem"), "{said}");
    }
    let audit = bot.prints(&["audit", "--user", "ci", "--json"]);
    let seized = audit.lines().filter(|line| line.contains("\"what\":\"seize\"")).count();
    assert_eq!(seized, 2, "however often each asked: {audit}");
}
