//! Dibs on one and the same thing in each channel.

use super::{Pressed, Vocabulary, channel_of_timer};
use crate::step::PEOPLE;
use crate::support::standard;
use proptest::prelude::*;
use serde::Deserialize;
use std::fs;
use std::time::Duration;
use turns::{Handoff, Id, PersonId, Policy, Request, Resource, Wish};

const MINUTE: Duration = Duration::from_secs(60);

/// Dibs as it comes with the bot. Whom it asks whether they still need it depends on the hour, which is nothing for the engine: it asks
/// nobody.
pub const DIBS: Vocabulary = Vocabulary {
    plugin: "dibs",
    bytes: || fs::read(&standard()["dibs"]).expect("it was built"),
    settings: &[("nag", "no")],
    policy: || Policy { handoff: Handoff::Grant, nag_period: None, ..Policy::default() },
    words,
    asked,
    pressed,
    timer: channel_of_timer,
    kept,
    keeps_idle: false,
};

fn words() -> BoxedStrategy<String> {
    let whom = || prop::sample::select(&PEOPLE[..]);
    prop_oneof![
        5 => Just("dibs on staging".to_owned()),
        4 => Just("dibs on staging for 30 minutes".to_owned()),
        1 => Just("dibs on staging for 2 hours".to_owned()),
        2 => Just("dibs on staging again".to_owned()),
        5 => Just("dibs off staging".to_owned()),
        2 => Just("dibs extend staging 30 minutes".to_owned()),
        2 => Just("dibs bump staging".to_owned()),
        2 => Just("dibs yield staging".to_owned()),
        2 => Just("dibs jump staging because fire".to_owned()),
        1 => Just("dibs q staging".to_owned()),
        2 => whom().prop_map(|whom| format!("dibs give staging @{whom}")),
        2 => whom().prop_map(|whom| format!("dibs kick @{whom} from staging")),
    ]
    .boxed()
}

fn asked(thing: &Resource, who: &PersonId, text: &str) -> Option<Request> {
    let (holds, is_known) = (thing.held_by(who).is_some(), *thing != Resource::default());
    Some(match text.trim_start_matches("dibs ") {
        "on staging again" if holds => Request::Again(Wish::default()),
        "on staging" | "on staging again" => Request::Join(Wish::default()),
        // Whoever has it already is asked whether they want it for another time.
        "on staging for 30 minutes" if !holds => Request::Join(lasting(30 * MINUTE)),
        "on staging for 2 hours" if !holds => Request::Join(lasting(120 * MINUTE)),
        "off staging" if !holds && thing.entry(who).is_some() => Request::Leave,
        "off staging" => Request::Release { hold: None },
        "extend staging 30 minutes" => Request::Extend { hold: None, by: 30 * MINUTE },
        "bump staging" => Request::Bump { hold: None },
        "yield staging" => Request::Yield,
        "jump staging because fire" if is_known => Request::Jump(Wish { reason: Some("fire".to_owned()), ..Wish::default() }),
        other => return about_somebody(who, other),
    })
}

fn about_somebody(who: &PersonId, text: &str) -> Option<Request> {
    if let Some(whom) = text.strip_prefix("give staging @") {
        return Some(Request::Pass { to: whom.into() });
    }
    let whom = PersonId::from(text.strip_prefix("kick @")?.strip_suffix(" from staging")?);
    Some(if whom == *who { Request::Retire } else { Request::Kick { whom, reason: None } })
}

/// `extend:dev 1 3 for 1800`
fn pressed(value: &str) -> Option<Pressed> {
    let (handler, about) = value.split_once(':')?;
    let parts: Vec<&str> = about.split(' ').collect();
    let [channel, thing, id, rest @ ..] = parts.as_slice() else { return None };
    let (thing, id) = (thing.parse().ok()?, Id(id.parse().ok()?));
    let request = match (handler, rest) {
        ("off", _) => Request::Release { hold: Some(id) },
        ("leave", _) => Request::Leave,
        ("extend", ["for", seconds]) => Request::Extend { hold: Some(id), by: Duration::from_secs(seconds.parse().ok()?) },
        _ => return None,
    };
    Some(Pressed { channel: (*channel).to_owned(), thing, request })
}

/// `thing dev 000000000001`
fn kept(key: &str, value: &[u8]) -> Option<(String, Resource)> {
    #[derive(Deserialize)]
    struct Kept {
        resource: Resource,
    }
    let (channel, _) = key.strip_prefix("thing ")?.split_once(' ')?;
    let Kept { resource } = serde_json::from_slice(value).expect("a thing");
    Some((channel.to_owned(), resource))
}

fn lasting(duration: Duration) -> Wish {
    Wish { duration: Some(duration), ..Wish::default() }
}
