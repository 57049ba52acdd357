//! The double as a program: starts alone, prints where it is and what to sign with, and runs until it is stopped.

use std::{error::Error, io, path::PathBuf, process::ExitCode, time::Duration};

use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use serde_json::json;
use slack_double::{Choice, Double, Keep, Limits, Settings, Times, WorldPlan, control_help};

/// Slack on the loopback: its Web API, Socket Mode, response URLs, interactivity and file upload, for tests.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// The port on 127.0.0.1; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Print addresses and tokens as one line of JSON.
    #[arg(long)]
    json: bool,
    /// A JSON file with more of a world: {"workspaces": [{"name", "people": [], "channels": []}], "apps": [{"name", "install": []}]}.
    #[arg(long)]
    world: Option<PathBuf>,
    /// Start without the usual workspace, app and people.
    #[arg(long)]
    bare: bool,
    /// What the URLs that are handed out begin with, such as https://slack.com, for a front that speaks TLS.
    #[arg(long)]
    public_url: Option<String>,
    /// What socket URLs begin with, such as wss://wss-primary.slack.com.
    #[arg(long)]
    public_socket_url: Option<String>,
    /// What every choice by chance is drawn from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How fast the double's clock runs: at 1000, five minutes pass in 0.3 s.
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// Seconds that an envelope waits for its ack.
    #[arg(long, default_value_t = 3.0)]
    ack: f64,
    /// Seconds after which each retry goes out.
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 60.0, 300.0])]
    retries: Vec<f64>,
    /// Seconds after which a socket is refreshed; never, unless told.
    #[arg(long)]
    refresh: Option<f64>,
    /// Seconds that the warning goes ahead of a refresh.
    #[arg(long, default_value_t = 10.0)]
    warning_ahead: f64,
    /// Seconds between pings; 0 is never.
    #[arg(long, default_value_t = 10.0)]
    ping_every: f64,
    /// Seconds that a trigger_id is good for.
    #[arg(long, default_value_t = 3.0)]
    trigger: f64,
    /// Seconds that a response_url is good for.
    #[arg(long, default_value_t = 1800.0)]
    response_url: f64,
    /// Sockets that an app may hold open.
    #[arg(long, default_value_t = 10)]
    connections: usize,
    /// Which open socket takes an envelope.
    #[arg(long, value_enum, default_value = "random")]
    choice: ChoiceFlag,
    /// Hold each channel to one message a second, after a burst of so many.
    #[arg(long)]
    post_burst: Option<u32>,
    /// Hold each method to its tier.
    #[arg(long)]
    tiers: bool,
    /// Events per workspace and app in an hour before app_rate_limited.
    #[arg(long)]
    events_an_hour: Option<u32>,
    /// Keep counts and the last so many records of each kind, instead of everything.
    #[arg(long)]
    keep_last: Option<usize>,
    /// Do not send a bot its own messages as events.
    #[arg(long)]
    no_echo: bool,
    /// Take an ack only on the socket that its envelope went out on.
    #[arg(long)]
    ack_same_socket: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChoiceFlag {
    Random,
    InTurn,
    Oldest,
    Newest,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).with_writer(io::stderr).init();
    let matches = Flags::command().after_long_help(control_help()).get_matches();
    match Flags::from_arg_matches(&matches) {
        Ok(flags) => match run(flags).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("slack-double: {error}");
                ExitCode::FAILURE
            }
        },
        Err(error) => error.exit(),
    }
}

async fn run(flags: Flags) -> Result<(), Box<dyn Error>> {
    let plan = flags.world.as_ref().map(read_plan).transpose()?;
    let as_json = flags.json;
    let double = Double::start(settings(flags)?).await?;
    if let Some(plan) = plan {
        double.build(&plan)?;
    }
    announce(&double, as_json);
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn read_plan(path: &PathBuf) -> Result<WorldPlan, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn settings(flags: Flags) -> Result<Settings, Box<dyn Error>> {
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds);
    if flags.pace.is_nan() || flags.pace <= 0.0 {
        return Err("--pace has to be more than 0".into());
    }
    Ok(Settings {
        port: flags.port,
        pace: flags.pace,
        seed: flags.seed,
        furnished: !flags.bare,
        times: Times {
            ack: seconds(flags.ack)?,
            retries: flags.retries.into_iter().map(seconds).collect::<Result<_, _>>()?,
            refresh: flags.refresh.map(seconds).transpose()?,
            warning_ahead: seconds(flags.warning_ahead)?,
            ping_every: Some(seconds(flags.ping_every)?).filter(|every| !every.is_zero()),
            trigger: seconds(flags.trigger)?,
            response_url: seconds(flags.response_url)?,
            ..Times::default()
        },
        limits: Limits { post_burst: flags.post_burst, tiers: flags.tiers, events_an_hour: flags.events_an_hour },
        connections_per_app: flags.connections,
        choice: match flags.choice {
            ChoiceFlag::Random => Choice::Random,
            ChoiceFlag::InTurn => Choice::InTurn,
            ChoiceFlag::Oldest => Choice::Oldest,
            ChoiceFlag::Newest => Choice::Newest,
        },
        keep: flags.keep_last.map_or(Keep::All, Keep::Last),
        echo: !flags.no_echo,
        ack_anywhere: !flags.ack_same_socket,
        public_url: flags.public_url,
        public_socket_url: flags.public_socket_url,
    })
}

fn announce(double: &Double, as_json: bool) {
    let (api, control) = (double.api_url(), format!("http://{}/control", double.address()));
    let installs = double.installs();
    if as_json {
        println!("{}", json!({ "api_url": api, "control_url": control, "installs": installs }));
        return;
    }
    println!("Web API:  {api}\nControl:  {control}");
    for install in installs {
        let tokens = &install.tokens;
        println!(
            "\n{} in {}\n  app token:  {}\n  bot token:  {}\n  bot user:   {}",
            install.app_name, install.team_name, tokens.app, tokens.bot, tokens.user
        );
    }
}
