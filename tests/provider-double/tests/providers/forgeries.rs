//! Forgeries: each is bad, each flaw comes up, and the same seed gives the same ones.

use std::collections::HashSet;

use jiff::Timestamp;
use provider_double::{
    Delivery, Signature,
    forge::{Flaw, Seal, forge, is_genuine, replay},
};
use serde_json::json;

use crate::street::{START, Street};

const SIGNATURES: [(Signature, &str); 6] = [
    (Signature::GitHub, "a-secret-of-some-length"),
    (Signature::GitLabToken, "a-secret-of-some-length"),
    (Signature::GitLabSigned, "whsec_b3V0c2lkZS1naXRsYWItc2lnbmluZy10b2tlbi0zMmI="),
    (Signature::Hmac, "a-secret-of-some-length"),
    (Signature::Bearer, "a-secret-of-some-length"),
    (Signature::Basic, "a-secret-of-some-length"),
];

fn now() -> Timestamp {
    Timestamp::from_second(START).unwrap()
}

fn good(signature: Signature, secret: &str) -> Delivery {
    let body = json!({ "id": 1, "state": "success", "url": "https://ci.outside/1" }).to_string().into_bytes();
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    headers.extend(signature.headers(secret, "msg-1", now(), &body));
    Delivery { headers, body }
}

#[test]
fn ten_thousand_are_bad_and_each_flaw_is_among_them() {
    for (signature, secret) in SIGNATURES {
        let (good, seal) = (good(signature, secret), Seal { signature, secret, now: now() });
        let mut flaws = HashSet::new();
        for forgery in forge(&good, &seal, 1).take(10_000) {
            assert!(forgery.delivery != good && !is_genuine(&forgery.delivery, &seal), "{signature:?} {:?}", forgery.flaw);
            flaws.insert(forgery.flaw);
        }
        let expected: HashSet<Flaw> = Flaw::ALL.iter().copied().filter(|flaw| flaw.can_be(signature)).collect();
        assert_eq!(flaws, expected, "{signature:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_and_another_gives_others() {
    let (signature, secret) = SIGNATURES[2];
    let (good, seal) = (good(signature, secret), Seal { signature, secret, now: now() });
    let all = |seed| forge(&good, &seal, seed).take(200).collect::<Vec<_>>();
    assert_eq!(all(7), all(7));
    assert_ne!(all(7), all(8));
}

#[test]
fn all_can_be_sent() {
    let street = Street::new();
    let (signature, secret) = SIGNATURES[0];
    let (good, seal) = (good(signature, secret), Seal { signature, secret, now: now() });
    for forgery in forge(&good, &seal, 3).take(Flaw::ALL.len()) {
        let sent = street.outside.deliver(&forgery.delivery, street.bot.address, "deploy", "github");
        assert!(sent.is_ok(), "{:?}: {sent:?}", forgery.flaw);
    }
}

#[test]
fn what_is_genuine_is_known() {
    for (signature, secret) in SIGNATURES {
        let seal = Seal { signature, secret, now: now() };
        let mut delivery = good(signature, secret);
        assert!(is_genuine(&delivery, &seal), "{signature:?}");
        delivery.headers.push(delivery.headers[1].clone());
        assert!(!is_genuine(&delivery, &seal), "{signature:?}");
    }
}

#[test]
fn a_replay_is_signed_as_the_first_was() {
    for (signature, secret) in SIGNATURES {
        let (good, seal) = (good(signature, secret), Seal { signature, secret, now: now() });
        for again in replay(&good, signature, 5).take(100) {
            assert!(again != good && again.body == good.body && is_genuine(&again, &seal), "{signature:?}");
        }
    }
}

#[test]
#[should_panic(expected = "not good itself")]
fn what_is_bad_cannot_be_forged() {
    let (signature, secret) = SIGNATURES[0];
    let (good, seal) = (good(signature, "another"), Seal { signature, secret, now: now() });
    let _never = forge(&good, &seal, 1).next();
}
