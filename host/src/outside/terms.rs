//! On which terms a plugin's requests go to a destination: what the operator adds to them and allows. The plugin knows nothing of it.

use super::redaction::Redactor;
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

/// The value of a header that nobody may see.
#[derive(Clone, Debug)]
pub struct Credential {
    value: SecretString,
    redactor: Redactor,
}

impl Credential {
    /// `secrets` are parts of the value. Fails for what cannot be in a header.
    pub fn new(value: String, secrets: &[SecretString]) -> Result<Self, String> {
        HeaderValue::from_str(&value).map_err(|_| "there is something in it that cannot be in a header".to_owned())?;
        let hidden = [value.as_str()].into_iter().chain(secrets.iter().map(ExposeSecret::expose_secret));
        let redactor = Redactor::new(hidden).map_err(|()| "it is too long to be a secret".to_owned())?;
        Ok(Self { value: value.into(), redactor })
    }

    /// As a header that no log shows.
    pub fn header(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(self.value.expose_secret()).expect("it was checked");
        value.set_sensitive(true);
        value
    }
}

impl Terms {
    /// The text, with stars for every secret in it: a destination may answer with what it was sent.
    pub fn redacted(&self, text: Vec<u8>) -> Vec<u8> {
        self.headers.iter().fold(text, |text, (_, credential)| credential.redactor.redacted(text))
    }

    /// Could an answer bring back a secret?
    pub fn has_secrets(&self) -> bool {
        !self.headers.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::AUTHORIZATION;

    #[test]
    fn a_destination_may_repeat_a_secret_as_often_as_it_likes() {
        let secret = "canary-1";
        let terms = Terms { headers: vec![(AUTHORIZATION, Credential::new(secret.to_owned(), &[]).expect("one"))], ..Terms::default() };
        let times = super::super::client::ANSWER_BYTES / secret.len();
        assert!(terms.redacted(secret.repeat(times).into_bytes()) == b"***".repeat(times));
    }

    #[test]
    fn what_comes_back_has_stars_for_secrets() {
        let credential = Credential::new("Bearer canary-1".to_owned(), &["canary-1".into()]).expect("it can be a header");
        let terms = Terms { headers: vec![(AUTHORIZATION, credential)], ..Terms::default() };
        let echo = b"you sent Bearer canary-1, that is canary-1 and canary-1".to_vec();
        assert_eq!(terms.redacted(echo), b"you sent ***, that is *** and ***");
        assert!(!format!("{terms:?}").contains("canary"));
        assert!(Credential::new("a\nb".to_owned(), &[]).is_err());
    }
}
