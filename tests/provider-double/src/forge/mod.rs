//! Webhooks that must not be let in: from one good delivery any number of bad ones, by a seed.
//!
//! Each is bad for a reason that it tells, and each is checked to be: [`is_genuine`] is a check of its own, after what the senders
//! document, and what it would let in is never handed out. A test of it is that it lets in the good one.

mod draft;
mod flaw;
mod genuine;

use jiff::Timestamp;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{delivery::Delivery, signature::Signature};
use draft::Draft;
pub use flaw::Flaw;
pub use genuine::is_genuine;

/// What a sender and its receiver share.
#[derive(Clone, Debug)]
pub struct Seal<'a> {
    /// How webhooks are signed.
    pub signature: Signature,
    /// With what.
    pub secret: &'a str,
    /// The time of the receiver.
    pub now: Timestamp,
}

/// A webhook that must not be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgery {
    /// What is wrong with it.
    pub flaw: Flaw,
    /// What is sent.
    pub delivery: Delivery,
}

/// As many forgeries of a delivery as are taken, each flaw in turn; the same seed gives the same ones.
///
/// # Panics
///
/// If the delivery is not good to begin with: then nothing would be shown by its being refused.
pub fn forge<'a>(good: &'a Delivery, seal: &'a Seal<'a>, seed: u64) -> impl Iterator<Item = Forgery> + 'a {
    assert!(is_genuine(good, seal), "what is to be forged is not good itself");
    let flaws: Vec<Flaw> = Flaw::ALL.iter().copied().filter(|flaw| flaw.can_be(seal.signature)).collect();
    let mut random = StdRng::seed_from_u64(seed);
    let drafts = flaws.into_iter().cycle().map(move |flaw| {
        let mut draft = Draft::new(good, seal);
        flaw.put_into(&mut draft, &mut random);
        Forgery { flaw, delivery: draft.finish() }
    });
    // What chance made good again, such as a space that was put where it does not matter, is left out.
    drafts.filter(|forgery| forgery.delivery != *good && !is_genuine(&forgery.delivery, seal))
}

/// As many repeats of a delivery as are taken: let in they may be, but have no second effect. All that is not signed differs.
pub fn replay<'a>(good: &'a Delivery, signature: Signature, seed: u64) -> impl Iterator<Item = Delivery> + 'a {
    const UNSIGNED: &[&str] = &[
        "X-GitHub-Delivery",
        "X-GitHub-Hook-ID",
        "X-Gitlab-Event-UUID",
        "X-Gitlab-Webhook-UUID",
        "Idempotency-Key",
        "X-Delivery-Id",
        "User-Agent",
        "X-Request-Id",
    ];
    let mut random = StdRng::seed_from_u64(seed);
    std::iter::repeat_with(move || {
        let mut delivery = good.clone();
        let name = UNSIGNED[random.random_range(0..UNSIGNED.len())];
        let value = format!("{:032x}", random.random::<u128>());
        delivery.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        delivery.headers.insert(random.random_range(0..=delivery.headers.len()), (name.to_owned(), value));
        for (name, _) in &mut delivery.headers {
            if random.random() {
                *name = name.to_ascii_uppercase();
            }
        }
        debug_assert!(signature.names().iter().all(|name| delivery.header(name) == good.header(name)));
        delivery
    })
}
