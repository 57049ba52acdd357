//! The doubles of services outside, as a stage drives them.

use hatstand::clock::Clock;
use hatstand::secrets::Environment;
use hatstand::stage::Services;
use jiff::Timestamp;
use provider_double::Outside;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// Everybody outside of the chat.
#[derive(Debug)]
pub struct Doubles {
    outside: Outside,
    clock: Arc<Mutex<Option<Clock>>>,
}

impl Doubles {
    pub fn open() -> Box<dyn Services> {
        let clock: Arc<Mutex<Option<Clock>>> = Arc::default();
        let time = Arc::clone(&clock);
        let now = move || time.lock().expect("not poisoned").as_ref().map_or_else(Timestamp::now, timestamp);
        Box::new(Self { outside: Outside::open(now).expect("the loopback has room"), clock })
    }
}

fn timestamp(clock: &Clock) -> Timestamp {
    let millis = clock.now().millis().try_into().expect("a time of people");
    Timestamp::from_millisecond(millis).expect("a time of people")
}

impl Services for Doubles {
    fn addresses(&self) -> Vec<(String, SocketAddr)> {
        self.outside.addresses()
    }

    /// `GITHUB_TOKEN` and `GITHUB_SECRET`, and so on for each of them.
    fn secrets(&self) -> Environment {
        let services = ["github", "gitlab", "jenkins", "generic", "alertmanager", "nagios"];
        let of = |service: &str| {
            let name = service.to_uppercase();
            let token = self.outside.token(service).map(|token| (format!("{name}_TOKEN"), token));
            let secret = self.outside.secret(service).map(|secret| (format!("{name}_SECRET"), secret));
            token.into_iter().chain(secret).collect::<Vec<_>>()
        };
        services.into_iter().flat_map(of).collect()
    }

    fn go_by(&mut self, clock: Clock) {
        *self.clock.lock().expect("not poisoned") = Some(clock);
    }

    fn act(&mut self, line: &str, hooks: Option<(SocketAddr, &str)>) -> Result<(), String> {
        let (address, plugin) = hooks.unzip();
        self.outside.act(line, address, plugin.unwrap_or_default())
    }
}
