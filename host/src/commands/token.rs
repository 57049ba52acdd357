//! `hatstand token`: letting programs give commands. Works while the bot runs, and takes effect at once.

use super::moment::{Moment, from_now, written};
use super::{Failure, failure};
use crate::clock::Clock;
use crate::config::Config;
use crate::ledger::{AuditEntry, Beside};
use crate::model::{PluginName, WorkspaceId};
use crate::tokens::{Pattern, Secret, Standing, Token as Kept, is_name};
use clap::{Args, Subcommand};
use hatstand_common::program::OPERATOR;
use hatstand_common::value::Instant;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token, and print it: once, because only its hash is kept.
    ///
    /// Examples: `hatstand token create ci --channel ops --allow "hat *"`, `hatstand token create nightly --any-channel --allow "hat who" --expires 90d`
    Create(Create),
    /// List all tokens that there ever were: what each is for, and when it was last used.
    List(List),
    /// Let a token count for nothing, from now on and for ever.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub struct Create {
    /// What it is called, for ever: lower-case letters, digits and `-`.
    name: String,
    /// Where it counts, by id or name; can be given several times.
    #[arg(long, value_name = "NAME", required_unless_present = "any_channel")]
    channel: Vec<String>,
    /// It counts in every channel that the bot is in.
    #[arg(long, conflicts_with = "channel")]
    any_channel: bool,
    /// What it is good for: the words that a command begins with, or `hat *` for all that begin so; can be given several times.
    #[arg(long, value_name = "COMMAND", required = true)]
    allow: Vec<Pattern>,
    /// How long it counts: a length of time, or a moment. Without, for ever.
    #[arg(long, value_name = "WHEN")]
    expires: Option<Moment>,
    /// The workspace's id; can be left out if the bot is in one only.
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    #[command(flatten)]
    ledger: Ledger,
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    ledger: Ledger,
}

#[derive(Debug, Args)]
pub struct Revoke {
    name: String,
    #[command(flatten)]
    ledger: Ledger,
}

#[derive(Debug, Args)]
struct Ledger {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
}

impl Token {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Token::Create(create) => create.run(),
            Token::List(list) => list.run(),
            Token::Revoke(revoke) => revoke.run(),
        }
    }
}

impl Ledger {
    fn open(&self, open: impl FnOnce(&Path) -> crate::ledger::Result<Beside>) -> Result<Beside, Failure> {
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        open(&config.store.ledger).map_err(failure)
    }
}

impl Create {
    fn run(self) -> Result<(), Failure> {
        let (name, now) = (&self.name, Clock::machine().now());
        if !is_name(name) {
            return Err(failure(format!(
                "`{name}` is no name for a token: lower-case letters, digits and `-`, 1-40 characters, a letter first"
            )));
        }
        if name == OPERATOR {
            return Err(failure(format!("`{OPERATOR}` is whoever uses the console of this machine: take another name for a token")));
        }
        let token = self.token(now);
        if token.standing(now) == Standing::Expired {
            return Err(failure("a token that has expired already is good for nothing: name a moment that is still to come"));
        }
        let secret = Secret::random();
        let made = self.ledger.open(Beside::write)?.create_token(&token, secret.hash(), &entry(&token, "token create", now));
        if !made.map_err(failure)? {
            return Err(failure(format!("there is or was a token `{name}`: take another name, so that the audit tells them apart")));
        }
        println!("{}", secret.expose_secret());
        eprintln!("This is the token `{name}`, shown this once. It is for {}.", scope(&token));
        Ok(())
    }

    fn token(&self, now: Instant) -> Kept {
        let channel = |channel: &String| channel.trim_start_matches('#').to_owned();
        Kept {
            name: self.name.clone(),
            workspace: self.workspace.clone().map(WorkspaceId),
            channels: (!self.any_channel).then(|| self.channel.iter().map(channel).collect()),
            allowed: self.allow.clone(),
            created: now,
            expires: self.expires.map(|expires| from_now(expires, now)),
            used: None,
            revoked: None,
        }
    }
}

impl List {
    fn run(self) -> Result<(), Failure> {
        let (tokens, now) = (self.ledger.open(Beside::read)?.tokens().map_err(failure)?, Clock::machine().now());
        if tokens.is_empty() {
            println!("There are no tokens. Make one: hatstand token create NAME --channel CHANNEL --allow COMMAND");
        }
        tokens.iter().for_each(|token| println!("{}", line(token, now)));
        Ok(())
    }
}

impl Revoke {
    fn run(self) -> Result<(), Failure> {
        let (name, now) = (&self.name, Clock::machine().now());
        let mut ledger = self.ledger.open(Beside::write)?;
        let Some(token) = ledger.token(name).map_err(failure)? else {
            return Err(failure(format!("there is no token `{name}`: see hatstand token list")));
        };
        if token.revoked.is_some() {
            println!("The token `{name}` was revoked before.");
            return Ok(());
        }
        ledger.revoke_token(name, now, &entry(&token, "token revoke", now)).map_err(failure)?;
        println!("The token `{name}` counts for nothing any more.");
        Ok(())
    }
}

/// What the audit tells of it. Who it was, only the system knows that ran the command.
fn entry(token: &Kept, what: &str, now: Instant) -> AuditEntry {
    let [one, two, three]: [u8; 3] = rand::random();
    AuditEntry {
        reference: format!("{one:02x}{two:02x}{three:02x}"),
        at: now,
        workspace: token.workspace.clone().unwrap_or_else(|| WorkspaceId::from("")),
        place: None,
        channel: String::new(),
        person: None,
        called: "an operator".to_owned(),
        plugin: PluginName::host(),
        build: String::new(),
        event: None,
        line: format!("{what} {}", token.name),
        what: what.to_owned(),
        rule: String::new(),
        outcome: "ok".to_owned(),
        detail: scope(token),
        data: String::new(),
        about: String::new(),
        took: Duration::ZERO,
    }
}

/// Where and for what it is good.
fn scope(token: &Kept) -> String {
    let channels = match &token.channels {
        Some(channels) => channels.iter().map(|channel| format!("#{channel}")).collect::<Vec<_>>().join(", "),
        None => "every channel".to_owned(),
    };
    let allowed: Vec<String> = token.allowed.iter().map(|pattern| format!("`{pattern}`")).collect();
    let workspace = token.workspace.as_ref().map(|workspace| format!(" of {workspace}")).unwrap_or_default();
    format!("{} in {channels}{workspace}", allowed.join(", "))
}

fn line(token: &Kept, now: Instant) -> String {
    let standing = match (token.standing(now), token.expires) {
        (Standing::Revoked, _) => "revoked".to_owned(),
        (Standing::Expired, _) => "expired".to_owned(),
        (Standing::Valid, Some(expires)) => format!("valid until {}", shown(expires)),
        (Standing::Valid, None) => "valid".to_owned(),
    };
    let used = token.used.map_or_else(|| "never used".to_owned(), |used| format!("last used {}", shown(used)));
    format!("{}: {standing}; {}; made {}; {used}", token.name, scope(token), shown(token.created))
}

/// To the minute, which is as often as the last use is written down.
fn shown(at: Instant) -> String {
    written(at, "%F %H:%MZ")
}
