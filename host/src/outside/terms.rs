//! On which terms a plugin's requests go to a destination: what the operator adds to them and allows. The plugin knows nothing of it.

use reqwest::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// The terms of one destination; without any, only public addresses are connected to, and nothing is added.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Added to every request, in place of what the plugin gives under the same name.
    pub headers: Vec<(HeaderName, Credential)>,
    /// May it be a machine that is not everybody's?
    pub private: bool,
    /// A try takes no longer, whatever the plugin wants.
    pub timeout: Option<Duration>,
}

/// The value of a header that nobody may see, and the secrets in it.
#[derive(Clone, Debug)]
pub struct Credential {
    value: SecretString,
    secrets: Vec<SecretString>,
}

impl Credential {
    /// Fails for what cannot be in a header.
    pub fn new(value: String, secrets: Vec<SecretString>) -> Result<Self, String> {
        HeaderValue::from_str(&value).map_err(|_| "there is something in it that cannot be in a header".to_owned())?;
        Ok(Self { value: value.into(), secrets })
    }

    /// As a header that no log shows.
    pub fn header(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(self.value.expose_secret()).expect("it was checked");
        value.set_sensitive(true);
        value
    }

    /// What must not come back to the plugin.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        [&self.value].into_iter().chain(&self.secrets).map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty())
    }
}

impl Terms {
    /// The text, with stars for every secret in it: a destination may answer with what it was sent.
    pub fn redacted(&self, text: Vec<u8>) -> Vec<u8> {
        let secrets = self.headers.iter().flat_map(|(_, credential)| credential.secrets());
        secrets.fold(text, |text, secret| replaced(&text, secret.as_bytes()))
    }
}

fn replaced(text: &[u8], secret: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.windows(secret.len()).position(|window| window == secret) {
        clean.extend(&rest[..first]);
        clean.extend(b"***");
        rest = &rest[first + secret.len()..];
    }
    clean.extend(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::AUTHORIZATION;

    #[test]
    fn a_destination_may_repeat_a_secret_as_often_as_it_likes() {
        let secret = "canary-1";
        let terms =
            Terms { headers: vec![(AUTHORIZATION, Credential::new(secret.to_owned(), Vec::new()).expect("one"))], ..Terms::default() };
        let times = super::super::client::ANSWER_BYTES / secret.len();
        assert!(terms.redacted(secret.repeat(times).into_bytes()) == b"***".repeat(times));
    }

    #[test]
    fn what_comes_back_has_stars_for_secrets() {
        let credential = Credential::new("Bearer canary-1".to_owned(), vec!["canary-1".into()]).expect("it can be a header");
        let terms = Terms { headers: vec![(AUTHORIZATION, credential)], ..Terms::default() };
        let echo = b"you sent Bearer canary-1, that is canary-1 and canary-1".to_vec();
        assert_eq!(terms.redacted(echo), b"you sent ***, that is *** and ***");
        assert!(!format!("{terms:?}").contains("canary"));
        assert!(Credential::new("a\nb".to_owned(), Vec::new()).is_err());
    }
}
