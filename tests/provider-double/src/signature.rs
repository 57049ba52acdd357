//! How a sender shows that a webhook is from it.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// How a sender shows that a webhook is from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// `X-Hub-Signature-256`, over the body (GitHub, "Validating webhook deliveries").
    GitHub,
    /// `X-Gitlab-Token`, the secret itself (GitLab, "Webhooks").
    GitLabToken,
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature`, over all three (GitLab, "Webhooks", signing token; the same as
    /// standardwebhooks.com). The secret is `whsec_` and the key in base64.
    GitLabSigned,
    /// `X-Signature-256`, over the body.
    Hmac,
    /// `Authorization: Bearer`, the secret itself.
    Bearer,
    /// `Authorization: Basic`, with the secret as the password of `jenkins`. All that Jenkins's Notification plugin can show, from the
    /// user and password in its endpoint's URL (`Protocol.java`).
    Basic,
}

impl Signature {
    /// The names of the headers that show it; the first is the one that decides.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Signature::GitHub => &["X-Hub-Signature-256"],
            Signature::GitLabToken => &["X-Gitlab-Token"],
            Signature::GitLabSigned => &["webhook-signature", "webhook-id", "webhook-timestamp"],
            Signature::Hmac => &["X-Signature-256"],
            Signature::Bearer | Signature::Basic => &["Authorization"],
        }
    }

    /// The headers that show it, for a message of this id at this time.
    pub fn headers(self, secret: &str, id: &str, now: Timestamp, body: &[u8]) -> Vec<(String, String)> {
        let header = |name: &str, value: String| (name.to_owned(), value);
        match self {
            Signature::GitHub => vec![header("X-Hub-Signature-256", format!("sha256={}", hex_hmac(secret, body)))],
            Signature::GitLabToken => vec![header("X-Gitlab-Token", secret.to_owned())],
            Signature::GitLabSigned => {
                let time = now.as_second().to_string();
                let signed = [id.as_bytes(), b".", time.as_bytes(), b".", body].concat();
                let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap_or_default();
                let signature = format!("v1,{}", BASE64_STANDARD.encode(hmac(&key, &signed)));
                vec![header("webhook-id", id.to_owned()), header("webhook-timestamp", time), header("webhook-signature", signature)]
            }
            Signature::Hmac => vec![header("X-Signature-256", format!("sha256={}", hex_hmac(secret, body)))],
            Signature::Bearer => vec![header("Authorization", format!("Bearer {secret}"))],
            Signature::Basic => vec![header("Authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("jenkins:{secret}"))))],
        }
    }
}

/// HMAC-SHA256 in hex, as in `sha256=...`.
pub(crate) fn hex_hmac(secret: &str, body: &[u8]) -> String {
    hex(&hmac(secret.as_bytes(), body))
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    hmac.update(body);
    hmac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_is_signed_as_in_its_documentation() {
        // "Validating webhook deliveries", testing the validation.
        let headers = Signature::GitHub.headers("It's a Secret to Everybody", "", Timestamp::UNIX_EPOCH, b"Hello, World!");
        assert_eq!(headers[0].1, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    #[test]
    fn gitlab_is_signed_as_standard_webhooks_are() {
        // The test vector of the specification's libraries.
        let (secret, id) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        let now = Timestamp::from_second(1_614_265_330).unwrap();
        let headers = Signature::GitLabSigned.headers(secret, id, now, br#"{"test": 2432232314}"#);
        assert_eq!(headers[1].1, "1614265330");
        assert_eq!(headers[2].1, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
