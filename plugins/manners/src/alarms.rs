//! What will happen by itself, and the timers of the host for it.

use crate::night::{Night, offset_of};
use hatstand_plugin::prelude::*;
use std::collections::BTreeMap;
use turns::{Alarm, AlarmKind, Policy, Resource};

/// The timers that stand at the host, and when they are due.
pub type Standing = BTreeMap<String, Instant>;

/// What will happen by itself and when, the earliest first. Nobody is asked at night whether they still need what they have.
pub fn alarms(cx: &Context, resource: &Resource, policy: &Policy, night: Night) -> Vec<(Alarm, Instant)> {
    let alarms = turns::alarms(resource, policy).into_iter();
    let mut alarms: Vec<_> = alarms.map(|alarm| (alarm, rings_at(cx, resource, night, &alarm))).collect();
    alarms.sort_by_key(|(_, due)| *due);
    alarms
}

/// What will happen first, if it is due.
pub fn due(cx: &Context, resource: &Resource, policy: &Policy, night: Night) -> Option<(Alarm, Instant)> {
    alarms(cx, resource, policy, night).into_iter().next().filter(|(_, due)| *due <= cx.now())
}

/// Makes the timers of the host those that are wanted.
pub fn set_timers(cx: &Context, standing: &mut Standing, wanted: Standing) -> Result<()> {
    for key in standing.keys().filter(|key| !wanted.contains_key(*key)) {
        cx.timers().cancel(key)?;
    }
    for (key, due) in wanted.iter().filter(|(key, due)| standing.get(*key) != Some(due)) {
        cx.timers().set(key, *due, &())?;
    }
    *standing = wanted;
    Ok(())
}

fn rings_at(cx: &Context, resource: &Resource, night: Night, alarm: &Alarm) -> Instant {
    match resource.hold(alarm.id) {
        Some(hold) if alarm.kind == AlarmKind::Nag => night.over(alarm.due, offset_of(cx, &hold.person, alarm.due)),
        _ => alarm.due,
    }
}
