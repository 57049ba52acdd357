//! The hat: one in each channel.

use super::{Pressed, Vocabulary, channel_of_timer};
use crate::step::PEOPLE;
use crate::support::{bytes, standard};
use proptest::prelude::*;
use serde::Deserialize;
use std::fs;
use std::time::Duration;
use turns::{Handoff, Id, PersonId, Policy, Request, Resource, Wish};

const MINUTE: Duration = Duration::from_secs(60);

/// The hat as it comes with the bot. Whom it asks whether they still need it depends on the hour, which is nothing for the engine: it
/// asks nobody.
pub const HAT: Vocabulary = Vocabulary {
    plugin: "hat",
    bytes: || fs::read(&standard()["hat"]).expect("it was built"),
    settings: &[("nag", "no")],
    policy: || Policy { nag_period: None, ..Policy::default() },
    words,
    asked,
    pressed,
    timer: channel_of_timer,
    kept,
    keeps_idle: true,
};

/// The hat with the manners of the original.
pub const CLASSIC: Vocabulary = Vocabulary {
    settings: &[("nag", "no"), ("profile", "classic")],
    policy: || Policy { nag_period: None, ..Policy::classic() },
    words: classic_words,
    ..HAT
};

/// A hat whose timers are careless.
pub const NAIVE: Vocabulary = Vocabulary {
    bytes: || bytes("naive"),
    settings: &[],
    policy: || Policy { handoff: Handoff::Grant, warn_percent: 0, nag_period: None, ..Policy::default() },
    words: few_words,
    ..HAT
};

fn words() -> BoxedStrategy<String> {
    let whom = || prop::sample::select(&PEOPLE[..]);
    prop_oneof![
        6 => few_words(),
        3 => Just("hat pool".to_owned()),
        1 => Just("hat unpool".to_owned()),
        2 => Just("hat decline".to_owned()),
        2 => Just("hat extend 30 minutes".to_owned()),
        1 => Just("hat yield".to_owned()),
        1 => Just("hat jump because fire".to_owned()),
        2 => Just("hat force off".to_owned()),
        1 => Just("hat who".to_owned()),
        2 => whom().prop_map(|whom| format!("hat pass @{whom}")),
        1 => whom().prop_map(|whom| format!("hat kick @{whom}")),
    ]
    .boxed()
}

fn few_words() -> BoxedStrategy<String> {
    prop_oneof![
        2 => Just("hat on"),
        3 => Just("hat on for 30 minutes"),
        1 => Just("hat on for 2 hours"),
        4 => Just("hat queue"),
        2 => Just("hat queue for 1 hour"),
        3 => Just("hat off"),
        1 => Just("hat dequeue"),
    ]
    .prop_map(str::to_owned)
    .boxed()
}

fn classic_words() -> BoxedStrategy<String> {
    let words = ["on", "off", "who", "queue", "dequeue", "queued", "pool", "unpool", "force off"];
    prop::sample::select(words.to_vec()).prop_map(|words| format!("hat {words}")).boxed()
}

fn asked(hat: &Resource, who: &PersonId, text: &str) -> Option<Request> {
    let text = text.trim_start_matches("hat ");
    Some(match text {
        "on" => Request::Take(Wish::default()),
        "on for 30 minutes" => Request::Take(lasting(30 * MINUTE)),
        "on for 2 hours" => Request::Take(lasting(120 * MINUTE)),
        "queue" => Request::Join(Wish::default()),
        "queue for 1 hour" => Request::Join(lasting(60 * MINUTE)),
        "off" => Request::Release { hold: None },
        "dequeue" => Request::Leave,
        "pool" => Request::JoinCrew,
        "unpool" => Request::LeaveCrew,
        "decline" => Request::Decline { offer: None },
        "extend 30 minutes" => Request::Extend { hold: None, by: 30 * MINUTE },
        "yield" => Request::Yield,
        "jump because fire" => Request::Jump(Wish { reason: Some("fire".to_owned()), ..Wish::default() }),
        // Whoever wears it takes it off; of all others it is asked first whether they mean it.
        "force off" => Request::Release { hold: Some(hat.held_by(who)?.id) },
        "who" | "queued" => return None,
        _ => return about_somebody(hat, who, text),
    })
}

fn about_somebody(hat: &Resource, who: &PersonId, text: &str) -> Option<Request> {
    let (verb, whom) = text.split_once(" @").unwrap_or_else(|| panic!("nobody says `{text}`"));
    let whom = PersonId::from(whom);
    match verb {
        "pass" => Some(Request::Pass { to: whom }),
        "kick" if hat.held_by(&whom).is_none() => Some(Request::Kick { whom, reason: None }),
        _ => Some(Request::Release { hold: Some(hat.held_by(who).filter(|_| *who == whom)?.id) }),
    }
}

/// `extend:dev 3 30`: a channel has one hat for ever.
fn pressed(value: &str) -> Option<Pressed> {
    let (handler, about) = value.split_once(':')?;
    let mut parts = about.split(' ');
    let (channel, id) = (parts.next()?.to_owned(), Id(parts.next()?.parse().ok()?));
    let request = match handler {
        "decline" => Request::Decline { offer: Some(id) },
        "off" => Request::Release { hold: Some(id) },
        "extend" => Request::Extend { hold: Some(id), by: parts.next()?.parse::<u32>().ok()? * MINUTE },
        "accept" => Request::AnswerCrew { request: id, accept: true },
        "refuse" => Request::AnswerCrew { request: id, accept: false },
        "queue" => Request::Join(Wish::default()),
        "force" => Request::Evict { hold: id, reason: None },
        _ => return None,
    };
    Some(Pressed { channel, thing: 0, request })
}

/// `hat dev`
fn kept(key: &str, value: &[u8]) -> Option<(String, Resource)> {
    #[derive(Deserialize)]
    struct Kept {
        hat: Resource,
    }
    let channel = key.strip_prefix("hat ")?;
    let Kept { hat } = serde_json::from_slice(value).expect("a hat");
    Some((channel.to_owned(), hat))
}

fn lasting(duration: Duration) -> Wish {
    Wish { duration: Some(duration), ..Wish::default() }
}
