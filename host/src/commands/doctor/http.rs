//! Can the API for programs be listened for, and who can reach it?

use super::ledger::Holder;
use crate::config::Http;
use crate::setup::Finding;
use std::net::{SocketAddr, TcpListener};

const AREA: &str = "http";

/// None if it is not wanted. The bot that runs has the port itself.
pub fn findings(http: &Http, holder: Holder) -> Vec<Finding> {
    let Some(address) = http.listen else { return Vec::new() };
    [Some(listening(AREA, "[http] listen", address, holder)), exposed(address)].into_iter().flatten().collect()
}

/// Can this address be listened at, which this setting names?
pub fn listening(area: &'static str, setting: &str, address: SocketAddr, holder: Holder) -> Finding {
    match (TcpListener::bind(address), holder) {
        (Ok(_), Holder::Nobody) => Finding::ok(area, format!("{address} is free")),
        (Ok(_), Holder::Hatstand) => Finding::warning(
            area,
            format!("the bot that runs does not listen at {address}"),
            "start it anew, so that it reads the configuration",
        ),
        (Err(_), Holder::Hatstand) => Finding::ok(area, format!("{address} is taken, by the bot that runs as it seems")),
        (Err(why), Holder::Nobody) => Finding::failure(
            area,
            format!("{address} cannot be listened at: {why}"),
            format!("stop what listens there, or set another {setting}"),
        ),
    }
}

fn exposed(address: SocketAddr) -> Option<Finding> {
    let warning = || {
        Finding::warning(
            AREA,
            format!("{address} can be reached from other machines, and tokens pass over it in the clear"),
            "listen at 127.0.0.1, and let a proxy with TLS pass requests on",
        )
    };
    (!address.ip().is_loopback()).then(warning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Mark;

    fn marks(address: SocketAddr, holder: Holder) -> Vec<Mark> {
        let http = Http { listen: Some(address), ..Http::default() };
        findings(&http, holder).into_iter().map(|finding| finding.mark).collect()
    }

    #[test]
    fn a_port_is_free_or_taken() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = taken.local_addr().expect("an address");
        assert_eq!(marks(address, Holder::Nobody), [Mark::Failure]);
        assert_eq!(marks(address, Holder::Hatstand), [Mark::Ok]);
        drop(taken);
        assert_eq!(marks(address, Holder::Nobody), [Mark::Ok]);
        assert!(findings(&Http::default(), Holder::Nobody).is_empty());
    }

    #[test]
    fn what_others_can_reach_is_warned_of() {
        assert_eq!(exposed("127.0.0.1:80".parse().expect("an address")), None);
        assert!(exposed("0.0.0.0:80".parse().expect("an address")).is_some());
    }
}
