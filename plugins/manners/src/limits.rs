//! Limits of what people can have kept for them. Whatever they type, all that is kept of one thing fits into one value of the store.

use hatstand_plugin::prelude::*;
use turns::{Resource, Wish};

/// Nobody reads more, and it has to fit into messages beside others.
const REASON_LETTERS: usize = 500;

/// The same as it is kept: most letters take one byte, those of many scripts three, an emoji four or more.
const REASON_BYTES: usize = 1_000;

/// So many people wait for one thing.
pub const WAITING: usize = 200;

/// So much is kept of the people of one thing, of the 256 KiB that a value of the store has.
pub const WEIGHT: usize = 96 * 1024;

/// Refuses a reason that is too long.
pub fn check(wish: &Wish) -> Result<()> {
    let letters = wish.reason.as_ref().map_or(0, |reason| reason.chars().count());
    if letters > REASON_LETTERS {
        return Err(Error::usage(format!("A reason has at most {REASON_LETTERS} letters.")));
    }
    if wish.weight() > REASON_BYTES {
        let sentence = format!("A reason takes at most {REASON_BYTES} bytes, and an emoji takes four or more of them. Make it shorter.");
        return Err(Error::usage(sentence));
    }
    Ok(())
}

/// Shortens what people who wait have said, if an earlier build kept more than there is room for; true if it did.
pub fn lighten(resource: &mut Resource) -> bool {
    const LETTERS: usize = 80;
    if resource.weight() <= WEIGHT {
        return false;
    }
    for reason in resource.queue.iter_mut().filter_map(|entry| entry.wish.reason.as_mut()) {
        if let Some((end, _)) = reason.char_indices().nth(LETTERS) {
            reason.truncate(end);
            reason.push('…');
        }
    }
    true
}
