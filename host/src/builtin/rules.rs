//! Explaining rules, for administrators: which of them decides whether somebody may do something.

use super::{Answered, Asked, Refusal, for_admins, markdown, sentence};
use crate::ledger::Result;
use crate::model::PluginName;
use crate::permissions::{Actions, DeclaredAction, Subject};
use crate::rights::{Presence, Query};
use crate::texts;
use hatstand_common::declaration::{Command, Kind};
use hatstand_common::grammar::quote;
use hatstand_common::value::Value;
use std::sync::Arc;

pub const EXPLAIN: &str = "rules-explain";

const WHO: &str = "who";
const ACT: &str = "act";
const CHANNEL: &str = "channel";

pub fn commands() -> Vec<Command> {
    let explain = for_admins(
        EXPLAIN,
        "rules explain <who> <act...> [in <channel>]",
        &[(WHO, Kind::Person), (ACT, Kind::Text), (CHANNEL, Kind::Channel)],
        "Say which rule decides whether somebody may do something.",
    );
    let help = "`rules explain @bob deploy web production`: plugin and action, one word where they are the same, and then the thing. \
                `rules explain @bob dibs take prod-1 in #ops`: in another channel than this one.";
    vec![Command { help: help.to_owned(), ..explain }]
}

pub async fn explain(asked: &Asked<'_>) -> Result<Answered> {
    let who = asked.whom(WHO);
    let here = asked.place.map(|place| &place.channel);
    let channel = match (asked.argument(CHANNEL), here) {
        (Some(Value::Channel(channel)), _) => channel.clone(),
        (_, Some(here)) => here.clone(),
        _ => return Ok(refused("Say in which channel: `rules explain @bob dibs take prod-1 in #ops`.")),
    };
    let words: Vec<&str> = asked.text(ACT).split_whitespace().collect();
    let Act { plugin, actions, number, subject } = match act(asked, &words) {
        Ok(act) => act,
        Err(why) => return Ok(refused(&why)),
    };
    let action = actions.iter().nth(number).expect("it was found there");
    let query = Query {
        workspace: asked.workspace,
        plugin: &plugin,
        action,
        default: action.default,
        person: &who,
        channel: &channel,
        presence: Presence::Here,
        called: None,
        now: asked.host.clock.now(),
    };
    let decisions = asked.host.rights.decide(query, None, std::slice::from_ref(&subject)).await?;
    let [decision] = decisions.as_slice() else { return Ok(refused("There is nothing to decide.")) };
    let may = if decision.allows() { " may " } else { " may not " };
    let mut text = vec![who.name(), markdown(may)];
    text.extend(action.describe(&subject));
    text.push(markdown(format!(": {}.", reason(&decision.rule))));
    Ok(Answered::tells(sentence(text)))
}

/// Something that can be done, as somebody typed it.
struct Act {
    plugin: PluginName,
    actions: Arc<Actions>,
    /// Which of the actions.
    number: usize,
    subject: Subject,
}

/// `dibs take prod-1`, or `deploy web production` where plugin and action have one name.
fn act(asked: &Asked<'_>, words: &[&str]) -> std::result::Result<Act, String> {
    let (name, rest) = words.split_first().ok_or("Say what: `rules explain @bob dibs take prod-1`.")?;
    let plugin = PluginName(name.to_lowercase());
    let registry = asked.host.plugins.registry();
    let generation = registry.live(&plugin).ok_or_else(|| format!("There is no plugin {}.", quote(name)))?;
    let actions = Arc::clone(&generation.actions);
    let position = |name: &str| actions.iter().position(|action| action.name == name.to_lowercase());
    let (number, values) = match (rest.split_first().and_then(|(first, values)| Some((position(first)?, values))), position(name)) {
        (Some(found), _) => found,
        (None, Some(number)) => (number, rest),
        (None, None) => return Err(format!("{} has these actions: {}.", quote(name), listed(&actions))),
    };
    let subject = subject(actions.iter().nth(number).expect("it was found there"), values);
    Ok(Act { plugin, actions, number, subject })
}

/// One word for each part of the phrase, and for the last all that are left; `to` and the like may stand between them, as in the phrase.
fn subject(action: &DeclaredAction, words: &[&str]) -> Subject {
    let phrase: Vec<&str> = action.phrase.split_whitespace().collect();
    let parts: Vec<&str> = phrase.iter().filter_map(|word| word.strip_prefix('<')?.strip_suffix('>')).collect();
    let words: Vec<&str> = words.iter().copied().filter(|word| parts.len() == 1 || !phrase.contains(word)).collect();
    let last = parts.len().saturating_sub(1);
    let value = |number: usize| match number {
        number if number == last => words.get(number..).unwrap_or_default().join(" "),
        number => words.get(number).copied().unwrap_or_default().to_owned(),
    };
    let names = parts.iter().enumerate().flat_map(|(number, part)| part.split('|').map(move |name| (number, name)));
    let named = names.map(|(number, name)| (name.to_owned(), value(number)));
    named.filter(|(_, value)| !value.is_empty()).collect()
}

/// A rule by its number, or the obstacle or default as a sentence goes on.
fn reason(rule: &str) -> String {
    match rule {
        "everybody" => "no rule is about it, and by default everybody may".to_owned(),
        "nobody" => "no rule is about it, and by default nobody may".to_owned(),
        "admins" => "no rule is about it, and by default administrators may".to_owned(),
        rule => rule.to_owned(),
    }
}

fn listed(actions: &Actions) -> String {
    let names: Vec<String> = actions.iter().map(|action| format!("`{}`", action.name)).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn refused(why: &str) -> Answered {
    Refusal::new("unknown", texts::markdown(format!("{why} Nothing was changed."))).into()
}
