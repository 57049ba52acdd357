//! Setting the bot up for Slack: the steps of the README, and everything that people get wrong on the way.

mod support;

use hatstand::adapters::slack::socket;
use hatstand::adapters::slack::times::Times;
use hatstand::adapters::slack::web::Web;
use hatstand::secrets::Token;
use serde_json::Value;
use slack_double::{App, AppId, Channel, Double, Person, Settings, TeamId, Tokens};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use support::{FOR_EVER, bytes, compiled, source, standard};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Slack, with one workspace and whatever apps a test makes.
struct Slack {
    double: Double,
    team: TeamId,
    runtime: Runtime,
}

impl Slack {
    fn open() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let settings = Settings { furnished: false, ..Settings::default() };
        let double = runtime.block_on(Double::start(settings)).expect("it listens");
        let team = double.add_workspace("Acme");
        Self { double, team, runtime }
    }

    /// What somebody does on Slack's pages: an app as the manifest says, installed.
    fn make(&self, manifest: &Value) -> (AppId, Tokens) {
        let listed = |place: &str| {
            let list = manifest.pointer(place).and_then(Value::as_array).expect("it is a list");
            Some(list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect())
        };
        let app = self.double.add_app(App {
            name: manifest["features"]["bot_user"]["display_name"].as_str().expect("a name").to_owned(),
            scopes: listed("/oauth_config/scopes/bot"),
            events: listed("/settings/event_subscriptions/bot_events"),
            commands: Some(vec![manifest["features"]["slash_commands"][0]["command"].as_str().expect("a command").to_owned()]),
            socket_mode: manifest["settings"]["socket_mode_enabled"] == true,
        });
        let tokens = self.double.install(&app, &self.team);
        (app, tokens)
    }

    /// An app that may do everything that is needed.
    fn app(&self) -> (AppId, Tokens) {
        let app = self.double.add_app(App::named("hatstand"));
        let tokens = self.double.install(&app, &self.team);
        (app, tokens)
    }
}

/// A bot's folder, and the variables that its commands are given.
struct Desk {
    folder: TempDir,
    variables: BTreeMap<&'static str, String>,
}

/// What a command said, and whether it went well.
struct Said {
    text: String,
    well: bool,
}

impl Desk {
    /// With these plugins, and with its Slack at this address.
    fn new(plugins: &[&str], api_url: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("plugins")).expect("a folder");
        let config = format!("[store]\ncache = {:?}\n[slack]\napi_url = {api_url:?}\n", compiled());
        fs::write(folder.path().join("hatstand.toml"), config).expect("written");
        let desk = Self { folder, variables: BTreeMap::new() };
        plugins.iter().for_each(|plugin| desk.put(plugin, &bytes(plugin)));
        desk
    }

    /// At a Slack where an app is installed, with the tokens of both.
    fn at(slack: &Slack) -> (Self, AppId, Tokens) {
        let (app, tokens) = slack.app();
        let desk = Self::new(&["greeter"], &slack.double.api_url()).given("SLACK_APP_TOKEN", &tokens.app);
        (desk.given("SLACK_BOT_TOKEN", &tokens.bot), app, tokens)
    }

    fn given(mut self, variable: &'static str, value: &str) -> Self {
        self.variables.insert(variable, value.to_owned());
        self
    }

    fn put(&self, plugin: &str, bytes: &[u8]) {
        fs::write(self.path("plugins").join(format!("{plugin}.wasm")), bytes).expect("written");
    }

    fn grant(&self, plugin: &str, grant: &str) {
        let config = fs::read_to_string(self.path("hatstand.toml")).expect("it is there");
        fs::write(self.path("hatstand.toml"), format!("{config}[plugins.{plugin}]\ngrants = [{grant:?}]\n")).expect("written");
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Runs the binary. Nothing that it ever says holds a token.
    fn hatstand(&self, arguments: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hatstand"));
        command.current_dir(self.folder.path()).args(arguments.split_whitespace()).stdin(Stdio::null());
        let output = untouched(&mut command).envs(&self.variables).output().expect("it runs");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        for (variable, value) in self.variables.iter().filter(|(_, value)| value.len() > 8 && !value.starts_with('/')) {
            assert!(!text.contains(value), "it says what {variable} holds");
        }
        Said { text, well: output.status.success() }
    }

    fn doctor(&self) -> Said {
        self.hatstand("doctor")
    }
}

