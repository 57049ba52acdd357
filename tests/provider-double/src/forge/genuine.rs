//! Whether a delivery is from whom it says, as the senders document it.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::Seal;
use crate::{
    delivery::Delivery,
    signature::{Signature, hex_hmac},
};

/// How far a signed time may be from now, in seconds ("Standard Webhooks": 5 minutes in its libraries).
const WINDOW: i64 = 300;

/// Whether a delivery is from whom it says: its signature is there once, and is that of its body.
pub fn is_genuine(delivery: &Delivery, seal: &Seal<'_>) -> bool {
    let only = |name: &str| only(delivery, name);
    let is_hex = |name: &str| only(name).is_some_and(|given| given == format!("sha256={}", hex_hmac(seal.secret, &delivery.body)));
    match seal.signature {
        Signature::GitHub => is_hex("X-Hub-Signature-256"),
        Signature::Hmac => is_hex("X-Signature-256"),
        Signature::GitLabToken => only("X-Gitlab-Token").is_some_and(|given| given == seal.secret),
        Signature::Bearer => is_credential(only("Authorization"), "bearer", seal.secret),
        Signature::Basic => is_credential(only("Authorization"), "basic", &BASE64_STANDARD.encode(format!("jenkins:{}", seal.secret))),
        Signature::GitLabSigned => is_standard(delivery, seal).unwrap_or_default(),
    }
}

/// One of several signatures, with spaces between them, has to be right.
fn is_standard(delivery: &Delivery, seal: &Seal<'_>) -> Option<bool> {
    let (id, time) = (only(delivery, "webhook-id")?, only(delivery, "webhook-timestamp")?);
    let at = jiff::Timestamp::from_second(time.parse().ok()?).ok()?;
    let right = seal.signature.headers(seal.secret, id, at, &delivery.body);
    let is_right =
        |(_, value): &(String, String)| only(delivery, "webhook-signature").is_some_and(|given| given.split(' ').any(|one| one == value));
    Some(
        at.as_second().to_string() == time && (at.as_second() - seal.now.as_second()).abs() <= WINDOW && right.last().is_some_and(is_right),
    )
}

/// The scheme in any case, one space or more (RFC 9110, section 11.4).
fn is_credential(given: Option<&str>, scheme: &str, secret: &str) -> bool {
    let parts = given.and_then(|given| given.split_once(' '));
    parts.is_some_and(|(kind, given)| kind.eq_ignore_ascii_case(scheme) && given.trim_start_matches(' ') == secret)
}

/// A header that is there once; blanks around it do not count (RFC 9110, section 5.5).
fn only<'a>(delivery: &'a Delivery, name: &str) -> Option<&'a str> {
    let mut values = delivery.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let value = values.next()?;
    values.next().is_none().then(|| value.trim_matches([' ', '\t']))
}
