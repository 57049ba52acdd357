//! The settings of plugins, for administrators: what they are, where they come from, and setting them from chat.

use super::{Answered, Asked, Refusal, for_admins, markdown, sentence};
use crate::ledger::{Result, SetInChat};
use crate::model::{Decision, PluginName};
use crate::nearest::nearest;
use crate::plugins::settings::read;
use crate::plugins::{Generation, Registry};
use crate::texts;
use hatstand_common::declaration::{Command, Kind, Setting};
use hatstand_common::grammar::quote;
use hatstand_common::message::{Message, Span};
use std::sync::Arc;

pub const LIST: &str = "plugins-settings";
pub const SET: &str = "plugins-set";
pub const UNSET: &str = "plugins-unset";

const PLUGIN: &str = "plugin";
const SETTING: &str = "setting";
const VALUE: &str = "value";

pub fn commands() -> Vec<Command> {
    let (plugin, setting) = ((PLUGIN, Kind::Text), (SETTING, Kind::Text));
    let value = (VALUE, Kind::Text);
    vec![
        for_admins(
            LIST,
            "plugins settings <plugin>",
            std::slice::from_ref(&plugin),
            "List what can be set for a plugin, its value, and where that comes from.",
        ),
        for_admins(
            SET,
            "plugins set <plugin> <setting> <value...>",
            &[plugin.clone(), setting.clone(), value],
            "Set something for a plugin, over what the operator's file says. It holds from the next command on.",
        ),
        for_admins(
            UNSET,
            "plugins unset <plugin> <setting>",
            &[plugin, setting],
            "Take back what was set here: the operator's file counts again, or the plugin's own default.",
        ),
    ]
}

pub async fn list(asked: &Asked<'_>) -> Result<Answered> {
    let generation = match live(&asked.host.plugins.registry(), asked.text(PLUGIN)) {
        Ok(generation) => generation,
        Err(refusal) => return Ok(refusal.into()),
    };
    let in_chat = asked.host.ledger.settings(asked.workspace, &generation.name).await?;
    let in_file = asked.host.plugins.loader().policy(&generation.name).settings;
    let mut text = vec![markdown(format!("*{}* {}", generation.name, generation.description.version))];
    if generation.description.settings.is_empty() {
        text.push(markdown(" has nothing to be set."));
    }
    for setting in &generation.description.settings {
        let here = in_chat.iter().find(|set| set.name == setting.name);
        text.extend(line(setting, here, in_file.get(&setting.name).map(String::as_str)));
    }
    Ok(Answered::tells(sentence(text)))
}

pub async fn set(asked: &Asked<'_>) -> Result<Answered> {
    let registry = asked.host.plugins.registry();
    let found = live(&registry, asked.text(PLUGIN)).and_then(|generation| Ok((declared(&generation, asked.text(SETTING))?, generation)));
    let (setting, generation) = match found {
        Ok(found) => found,
        Err(refusal) => return Ok(refusal.into()),
    };
    let (plugin, value) = (generation.name.clone(), asked.text(VALUE).trim().to_owned());
    if let Err(why) = read(&setting, &value) {
        let told = format!("{why} Nothing was changed.\n`{}`: {}", setting.name, setting.summary);
        return Ok(Refusal::new("bad-value", texts::markdown(told)).into());
    }
    let before = asked.host.ledger.settings(asked.workspace, &plugin).await?;
    if before.iter().any(|set| set.name == setting.name && set.value == value) {
        let already = format!("*{plugin}*: `{}` is {} already. Nothing was changed.", setting.name, quote(&value));
        return Ok(Refusal::new("unchanged", texts::markdown(already)).into());
    }
    let detail = format!("{plugin} {} = {value}", setting.name);
    let said = texts::markdown(format!("*{plugin}*: `{}` is {} from now on.", setting.name, quote(&value)));
    Ok(Answered::decides("set", Decision::Set { plugin, setting: setting.name, value }, detail, said))
}