impl Said {
    /// The findings of an area.
    #[track_caller]
    fn about(&self, area: &str) -> Vec<&str> {
        let found: Vec<&str> = self.text.lines().filter(|line| line.get(5..).is_some_and(|text| text.starts_with(area))).collect();
        assert!(!found.is_empty(), "nothing about {area}:\n{}", self.text);
        found
    }

    #[track_caller]
    fn says(&self, part: &str) {
        assert!(self.text.contains(part), "it does not say `{part}`:\n{}", self.text);
    }
}

/// Without whatever is set where the tests run.
fn untouched(command: &mut Command) -> &mut Command {
    let ours = |name: &str| name.starts_with("SLACK_") || ["CREDENTIALS_DIRECTORY", "HATSTAND_CONFIG", "RUST_LOG"].contains(&name);
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
}

/// A Slack that nobody reaches.
const NOWHERE: &str = "http://127.0.0.1:9/api";

// The steps of the README.

/// A shell that is told one command after another, as a person would.
struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn open(folder: &Path) -> Self {
        let binaries = Path::new(env!("CARGO_BIN_EXE_hatstand")).parent().expect("it is in a folder").display();
        let mut command = Command::new("sh");
        command.current_dir(folder).env("PATH", format!("{binaries}:{}", std::env::var("PATH").expect("there is one")));
        let mut child = untouched(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("there is a shell");
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, input, output }
    }

    /// Runs a command that must go well; gives what it printed.
    #[track_caller]
    fn does(&mut self, command: &str) -> String {
        writeln!(self.input, "{command}\necho \"=== $?\"").expect("it reads");
        let mut printed = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).expect("UTF-8"), 0, "`{command}` ended the shell:\n{printed}");
            match line.strip_prefix("=== ") {
                Some(code) => {
                    assert_eq!(code.trim(), "0", "`{command}`:\n{printed}");
                    return printed;
                }
                None => printed += &line,
            }
        }
    }

    /// Becomes a command that goes on until it is ended.
    fn becomes(&mut self, command: &str) {
        writeln!(self.input, "exec {command}").expect("it reads");
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The commands of a section of the README.
fn commands(section: &str) -> Vec<String> {
    let readme = fs::read_to_string(source().join("README.md")).expect("it is there");
    let (_, section) = readme.split_once(&format!("## {section}\n")).expect("it is a section");
    let section = section.split("\n## ").next().expect("there is a first");
    section.lines().filter_map(|line| line.strip_prefix("    ")).map(str::to_owned).collect()
}

#[test]
fn the_readme_leads_to_a_bot_that_answers() {
    let commands = commands("Connect Slack");
    assert_eq!(commands.len(), 6, "{commands:#?}");
    let [init, manifest, copy, load, doctor, run] = commands.try_into().expect("there are six");
    let slack = Slack::open();
    let folder = TempDir::new().expect("a folder");
    let desk = folder.path().join("ops-bot");
    let change = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(desk.join(file)).expect("it is there");
        assert!(text.contains(from), "{file} has no `{from}`");
        fs::write(desk.join(file), text.replace(from, to)).expect("written");
    };

    let mut shell = Shell::open(folder.path());
    shell.does(&init);
    change("hatstand.toml", "https://slack.com/api", &slack.double.api_url());
    let said = shell.does(&manifest);
    assert!(said.contains("https://api.slack.com/apps?new_app=1&manifest_json=%7B"), "{said}");

    let manifest = fs::read_to_string(desk.join("slack-manifest.json")).expect("it is there");
    let (app, tokens) = slack.make(&serde_json::from_str(&manifest).expect("JSON"));

    shell.does(&copy);
    change(".env", "SLACK_APP_TOKEN=\n", &format!("SLACK_APP_TOKEN={}\n", tokens.app));
    change(".env", "SLACK_BOT_TOKEN=\n", &format!("SLACK_BOT_TOKEN={}\n", tokens.bot));
    shell.does(&load);
    let said = shell.does(&doctor);
    assert!(!said.contains(&tokens.app) && !said.contains(&tokens.bot), "a token is printed");
    assert!(!said.contains("WARN") && !said.contains("FAIL"), "{said}");
    assert!(said.contains("connected as @hatstand in Acme"), "{said}");

    shell.becomes(&run);
    let jane = slack.double.add_person(&slack.team, Person::named("jane"));
    let members = vec![jane.clone(), tokens.user.clone()];
    let dev = slack.double.add_channel(&slack.team, Channel { members, ..Channel::named("dev") });
    let connected = slack.double.until(FOR_EVER, |slack| (!slack.sockets(&app).is_empty()).then_some(()));
    slack.runtime.block_on(connected).expect("it connects");
    slack.double.post(&dev, &jane, "@hatstand hat on");
    let answered = slack
        .double
        .until(FOR_EVER, |slack| slack.messages(&dev).into_iter().find(|message| message.author.bot.is_some()).map(|message| message.text));
    let answer = slack.runtime.block_on(answered).expect("it answers");
    assert!(answer.contains("wears the hat"), "{answer}");

    // While it runs, the doctor takes it for what it is.
    let mut beside = Shell::open(&desk);
    beside.does(&load);
    let said = beside.does(&doctor);
    assert!(said.contains("in use by the bot that runs, process "), "{said}");
    assert!(said.contains("the bot that runs is connected, and nobody else"), "{said}");
}

