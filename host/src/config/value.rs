//! How values are written in the configuration, and what is said when they are not.

use crate::outside::destination;
use crate::permissions::RoleName;
use crate::plugins::Strategy;
use hatstand_common::value::PersonId;
use hatstand_common::{grammar, schedule};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Roles by name, all of which somebody can be given.
pub(super) fn given_roles<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<RoleName, BTreeSet<PersonId>>, D::Error> {
    let roles: BTreeMap<RoleName, BTreeSet<PersonId>> = BTreeMap::deserialize(from)?;
    roles.keys().try_for_each(RoleName::check_giving).map_err(<D::Error as serde::de::Error>::custom)?;
    Ok(roles)
}

/// Lengths of time are written as they are in chat.
pub(super) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    length(from).map(Some)
}

/// The same, where one has to be.
pub fn length<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(from)?;
    grammar::duration(&text).map_err(|misread| serde::de::Error::custom(misread.sentence()))
}

/// Where something listens.
pub(super) fn socket_address<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    listen_address(&text).map(Some).map_err(serde::de::Error::custom)
}

/// The same; a port alone is one of this machine.
pub(super) fn socket_address_or_port<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Where {
        Port(u16),
        Address(String),
    }
    match Where::deserialize(from)? {
        Where::Port(port) => Ok(Some((Ipv4Addr::LOCALHOST, port).into())),
        Where::Address(text) => listen_address(&text).map(Some).map_err(serde::de::Error::custom),
    }
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is no address to listen at: write one such as 127.0.0.1:8080"))
}

/// Each destination is written one way, so that it is found.
pub(super) fn grants<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
    let grants = BTreeSet::<String>::deserialize(from)?;
    grants.iter().map(|grant| destination::normal(grant).map_err(serde::de::Error::custom)).collect()
}

/// Schedules run by it, so it is better known to be wrong at the start than at nine o'clock.
pub(super) fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    schedule::zone(&name).map_err(serde::de::Error::custom)?;
    Ok(name)
}

/// Every request begins with it.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if !text.starts_with("https://") && !text.starts_with("http://") {
        return Err(serde::de::Error::custom("an address begins with https://"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Not each of them is there for every processor.
pub(super) fn compilers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Strategy>, D::Error> {
    let compilers = Vec::<Strategy>::deserialize(from)?;
    if compilers.is_empty() {
        return Err(serde::de::Error::custom("at least one compiler is needed"));
    }
    match compilers.iter().find(|compiler| !Strategy::ALL.contains(compiler)) {
        None => Ok(compilers),
        Some(none) => Err(serde::de::Error::custom(format!("there is no `{}` for this processor", none.name()))),
    }
}

/// Slack takes ten at most.
pub(super) fn connections<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let count = usize::deserialize(from)?;
    if (1..=10).contains(&count) { Ok(count) } else { Err(serde::de::Error::custom(format!("1-10 connections, not {count}"))) }
}

/// Each name becomes the end of a variable's name, and must not look like another one.
pub(super) fn workspaces<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(from)?;
    for (number, name) in names.iter().enumerate() {
        if !is_workspace(name) {
            let rule = "lower-case letters, digits and `-`, a letter first, and not `file` at the end";
            return Err(serde::de::Error::custom(format!("`{name}` is no name for a workspace: {rule}")));
        }
        if names[..number].contains(name) {
            return Err(serde::de::Error::custom(format!("the workspace `{name}` is there twice")));
        }
    }
    Ok(names)
}

fn is_workspace(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && name.rsplit('-').next() != Some("file")
}
