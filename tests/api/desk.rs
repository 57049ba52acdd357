//! A bot that programs can talk to, and tokens for them.

use crate::client::{Request, Response};
use crate::support::{Bot, FOR_EVER};
use hatstand::api::Api;
use hatstand::config::Http;
use hatstand::ledger::{AuditEntry, AuditQuery, Beside};
use hatstand::tokens::{Secret, Token};
use hatstand_common::value::Instant;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Much more than any test asks in a second.
const PLENTY: u32 = 100_000;

pub struct Desk {
    pub bot: Bot,
    pub address: SocketAddr,
    settings: Http,
}

impl Desk {
    pub fn with(plugins: &[&str]) -> Self {
        Self::open(plugins, Http { rate: PLENTY.try_into().expect("it is some"), ..Http::default() })
    }

    pub fn open(plugins: &[&str], settings: Http) -> Self {
        let bot = Bot::that_is_told(plugins);
        let address = serve(&bot, &settings);
        Self { bot, address, settings }
    }

    /// The bot stops, and starts again that much later.
    pub fn restarts(&mut self, after: Duration) {
        self.bot.practice.restart(after).expect("it starts");
        self.address = serve(&self.bot, &self.settings);
    }

    /// Time passes, whatever is said meanwhile.
    pub fn passes(&mut self, minutes: u64) {
        self.bot.practice.pass(Duration::from_secs(60 * minutes)).expect("it goes on");
    }

    pub fn ledger(&self) -> PathBuf {
        self.bot.beside("ledger.db")
    }

    /// A token for #ops, good for these commands.
    pub fn token(&self, name: &str, allowed: &[&str]) -> String {
        self.token_like(name, allowed, |_| {})
    }

    pub fn token_like(&self, name: &str, allowed: &[&str], change: impl FnOnce(&mut Token)) -> String {
        let mut token = Token {
            name: name.to_owned(),
            workspace: None,
            channels: Some(vec!["ops".to_owned()]),
            allowed: allowed.iter().map(|pattern| pattern.parse().expect("a pattern")).collect(),
            created: self.now(),
            expires: None,
            used: None,
            revoked: None,
        };
        change(&mut token);
        let secret = Secret::random();
        let mut ledger = Beside::write(&self.ledger()).expect("it is there");
        assert!(ledger.create_token(&token, secret.hash(), &self.entry("token create")).expect("it is kept"), "{name} is new");
        secret.expose_secret().to_owned()
    }

    pub fn revoke(&self, name: &str) {
        let mut ledger = Beside::write(&self.ledger()).expect("it is there");
        ledger.revoke_token(name, self.now(), &self.entry("token revoke")).expect("it is kept");
    }

    pub fn now(&self) -> Instant {
        self.bot.practice.host().clock.now()
    }

    fn entry(&self, what: &str) -> AuditEntry {
        AuditEntry {
            reference: String::new(),
            at: self.now(),
            workspace: "terminal".into(),
            place: None,
            channel: String::new(),
            person: None,
            called: String::new(),
            plugin: "hatstand".into(),
            build: String::new(),
            event: None,
            line: String::new(),
            what: what.to_owned(),
            rule: String::new(),
            outcome: "ok".to_owned(),
            detail: String::new(),
            data: String::new(),
            about: String::new(),
            took: Duration::ZERO,
        }
    }

    #[track_caller]
    pub fn send(&self, request: &Request) -> Response {
        request.send(self.address)
    }

    /// Sends a new command, and returns as soon as it is recorded; what is answered comes later.
    pub fn begin(&self, request: &Request) -> JoinHandle<Response> {
        let host = self.bot.practice.host();
        let mut wakes = host.ledger.wakes();
        let before = wakes.borrow().inbox;
        let (request, address) = (request.clone(), self.address);
        let sent = thread::spawn(move || request.send(address));
        let recorded = async { tokio::time::timeout(FOR_EVER, wakes.wait_for(|wake| wake.inbox > before)).await.is_ok() };
        assert!(self.bot.practice.runtime().block_on(recorded), "it is recorded");
        sent
    }

    /// What the audit has of these, oldest first.
    pub fn audit(&self, query: &AuditQuery) -> Vec<AuditEntry> {
        let mut entries = Beside::read(&self.ledger()).and_then(|ledger| ledger.audit(query)).expect("it can be read");
        entries.reverse();
        entries
    }
}

fn serve(bot: &Bot, settings: &Http) -> SocketAddr {
    let host = bot.practice.host();
    bot.practice.runtime().block_on(async {
        host.give_up_calls_after(settings.grace);
        Api::open(host, settings, "127.0.0.1:0".parse().expect("an address")).await.expect("it listens")
    })
}
