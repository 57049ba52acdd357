//! A bot with the messenger, wired to services outside.

use crate::support::Bot;
use hatstand::clock::Clock;
use hatstand::config::Config;
use hatstand::outside::Outside as Terms;
use hatstand::secrets::Environment;
use provider_double::Outside;
use std::net::SocketAddr;

pub const PLUGIN: &str = "messenger";
pub const SERVICE: &str = "generic";

/// The services, and a bot that knows them.
pub struct Wired {
    pub bot: Bot,
    pub outside: Outside,
}

impl Wired {
    /// The messenger may send to the service `generic`, and takes its webhooks.
    pub fn open() -> Self {
        let outside = Outside::open(jiff::Timestamp::now).expect("the loopback has room");
        let terms = terms(&outside);
        let mut bot = Bot::open(&[PLUGIN], |setup| {
            setup.watch = false;
            setup.outside = terms;
            setup.clock = Clock::machine();
        });
        bot.plays("jane> @hatstand listen here\nbot> I listen.");
        let mut wired = Self { bot, outside };
        wired.grant(&[format!("http:http://{}", wired.address(SERVICE))]);
        wired
    }

    /// The messenger may send to these and no others.
    pub fn grant(&mut self, destinations: &[String]) {
        let grants = destinations.iter().cloned().chain(["chat:channels".to_owned()]).collect();
        self.bot.practice.decide(&PLUGIN.into(), |policy| policy.grants = Some(grants)).expect("it goes on");
    }

    /// The service gets something to call back about.
    pub fn brings_a_job(&mut self) {
        let address = self.address(SERVICE);
        let said = self.bot.hears("jane", &format!("@hatstand bring '{{\"app\":\"web\"}}' to http://{address}/jobs"));
        assert!(said[0].text()[0].starts_with("Brought: 201"), "{said:?}");
    }

    /// Where webhooks come in.
    pub fn hooks(&self) -> SocketAddr {
        self.bot.practice.hooks().expect("webhooks are taken")
    }

    /// Where one of the services listens.
    pub fn address(&self, service: &str) -> SocketAddr {
        let name = format!("{service}.outside");
        self.outside.addresses().into_iter().find(|(known, _)| *known == name).expect("it is there").1
    }
}

fn terms(outside: &Outside) -> Terms {
    let secret = outside.secret(SERVICE).expect("it signs");
    let token = outside.token(SERVICE).expect("it wants one");
    let environment = Environment::from_iter([("GENERIC_SECRET", secret), ("GENERIC_TOKEN", token)]);
    let address = outside.addresses().into_iter().find(|(name, _)| name == "generic.outside").expect("it is there").1;
    let text = format!(
        r#"
        [plugins.messenger.webhooks.generic]
        signature = "hmac"
        secret = "{{GENERIC_SECRET}}"
        [plugins.messenger.http."http://{address}"]
        authorization = "Bearer {{GENERIC_TOKEN}}"
        "#
    );
    Config::parse("hatstand.toml", &text).expect("it is right").outside(&environment).expect("the secret is there")
}
