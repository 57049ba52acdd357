//! What builds of version 0 kept becomes what this one keeps: the parts of people and the places of names are listed, the log is in the
//! order of its weeks, and nothing is larger than it can be now. That is done a part at a time, because nobody knows how much there is.

use crate::person::gone;
use crate::shelf::{self, Named, Shelf};
use crate::thing::{Kept, ThingId};
use hatstand_plugin::prelude::*;
use manners::{limits, log, parts};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use turns::Resource;

/// So many calls of the host, about, are made at once.
const CALLS: usize = 500;

/// So many things, and so many of everything else, are read at once.
const THINGS: u32 = 20;
const ROWS: u32 = 150;

/// What is done, up to a key.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    #[default]
    Begin,
    Things(String),
    Names(Option<String>),
    Log(Option<String>),
}

/// Does the next part.
pub fn go_on(cx: &Context, stage: Stage) -> Result<Reply> {
    let next = match stage {
        Stage::Begin => things(cx, None)?,
        Stage::Things(after) => things(cx, Some(&after))?,
        Stage::Names(after) => names(cx, after.as_deref())?,
        Stage::Log(after) => match lines(cx, after.as_deref())? {
            Some(next) => next,
            None => return Ok(Reply::nothing()),
        },
    };
    cx.timers().set("list", cx.now(), &next)?;
    Ok(Reply::nothing())
}

fn things(cx: &Context, after: Option<&str>) -> Result<Stage> {
    let mut things = cx.store().page::<Kept>("thing ", after, THINGS)?;
    let more = things.len() == THINGS as usize;
    let mut calls = 0;
    for (key, kept) in &mut things {
        let Some((channel, id)) = key.strip_prefix("thing ").and_then(shelf::read_place) else { continue };
        if limits::lighten(&mut kept.resource) {
            cx.store().set(key, kept)?;
        }
        list(cx, &channel, id, kept)?;
        calls += parts::count(&kept.resource);
        if calls > CALLS {
            return Ok(Stage::Things(key.clone()));
        }
    }
    Ok(match things.last() {
        Some((last, _)) if more => Stage::Things(last.clone()),
        _ => Stage::Names(None),
    })
}

fn list(cx: &Context, channel: &Channel, id: ThingId, kept: &Kept) -> Result<()> {
    parts::update(cx, &shelf::place(channel, id), &Resource::default(), &kept.resource)?;
    for hold in kept.resource.holds.iter().filter(|hold| hold.orphaned.is_some()) {
        cx.store().set(&gone(&hold.person), &())?;
    }
    Ok(())
}

fn names(cx: &Context, after: Option<&str>) -> Result<Stage> {
    let names = cx.store().page::<Named>("name ", after, ROWS)?;
    for (key, named) in &names {
        let place = key.strip_prefix("name ").and_then(|place| place.split_once(' '));
        if let (Some((channel, name)), Named::Thing(_)) = (place, named) {
            Shelf { cx, channel: &channel.into() }.set_named(name, named)?;
        }
    }
    Ok(if names.len() == ROWS as usize { Stage::Names(names.last().map(|(key, _)| key.clone())) } else { Stage::Log(None) })
}

fn lines(cx: &Context, after: Option<&str>) -> Result<Option<Stage>> {
    let lines = cx.store().page::<IgnoredAny>("log ", after, ROWS)?;
    for (key, _) in &lines {
        if let Some(moved) = log::moved(key) {
            cx.store().rename(key, &moved)?;
        }
    }
    let more = lines.len() == ROWS as usize;
    Ok(lines.last().filter(|_| more).map(|(last, _)| Stage::Log(Some(last.clone()))))
}
