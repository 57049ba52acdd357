//! Webhooks through the whole host: over HTTP, checked, recorded, acknowledged, run, committed, handed to the adapter.

use crate::invocations::runtime;
use crate::plugins::Built;
use crate::stand::{Home, Stand};
use crate::{disk, report, shown};
use hatstand::clock::Clock;
use hatstand::config::{self, Config};
use hatstand::model::WorkspaceId;
use hatstand::outside::webhooks::Webhooks;
use hatstand::secrets::Environment;
use jiff::Timestamp;
use provider_double::Signature;
use reqwest::{Client, StatusCode};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

const ALONE: usize = 1_000;
const TOGETHER: usize = 10_000;
const IN_FLIGHT: u32 = 64;
const SECRET: &str = "a-secret-of-some-length";

/// From the first byte that is sent to the message handed to the adapter, one at a time.
pub fn one_at_a_time(plugins: &Built) {
    let home = home(plugins);
    runtime().block_on(async {
        let (mut stand, sender) = stand(&home).await;
        let mut samples = Vec::with_capacity(ALONE);
        for number in 0..ALONE {
            let began = Instant::now();
            sender.send(number).await;
            samples.push(stand.handed.recv().await.expect("it is said").at - began);
            stand.host.settled().await.expect("settled");
        }
        report("webhook to message handed over", &mut samples, "two flushes and 2 ms");
        stand.host.stop().await;
    });
}

/// Webhooks a second that are acknowledged, and handled, with so many on their way at the same time. Their messages go to one channel, where
/// one is said after the other.
pub fn many_in_flight(plugins: &Built) {
    let home = home(plugins);
    runtime().block_on(async {
        let (mut stand, sender) = stand(&home).await;
        let (sender, places) = (Arc::new(sender), Arc::new(Semaphore::new(IN_FLIGHT as usize)));
        let began = Instant::now();
        for number in 0..TOGETHER {
            let place = Arc::clone(&places).acquire_owned().await.expect("it stays open");
            let sender = Arc::clone(&sender);
            tokio::spawn(async move {
                sender.send(number).await;
                drop(place);
            });
        }
        let _all = places.acquire_many(IN_FLIGHT).await.expect("it stays open");
        let acknowledged = per_second(began.elapsed());
        for _ in 0..TOGETHER {
            stand.handed.recv().await.expect("it is said");
        }
        println!(
            "webhooks, {IN_FLIGHT} in flight: {acknowledged} a second acknowledged, {} a second until the last message in one channel is \
             handed over, {TOGETHER} webhooks (flush {}; aim: 500)",
            per_second(began.elapsed()),
            shown(disk::flush_time())
        );
        stand.host.stop().await;
    });
}

fn per_second(took: Duration) -> u128 {
    let each = took / u32::try_from(TOGETHER).expect("it fits");
    Duration::from_secs(1).as_nanos() / each.as_nanos().max(1)
}

/// Sends signed webhooks.
struct Sender {
    client: Client,
    address: SocketAddr,
}

impl Sender {
    async fn send(&self, number: usize) {
        let body = format!("{{\"number\":{number}}}");
        let signed = Signature::Hmac.headers(SECRET, "", Timestamp::UNIX_EPOCH, body.as_bytes());
        let request = self.client.post(format!("http://{}/hooks/messenger/hmac", self.address)).body(body);
        let request = signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.send().await.expect("it is answered");
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }
}

fn home(plugins: &Built) -> Home {
    let home = Home::new();
    home.put("messenger", plugins.messenger());
    home
}

async fn stand(home: &Home) -> (Stand, Sender) {
    let text = "[plugins.messenger.webhooks.hmac]\nsignature = \"hmac\"\nsecret = \"{SECRET}\"";
    let environment = Environment::from_iter([("SECRET", SECRET)]);
    let outside = Config::parse("hatstand.toml", text).expect("it is right").outside(&environment).expect("the secret is there");
    let mut stand = Stand::start_among(home, 1, true, Clock::machine(), outside).await;
    let address =
        Webhooks::open(&stand.host, config::Webhooks::default().bounds(), (Ipv4Addr::LOCALHOST, 0).into()).await.expect("there is room");
    stand.say(&WorkspaceId::from("w0"), "listen here").await;
    stand.handed.recv().await.expect("an answer");
    // Nothing is encrypted here, but the client wants to know how it would be.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().expect("a client");
    (stand, Sender { client, address })
}
