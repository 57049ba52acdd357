//! The disk is full, and people are in Slack: they are told there, and Slack does not send again what they were told to say again.

use crate::crowd::COUNTER;
use crate::figure::Figures;
use crate::home::{Home, give};
use crate::size::Size;
use crate::support::FOR_EVER;
use slack_double::{Channel, Double, Settings, SocketState};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const TOLD: &str = "My disk is full, so I cannot take that on.";

pub fn run(_: Size) {
    let figures = Figures::of("disk/full_in_slack", "one person");
    let runtime = Runtime::new().expect("a runtime");
    let double = runtime.block_on(Double::start(Settings::default())).expect("the double starts");
    let slack = double.home();
    let members = vec![slack.ada.clone(), slack.tokens.user.clone()];
    let channel = double.add_channel(&slack.team, Channel { members, ..Channel::named("dev") });
    let says = |line: &str| {
        double.post_raw(&channel, &slack.ada, &format!("<@{}> {line}", slack.tokens.user.as_str()), None);
    };
    let until = |what: &str, look: &dyn Fn(&Double) -> bool| {
        let began = Instant::now();
        let seen = runtime.block_on(double.until(FOR_EVER, |double| look(double).then_some(())));
        seen.unwrap_or_else(|| panic!("{what} did not happen; {:?}", double.counts()));
        began.elapsed()
    };

    let home = Home::with(&["counter"]);
    let shim = home.shim();
    let bot = home.start_in_slack(&shim, &double.api_url(), &slack.tokens.app, &slack.tokens.bot);
    let status = |key: String| give(bot.address, &home.token, COUNTER, &key).expect("it answers").status;
    until("a connection", &|double| double.sockets(&slack.app).iter().any(|socket| socket.state == SocketState::Open));
    says(COUNTER);
    until("an answer", &|double| double.messages(&channel).iter().any(|message| message.text == "1"));
    // What happened before there was a connection is not meant.
    let before = double.counts().retried;
    shim.fill();
    let refused = (0..).find(|key| status(format!("{key}")) != 200).expect("it ends");
    says(COUNTER);
    let told = until("a word", &|double| double.ephemerals(&slack.ada).iter().any(|shown| shown.text.contains(TOLD)));
    shim.free();
    (0..).find(|key| status(format!("again {key}")) == 200).expect("it ends");
    says(COUNTER);
    let next = (refused + 3).to_string();
    until("the next answer", &|double| double.messages(&channel).iter().any(|message| message.text == next));
    figures.at_most("until the person was told", told, Duration::from_secs(3));
    figures.at_most("deliveries that Slack had to repeat", double.counts().retried - before, 0);
}