/// Also of a setting that the build of today does not know, or of a plugin that is gone: what was set has to be got rid of.
pub async fn unset(asked: &Asked<'_>) -> Result<Answered> {
    let registry = asked.host.plugins.registry();
    let (plugin, setting) = (PluginName(asked.text(PLUGIN).to_lowercase()), asked.text(SETTING).to_lowercase());
    let set = asked.host.ledger.settings(asked.workspace, &plugin).await?;
    if set.iter().all(|set| set.name != setting) {
        let not_set = |setting: Setting| format!("*{plugin}*: `{}` was not set here. Nothing was changed.", setting.name);
        let found = live(&registry, &plugin.0).and_then(|generation| declared(&generation, &setting));
        return Ok(found.map_or_else(|refusal| refusal, |setting| Refusal::new("unchanged", texts::markdown(not_set(setting)))).into());
    }
    let in_file = asked.host.plugins.loader().policy(&plugin).settings.get(&setting).cloned();
    let default = registry.live(&plugin).and_then(|generation| find(generation, &setting)).map(|setting| setting.default.clone());
    let counts = match (in_file, default.filter(|default| !default.is_empty())) {
        (Some(value), _) => format!("it is {} again, by hatstand.toml", quote(&value)),
        (None, Some(value)) => format!("it is {} again, by default", quote(&value)),
        (None, None) => "it is not set any more".to_owned(),
    };
    let (detail, said) = (format!("{plugin} {setting}"), texts::markdown(format!("*{plugin}*: {} – {counts}.", quote(&setting))));
    Ok(Answered::decides("unset", Decision::Unset { plugin, setting }, detail, said))
}

/// The build that serves, or why there is nothing to be set.
fn live(registry: &Registry, name: &str) -> std::result::Result<Arc<Generation>, Refusal> {
    let plugin = PluginName(name.to_lowercase());
    if let Some(generation) = registry.live(&plugin) {
        return Ok(Arc::clone(generation));
    }
    if registry.entries().any(|entry| entry.generation.name == plugin) {
        let gone = format!("`{plugin}` is not loaded right now, so nobody knows what can be set. Nothing was changed.");
        return Err(Refusal::new("not-loaded", texts::markdown(gone)));
    }
    let meant = nearest(&plugin.0, registry.present().map(|plugin| plugin.0.as_str()));
    Err(Refusal::new("unknown-plugin", unknown("plugin", name, meant)))
}

fn declared(generation: &Generation, name: &str) -> std::result::Result<Setting, Refusal> {
    if let Some(setting) = find(generation, name) {
        return Ok(setting.clone());
    }
    let meant = nearest(&name.to_lowercase(), generation.description.settings.iter().map(|setting| setting.name.as_str()));
    Err(Refusal::new("unknown-setting", unknown(&format!("setting of *{}*", generation.name), name, meant)))
}

fn find<'g>(generation: &'g Generation, name: &str) -> Option<&'g Setting> {
    generation.description.settings.iter().find(|setting| setting.name == name.to_lowercase())
}

fn unknown(what: &str, name: &str, meant: Option<&str>) -> Message {
    let rather = meant.map(|meant| format!(" Did you mean `{meant}`?")).unwrap_or_default();
    texts::markdown(format!("I know no {what} {}.{rather} Nothing was changed.", quote(name)))
}

/// A setting, the value that counts and why, and whatever stands below it.
fn line(setting: &Setting, here: Option<&SetInChat>, in_file: Option<&str>) -> Vec<Span> {
    let mut line = vec![markdown(format!("\n`{}`", setting.name))];
    let misfit = here.and_then(|set| Some((set, read(setting, &set.value).err()?)));
    match (here.filter(|_| misfit.is_none()), in_file) {
        (Some(set), _) => line.extend([vec![markdown(format!(" = {} (", quote(&set.value)))], by(set), vec![markdown(")")]].concat()),
        (None, Some(value)) => line.push(markdown(format!(" = {} (hatstand.toml)", quote(value)))),
        (None, None) if setting.default.is_empty() => line.push(markdown(" is not set")),
        (None, None) => line.push(markdown(format!(" = {} (default)", quote(&setting.default)))),
    }
    line.push(markdown(format!(" – {}", setting.summary)));
    if let Some((set, why)) = misfit {
        line.push(markdown(format!("\n⚠ {} (", quote(&set.value))));
        line.extend(by(set));
        line.push(markdown(format!(") does not fit this version, so it is not applied: {why}")));
    }
    line
}

fn by(set: &SetInChat) -> Vec<Span> {
    let who = set.by.iter().flat_map(|by| [markdown(" by "), by.name()]);
    std::iter::once(markdown("set")).chain(who).chain([markdown(", "), Span::Time(set.at)]).collect()
}
