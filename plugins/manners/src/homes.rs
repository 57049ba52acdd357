//! Which channel somebody means: the one where they speak, or the only one that it can be.

use hatstand_plugin::prelude::*;

/// What somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// To know something, which is told anywhere.
    Read,
    /// To change something: only in the channel itself, or in direct messages.
    Change,
}

/// The channels that it can be about.
#[derive(Clone, Debug)]
pub struct Homes<'a> {
    /// Those to which the operator keeps it, by name or identity; empty is every channel.
    pub named: Vec<&'a str>,
    /// Those where there ever was something.
    pub known: Vec<Channel>,
}

/// The names in a setting such as `dev, #ops`.
pub fn listed(names: Option<&str>) -> Vec<&str> {
    let names = names.into_iter().flat_map(|names| names.split([',', ' ']));
    names.map(|name| name.trim_start_matches('#')).filter(|name| !name.is_empty()).collect()
}

impl Homes<'_> {
    /// The channel that somebody means. `involved` are those where they have something to do with it, which counts where they speak
    /// elsewhere.
    ///
    /// # Errors
    ///
    /// What `elsewhere` says of the channels that it could be.
    pub fn meant(
        &self,
        cx: &Context,
        intent: Intent,
        involved: impl FnOnce() -> Result<Vec<Channel>>,
        elsewhere: impl FnOnce(&[Channel]) -> Error,
    ) -> Result<Channel> {
        let here = &cx.here()?.channel;
        let homes = self.homes(cx)?;
        let direct = cx.directory().channel(here).is_some_and(|channel| channel.direct);
        if !direct && homes.as_ref().is_none_or(|homes| homes.contains(here)) {
            return Ok(here.clone());
        }
        let homes = homes.unwrap_or_default();
        if !direct && intent == Intent::Change {
            return Err(elsewhere(&homes));
        }
        let mut involved = involved()?;
        involved.sort_by_cached_key(|channel| cx.directory().channel(channel).map(|known| known.name));
        match (involved.as_slice(), homes.as_slice()) {
            ([only], _) | ([], [only]) => Ok(only.clone()),
            ([], homes) => Err(elsewhere(homes)),
            (several, _) => Err(elsewhere(several)),
        }
    }

    /// The channels to which the operator keeps it, in the operator's order: what a channel's identity looks like means nothing to
    /// anybody. None if it can be any.
    pub fn homes(&self, cx: &Context) -> Result<Option<Vec<Channel>>> {
        if self.named.is_empty() {
            return Ok(None);
        }
        let here = cx.place().map(|place| place.channel.clone());
        let here = here.filter(|here| self.named.iter().any(|name| is_called(cx, here, name)));
        let mut homes: Vec<Channel> = Vec::new();
        for channel in self.named.iter().filter_map(|name| self.find(cx, name)).chain(here) {
            if !homes.contains(&channel) {
                homes.push(channel);
            }
        }
        Ok(Some(homes))
    }

    fn find(&self, cx: &Context, name: &str) -> Option<Channel> {
        let by_name = self.known.iter().find(|channel| is_called(cx, channel, name)).cloned();
        by_name.or_else(|| cx.directory().channel(&name.into()).map(|channel| channel.id))
    }
}

fn is_called(cx: &Context, channel: &Channel, name: &str) -> bool {
    let called = |called: &str| called.eq_ignore_ascii_case(name);
    called(channel.as_str()) || cx.directory().channel(channel).is_some_and(|channel| called(&channel.name))
}
