//! A bot with the messenger, wired to the world outside.

use crate::support::Bot;
use hatstand::clock::Clock;
use hatstand::config::Config;
use hatstand::ledger::AuditQuery;
use hatstand::outside::Outside as Terms;
use hatstand::secrets::Environment;
use provider_double::{Outside, Signature};
use std::fmt::Write;
use std::net::SocketAddr;

pub const PLUGIN: &str = "messenger";

/// The service to which the messenger brings things.
pub const SERVICE: &str = "generic";

/// One way of signing.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    pub signature: Signature,
    pub secret: &'static str,
    /// The name of the webhook.
    pub hook: &'static str,
    /// How the operator says that it is checked, and with what.
    scheme: (&'static str, &'static str),
}

const SECRET: &str = "a-secret-of-some-length";
const KEY: &str = "whsec_b3V0c2lkZS1naXRsYWItc2lnbmluZy10b2tlbi0zMmI=";

/// All of them.
pub const SENDERS: [Sender; 6] = [
    Sender { signature: Signature::GitHub, secret: SECRET, hook: "github", scheme: ("github", "{SECRET}") },
    Sender { signature: Signature::GitLabToken, secret: SECRET, hook: "gitlab", scheme: ("gitlab", "{SECRET}") },
    Sender { signature: Signature::GitLabSigned, secret: KEY, hook: "gitlab-signed", scheme: ("standard", "{KEY}") },
    Sender { signature: Signature::Hmac, secret: SECRET, hook: "hmac", scheme: ("hmac", "{SECRET}") },
    Sender { signature: Signature::Basic, secret: SECRET, hook: "jenkins", scheme: ("basic", "jenkins:{SECRET}") },
    Sender { signature: Signature::Bearer, secret: SECRET, hook: "nagios", scheme: ("bearer", "{SECRET}") },
];

/// The services, and a bot that knows them.
pub struct Wired {
    pub bot: Bot,
    pub outside: Outside,
}

impl Wired {
    /// The messenger may send to the service, and takes webhooks of every kind.
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
        wired.grant(&[format!("http:http://{}", wired.address())]);
        wired
    }

    /// The messenger may send to these and no others.
    pub fn grant(&mut self, destinations: &[String]) {
        let grants = destinations.iter().cloned().chain(["chat:channels".to_owned()]).collect();
        self.bot.practice.decide(&PLUGIN.into(), |policy| policy.grants = Some(grants)).expect("it goes on");
    }

    /// The service gets something to call back about.
    pub fn brings_a_job(&mut self) {
        let address = self.address();
        let said = self.bot.hears("jane", &format!("@hatstand bring '{{\"app\":\"web\"}}' to http://{address}/jobs"));
        assert!(said[0].text()[0].starts_with("Brought: 201"), "{said:?}");
    }

    /// Where webhooks come in.
    pub fn hooks(&self) -> SocketAddr {
        self.bot.practice.hooks().expect("webhooks are taken")
    }

    /// Where the service listens.
    pub fn address(&self) -> SocketAddr {
        address(&self.outside)
    }

    /// How many webhooks the plugin was handed.
    pub fn effects(&mut self) -> usize {
        self.bot.practice.settle().expect("it ends");
        let query = AuditQuery { plugin: Some(PLUGIN.into()), ..AuditQuery::newest(1_000_000) };
        let practice = &self.bot.practice;
        let entries = practice.runtime().block_on(practice.host().ledger.audit(query)).expect("it can be read");
        entries.iter().filter(|entry| entry.what.starts_with("webhook ")).count()
    }
}

fn address(outside: &Outside) -> SocketAddr {
    let name = format!("{SERVICE}.outside");
    outside.addresses().into_iter().find(|(known, _)| *known == name).expect("it is there").1
}

fn terms(outside: &Outside) -> Terms {
    let (secret, token) = (outside.secret(SERVICE).expect("it signs"), outside.token(SERVICE).expect("it wants one"));
    let environment = Environment::from_iter([("SECRET", SECRET), ("KEY", KEY), ("SERVICE_SECRET", secret), ("TOKEN", token)]);
    let mut text =
        format!("[plugins.{PLUGIN}.http.\"http://{}\"]\nauthorization = \"Bearer {{TOKEN}}\"\nprivate = true\n", address(outside));
    let own = (SERVICE, ("hmac", "{SERVICE_SECRET}"));
    for (hook, (signature, secret)) in SENDERS.iter().map(|sender| (sender.hook, sender.scheme)).chain([own]) {
        let line = format!("[plugins.{PLUGIN}.webhooks.{hook}]\nsignature = \"{signature}\"\nsecret = \"{secret}\"\n");
        text.write_str(&line).expect("there is room");
    }
    Config::parse("hatstand.toml", &text).expect("it is right").outside(&environment).expect("the secrets are there")
}
