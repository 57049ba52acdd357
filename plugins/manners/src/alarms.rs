//! What will happen by itself, and the timers of the host for it.

use crate::night::{Night, offset_of};
use hatstand_plugin::prelude::*;
use hatstand_plugin::timers::Error as TimerError;
use std::cell::RefCell;
use std::collections::BTreeMap;
use turns::{Alarm, AlarmKind, Policy, Resource};

/// The timers that stand at the host, and when they are due.
pub type Standing = BTreeMap<String, Instant>;

/// So many people's zones are looked up in one invocation, at most.
const LOOKED_UP: usize = 50;

/// Offsets of people's zones from UTC. Each is looked up once in an invocation, and only those of the first so many people: for the
/// others it is night when it is in UTC.
#[derive(Debug, Default)]
pub struct Zones(RefCell<BTreeMap<User, i32>>);

impl Zones {
    fn offset_of(&self, cx: &Context, person: &User, at: Instant) -> i32 {
        let mut offsets = self.0.borrow_mut();
        if let Some(offset) = offsets.get(person) {
            return *offset;
        }
        if offsets.len() >= LOOKED_UP {
            return 0;
        }
        let offset = offset_of(cx, person, at);
        offsets.insert(person.clone(), offset);
        offset
    }
}

/// What will happen by itself and when, the earliest first. Nobody is asked at night whether they still need what they have.
pub fn alarms(cx: &Context, zones: &Zones, resource: &Resource, policy: &Policy, night: Night) -> Vec<(Alarm, Instant)> {
    let alarms = turns::alarms(resource, policy).into_iter();
    let mut alarms: Vec<_> = alarms.map(|alarm| (alarm, rings_at(cx, zones, resource, night, &alarm))).collect();
    alarms.sort_by_key(|(_, due)| *due);
    alarms
}

/// What will happen first, if it is due. The night only puts things off, so nobody's zone matters before.
pub fn due(cx: &Context, zones: &Zones, resource: &Resource, policy: &Policy, night: Night) -> Option<(Alarm, Instant)> {
    let now = cx.now();
    let alarms = turns::alarms(resource, policy).into_iter().take_while(|alarm| alarm.due <= now);
    let due = alarms.map(|alarm| (alarm, rings_at(cx, zones, resource, night, &alarm))).filter(|(_, due)| *due <= now);
    due.min_by_key(|(_, due)| *due)
}

/// When the first thing will happen. What is put off at most until then needs no look at anybody's zone.
pub fn first(cx: &Context, zones: &Zones, resource: &Resource, policy: &Policy, night: Night) -> Option<Instant> {
    let mut first: Option<Instant> = None;
    for alarm in turns::alarms(resource, policy) {
        if first.is_some_and(|first| first <= alarm.due) {
            break;
        }
        let due = rings_at(cx, zones, resource, night, &alarm);
        first = Some(first.map_or(due, |first| first.min(due)));
    }
    first
}

/// Makes the timers of the host those that are wanted.
pub fn set_timers(cx: &Context, standing: &mut Standing, wanted: Standing) -> Result<()> {
    for key in standing.keys().filter(|key| !wanted.contains_key(*key)) {
        cx.timers().cancel(key)?;
    }
    for (key, due) in wanted.iter().filter(|(key, due)| standing.get(*key) != Some(due)) {
        cx.timers().set(key, *due, &()).map_err(refused)?;
    }
    *standing = wanted;
    Ok(())
}

/// A plugin has so many timers, and people decide how many of them are used.
fn refused(why: TimerError) -> Error {
    match why {
        TimerError::TooMuch => {
            Error::refused("I keep as many promises as I can: something has to be given back first. Nothing was changed.")
        }
        why => why.into(),
    }
}

fn rings_at(cx: &Context, zones: &Zones, resource: &Resource, night: Night, alarm: &Alarm) -> Instant {
    match resource.hold(alarm.id) {
        Some(hold) if alarm.kind == AlarmKind::Nag => night.over(alarm.due, zones.offset_of(cx, &hold.person, alarm.due)),
        _ => alarm.due,
    }
}
