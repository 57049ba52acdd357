//! Orders about plugins, for administrators: what serves, and where. What they do is in the [`keeper`](crate::keeper).

use super::{Answered, Asked, Refusal, for_admins};
use crate::keeper::orders::{Done, NotDone, Outcome, Who};
use crate::ledger::Result;
use crate::model::PluginName;
use crate::nearest::nearest;
use crate::plugins::Rejection;
use crate::texts;
use hatstand_common::declaration::{Command, Kind};
use hatstand_common::grammar::quote;
use hatstand_common::value::{ChannelId, Value};

pub const LOAD: &str = "plugins-load";
pub const UNLOAD: &str = "plugins-unload";
pub const RELOAD: &str = "plugins-reload";
pub const ROLLBACK: &str = "plugins-rollback";
pub const DISABLE: &str = "plugins-disable";
pub const ENABLE: &str = "plugins-enable";
pub const CANARY: &str = "plugins-canary";
pub const PROMOTE: &str = "plugins-promote";

const PLUGIN: &str = "plugin";
const VERSION: &str = "version";
const REASON: &str = "reason";
const CHANNEL: &str = "channel";

pub fn commands() -> Vec<Command> {
    let plugin = (PLUGIN, Kind::Text);
    let one = std::slice::from_ref(&plugin);
    let with = |other: (&'static str, Kind)| [plugin.clone(), other];
    vec![
        for_admins(LOAD, "plugins load <plugin>", one, "Let in what is in a plugin's file and waits for a yes, with what it wants."),
        for_admins(
            UNLOAD,
            "plugins unload <plugin>",
            one,
            "Take a plugin out until it is loaded, or its file changes. What it keeps stays.",
        ),
        for_admins(RELOAD, "plugins reload <plugin>", one, "Load a plugin's file anew."),
        for_admins(
            ROLLBACK,
            "plugins rollback <plugin> [to <version>]",
            &with((VERSION, Kind::Text)),
            "Go back to the build that served before; the one that serves now stays out. Ends a trial, if there is one.",
        ),
        for_admins(
            DISABLE,
            "plugins disable <plugin> [because <reason...>]",
            &with((REASON, Kind::Text)),
            "Keep a plugin out, whatever is in its file, until it is enabled.",
        ),
        for_admins(ENABLE, "plugins enable <plugin>", one, "Let a plugin in again that was disabled."),
        for_admins(
            CANARY,
            "plugins canary <plugin> in <channel>",
            &with((CHANNEL, Kind::Channel)),
            "Try the builds of a plugin that come, or the one that waits, in one channel only.",
        ),
        for_admins(PROMOTE, "plugins promote <plugin>", one, "Let the build that is tried in one channel serve everywhere."),
    ]
}

pub async fn load(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    told(asked, &plugin, asked.host.keeper.load(&plugin, &who(asked)).await)
}

pub async fn unload(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    told(asked, &plugin, asked.host.keeper.unload(&plugin, &who(asked)).await)
}

pub async fn reload(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    told(asked, &plugin, asked.host.keeper.reload(&plugin).await)
}

pub async fn roll_back(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    let version = Some(asked.text(VERSION)).filter(|version| !version.is_empty());
    told(asked, &plugin, asked.host.keeper.roll_back(&plugin, version, &who(asked)).await)
}

pub async fn disable(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    told(asked, &plugin, asked.host.keeper.disable(&plugin, asked.text(REASON).trim(), &who(asked)).await)
}

pub async fn enable(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    told(asked, &plugin, asked.host.keeper.enable(&plugin).await)
}

pub async fn canary(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    let channel = match asked.argument(CHANNEL) {
        Some(Value::Channel(channel)) => channel.clone(),
        _ => ChannelId::from(""),
    };
    told(asked, &plugin, asked.host.keeper.canary(&plugin, asked.workspace, &channel, &who(asked)).await)
}

pub async fn promote(asked: &Asked<'_>) -> Result<Answered> {
    let plugin = asked.plugin(PLUGIN);
    told(asked, &plugin, asked.host.keeper.promote(&plugin, &who(asked)).await)
}

fn who(asked: &Asked<'_>) -> Who {
    Who {
        person: asked.person.map(|person| person.id.clone()),
        called: asked.person.map_or_else(|| "somebody".to_owned(), |person| person.name.clone()),
        reference: asked.reference.to_owned(),
    }
}

/// What was done, or why nothing was.
fn told(asked: &Asked<'_>, plugin: &PluginName, done: Done) -> Result<Answered> {
    let (outcome, text) = match done {
        Ok(outcome) => carried_out(plugin, &outcome),
        Err(NotDone::Ledger(why)) => return Err(why),
        Err(why) => return Ok(refused(asked, plugin, why).into()),
    };
    Ok(Answered { outcome, detail: plugin.0.clone(), ..Answered::tells(texts::markdown(text)) })
}

fn carried_out(plugin: &PluginName, outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Serves { version, before: Some(before) } => {
            ("serves", format!("*{plugin}* {version} serves from now on, instead of {before}."))
        }
        Outcome::Serves { version, before: None } => ("serves", format!("*{plugin}* {version} serves.")),
        Outcome::Out => {
            let text = format!("*{plugin}* does not serve any more. What it keeps stays, and what comes due waits until it is back.");
            ("out", text)
        }
        Outcome::Canary { serves: true } => {
            let text = format!("That build of *{plugin}* is tried there from now on. `plugins promote {plugin}` lets it serve everywhere.");
            ("canary", text)
        }
        Outcome::Canary { serves: false } => {
            let text =
                format!("Builds of *{plugin}* that come are tried there only. `plugins promote {plugin}` lets them serve everywhere.");
            ("canary", text)
        }
        Outcome::TrialEnded { version } => {
            ("ended", format!("*{plugin}* {version} is not tried any more. What serves elsewhere serves there, too."))
        }
        Outcome::Allowed => ("allowed", format!("*{plugin}* may serve, but there is no file of it in the folder of plugins.")),
    }
}

fn refused(asked: &Asked<'_>, plugin: &PluginName, why: NotDone) -> Refusal {
    let no = |outcome, text: String| Refusal::new(outcome, texts::markdown(format!("{text} Nothing was changed.")));
    match why {
        NotDone::Unknown => {
            let registry = asked.host.plugins.registry();
            let meant = nearest(&plugin.0, registry.entries().map(|entry| entry.generation.name.0.as_str()));
            let rather = meant.filter(|meant| *meant != plugin.0).map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
            no("unknown-plugin", format!("I know no plugin {} that can do that.{rather}", quote(&plugin.0)))
        }
        NotDone::Already => no("unchanged", format!("With *{plugin}* it is so already.")),
        NotDone::NothingBefore(why) => no("nothing-before", format!("There is no build of *{plugin}* to go back to: {why}.")),
        NotDone::Rejected(why @ Rejection::Disabled { .. }) => no("disabled", format!("*{plugin}* {why}.")),
        NotDone::Rejected(why) => no("rejected", format!("The file {why}.")),
        NotDone::Ledger(why) => no("broken", why.to_string()),
    }
}
