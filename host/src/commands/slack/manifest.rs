//! `hatstand slack manifest`: the app's manifest, from what is loaded, and the way from there to the tokens.

use crate::commands::{Failure, failure, log};
use crate::config::Config;
use crate::setup::{self, Changes, Loaded, Needs};
use clap::Args;
use serde_json::json;
use std::fs;
use std::io;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Manifest {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
    /// Where to write the manifest.
    #[arg(long, value_name = "FILE", default_value = "slack-manifest.json")]
    into: PathBuf,
    /// Write nothing; fail if the manifest that was written is not what is needed now, and say what is new and who wants it.
    #[arg(long, conflicts_with = "json")]
    check: bool,
    /// Write nothing; print manifest, link, and every scope and event with the reasons for it.
    #[arg(long)]
    json: bool,
}

impl Manifest {
    pub fn run(self) -> Result<(), Failure> {
        log("off");
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let loaded = tokio::runtime::Runtime::new().map_err(failure)?.block_on(Loaded::from(&config)).map_err(failure)?;
        for (file, why) in loaded.rejected() {
            eprintln!("{file} {why}. What it needs is not in the manifest.");
        }
        let needs = loaded.needs();
        let manifest = setup::Manifest::new(&config.bot.name, &needs);
        match self {
            Self { json: true, .. } => print_json(&manifest, &needs),
            Self { check: true, .. } => self.check(&manifest, &needs),
            _ => self.write(&manifest, &needs),
        }
    }

    fn check(&self, manifest: &setup::Manifest, needs: &Needs) -> Result<(), Failure> {
        let path = self.into.display();
        let Some(changes) = self.changes(manifest, needs)? else {
            return Err(failure(format!("there is no {path}; make it with: hatstand slack manifest")));
        };
        if changes.is_empty() {
            println!("{path} is what is needed.");
            return Ok(());
        }
        print!("{changes}");
        Err(failure(format!("{path} is not what is needed any more; renew it with: hatstand slack manifest")))
    }

    fn write(&self, manifest: &setup::Manifest, needs: &Needs) -> Result<(), Failure> {
        let path = self.into.display();
        let changes = self.changes(manifest, needs)?;
        fs::write(&self.into, manifest.to_json()).map_err(|why| failure(format!("{path}: {why}")))?;
        match changes {
            Some(changes) if changes.is_empty() => println!("{path} is as it was: nothing to do if the app is there already."),
            Some(changes) => println!("{path} is written anew:\n{changes}{AGAIN}"),
            None => println!("{path} is written: {} scopes and {} events.", needs.scopes.len(), needs.events.len()),
        }
        println!("\n{}", way_to_the_tokens(&manifest.link(), &path.to_string()));
        Ok(())
    }

    /// What changed since the manifest was last written; none if it never was.
    fn changes(&self, manifest: &setup::Manifest, needs: &Needs) -> Result<Option<Changes>, Failure> {
        let path = self.into.display();
        let text = match fs::read_to_string(&self.into) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(|why| failure(format!("{path}: {why}")))?,
        };
        let written = serde_json::from_str(&text).map_err(|why| failure(format!("{path} is no manifest ({why}); move it away")))?;
        Ok(Some(Changes::between(&written, manifest, needs)))
    }
}

fn print_json(manifest: &setup::Manifest, needs: &Needs) -> Result<(), Failure> {
    let scopes: Vec<_> = needs.scopes.iter().map(|(scope, why)| json!({ "scope": scope, "why": why })).collect();
    let events: Vec<_> = needs.events.iter().map(|(event, why)| json!({ "event": event, "why": why })).collect();
    let all = json!({ "manifest": manifest, "link": manifest.link(), "scopes": scopes, "events": events });
    println!("{}", serde_json::to_string_pretty(&all).map_err(failure)?);
    Ok(())
}

/// For an app that is there already.
const AGAIN: &str = "\
If the app is there already: paste the file on its page App Manifest, save, and reinstall the app on the page OAuth & Permissions.";

/// The three pages of Slack's.
fn way_to_the_tokens(link: &str, path: &str) -> String {
    format!(
        "\
1. Make the app: open this link, choose the workspace, press Create.
   {link}
   (Too long for the terminal? https://api.slack.com/apps?new_app=1, From a manifest, and paste {path}.)
2. Page OAuth & Permissions: press Install. The token that begins with xoxb- is SLACK_BOT_TOKEN.
3. Page Basic Information, App-Level Tokens: generate one with the scope connections:write. It begins with xapp- and is SLACK_APP_TOKEN.

Then: cp .env.example .env, put both tokens into it, and: set -a; . ./.env; set +a; hatstand doctor"
    )
}
