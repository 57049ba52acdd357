//! Which hat somebody means: that of the channel where they speak, or the only one that it can be.

use crate::rights;
use crate::room;
use crate::settings::Config;
use hatstand_plugin::prelude::*;
use manners::homes::{Homes, Intent, listed};
use manners::parts;
use manners::words::enumerated;

/// The channel whose hat somebody means.
///
/// # Errors
///
/// A refusal that names the channels it could be.
pub fn meant(cx: &Context, intent: Intent) -> Result<Channel> {
    let config: Config = cx.settings()?;
    let named = listed(config.channels());
    // Who keeps hats to some channels wrote their names, which are looked up among those that had one.
    let known = if named.is_empty() { Vec::new() } else { room::channels(cx)? };
    Homes { named, known }.meant(cx, intent, || involved(cx), elsewhere)
}

/// The channels in whose hat somebody has a part.
fn involved(cx: &Context) -> Result<Vec<Channel>> {
    const OFFERED: usize = 20;
    let person = cx.user()?;
    let mut channels = Vec::new();
    for (place, _) in parts::page(cx, person, "", None, OFFERED)? {
        let channel = Channel::from(place.as_str());
        if room::stored(cx, &channel)?.involves(person) {
            channels.push(channel);
        }
    }
    rights::reachable(cx, channels)
}

fn elsewhere(channels: &[Channel]) -> Error {
    let named: Vec<Message> = channels.iter().map(|channel| say!("{channel}")).collect();
    Error::refused(match named.as_slice() {
        [] => "Every channel has a hat of its own: say that in the channel whose hat you mean.".into(),
        [only] => say!("The hat is worn in {only}: say that there."),
        _ => say!("There is a hat in {}: say that in the channel whose hat you mean.", enumerated(named)),
    })
}
