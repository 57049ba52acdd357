//! Is a webhook from whom it says? Checked over the very bytes that came, before anything of them is looked at.
//!
//! Each scheme is the sender's own:
//! - `github`: docs.github.com, "Validating webhook deliveries";
//! - `gitlab`: docs.gitlab.com, "Webhooks", the secret token;
//! - `standard`: standardwebhooks.com, also what GitLab calls a signing token;
//! - `hmac`: `X-Signature-256`, or another header, with what GitHub would put there;
//! - `bearer`: RFC 6750, and `basic`: RFC 7617, for senders that can do no more, such as Jenkins's Notification plugin.

use crate::config::Scheme;
use crate::ledger::Fingerprint;
use crate::model::WorkspaceId;
use axum::http::{HeaderMap, HeaderName};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hatstand_common::value::Instant;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::time::Duration;

const GITHUB: &str = "x-hub-signature-256";
const GITLAB: &str = "x-gitlab-token";
const AUTHORIZATION: &str = "authorization";
const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// Headers by which senders name a delivery, the same when they repeat it: GitHub's, GitLab's two, that of standardwebhooks.com, and a
/// common one. Except for the scheme `standard` they are not signed.
const IDENTITIES: [&str; 5] = ["x-github-delivery", "x-gitlab-event-uuid", "idempotency-key", ID, "x-delivery-id"];

/// How far a time that was signed may be from now; and as long, where none is signed, the same body is taken for a replay.
const WINDOW: Duration = Duration::from_secs(5 * 60);

/// How long a delivery is known by its identity: senders that repeat at all do so within hours.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How the operator has a webhook checked.
#[derive(Clone, Debug)]
pub struct Hook {
    pub scheme: Scheme,
    /// The header of `hmac`.
    pub header: HeaderName,
    pub secret: SecretString,
    /// Whose it is; none is that of the only workspace.
    pub workspace: Option<WorkspaceId>,
}

/// Why something is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forged {
    /// The signature is missing, there more than once, or not right.
    Signature,
    /// It was signed too long ago, or for later.
    Time,
}

impl Hook {
    /// Checks all that the head of a delivery shows. True for a secret that is right: then it is genuine, whatever its body. False for a
    /// signature, which only the body can prove.
    pub fn check_head(&self, headers: &HeaderMap) -> Result<bool, Forged> {
        match self.scheme {
            Scheme::Github => code(headers, GITHUB).map(|_| false),
            Scheme::Hmac => code(headers, self.header.as_str()).map(|_| false),
            Scheme::Standard => [ID, TIMESTAMP, SIGNATURE].iter().try_for_each(|name| only(headers, name).map(drop)).map(|()| false),
            Scheme::Gitlab => self.check_token(only(headers, GITLAB)?).map(|()| true),
            Scheme::Bearer => self.check_token(authorization(headers, "bearer")?).map(|()| true),
            Scheme::Basic => {
                let named = BASE64_STANDARD.decode(authorization(headers, "basic")?).map_err(|_| Forged::Signature)?;
                self.check_token(&String::from_utf8(named).map_err(|_| Forged::Signature)?).map(|()| true)
            }
        }
    }

    /// Checks a delivery. Its fingerprints tell a repeat of it from a new one.
    pub fn check(&self, headers: &HeaderMap, body: &[u8], now: Instant) -> Result<Vec<Fingerprint>, Forged> {
        match self.scheme {
            Scheme::Github => self.check_code(&code(headers, GITHUB)?, body)?,
            Scheme::Hmac => self.check_code(&code(headers, self.header.as_str())?, body)?,
            Scheme::Standard => {
                let id = self.check_standard(headers, body, now)?;
                return Ok(vec![Fingerprint { key: digest(&[id.as_bytes()]), window: DAY }]);
            }
            Scheme::Gitlab | Scheme::Bearer | Scheme::Basic => drop(self.check_head(headers)?),
        }
        Ok(self.fingerprints(headers, body))
    }

    /// A sender that repeats a delivery repeats its identity. Whoever replays one can make up another, as long as it is not signed: then
    /// the same body is a repeat for the time that replays are looked for.
    fn fingerprints(&self, headers: &HeaderMap, body: &[u8]) -> Vec<Fingerprint> {
        let is_signed = matches!(self.scheme, Scheme::Github | Scheme::Hmac);
        let id = IDENTITIES.iter().find_map(|name| only(headers, name).ok().filter(|id| !id.is_empty()));
        let identified = id.map(|id| Fingerprint { key: digest(&[id.as_bytes(), b"\n", body]), window: DAY });
        let bare = (is_signed || id.is_none()).then(|| Fingerprint { key: digest(&[body]), window: WINDOW });
        identified.into_iter().chain(bare).collect()
    }

