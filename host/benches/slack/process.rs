//! The bot as a process of its own.

use crate::plugins::Built;
use crate::team::Team;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Long enough for everything that a process does at its start or end.
const PATIENCE: Duration = Duration::from_secs(60);

/// `hatstand run` in a folder of its own.
pub struct Bot {
    process: Child,
    home: Arc<TempDir>,
}

impl Bot {
    /// With so many plugins; returns once Slack can send to it.
    pub async fn start(team: &Team, built: &Built, plugins: usize) -> Self {
        let home = TempDir::new().expect("a folder");
        let folder = home.path().join("plugins");
        fs::create_dir(&folder).expect("made");
        for number in 0..plugins {
            fs::write(folder.join(format!("counter{number:02}.wasm")), built.counter(number)).expect("written");
        }
        let names: Vec<String> = (0..team.tokens.len()).map(|number| format!("\"w{number}\"")).collect();
        let config = format!(
            "[slack]\napi_url = \"{}\"\nconnections = 1\nmessages_per_second = 0\nworkspaces = [{}]\n",
            team.double.api_url(),
            names.join(", ")
        );
        fs::write(home.path().join("hatstand.toml"), config).expect("written");
        Self::start_in(team, Arc::new(home)).await
    }

    /// In a folder that is there.
    pub async fn start_in(team: &Team, home: Arc<TempDir>) -> Self {
        let app = team.double.home().app;
        let before = team.double.opens(&app);
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatstand"));
        command.arg("run").current_dir(home.path()).env_clear().env("RUST_LOG", "warn").env("SLACK_APP_TOKEN", &team.tokens[0].app);
        for (number, tokens) in team.tokens.iter().enumerate() {
            command.env(format!("SLACK_BOT_TOKEN_W{number}"), &tokens.bot);
        }
        let process = command.stdin(Stdio::null()).spawn().expect("it starts");
        let connected = |double: &slack_double::Double| {
            let ready = double.sockets(&app).iter().any(|socket| socket.state == slack_double::SocketState::Open);
            (double.opens(&app) > before && ready).then_some(())
        };
        team.double.until(PATIENCE, connected).await.expect("it connects");
        Self { process, home }
    }

    /// Ends it in an orderly way, and gives back its folder.
    pub async fn stop(mut self) -> Arc<TempDir> {
        let asked = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status().expect("it is asked");
        assert!(asked.success());
        self.process.wait().expect("it ended");
        Arc::clone(&self.home)
    }

    /// What it has used of all processors together.
    pub fn processor_time(&self) -> Duration {
        let fields = self.proc("stat");
        let after_name = fields.rsplit(')').next().expect("a name in brackets");
        let ticks = |index: usize| after_name.split_whitespace().nth(index).and_then(|field| field.parse::<u64>().ok()).expect("a number");
        // User and system time, in hundredths of a second.
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }

    /// Resident memory in bytes.
    pub fn resident(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it is there");
        line.split_whitespace().nth(1).and_then(|kibibytes| kibibytes.parse::<u64>().ok()).expect("a number") * 1024
    }

    /// A file of the kernel's about the process; see proc(5).
    fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).expect("it can be read")
    }
}

impl Drop for Bot {
    /// A benchmark that fails leaves nothing running.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
