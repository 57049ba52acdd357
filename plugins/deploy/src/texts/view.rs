//! How things stand, for whoever asked.

use super::refusal::{of, stage};
use super::{link, listed, of_run, short, what};
use crate::apps::{App, Environment, Origin};
use crate::ask::Purpose;
use crate::lock::Kept;
use crate::run::{Run, RunId};
use crate::shelf::{Freeze, Past};
use hatstand_plugin::prelude::*;
use manners::words::{age, because, list, together};

/// How one environment of an app stands.
#[derive(Debug)]
pub struct Row<'a> {
    pub environment: &'a Environment,
    pub deployed: Option<Past>,
    pub going: Option<Run>,
    /// None if nobody can read it.
    pub lock: Option<Kept>,
    pub freeze: Option<Freeze>,
}

/// Where an app can be deployed, in the order of its environments.
pub fn places(app: &App, rows: &[Row<'_>], now: Instant) -> Message {
    let title = say!("*{}* ({}) can be deployed to:", app.name, app.origin.name());
    list(title, rows.iter().map(|row| place(row, app, now)))
}

fn place(row: &Row<'_>, app: &App, now: Instant) -> Message {
    let Row { environment, deployed, going, lock, freeze } = row;
    let aliases = (!environment.aliases.is_empty()).then(|| say!(" (or {})", listed(&environment.aliases)));
    let hosts = (!environment.hosts.is_empty()).then(|| say!(", hosts {}", listed(&environment.hosts)));
    let default = (app.default.as_deref() == Some(environment.name.as_str())).then(|| Message::from(", the default"));
    let there = deployed.as_ref().map(|past| say!(" – {} since {} by {}", what(past.sha.as_deref(), &past.git_ref), past.at, past.by));
    let going = going.as_ref().map(|run| say!("; deploy {} is {}", run.id, stage(run)));
    let lock = match lock {
        Some(kept) => kept.resource.holds.first().map(|hold| say!("; locked by {} ({})", hold.person, age(now.since(hold.since)))),
        None => Some(say!("; its lock cannot be read, so it counts as locked")),
    };
    let freeze = freeze.as_ref().map(|freeze| say!("; frozen until {}", freeze.until));
    say!("• *{}*{aliases}{hosts}{default}{there}{going}{lock}{freeze}", environment.name)
}

/// All apps, and where they go.
pub fn apps<'a>(apps: impl Iterator<Item = &'a App>) -> Message {
    let line = |app: &App| say!("• *{}* to {}", app.name, listed(app.environments.iter().map(|environment| &environment.name)));
    let lines: Vec<Message> = apps.map(line).collect();
    list("What can be deployed:".into(), lines.into_iter())
}

pub fn help() -> Message {
    let lines = [
        "`deploy web to production`, `deploy web@branch to staging because of the demo`",
        "`plan web to production` says what would happen. `deploy rollback web to production` undoes the last one.",
        "`deploy where` lists everything, `deploys web` what was deployed, `deploy status 17` one deploy.",
        "`lock production on web because of the demo`, `unlock production on web`, `locks`",
    ];
    together(lines.map(Message::from), "\n").unwrap_or_default()
}

pub fn checking(run: &Run) -> Message {
    match run.ask.purpose {
        Purpose::Plan | Purpose::Diff => say!("Looking up `{}` of *{}* …", short(&run.git_ref), run.app),
        Purpose::Deploy | Purpose::Rollback => say!("Deploy {}: looking up `{}` of *{}* …", run.id, short(&run.git_ref), run.app),
    }
}

/// What would happen.
pub fn plan(run: &Run, difference: Option<&str>, asks: Option<&'static str>) -> Message {
    let before = match (&run.before, difference) {
        (Some(before), _) if before == run.what() => Some(say!(" It is there already: no change.")),
        (Some(before), Some(url)) => Some(say!(" Instead of `{}`: {}.", short(before), link("what changes", url))),
        (Some(before), None) => Some(say!(" Instead of `{}`.", short(before))),
        (None, _) => Some(say!(" I know of nothing that is there now.")),
    };
    let warnings = together(run.warnings.iter().map(|warning| say!(" ⚠ {warning}")), "");
    let asks = asks.map(Message::from);
    say!("{} of {} could be deployed now.{before}{warnings}{asks} Nothing was done.", of_run(run), of(run))
}

