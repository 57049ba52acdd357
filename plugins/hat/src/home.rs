//! Which hat somebody means: that of the channel where they speak, or the only one that it can be.

use crate::room;
use crate::settings::Config;
use crate::texts::words::enumerated;
use hatstand_plugin::prelude::*;
use turns::Resource;

/// What somebody wants of a hat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// To know something, which is told anywhere.
    Read,
    /// To change something: only in the channel itself, or in direct messages.
    Change,
}

/// The channel whose hat somebody means.
///
/// # Errors
///
/// A refusal that names the channels it could be.
pub fn meant(cx: &Context, intent: Intent) -> Result<Channel> {
    let here = &cx.here()?.channel;
    let homes = homes(cx, &cx.settings()?)?;
    let direct = cx.directory().channel(here).is_some_and(|channel| channel.direct);
    if !direct && homes.as_ref().is_none_or(|homes| homes.contains(here)) {
        return Ok(here.clone());
    }
    let homes = homes.unwrap_or_default();
    if !direct && intent == Intent::Change {
        return Err(elsewhere(&homes));
    }
    let involved = involved(cx)?;
    match (involved.as_slice(), homes.as_slice()) {
        ([only], _) | ([], [only]) => Ok(only.clone()),
        ([], homes) => Err(elsewhere(homes)),
        (several, _) => Err(elsewhere(several)),
    }
}

/// The channels with a hat; none if every channel has one.
fn homes(cx: &Context, config: &Config) -> Result<Option<Vec<Channel>>> {
    let names = config.channels();
    if names.is_empty() {
        return Ok(None);
    }
    let known = room::all(cx)?;
    let home = |name: &str| {
        let by_name = known.iter().map(|(channel, _)| channel).find(|channel| is_called(cx, channel, name));
        by_name.cloned().or_else(|| cx.directory().channel(&name.into()).map(|channel| channel.id))
    };
    let here = cx.here()?.channel.clone();
    let speaks_at_home = names.iter().any(|name| is_called(cx, &here, name));
    let mut homes: Vec<Channel> = Vec::new();
    for channel in names.iter().copied().filter_map(home).chain(speaks_at_home.then_some(here)) {
        // In the operator's order: what a channel's identity looks like means nothing to anybody.
        if !homes.contains(&channel) {
            homes.push(channel);
        }
    }
    Ok(Some(homes))
}

fn is_called(cx: &Context, channel: &Channel, name: &str) -> bool {
    let called = |called: &str| called.eq_ignore_ascii_case(name);
    called(channel.as_str()) || cx.directory().channel(channel).is_some_and(|channel| called(&channel.name))
}

/// The channels in whose hat somebody has a part.
fn involved(cx: &Context) -> Result<Vec<Channel>> {
    let person = cx.user()?;
    let rooms = room::all(cx)?.into_iter().filter(|(_, hat)| has_part(hat, person));
    let mut channels: Vec<Channel> = rooms.map(|(channel, _)| channel).collect();
    channels.sort_by_cached_key(|channel| cx.directory().channel(channel).map(|known| known.name));
    Ok(channels)
}

fn has_part(hat: &Resource, person: &User) -> bool {
    let holds = [hat.held_by(person), hat.ridden_by(person), hat.asked_by(person), hat.passing_to(person)];
    holds.iter().any(Option::is_some) || hat.entry(person).is_some()
}

fn elsewhere(channels: &[Channel]) -> Error {
    let named: Vec<Message> = channels.iter().map(|channel| say!("{channel}")).collect();
    Error::refused(match named.as_slice() {
        [] => "Every channel has a hat of its own: say that in the channel whose hat you mean.".into(),
        [only] => say!("The hat is worn in {only}: say that there."),
        _ => say!("There is a hat in {}: say that in the channel whose hat you mean.", enumerated(named)),
    })
}
