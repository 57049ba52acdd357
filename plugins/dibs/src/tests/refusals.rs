//! Every sentence with which something is refused stands in a transcript, or in a test beside this one where no transcript can show it.

use crate::policy::Overrides;
use crate::settings::Who;
use crate::shelf::Named;
use crate::texts::refusal::{No, no, refusal};
use crate::texts::{Scene, view};
use crate::thing::{Kept, ThingId};
use hatstand_plugin::message::Span;
use hatstand_plugin::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use turns::{Entry, Freeze, Hold, Id, Policy, Refusal, Request, Resource, Wish};

/// Shorter words than these are everywhere.
const SHORT: usize = 8;

#[test]
fn every_refusal_is_in_a_conversation() {
    let (said, refusals) = (conversations(), refusals());
    let words = refusals.iter().flat_map(|message| &message.text).filter_map(words).filter(|words| words.len() > SHORT);
    let untold: BTreeSet<&str> = words.filter(|words| !said.contains(words)).collect();
    assert!(untold.is_empty(), "nobody is told {untold:#?}");
}

/// What the author of the plugin wrote, without what people typed.
fn words(span: &Span) -> Option<&str> {
    match span {
        Span::Markdown(text) => Some(text.trim_matches(['*', ' ', '`'])),
        _ => None,
    }
}

/// All transcripts and tests.
fn conversations() -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [here.join("../../tests/transcripts/dibs"), here.join("src/tests")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let others = files.filter(|file| !file.ends_with("refusals.rs"));
    others.map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn refusals() -> Vec<Message> {
    let mut refusals: Vec<Message> = own().iter().map(no).collect();
    let resource = resource();
    let kept = Kept { name: "staging".to_owned(), resource: resource.clone(), overrides: Overrides::default(), ..Kept::default() };
    let (channel, ann, policy) = ("dev".into(), User::from("ann"), Policy::default());
    for may_steal in [true, false] {
        let scene =
            Scene { channel: &channel, id: ThingId(1), kept: &kept, policy: &policy, now: Instant(0), actor: Some(&ann), may_steal };
        refusals.extend(asked(&resource).iter().map(|(request, why)| refusal(&scene, request, why)));
    }
    refusals.push(view::secret_log("staging"));
    refusals
}

/// What dibs itself refuses.
fn own() -> Vec<No<'static>> {
    let name = "staging";
    let near = || vec!["stage".to_owned(), "web".to_owned()];
    let Named::Removed { by, at, .. } = (Named::Removed { by: "ann".into(), at: Instant(0), name: name.to_owned() }) else {
        unreachable!()
    };
    vec![
        No::Unknown { name, near: near(), who: Who::Admins },
        No::Unknown { name, near: Vec::new(), who: Who::Anyone },
        No::Nothing { name, near: near() },
        No::Removed { name, by, at },
        No::Archived,
        No::TooLong,
        No::TooMany,
        No::Nameless,
        No::BothEnds,
        No::Group { name },
        No::Single { name },
        No::Taken { name },
        No::NotAllowed { what: "take things from others", who: Who::Admins },
        No::NotAllowed { what: "take things from others", who: Who::Never },
        No::NothingHeld { waiting: near() },
        No::NothingHeld { waiting: Vec::new() },
        No::NobodyKicked { whom: Box::leak(Box::new(User::from("bob"))) },
        No::NotWatched { name },
        No::AlreadyWatched { name },
        No::NotApproved { name },
        No::Crowded { name },
        No::Full,
        No::ManyNames { name, most: 5 },
        No::ManyGroups { name, most: 5 },
        No::Enough { name },
        No::Left { things: 3 },
        No::EmptyPage { page: 2 },
        No::NothingHere,
        No::Gone,
        No::ForeignKey,
    ]
}

fn hold(person: &str) -> Hold {
    serde_json::from_value(serde_json::json!({ "id": 1, "person": person, "since": 0, "deadline": { "at": 60_000, "set": 0 } })).unwrap()
}

fn entry(person: &str) -> Entry {
    serde_json::from_value(serde_json::json!({ "person": person, "since": 0, "offer": { "id": 2, "until": 60_000 } })).unwrap()
}

fn resource() -> Resource {
    Resource { holds: vec![hold("bob")], queue: vec![entry("cid")], ..Resource::default() }
}

/// What the rules refuse that people can come to; of crews dibs has none.
fn asked(resource: &Resource) -> Vec<(Request, Refusal)> {
    let hour = Duration::from_secs(3600);
    let (holds, queue) = (resource.holds.clone(), resource.queue.clone());
    let mine = Box::new(hold("ann"));
    let endless = Box::new(Hold { deadline: None, ..hold("ann") });
    let freeze = Freeze { by: "bob".into(), since: Instant(0), reason: None };
    let join = || Request::Join(Wish::default());
    let steal = || Request::Steal { hold: Id(1), wish: Wish::default() };
    let extend = || Request::Extend { hold: Some(Id(1)), by: hour };
    let changed = |holds: &[Hold]| Refusal::HoldChanged { holds: holds.to_vec() };
    vec![
        (join(), Refusal::AlreadyHolding(mine.clone())),
        (join(), Refusal::AlreadyHolding(endless.clone())),
        (join(), Refusal::AlreadyQueued { ahead: 1, waited: hour }),
        (join(), Refusal::Crowded { waiting: 200 }),
        (Request::Take(Wish::default()), Refusal::Held { holds: holds.clone(), waiting: 1 }),
        (Request::Take(Wish::default()), Refusal::Reserved { offered: queue.clone(), ahead: Some(1), waiting: 1 }),
        (join(), Refusal::Frozen(freeze)),
        (Request::Thaw, Refusal::NotFrozen),
        (Request::Release { hold: None }, Refusal::Free),
        (Request::Release { hold: None }, Refusal::NotHolding { holds: holds.clone() }),
        (Request::Yield, Refusal::NotHolding { holds: holds.clone() }),
        (extend(), changed(&holds)),
        (steal(), changed(&holds)),
        (steal(), changed(&[])),
        (Request::Pass { to: "ann".into() }, Refusal::WithYourself),
        (Request::Pass { to: "bob".into() }, Refusal::ReceiverHolds { to: "bob".into() }),
        (Request::Pass { to: "bob".into() }, Refusal::AlreadyPassing { to: "bob".into(), until: Instant(0) }),
        (Request::Jump(Wish::default()), Refusal::AlreadyFirst { ahead: 0 }),
        (Request::Jump(Wish::default()), Refusal::AlreadyFirst { ahead: 1 }),
        (Request::Jump(Wish::default()), Refusal::ReasonRequired),
        (steal(), Refusal::ReasonRequired),
        (Request::Leave, Refusal::NotQueued),
        (Request::Decline { offer: None }, Refusal::NotOffered),
        (Request::Yield, Refusal::NobodyWaits),
        (Request::Kick { whom: "dan".into(), reason: None }, Refusal::NotHere { person: "dan".into() }),
        (extend(), Refusal::OthersWait { queue }),
        (extend(), Refusal::NoDeadline(endless)),
        (extend(), Refusal::DeadlinePassed { deadline: Instant(0) }),
        (extend(), Refusal::AtMaximum { deadline: Instant(0), max: hour }),
        (join(), Refusal::DurationRequired { max: Some(hour) }),
    ]
}
