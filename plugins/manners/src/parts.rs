//! Index of participation: what each person holds, waits for or rides along with, so that nothing else has to be read to find it.
//!
//! An entry is a hint. Everything in which somebody has a part is listed under their name; what is listed may be over, so its reader
//! looks at the thing itself.

use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use turns::Resource;

/// Whoever loses their part together with more people than this keeps the entry until it is read next.
const FORGOTTEN: usize = 100;

/// A longer identity is not written into a key, which has at most 512 bytes.
const LONGEST: usize = 200;

/// The part that somebody has in something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    Holds,
    /// Waits for it, rides along, or asks to.
    Waits,
}

/// Somebody's entries at `place` and below, at most so many, in the order of their places and beginning after one of them.
pub fn page(cx: &Context, person: &User, place: &str, after: Option<&str>, limit: usize) -> Result<Vec<(String, Part)>> {
    let prefix = prefix(person);
    let after = after.map(|after| format!("{prefix}{after}"));
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let entries = cx.store().page(&format!("{prefix}{place}"), after.as_deref(), limit)?;
    Ok(entries.into_iter().map(|(key, part)| (key[prefix.len()..].to_owned(), part)).collect())
}

/// Makes the entries at a place those of a resource, which was another before.
pub fn update(cx: &Context, place: &str, before: &Resource, after: &Resource) -> Result<()> {
    let (before, after) = (parts(before), parts(after));
    for (person, part) in after.iter().filter(|(person, part)| before.get(*person) != Some(*part)) {
        cx.store().set(&key(person, place), part)?;
    }
    for person in before.keys().filter(|person| !after.contains_key(*person)).take(FORGOTTEN) {
        forget(cx, person, place)?;
    }
    Ok(())
}

/// Removes an entry.
pub fn forget(cx: &Context, person: &User, place: &str) -> Result<()> {
    Ok(cx.store().delete(&key(person, place))?)
}

/// How many people have a part in it.
pub fn count(resource: &Resource) -> usize {
    parts(resource).len()
}

fn parts(resource: &Resource) -> BTreeMap<&User, Part> {
    let holds = || resource.holds.iter();
    let crews = holds().flat_map(|hold| &hold.crew).map(|rider| &rider.person);
    let asking = holds().flat_map(|hold| &hold.requests).map(|request| &request.person);
    let receiving = holds().filter_map(|hold| hold.pass.as_ref()).map(|pass| &pass.to);
    let waiting = resource.queue.iter().map(|entry| &entry.person);
    let waiting = waiting.chain(crews).chain(asking).chain(receiving).map(|person| (person, Part::Waits));
    // Whoever holds it and waits for another turn holds it.
    waiting.chain(holds().map(|hold| (&hold.person, Part::Holds))).collect()
}

fn key(person: &User, place: &str) -> String {
    format!("{}{place}", prefix(person))
}

/// No blank is in an encoded identity, so no prefix is one of another person's.
fn prefix(person: &User) -> String {
    let id = person.as_str();
    if id.len() > LONGEST {
        return format!("part #{:016x} ", hash(id));
    }
    format!("part {} ", id.replace('%', "%25").replace(' ', "%20"))
}

/// FNV-1a. Two people under one hash share their entries, which are hints.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