    fn check_code(&self, code: &[u8], body: &[u8]) -> Result<(), Forged> {
        self.mac(self.secret.expose_secret().as_bytes(), &[body]).verify_slice(code).map_err(|_| Forged::Signature)
    }

    /// Both are hashed, so that how long it takes tells nothing.
    fn check_token(&self, token: &str) -> Result<(), Forged> {
        let is_it = Sha256::digest(token) == Sha256::digest(self.secret.expose_secret());
        if is_it { Ok(()) } else { Err(Forged::Signature) }
    }

    /// Signed are identity, time and body; of several signatures one has to be right, so that a secret can be changed.
    fn check_standard<'h>(&self, headers: &'h HeaderMap, body: &[u8], now: Instant) -> Result<&'h str, Forged> {
        let (id, timestamp, signatures) = (only(headers, ID)?, only(headers, TIMESTAMP)?, only(headers, SIGNATURE)?);
        let secret = self.secret.expose_secret();
        let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok()).ok_or(Forged::Signature)?;
        let is_right = |signature: &str| {
            let code = signature.strip_prefix("v1,").and_then(|code| BASE64_STANDARD.decode(code).ok());
            let mac = self.mac(&key, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
            code.is_some_and(|code| mac.verify_slice(&code).is_ok())
        };
        if id.is_empty() || key.is_empty() || !signatures.split(' ').any(is_right) {
            return Err(Forged::Signature);
        }
        let seconds: u64 = timestamp.parse().map_err(|_| Forged::Time)?;
        let at = Instant(seconds.saturating_mul(1000));
        if at.since(now) > WINDOW || now.since(at) > WINDOW { Err(Forged::Time) } else { Ok(id) }
    }

    fn mac(&self, key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(key).expect("any key will do");
        parts.iter().for_each(|part| mac.update(part));
        mac
    }

    /// Is it a header that holds the secret, or what is as good?
    pub fn is_secret(&self, header: &str) -> bool {
        [AUTHORIZATION, GITLAB, GITHUB, SIGNATURE, "x-hub-signature", "cookie", self.header.as_str()].contains(&header)
    }
}

/// `sha256=` and the code in hexadecimal digits.
fn code(headers: &HeaderMap, name: &str) -> Result<Vec<u8>, Forged> {
    only(headers, name)?.strip_prefix("sha256=").and_then(unhex).ok_or(Forged::Signature)
}

fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    hex(&digest.finalize())
}

/// What follows the kind of authorization.
fn authorization<'h>(headers: &'h HeaderMap, kind: &str) -> Result<&'h str, Forged> {
    let (given, credentials) = only(headers, AUTHORIZATION)?.split_once(' ').ok_or(Forged::Signature)?;
    if given.eq_ignore_ascii_case(kind) { Ok(credentials) } else { Err(Forged::Signature) }
}

/// A header that is there exactly once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Forged> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Forged::Signature),
        _ => Err(Forged::Signature),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Small letters only: there is one way to write a signature.
fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn hook(scheme: Scheme, secret: &str) -> Hook {
        Hook { scheme, header: HeaderName::from_static("x-signature-256"), secret: secret.into(), workspace: None }
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))).collect()
    }

    /// The example of GitHub's own documentation.
    #[test]
    fn githubs_example_is_right() {
        let hook = hook(Scheme::Github, "It's a Secret to Everybody");
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let check = |signature: &str, body: &str| hook.check(&headers(&[("x-hub-signature-256", signature)]), body.as_bytes(), Instant(0));
        assert!(check(signature, "Hello, World!").is_ok());
        assert_eq!(check(signature, "Hello, World"), Err(Forged::Signature));
        assert_eq!(check(&signature.to_uppercase(), "Hello, World!"), Err(Forged::Signature));
        assert_eq!(check(&signature[..70], "Hello, World!"), Err(Forged::Signature));
        let twice = headers(&[("x-hub-signature-256", signature), ("x-hub-signature-256", signature)]);
        assert_eq!(hook.check(&twice, b"Hello, World!", Instant(0)), Err(Forged::Signature));
        assert_eq!(hook.check(&headers(&[]), b"Hello, World!", Instant(0)), Err(Forged::Signature));
    }

    /// The example of the specification's own reference libraries.
    #[test]
    fn the_standards_example_is_right_within_its_window() {
        let hook = hook(Scheme::Standard, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let (id, time, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b"{\"test\": 2432232314}");
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        let check = |signature: &str, time: &str, now: u64| {
            let headers = headers(&[("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)]);
            hook.check(&headers, body, Instant(now * 1000))
        };
        assert!(check(signature, time, 1_614_265_330).is_ok());
        assert!(check(&format!("v1,bm90IHRoaXM= {signature}"), time, 1_614_265_330 + 299).is_ok());
        assert_eq!(check(signature, time, 1_614_265_330 + 301), Err(Forged::Time));
        assert_eq!(check(signature, time, 1_614_265_330 - 301), Err(Forged::Time));
        assert_eq!(check(signature, "1614265331", 1_614_265_330), Err(Forged::Signature));
        assert_eq!(check(&signature.replace("v1,", "v2,"), time, 1_614_265_330), Err(Forged::Signature));
    }

    #[test]
    fn a_name_and_a_password_are_both_right() {
        let hook = hook(Scheme::Basic, "jenkins:opensesame");
        let check = |named: &str| {
            hook.check(&headers(&[("authorization", &format!("Basic {}", BASE64_STANDARD.encode(named)))]), b"{}", Instant(0))
        };
        assert!(check("jenkins:opensesame").is_ok());
        for wrong in ["jenkins:opensesam", "jenkin:opensesame", "opensesame", ""] {
            assert_eq!(check(wrong), Err(Forged::Signature), "{wrong}");
        }
    }

    /// The keys by which two deliveries are one, with the time for which they are.
    fn shared(hook: &Hook, one: (&HeaderMap, &str), other: (&HeaderMap, &str)) -> Vec<Duration> {
        let seen = hook.fingerprints(one.0, one.1.as_bytes());
        let again = hook.fingerprints(other.0, other.1.as_bytes());
        seen.into_iter().filter(|fingerprint| again.contains(fingerprint)).map(|fingerprint| fingerprint.window).collect()
    }

    #[test]
    fn an_equal_body_is_a_repeat_for_a_day_with_its_identity_and_for_minutes_without() {
        let (one, other, none) = (headers(&[("x-github-delivery", "1")]), headers(&[("x-github-delivery", "2")]), headers(&[]));
        let (github, bearer) = (hook(Scheme::Github, "s"), hook(Scheme::Bearer, "s"));
        assert_eq!(shared(&github, (&one, "{}"), (&one, "{}")), [DAY, WINDOW]);
        assert_eq!(shared(&github, (&one, "{}"), (&other, "{}")), [WINDOW], "the identity is not signed");
        assert_eq!(shared(&bearer, (&one, "{}"), (&other, "{}")), [], "whoever knows the token need not replay anything");
        assert_eq!(shared(&bearer, (&none, "{}"), (&none, "{}")), [WINDOW]);
        assert_eq!(shared(&github, (&one, "{}"), (&one, "[]")), []);
    }

    #[test]
    fn a_wrong_secret_shows_before_the_body_is_read() {
        let (good, bad) = (headers(&[("authorization", "Bearer s")]), headers(&[("authorization", "Bearer t")]));
        assert_eq!(hook(Scheme::Bearer, "s").check_head(&good), Ok(true));
        assert_eq!(hook(Scheme::Bearer, "s").check_head(&bad), Err(Forged::Signature));
        let signed = headers(&[("x-hub-signature-256", "sha256=00")]);
        assert_eq!(hook(Scheme::Github, "s").check_head(&signed), Ok(false), "only the body can tell");
        for scheme in [Scheme::Github, Scheme::Gitlab, Scheme::Standard, Scheme::Hmac, Scheme::Bearer, Scheme::Basic] {
            assert_eq!(hook(scheme, "s").check_head(&headers(&[])), Err(Forged::Signature), "{scheme:?}");
        }
    }

    #[test]
    fn a_token_is_the_whole_token() {
        for (scheme, header, before) in [(Scheme::Gitlab, "x-gitlab-token", ""), (Scheme::Bearer, "authorization", "Bearer ")] {
            let hook = hook(scheme, "opensesame");
            let check = |value: &str| hook.check(&headers(&[(header, value)]), b"{}", Instant(0));
            assert!(check(&format!("{before}opensesame")).is_ok());
            for wrong in ["", "opensesam", "opensesame2", "Opensesame"] {
                assert_eq!(check(&format!("{before}{wrong}")), Err(Forged::Signature), "{wrong}");
            }
            assert!(hook.is_secret(header));
        }
    }
}
