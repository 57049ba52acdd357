//! Webhooks: lines with headers, an empty line, and the body.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hatstand::config::Scheme;
use hatstand::outside::signature::Hook;
use hatstand_common::value::Instant;
use jiff::Timestamp;
use provider_double::forge::{Seal, is_genuine};
use provider_double::{Delivery, Signature};

const SECRET: &str = "a-secret-of-some-length";
const KEY: &str = "whsec_b3V0c2lkZS1naXRsYWItc2lnbmluZy10b2tlbi0zMmI=";

/// Each way of checking, with what the sender does.
const SCHEMES: [(Scheme, Signature, &str); 6] = [
    (Scheme::Github, Signature::GitHub, SECRET),
    (Scheme::Gitlab, Signature::GitLabToken, SECRET),
    (Scheme::Standard, Signature::GitLabSigned, KEY),
    (Scheme::Hmac, Signature::Hmac, SECRET),
    (Scheme::Bearer, Signature::Bearer, SECRET),
    (Scheme::Basic, Signature::Basic, SECRET),
];

/// When all of this comes in; the seeds are signed then.
const NOW: i64 = 1_767_607_200;

/// What is let in is what its sender would have sent; and it is the same each time.
pub fn check(input: &[u8]) {
    let (headers, body) = split(input);
    let delivery = Delivery { headers, body: body.to_vec() };
    let map: HeaderMap = delivery.headers.iter().filter_map(|(name, value)| header(name, value)).collect();
    if map.len() != delivery.headers.len() {
        // No server would let it through.
        return;
    }
    for (scheme, signature, secret) in SCHEMES {
        let expected = if scheme == Scheme::Basic { format!("jenkins:{secret}") } else { secret.to_owned() };
        let hook = Hook { scheme, header: HeaderName::from_static("x-signature-256"), secret: expected.into(), workspace: None };
        let now = Instant(NOW.unsigned_abs() * 1000);
        let checked = hook.check(&map, body, now);
        let seal = Seal { signature, secret, now: Timestamp::from_second(NOW).expect("a time") };
        assert!(checked.is_err() || is_genuine(&delivery, &seal), "{scheme:?} lets in {delivery:?}");
        assert_eq!(checked, hook.check(&map, body, now));
    }
}

fn split(input: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let end = input.windows(2).position(|pair| pair == b"\n\n").unwrap_or(input.len());
    let lines = super::text(&input[..end]);
    let headers = lines.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), value.to_owned()));
    (headers.collect(), input.get(end + 2..).unwrap_or_default())
}

fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((name.parse().ok()?, HeaderValue::from_str(value).ok()?))
}
