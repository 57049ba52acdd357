//! Is a webhook from whom it says? Checked over the very bytes that came, before anything of them is looked at.
//!
//! Each scheme is the sender's own:
//! - `github`: docs.github.com, "Validating webhook deliveries";
//! - `gitlab`: docs.gitlab.com, "Webhooks", the secret token;
//! - `standard`: standardwebhooks.com, also what GitLab calls a signing token;
//! - `hmac`: `X-Signature-256`, or another header, with what GitHub would put there;
//! - `bearer`: RFC 6750, and `basic`: RFC 7617, for senders that can do no more, such as Jenkins's Notification plugin.

use crate::config::Scheme;
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

/// How far a time that was signed may be from now.
const WINDOW: Duration = Duration::from_secs(5 * 60);

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
    /// What identifies a delivery: the same for a repeat of it, and different for all others. It hangs on nothing that is not signed.
    pub fn check(&self, headers: &HeaderMap, body: &[u8], now: Instant) -> Result<String, Forged> {
        match self.scheme {
            Scheme::Github => self.check_hex(headers, GITHUB, body)?,
            Scheme::Hmac => self.check_hex(headers, self.header.as_str(), body)?,
            Scheme::Gitlab => self.check_token(only(headers, GITLAB)?)?,
            Scheme::Bearer => self.check_token(authorization(headers, "bearer")?)?,
            Scheme::Basic => {
                let named = BASE64_STANDARD.decode(authorization(headers, "basic")?).map_err(|_| Forged::Signature)?;
                self.check_token(&String::from_utf8(named).map_err(|_| Forged::Signature)?)?;
            }
            Scheme::Standard => return self.check_standard(headers, body, now),
        }
        Ok(hex(&Sha256::digest(body)))
    }

    /// `sha256=` and the code in hexadecimal digits.
    fn check_hex(&self, headers: &HeaderMap, header: &str, body: &[u8]) -> Result<(), Forged> {
        let digits = only(headers, header)?.strip_prefix("sha256=").ok_or(Forged::Signature)?;
        let code = unhex(digits).ok_or(Forged::Signature)?;
        self.mac(self.secret.expose_secret().as_bytes(), &[body]).verify_slice(&code).map_err(|_| Forged::Signature)
    }

    /// Both are hashed, so that how long it takes tells nothing.
    fn check_token(&self, token: &str) -> Result<(), Forged> {
        let is_it = Sha256::digest(token) == Sha256::digest(self.secret.expose_secret());
        if is_it { Ok(()) } else { Err(Forged::Signature) }
    }

    /// Signed are identity, time and body; of several signatures one has to be right, so that a secret can be changed.
    fn check_standard(&self, headers: &HeaderMap, body: &[u8], now: Instant) -> Result<String, Forged> {
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
        if at.since(now) > WINDOW || now.since(at) > WINDOW { Err(Forged::Time) } else { Ok(hex(&Sha256::digest(id))) }
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
