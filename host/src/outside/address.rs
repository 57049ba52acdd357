//! Which machines are everybody's: a plugin reaches others only where the operator said so.
//!
//! After the registries of special-purpose addresses of IANA (RFC 6890 and its updates). What carries an address of the older kind within
//! itself is judged by that.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tokio::net::lookup_host;

/// Is it an address that anybody in the world may be asked at?
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special =
        address.is_private() || address.is_loopback() || address.is_link_local() || address.is_multicast() || address.is_documentation();
    let [a, b, c, _] = address.octets();
    let reserved = match (a, b, c) {
        // This network, and what is kept for later or for all.
        (0 | 240..=255, _, _) => true,
        // Shared by the customers of a provider.
        (100, 64..=127, _) => true,
        // Of the protocols themselves, and the way to what is called 6to4.
        (192, 0, 0) | (192, 88, 99) => true,
        // For measuring.
        (198, 18 | 19, _) => true,
        _ => false,
    };
    !special && !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(within) = within(address) {
        return is_public_v4(within);
    }
    match address.segments() {
        // Teredo, benchmarks, ORCHID, documentation.
        [0x2001, 0x0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0x0..=0xfff, ..] => false,
        // All that was ever given to anybody.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

/// The older address that this one stands for: mapped, compatible, translated, or 6to4.
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(of(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(of(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

/// Is it an address of the link, or another one at which clouds hand a machine its credentials?
pub fn is_link_local(address: IpAddr) -> bool {
    const METADATA: [Ipv6Addr; 2] = [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];
    match address {
        IpAddr::V4(address) => address.is_link_local() || address == Ipv4Addr::new(100, 100, 100, 200),
        IpAddr::V6(address) => match within(address) {
            Some(within) => is_link_local(within.into()),
            None => address.is_unicast_link_local() || METADATA.contains(&address),
        },
    }
}

/// Why nobody was connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("all of its addresses are private")]
pub struct Private;

/// Finds public addresses only. The connection is made to what was found and judged here: a name that means another machine a moment later
/// gains nothing.
#[derive(Clone, Copy, Debug)]
pub struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() { Err(Private.into()) } else { Ok(Box::new(public.into_iter()) as Addrs) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known_in_every_form() {
        let private = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for address in private {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_let_through() {
        for address in
            ["1.1.1.1", "100.63.0.1", "140.82.112.3", "172.32.0.1", "192.1.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
        {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
    }
}
