//! Where requests go: scheme, host and port, as a grant names them.

use super::address::{is_link_local, is_public};
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use url::Host;

/// What the name of a grant for a destination begins with. By itself it is what a plugin wants whose destinations are for the operator to
/// choose.
pub const GRANT: &str = "http";

/// An origin, such as `https://api.example.com`; with its port, unless that is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Destination(String);

impl Destination {
    /// Of an address. None if it is not of `http` or `https`, or has a user in it: then what is before the `@` passes for a host.
    pub fn of(url: &Url) -> Option<Self> {
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        let is_plain = url.username().is_empty() && url.password().is_none();
        (is_web && is_plain).then(|| Self(url.origin().ascii_serialization()))
    }

    /// Of the text of an address.
    pub fn of_text(text: &str) -> Option<Self> {
        Self::of(&Url::parse(text).ok()?)
    }

    /// As an operator writes it; without a scheme it is `https`.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no destination: write scheme, host and perhaps port, such as https://api.example.com");
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&with_scheme).map_err(|_| wrong())?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        Self::of(&url).filter(|_| is_bare).ok_or_else(wrong)
    }

    /// Of a grant for a destination.
    pub fn of_grant(grant: &str) -> Option<Self> {
        Self::read(grant.strip_prefix(GRANT)?.strip_prefix(':')?).ok()
    }

    /// The grant that allows it.
    pub fn grant(&self) -> String {
        format!("{GRANT}:{self}")
    }

    /// Is it an address by number that is not public? Then the operator has to say that it may be reached.
    pub fn is_private_number(&self) -> bool {
        self.number().is_some_and(|number| !is_public(number))
    }

    fn number(&self) -> Option<IpAddr> {
        number(&Url::parse(&self.0).ok()?)
    }
}

/// Is it a grant that only the configuration can give? Such are those for the addresses at which clouds hand a machine its credentials.
pub fn is_for_the_configuration_only(grant: &str) -> bool {
    Destination::of_grant(grant).and_then(|destination| destination.number()).is_some_and(is_link_local)
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number by which an address names its host, however it is written.
fn number(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(number) => Some(number.into()),
        Host::Ipv6(number) => Some(number.into()),
        Host::Domain(_) => None,
    }
}

/// A grant, with a destination written as this host writes it; anything else as it is.
pub fn normal(grant: &str) -> Result<String, String> {
    match grant.strip_prefix(GRANT).and_then(|rest| rest.strip_prefix(':')) {
        Some(destination) => Destination::read(destination).map(|destination| destination.grant()),
        None => Ok(grant.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_destination_is_written_one_way() {
        for text in ["https://api.example.com", "API.example.com", "https://api.example.com:443/", "https://API.EXAMPLE.COM/"] {
            assert_eq!(
                Destination::read(text).map(|destination| destination.to_string()),
                Ok("https://api.example.com".to_owned()),
                "{text}"
            );
        }
        let other = Destination::read("http://jenkins.internal:8080").expect("it is one");
        assert_eq!(other.grant(), "http:http://jenkins.internal:8080");
        assert_eq!(normal("http:Example.com"), Ok("http:https://example.com".to_owned()));
        assert_eq!(normal("chat:direct"), Ok("chat:direct".to_owned()));
    }

    #[test]
    fn what_is_no_destination_is_refused() {
        for text in [
            "",
            "ftp://example.com",
            "https://example.com/path",
            "https://user@example.com",
            "https://a?b",
            "file:///etc/passwd",
            "https://",
        ] {
            assert!(Destination::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_private_number_is_one_however_it_is_written() {
        let private = [
            "http://127.0.0.1",
            "http://127.1",
            "http://2130706433",
            "http://0x7f.1",
            "http://017700000001",
            "http://0177.0.0.1",
            "http://0.0.0.0",
            "http://0",
            "http://[::1]",
            "http://[::]",
            "http://[::ffff:127.0.0.1]",
            "http://[::ffff:7f00:1]",
            "http://10.0.0.7:8080",
            "http://169.254.169.254",
            "http://[fd00:ec2::254]",
            "http://\u{ff11}27.0.0.1",
        ];
        for text in private {
            assert!(Destination::read(text).expect("it is one").is_private_number(), "{text}");
        }
        for text in ["localhost", "http://1.1.1.1", "http://[2606:4700::1111]", "127.0.0.1.example.com"] {
            assert!(!Destination::read(text).expect("it is one").is_private_number(), "{text}");
        }
    }

    #[test]
    fn where_machines_hand_out_credentials_is_for_the_configuration_only() {
        let only = [
            "http:http://169.254.169.254",
            "http:http://2852039166",
            "http:http://0xa9fea9fe:80",
            "http:https://169.254.0.1:8443",
            "http:http://[fe80::1]",
            "http:http://[fd00:ec2::254]",
            "http:http://[::ffff:169.254.169.254]",
            "http:http://100.100.100.200",
        ];
        for grant in only {
            assert!(is_for_the_configuration_only(grant), "{grant}");
        }
        for grant in ["http", "http:https://api.example.com", "http:http://10.0.0.1", "http:http://127.0.0.1:80", "chat:direct", "http:x/y"]
        {
            assert!(!is_for_the_configuration_only(grant), "{grant}");
        }
    }
}