// The manifest.

/// What is expected, from a file of that name; `UPDATE_SNAPSHOTS=1` writes down what came instead.
#[track_caller]
fn is_as_kept(name: &str, text: &str) {
    let path = source().join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(path.parent().expect("it is in a folder")).and_then(|()| fs::write(&path, text)).expect("written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, kept, "{} is different; UPDATE_SNAPSHOTS=1 writes down what came", path.display());
}

/// A folder with the plugins that come with the bot, and what they are granted by `hatstand init`.
fn standard_desk() -> Desk {
    let desk = Desk::new(&[], NOWHERE);
    standard().iter().for_each(|(plugin, wasm)| desk.put(plugin, &fs::read(wasm).expect("it was built")));
    desk.grant("eggs", "hear");
    desk.grant("hat", "chat:direct");
    desk
}

#[test]
fn the_manifest_of_the_standard_plugins_is_as_kept() {
    let desk = standard_desk();
    let said = desk.hatstand("slack manifest");
    assert!(said.well, "{}", said.text);
    is_as_kept("slack-manifest.json", &fs::read_to_string(desk.path("slack-manifest.json")).expect("it is there"));
}

#[test]
fn every_event_of_the_manifest_has_its_scope_and_no_list_is_empty() {
    let said = standard_desk().hatstand("slack manifest --json");
    let all: Value = serde_json::from_str(&said.text).expect("JSON and nothing else");
    let names = |list: &Value, name: &str| -> Vec<String> {
        list.as_array().expect("a list").iter().map(|entry| entry[name].as_str().expect("a name").to_owned()).collect()
    };
    let scopes = names(&all["scopes"], "scope");
    for event in names(&all["events"], "event") {
        let needed: &[&str] = match event.split(['.', '_']).collect::<Vec<_>>().as_slice() {
            ["app", "mention"] => &["app_mentions:read"],
            ["app" | "tokens", ..] => &[],
            ["message", "channels"] => &["channels:history"],
            ["message", "groups"] => &["groups:history"],
            ["message", "im"] => &["im:history"],
            ["message", "mpim"] => &["mpim:history"],
            ["channel", ..] => &["channels:read"],
            ["group", ..] => &["groups:read"],
            ["member", ..] => &["channels:read", "groups:read"],
            ["reaction", ..] => &["reactions:read"],
            ["team" | "user", ..] => &["users:read"],
            _ => panic!("nobody looked up what {event} needs"),
        };
        assert!(needed.iter().all(|needed| scopes.iter().any(|scope| scope == needed)), "{event} needs {needed:?}");
    }
    assert_eq!(empty_lists(&all), 0);
    assert_eq!(all["manifest"]["oauth_config"]["scopes"]["bot"], serde_json::json!(scopes));
    said.says("eggs: pattern `");
}

fn empty_lists(value: &Value) -> usize {
    match value {
        Value::Array(list) => usize::from(list.is_empty()) + list.iter().map(empty_lists).sum::<usize>(),
        Value::Object(map) => map.values().map(empty_lists).sum(),
        _ => 0,
    }
}

#[test]
fn a_new_plugin_shows_in_the_manifest() {
    let desk = Desk::new(&["greeter"], NOWHERE);
    let said = desk.hatstand("slack manifest --check");
    assert!(!said.well);
    said.says("there is no slack-manifest.json; make it with: hatstand slack manifest");

    assert!(desk.hatstand("slack manifest").well);
    let said = desk.hatstand("slack manifest --check");
    assert!(said.well, "{}", said.text);
    said.says("slack-manifest.json is what is needed.");

    desk.put("eggs", &fs::read(&standard()["eggs"]).expect("it was built"));
    assert!(desk.hatstand("slack manifest --check").well, "what is not granted is not needed");
    desk.grant("eggs", "hear");
    let said = desk.hatstand("slack manifest --check");
    assert!(!said.well);
    said.says("+ scope mpim:history (eggs: pattern `");
    said.says("+ event message.channels (eggs: pattern `");

    let said = desk.hatstand("slack manifest");
    said.says("reinstall the app on the page OAuth & Permissions");
    assert!(desk.hatstand("slack manifest --check").well);
}

// What the doctor finds.

#[test]
fn all_is_well_where_all_is_well() {
    let slack = Slack::open();
    let (desk, ..) = Desk::at(&slack);
    let said = desk.doctor();
    assert!(said.well && !said.text.contains("WARN"), "{}", said.text);
    for area in ["configuration", "tokens", "account", "name", "scopes", "clock", "socket mode", "connections", "plugins", "ledger", "disk"]
    {
        assert!(said.about(area).iter().all(|line| line.starts_with("ok")), "{}", said.text);
    }
    let said = desk.hatstand("doctor --json");
    let findings: Vec<Value> = serde_json::from_str(&said.text).expect("JSON and nothing else");
    assert!(findings.iter().all(|finding| finding["mark"] == "ok" && finding["text"].is_string()), "{}", said.text);
}

#[test]
fn not_even_the_whole_log_holds_a_token() {
    let slack = Slack::open();
    let (desk, ..) = Desk::at(&slack);
    let said = desk.given("RUST_LOG", "trace").doctor();
    assert!(said.well, "{}", said.text);
    said.says("TRACE");
}

#[test]
fn without_tokens_the_doctor_says_where_they_come_from() {
    let said = Desk::new(&["greeter"], NOWHERE).doctor();
    assert!(!said.well);
    assert_eq!(said.about("tokens").len(), 2);
    said.says("FAIL tokens        SLACK_APP_TOKEN is not set");
    said.says("it begins with xoxb- and is on the page OAuth & Permissions");
    assert!(said.about("plugins").iter().all(|line| line.starts_with("ok")), "the rest is looked at all the same");
}

#[test]
fn tokens_of_another_kind_are_told_apart() {
    let wrong = |app: &str, bot: &str| Desk::new(&[], NOWHERE).given("SLACK_APP_TOKEN", app).given("SLACK_BOT_TOKEN", bot).doctor();
    let swapped = wrong("xoxb-1-canary", "xapp-1-canary");
    assert!(!swapped.well);
    swapped.says("SLACK_APP_TOKEN holds a bot token (xoxb-…)");
    swapped.says("SLACK_BOT_TOKEN holds an app-level token (xapp-…)");
    wrong("xapp-1-canary", "xoxp-1-canary").says("SLACK_BOT_TOKEN holds a user token (xoxp-…)");
    wrong("xapp-1-canary", "xoxe.xoxb-1-canary").says("because token rotation is on");
    wrong("xapp-1-canary", "0123456789abcdef0123456789abcdef").says("holds something like a signing secret");
    let misnamed = Desk::new(&[], NOWHERE).given("SLACK_API_TOKEN", "xoxb-1-canary").doctor();
    misnamed.says("SLACK_API_TOKEN is set, but not read: call it SLACK_BOT_TOKEN");
}

#[test]
fn missing_scopes_are_told_all_at_once() {
    let slack = Slack::open();
    let (desk, app, _) = Desk::at(&slack);
    slack.double.grant(&app, &["app_mentions:read", "chat:write", "commands", "im:history", "users:read"]);
    let said = desk.doctor();
    assert!(!said.well);
    let scopes = said.about("scopes")[0];
    for scope in ["channels:history", "channels:read", "groups:history", "groups:read", "im:read", "im:write", "reactions:write"] {
        assert!(scopes.contains(&format!("{scope} (hatstand ")), "{scopes}");
    }
    said.says("then reinstall the app on the page OAuth & Permissions");
}

#[test]
fn each_workspace_is_looked_at() {
    let slack = Slack::open();
    let (desk, app, tokens) = Desk::at(&slack);
    let config = fs::read_to_string(desk.path("hatstand.toml")).expect("it is there");
    fs::write(desk.path("hatstand.toml"), format!("{config}workspaces = [\"acme\", \"beta\"]\n")).expect("written");
    let said = desk.doctor();
    said.says("SLACK_BOT_TOKEN_ACME is not set");
    said.says("SLACK_BOT_TOKEN is set, but not read");

    let beta = slack.double.install(&app, &slack.double.add_workspace("Beta"));
    let desk = desk.given("SLACK_BOT_TOKEN_ACME", &tokens.bot).given("SLACK_BOT_TOKEN_BETA", &beta.bot);
    let said = desk.doctor();
    assert!(said.well, "{}", said.text);
    said.says("connected as @hatstand in Acme");
    said.says("connected as @hatstand in Beta");

    let desk = desk.given("SLACK_BOT_TOKEN_BETA", &tokens.bot);
    desk.doctor().says("FAIL account       two bot tokens belong to Acme");
}

#[test]
fn socket_mode_that_is_off_is_told() {
    let slack = Slack::open();
    let (desk, app, _) = Desk::at(&slack);
    slack.double.set_socket_mode(&app, false);
    let said = desk.doctor();
    assert!(!said.well);
    assert!(said.about("socket mode")[0].starts_with("FAIL"), "{}", said.text);
    said.says("switch Socket Mode on, on Slack's page of that name");
}

#[test]
fn a_revoked_token_is_told() {
    let slack = Slack::open();
    let (desk, _, tokens) = Desk::at(&slack);
    slack.double.revoke(&tokens.bot);
    let said = desk.doctor();
    assert!(!said.well);
    said.says("the token of the bot was revoked");
    slack.double.revoke(&tokens.app);
    desk.doctor().says("the token of the app was revoked");
}

#[test]
fn somebody_else_with_the_same_token_is_told_loudly() {
    let slack = Slack::open();
    let (desk, _, tokens) = Desk::at(&slack);
    let web = Web::new(&slack.double.api_url()).expect("a client");
    let other = slack.runtime.block_on(socket::open(&web, &Token::new(&tokens.app), &Times::default())).expect("it opens");
    let said = desk.doctor();
    assert!(said.well, "the bot runs all the same: {}", said.text);
    assert!(said.about("connections")[0].starts_with("WARN"), "{}", said.text);
    said.says("SOMEBODY ELSE RUNS WITH THIS APP TOKEN");
    slack.runtime.block_on(other.close(&Times::default()));
}

#[test]
fn a_slack_that_cannot_be_reached_is_a_finding() {
    let desk = Desk::new(&[], NOWHERE).given("SLACK_APP_TOKEN", "xapp-1-canary").given("SLACK_BOT_TOKEN", "xoxb-1-canary");
    let said = desk.doctor();
    assert!(!said.well);
    assert!(said.about("account")[0].starts_with("FAIL"), "{}", said.text);
    assert!(said.about("socket mode")[0].starts_with("FAIL"), "{}", said.text);
    said.says("check the network");
}

#[test]
fn a_configuration_that_is_wrong_is_a_finding() {
    let desk = Desk::new(&[], NOWHERE);
    fs::write(desk.path("hatstand.toml"), "[slack]\nconections = 2\n").expect("written");
    let said = desk.doctor();
    assert!(!said.well);
    said.says("hatstand.toml line 2: unknown field `conections`");
    said.says("fix: did you mean `connections`?");

    fs::write(desk.path("hatstand.toml"), "[slack]\ntoken = \"xoxb-1-canary\"\n").expect("written");
    let said = desk.doctor();
    said.says("a token does not belong in this file");
    assert!(!said.text.contains("canary"), "{}", said.text);
}

#[test]
fn a_plugin_that_does_not_load_is_a_finding() {
    let desk = Desk::new(&["greeter"], NOWHERE);
    desk.put("broken", b"hello world");
    let said = desk.doctor();
    said.says("FAIL plugins       broken.wasm is not a WebAssembly file (it starts with \"hello world\")");
    said.says("ok   plugins       greeter 0.1.0 loads");
    fs::remove_dir_all(desk.path("plugins")).expect("removed");
    desk.doctor().says("cannot be read");
}
