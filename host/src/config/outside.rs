//! `[plugins.<plugin>.http."<destination>"]` and `[plugins.<plugin>.webhooks.<name>]`: on which terms plugins meet the world outside.
//!
//! Secrets are not here: `{NAME}` stands for one that is given as the bot's own are.

use super::{Config, PluginConfig};
use crate::model::{PluginName, WorkspaceId};
use crate::outside::signature::Hook;
use crate::outside::terms::{Credential, Terms};
use crate::outside::{Destination, Outside};
use crate::secrets::{Environment, secret};
use axum::http::HeaderName;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The terms of a destination.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DestinationConfig {
    /// The header `Authorization`, such as `Bearer {GITHUB_TOKEN}`.
    pub authorization: Option<String>,
    /// The same for name and password, such as `ci:{JENKINS_TOKEN}`.
    pub basic: Option<String>,
    /// Other headers that hold a secret, such as `PRIVATE-TOKEN = "{GITLAB_TOKEN}"`.
    pub headers: BTreeMap<String, String>,
    /// May it be a machine that is not everybody's?
    pub private: bool,
    /// A try takes no longer.
    #[serde(deserialize_with = "super::value::duration")]
    pub timeout: Option<Duration>,
}

/// How a webhook is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookConfig {
    pub signature: Scheme,
    /// Such as `{GITHUB_WEBHOOK_SECRET}`.
    pub secret: String,
    /// Where the signature of `hmac` is.
    #[serde(default = "signature_header")]
    pub header: String,
    /// The id of the workspace that it belongs to; can be left out if the bot is in one only.
    pub workspace: Option<String>,
}

/// Whose way of signing it is; see [`signature`](crate::outside::signature).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    Github,
    Gitlab,
    Standard,
    Hmac,
    Bearer,
    /// The secret is name and password, such as `jenkins:{JENKINS_SECRET}`.
    Basic,
}

fn signature_header() -> String {
    "X-Signature-256".to_owned()
}

impl Config {
    /// What the operator decided about the world outside, with the secrets of this environment; or all that is wrong with it.
    pub fn outside(&self, environment: &Environment) -> Result<Outside, Vec<String>> {
        let (mut outside, mut problems) = (Outside::default(), Vec::new());
        for (name, config) in &self.plugins {
            let plugin = PluginName(name.clone());
            for (text, terms) in &config.http {
                let read = Destination::read(text).and_then(|destination| Ok((destination, terms.read(environment)?)));
                match read {
                    Ok((destination, terms)) => drop(outside.terms.entry(plugin.clone()).or_default().insert(destination, terms)),
                    Err(why) => problems.push(format!("[plugins.{name}.http.\"{text}\"]: {why}")),
                }
            }
            for (hook, settings) in &config.webhooks {
                match settings.read(environment) {
                    Ok(read) => drop(outside.hooks.entry(plugin.clone()).or_default().insert(hook.clone(), read)),
                    Err(why) => problems.push(format!("[plugins.{name}.webhooks.{hook}]: {why}")),
                }
            }
        }
        if problems.is_empty() { Ok(outside) } else { Err(problems) }
    }
}

impl Config {
    /// Destinations that are granted by a private number, without being said to be private: requests there are refused.
    pub fn private_numbers(&self) -> impl Iterator<Item = (&str, Destination)> {
        self.plugins.iter().flat_map(|(name, plugin)| {
            let granted = plugin.grants.iter().filter_map(|grant| Destination::of_grant(grant));
            let refused = granted.filter(|destination| destination.is_private_number() && !plugin.allows_private(destination));
            refused.map(|destination| (name.as_str(), destination))
        })
    }
}

impl PluginConfig {
    fn allows_private(&self, destination: &Destination) -> bool {
        self.http.iter().any(|(text, terms)| terms.private && Destination::read(text).as_ref() == Ok(destination))
    }
}

impl DestinationConfig {
    fn read(&self, environment: &Environment) -> Result<Terms, String> {
        let mut headers = Vec::new();
        if self.authorization.is_some() && self.basic.is_some() {
            return Err("`authorization` and `basic` are the same header; keep one of them".to_owned());
        }
        if let Some(text) = &self.authorization {
            headers.push((AUTHORIZATION, filled(text, environment)?.credential()?));
        }
        if let Some(text) = &self.basic {
            headers.push((AUTHORIZATION, filled(text, environment)?.basic()?));
        }
        for (name, text) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no name of a header"))?;
            headers.push((name, filled(text, environment)?.credential()?));
        }
        Ok(Terms { headers, private: self.private, timeout: self.timeout })
    }
}