/// What would change.
pub fn difference(run: &Run, deployed: &Past, commits: Option<u64>, url: Option<&str>) -> Message {
    let (there, here) = (what(deployed.sha.as_deref(), &deployed.git_ref), of_run(run));
    if deployed.what() == run.what() {
        return say!("*{}* of *{}* has {here} already: no difference.", run.environment, run.app);
    }
    let commits = match commits {
        Some(0) => Some(say!(", which has nothing new")),
        Some(commits) => Some(say!(", {} later", super::refusal::commits_in_words(commits))),
        None => None,
    };
    let url = url.map(|url| say!(" {}", link("Look", url)));
    say!("*{}* of *{}* has {there}; this is {here}{commits}.{url}", run.environment, run.app)
}

/// One deploy.
pub fn status(run: &Run, now: Instant) -> Message {
    let because = because(run.ask.reason.as_deref());
    let confirmed = run.confirmed.as_ref().filter(|who| **who != run.by).map(|who| say!(" {who} said yes."));
    let link = run.link.as_deref().map(|url| say!(" {}", link("Look", url)));
    let head = say!(
        "Deploy {}: {} of {} by {}, {} ({}){because}: {}.{confirmed}{link}",
        run.id,
        of_run(run),
        of(run),
        run.by,
        run.since,
        age(now.since(run.since)),
        stage(run)
    );
    list(head, run.lines.iter().map(|line| say!("{} – {}", line.at, line.text)))
}

/// What was deployed, the newest first.
pub fn past(title: Message, entries: &[(String, String, Past)]) -> Message {
    if entries.is_empty() {
        return "I know of no deploy like that.".into();
    }
    list(title, entries.iter().rev().map(|(app, environment, past)| entry(app, environment, past)))
}

fn entry(app: &str, environment: &str, past: &Past) -> Message {
    let because = because(past.reason.as_deref());
    let task = past.task.as_deref().map(|task| say!(" `{task}`"));
    let what = what(past.sha.as_deref(), &past.git_ref);
    say!("• {} {}{task}: {what} of *{app}* to *{environment}* by {}, {}{because}", past.run, past.at, past.by, past.end.code())
}

/// What is where.
pub fn latest(app: &App, deployed: &[(String, Option<Past>)]) -> Message {
    let line = |(environment, past): &(String, Option<Past>)| match past {
        Some(past) => {
            say!("• *{environment}*: {} since {} by {} (deploy {})", what(past.sha.as_deref(), &past.git_ref), past.at, past.by, past.run)
        }
        None => say!("• *{environment}*: nothing that I know of"),
    };
    list(say!("The latest of *{}*:", app.name), deployed.iter().map(line))
}

pub fn queues(locks: &[(crate::lock::Spot, Kept)], now: Instant) -> Message {
    let waited = locks.iter().filter(|(_, kept)| !kept.resource.queue.is_empty());
    let lines: Vec<Message> = waited.map(|(spot, kept)| super::lock::check(spot, kept, now)).collect();
    together(lines, "\n").unwrap_or_else(|| "Nobody waits to deploy.".into())
}

pub fn cancelling(run: &Run, name: &str, stops: bool) -> Message {
    if stops {
        say!("{name} is asked to stop deploy {} of {}.", run.id, of(run))
    } else {
        say!("{name} cannot stop a deploy: I write there that deploy {} is not wanted any more. Whoever does the work may go on.", run.id)
    }
}

pub fn cannot_cancel(run: &Run, name: &str) -> Message {
    say!("{name} gives me no way to stop deploy {}.", run.id)
}

pub fn cancelled_early(run: &Run) -> Message {
    say!("Deploy {} of {} is cancelled. It had not begun.", run.id, of(run))
}

pub fn cancelled_soon(id: RunId, name: &str) -> Message {
    say!("Deploy {id} is being handed to {name} at this moment: it is cancelled as soon as it is there.")
}

pub fn verifying(origin: &Origin) -> Message {
    say!("Asking {} …", origin.name())
}

pub fn verified(origin: &Origin) -> Message {
    say!("{} lets me in at `{}`.", origin.name(), origin.base)
}

/// Why a token is not set here.
pub fn no_tokens() -> Message {
    "I hold no tokens, so none can be set or reset here. Whoever operates me binds one to the address of the provider, \
     `[plugins.deploy.http.\"https://api.github.com\"]`, and I never see it. Never write a token into a chat: if you just did, revoke it. \
     `deploy-token verify` tries whether the bound one works."
        .into()
}

pub fn direct_only() -> Message {
    "That is for direct messages: write to me there.".into()
}
