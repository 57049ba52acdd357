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
    /// Those where there ever was something, of which the names are looked up: not too many.
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
        let known = cx.directory().channel(here);
        let direct = known.as_ref().is_some_and(|channel| channel.direct);
        if !direct && self.is_home(here, known.as_ref().map(|channel| channel.name.as_str())) {
            return Ok(here.clone());
        }
        let homes = self.homes(cx)?.unwrap_or_default();
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
        let named = self.known.iter().chain(&here).map(|channel| (channel, cx.directory().channel(channel).map(|known| known.name)));
        let named: Vec<(&Channel, Option<String>)> = named.collect();
        let mut homes: Vec<Channel> = Vec::new();
        for name in &self.named {
            let found = named.iter().find(|(channel, called)| is_called(channel, called.as_deref(), name));
            let found = found.map(|(channel, _)| (*channel).clone());
            let found = found.or_else(|| cx.directory().channel(&(*name).into()).map(|channel| channel.id));
            homes.extend(found.filter(|channel| !homes.contains(channel)));
        }
        Ok(Some(homes))
    }

    /// Is this channel one of those to which the operator keeps it?
    fn is_home(&self, channel: &Channel, called: Option<&str>) -> bool {
        self.named.is_empty() || self.named.iter().any(|name| is_called(channel, called, name))
    }
}

fn is_called(channel: &Channel, called: Option<&str>, name: &str) -> bool {
    channel.as_str().eq_ignore_ascii_case(name) || called.is_some_and(|called| called.eq_ignore_ascii_case(name))
}