impl HookConfig {
    fn read(&self, environment: &Environment) -> Result<Hook, String> {
        let header = HeaderName::from_bytes(self.header.as_bytes()).map_err(|_| format!("`{}` is no name of a header", self.header))?;
        let secret = filled(&self.secret, environment)?.text;
        let is_standard = self.signature == Scheme::Standard;
        let is_key = || secret.expose_secret().strip_prefix("whsec_").is_some_and(|key| BASE64_STANDARD.decode(key).is_ok());
        if is_standard && !is_key() {
            return Err("a secret of this kind is `whsec_` and something in Base64".to_owned());
        }
        Ok(Hook { scheme: self.signature, header, secret, workspace: self.workspace.clone().map(WorkspaceId) })
    }
}

/// A text with its secrets in it.
struct Filled {
    text: SecretString,
    secrets: Vec<SecretString>,
}

impl Filled {
    fn credential(self) -> Result<Credential, String> {
        Credential::new(self.text.expose_secret().to_owned(), &self.secrets)
    }

    fn basic(self) -> Result<Credential, String> {
        Credential::new(format!("Basic {}", BASE64_STANDARD.encode(self.text.expose_secret())), &self.secrets)
    }
}

/// Puts secrets in the place of their names. A text without any is one that holds the secret itself.
fn filled(text: &str, environment: &Environment) -> Result<Filled, String> {
    let (mut filled, mut secrets, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or("a `{` has no `}`")?;
        let found = secret(environment, name)?;
        filled.push_str(before);
        filled.push_str(found.expose_secret());
        secrets.push(found);
        rest = after;
    }
    if secrets.is_empty() {
        return Err(
            "a secret does not belong in this file: write {NAME}, and give the secret as the variable NAME, as a file that NAME_FILE \
                    names, or as a credential of systemd"
                .to_owned(),
        );
    }
    filled.push_str(rest);
    Ok(Filled { text: filled.into(), secrets })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(text: &str) -> Result<Outside, Vec<String>> {
        let environment = Environment::from_iter([("TOKEN", "canary-1"), ("OTHER", "canary-2")]);
        Config::parse("hatstand.toml", text).expect("it can be read").outside(&environment)
    }

    #[test]
    fn secrets_come_from_elsewhere_and_are_not_shown() {
        let outside = outside(
            r#"
            [plugins.deploy.http."api.github.com"]
            authorization = "Bearer {TOKEN}"
            timeout = "20s"
            [plugins.deploy.http."http://jenkins.internal:8080"]
            basic = "ci:{OTHER}"
            headers = { X-Also = "{TOKEN}" }
            private = true
            [plugins.deploy.webhooks.github]
            signature = "github"
            secret = "{TOKEN}"
            "#,
        )
        .expect("it is right");
        assert!(!format!("{outside:?}").contains("canary"), "{outside:?}");
        let terms = &outside.terms[&PluginName::from("deploy")];
        let github = &terms[&Destination::read("https://api.github.com").expect("one")];
        assert_eq!(github.headers[0].1.header().as_bytes(), b"Bearer canary-1");
        assert_eq!((github.private, github.timeout), (false, Some(Duration::from_secs(20))));
        let jenkins = &terms[&Destination::read("http://jenkins.internal:8080").expect("one")];
        assert_eq!(jenkins.headers[0].1.header().as_bytes(), b"Basic Y2k6Y2FuYXJ5LTI=");
        assert_eq!((jenkins.headers.len(), jenkins.private), (2, true));
        assert_eq!(outside.hooks[&PluginName::from("deploy")]["github"].scheme, Scheme::Github);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_without_its_secret() {
        let wrong = [
            ("[plugins.a.http.\"x/y\"]\nauthorization = \"{TOKEN}\"", "[plugins.a.http.\"x/y\"]: `x/y` is no destination"),
            ("[plugins.a.http.x]\nauthorization = \"Bearer canary-3\"", "a secret does not belong in this file"),
            ("[plugins.a.http.x]\nauthorization = \"{MISSING}\"", "MISSING is not set"),
            ("[plugins.a.http.x]\nauthorization = \"{TOKEN\"", "a `{` has no `}`"),
            ("[plugins.a.http.x]\nauthorization = \"{TOKEN}\"\nbasic = \"{TOKEN}\"", "keep one of them"),
            ("[plugins.a.webhooks.w]\nsignature = \"standard\"\nsecret = \"{TOKEN}\"", "`whsec_` and something in Base64"),
        ];
        for (text, expected) in wrong {
            let said = outside(text).expect_err("it is wrong").join("\n");
            assert!(said.contains(expected) && !said.contains("canary"), "{said}");
        }
    }
}
