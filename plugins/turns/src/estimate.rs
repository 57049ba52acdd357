//! When somebody's turn may come.

use crate::{Instant, Policy, Resource};

/// When somebody behind this many others in the queue can expect their turn, if everybody uses their whole time. None
/// when that depends on a hold or a wish without an end.
pub fn estimate(resource: &Resource, policy: &Policy, ahead: usize, now: Instant) -> Option<Instant> {
    let held = resource.holds.iter().filter_map(|hold| hold.ends().map(|end| end.max(now)));
    let free = std::iter::repeat_n(now, resource.free(policy));
    let mut slots: Vec<Instant> = held.chain(free).collect();
    for entry in resource.queue.iter().take(ahead) {
        let slot = remove_earliest(&mut slots)?;
        // Somebody who wants no end keeps the slot.
        slots.extend(policy.term(entry.wish.duration).duration.map(|duration| slot + duration));
    }
    remove_earliest(&mut slots)
}

fn remove_earliest(slots: &mut Vec<Instant>) -> Option<Instant> {
    let (place, _) = slots.iter().enumerate().min_by_key(|(_, slot)| **slot)?;
    Some(slots.swap_remove(place))
}
