//! Which channel's things somebody means: those of the channel where they speak, or the only ones that it can be.

use crate::rights;
use crate::settings::{Config, Scope};
use crate::shelf::{self, MOST_THINGS};
use hatstand_plugin::prelude::*;
use manners::homes::{Homes, Intent, listed};
use manners::parts;
use manners::words::enumerated;
use std::collections::BTreeSet;

/// Nobody wants to choose from more channels.
const OFFERED: usize = 20;

/// The channel whose things somebody means who names these.
///
/// # Errors
///
/// A refusal that names the channels it could be.
pub fn meant(cx: &Context, intent: Intent, names: &[String]) -> Result<Channel> {
    let config: Config = cx.settings()?;
    if config.scope == Scope::Workspace {
        return home(cx, &config);
    }
    let homes = Homes { named: listed(config.channels.as_deref()), known: known(cx, config.channels.as_deref())? };
    homes.meant(cx, intent, || involved(cx, names), elsewhere)
}

/// The channel in which the things of the whole workspace are announced.
pub fn home(cx: &Context, config: &Config) -> Result<Channel> {
    let name = config.home.as_deref();
    let homes = Homes { named: listed(name), known: known(cx, name)? };
    homes.homes(cx)?.into_iter().flatten().next().ok_or_else(|| {
        Error::refused(match name {
            Some(name) => say!("I do not know the channel {name} yet, where dibs are announced: talk to me there once."),
            None => "Whoever operates me has to set `home` first: the channel where dibs are announced.".into(),
        })
    })
}

/// The channels that have things, if names of channels have to be looked up among them.
fn known(cx: &Context, names: Option<&str>) -> Result<Vec<Channel>> {
    if names.is_some() { shelf::channels(cx) } else { Ok(Vec::new()) }
}

/// The channels that have a thing of each of these names; if there are none, those where somebody has or waits for something.
fn involved(cx: &Context, names: &[String]) -> Result<Vec<Channel>> {
    let mut naming: Option<Vec<Channel>> = None;
    for name in names {
        let channels = shelf::channels_with(cx, name)?;
        naming = Some(naming.map_or(channels.clone(), |naming| naming.into_iter().filter(|channel| channels.contains(channel)).collect()));
    }
    match naming {
        Some(naming) if !naming.is_empty() => rights::reachable(cx, naming),
        _ => rights::reachable(cx, taking_part(cx)?),
    }
}

/// The channels where somebody has something or waits for it.
fn taking_part(cx: &Context) -> Result<Vec<Channel>> {
    let parts = parts::page(cx, cx.user()?, "", None, MOST_THINGS)?;
    let channels: BTreeSet<Channel> = parts.iter().filter_map(|(place, _)| Some(shelf::read_place(place)?.0)).collect();
    Ok(channels.into_iter().take(OFFERED).collect())
}

fn elsewhere(channels: &[Channel]) -> Error {
    let named: Vec<Message> = channels.iter().map(|channel| say!("{channel}")).collect();
    Error::refused(match named.as_slice() {
        [] => "Every channel has things of its own: say that in the channel whose things you mean.".into(),
        [only] => say!("Dibs are called in {only}: say that there."),
        _ => say!("It could be something in {}: say that in the channel whose things you mean.", enumerated(named)),
    })
}
