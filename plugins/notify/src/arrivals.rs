//! What came in of late: for people who ask why nothing arrives.

use crate::news::{News, Source};
use hatstand_plugin::prelude::*;
use serde::{Deserialize, Serialize};

/// So many are remembered of each sender.
const KEPT: usize = 20;

/// Something that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub at: Instant,
    pub came: Came,
    /// In how many channels somebody subscribed to it.
    pub listeners: usize,
}

/// What came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    News(Box<News>),
    /// Of a kind that is not told.
    Ignored(String),
    /// Not as its sender documents it.
    Unreadable(String),
}

/// What came of one sender, the oldest first.
pub fn of(cx: &Context, source: Source) -> Result<Vec<Arrival>> {
    Ok(cx.store().get(&key(source))?.unwrap_or_default())
}

/// What came of all senders, the newest first.
pub fn all(cx: &Context) -> Result<Vec<(Source, Arrival)>> {
    let mut all = Vec::new();
    for source in Source::WORDS.iter().filter_map(|word| Source::from_word(word)) {
        all.extend(of(cx, source)?.into_iter().rev().map(|arrival| (source, arrival)));
    }
    all.sort_by_key(|(_, arrival)| std::cmp::Reverse(arrival.at));
    Ok(all)
}

/// Remembers what came.
pub fn note(cx: &Context, source: Source, came: impl IntoIterator<Item = (Came, usize)>) -> Result<()> {
    let mut arrivals = of(cx, source)?;
    arrivals.extend(came.into_iter().map(|(came, listeners)| Arrival { at: cx.now(), came, listeners }));
    let old = arrivals.len().saturating_sub(KEPT);
    Ok(cx.store().set(&key(source), &arrivals[old..])?)
}

fn key(source: Source) -> String {
    format!("came {}", source.word())
}
