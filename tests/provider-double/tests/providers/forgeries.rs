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
fn two_thousand_of_each_kind_are_bad_and_each_flaw_is_among_them() {
    for (signature, secret) in SIGNATURES {
        let (good, seal) = (good(signature, secret), Seal { signature, secret, now: now() });
        let mut flaws = HashSet::new();
        for forgery in forge(&good, &seal, 1).take(2_000) {
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

type Check = Box<dyn Fn(&Delivery) -> bool>;

/// A check that forgets one thing lets in what has the flaw for it: so the flaws are worth something.
#[test]
fn each_weak_check_is_found() {
    let (signature, secret) = SIGNATURES[0];
    let right = move |body: &[u8]| signature.headers(secret, "", now(), body).remove(0).1;
    let values = |delivery: &Delivery| -> Vec<String> {
        let headers = delivery.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("X-Hub-Signature-256"));
        headers.map(|(_, value)| value.clone()).collect()
    };
    let first = move |delivery: &Delivery| values(delivery).first().cloned().unwrap_or_default();
    let code = |value: &str| value.rsplit(['=', ':']).next().unwrap_or_default().to_owned();
    let rewritten =
        |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).map(|value| value.to_string().into_bytes()).unwrap_or_default();
    let weak: [(&str, Check, &[Flaw]); 7] = [
        ("any of them", Box::new(move |given| values(given).contains(&right(&given.body))), &[Flaw::Twice, Flaw::GoodAndBad]),
        ("whatever comes after", Box::new(move |given| first(given).starts_with(&right(&given.body))), &[Flaw::Longer, Flaw::Joined]),
        ("in any case", Box::new(move |given| first(given).eq_ignore_ascii_case(&right(&given.body))), &[Flaw::OtherCase]),
        ("any algorithm", Box::new(move |given| code(&first(given)) == code(&right(&given.body))), &[Flaw::OtherAlgorithm, Flaw::Bare]),
        ("as parsed", Box::new(move |given| first(given) == right(&rewritten(&given.body))), &[Flaw::Rewritten]),
        ("without the body", Box::new(move |given| first(given) == right(b"")), &[Flaw::OfNothing]),
        ("if it is there", Box::new(move |given| values(given).is_empty() || first(given) == right(&given.body)), &[Flaw::Unsigned]),
    ];
    let (good, seal) = (good(signature, secret), Seal { signature, secret, now: now() });
    for (name, lets_in, flaws) in weak {
        let found: HashSet<Flaw> =
            forge(&good, &seal, 1).take(2_000).filter(|forgery| lets_in(&forgery.delivery)).map(|forgery| forgery.flaw).collect();
        assert!(flaws.iter().all(|flaw| found.contains(flaw)), "{name}: {found:?}");
    }
}
