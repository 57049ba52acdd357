//! `hatstand doctor`: everything that may stand in the way, looked at all at once, each with what to do about it.

mod account;
mod disk;
mod files;
mod http;
mod ledger;
mod limit;
mod outside;
mod plugins;
mod rules;
mod socket;
mod tokens;

use super::{Failure, failure, log};
use crate::adapters::slack::web::Web;
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::secrets::{self, Environment};
use crate::setup::{Finding, Loaded, Mark};
use clap::Args;
use ledger::Holder;
use owo_colors::{OwoColorize, Stream};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Doctor {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
    /// Print the findings for a program.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub fn run(self) -> Result<(), Failure> {
        log("off");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failure)?;
        let findings = match Config::read(&self.config) {
            Ok(config) => {
                let read = Finding::ok("configuration", format!("{} is sound", self.config.display()));
                let found = runtime.block_on(examine(&config, &Environment::of_this_process(), &Clock::machine()));
                std::iter::once(read).chain(found).collect()
            }
            Err(why) => vec![unreadable(&why)],
        };
        // Whatever did not end in time is not waited for.
        runtime.shutdown_background();
        if self.json {
            print_json(&findings)?;
        } else {
            findings.iter().for_each(print);
        }
        match findings.iter().filter(|finding| finding.failed()).count() {
            0 => Ok(()),
            failed => Err(failure(format!("{failed} of {} findings keep the bot from running", findings.len()))),
        }
    }
}

/// Looks at everything but the configuration. What waits for the network, the disk or a compiler does so at the same time.
async fn examine(config: &Config, environment: &Environment, clock: &Clock) -> Vec<Finding> {
    let given = secrets::given(&config.slack, environment);
    let client = Web::new(&config.slack.api_url);
    let web = client.as_ref().ok();
    let ((holder, ledger), loaded, told, tried) = tokio::join!(
        ledger::open(&config.store.ledger),
        plugins::load(config),
        account::identify(web, &given, clock),
        socket::try_out(web, &given.app),
    );
    let ours = if holder == Holder::Hatstand { config.slack.connections } else { 0 };
    let needs = loaded.as_ref().map(Loaded::needs).unwrap_or_default();
    [
        tokens::findings(&given),
        client.as_ref().err().map(account::unstarted).into_iter().collect(),
        account::findings(&told, &config.bot.name, &needs),
        socket::findings(&tried, ours),
        plugins::findings(config, &loaded),
        rules::findings(config, &loaded),
        vec![ledger],
        disk::findings(config),
        vec![files::finding()],
        http::findings(&config.http, holder),
        outside::findings(config, environment, holder),
    ]
    .concat()
}

fn unreadable(why: &ConfigError) -> Finding {
    let fix = why.fix().unwrap_or_else(|| "hatstand init shows in a new folder what can be set".to_owned());
    Finding::failure("configuration", format!("{}{why}", why.place()), fix)
}

fn print_json(findings: &[Finding]) -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(findings).map_err(failure)?);
    Ok(())
}

/// One line for what was found, and one for what to do about it.
fn print(finding: &Finding) {
    let mark = match finding.mark {
        Mark::Ok => "ok  ".if_supports_color(Stream::Stdout, |mark| mark.green()).to_string(),
        Mark::Warning => "WARN".if_supports_color(Stream::Stdout, |mark| mark.yellow()).to_string(),
        Mark::Failure => "FAIL".if_supports_color(Stream::Stdout, |mark| mark.red()).to_string(),
    };
    println!("{mark} {:<14}{}", finding.area, finding.text);
    if let Some(fix) = &finding.fix {
        println!("{:19}fix: {fix}", "");
    }
}
