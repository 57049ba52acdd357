//! Envelopes, acks and retries ("Using Socket Mode", "The Events API").

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use slack_double::{Choice, EventId, Ids, Scatter, Settings, Times};

use crate::bot::Bot;

#[tokio::test]
async fn an_event_comes_in_an_envelope_that_takes_no_payload() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    let envelope = line.next().await;
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("events_api"), &json!(false)));
    assert_eq!((&envelope["retry_attempt"], &envelope["retry_reason"]), (&json!(0), &json!("")));
    let payload = &envelope["payload"];
    assert_eq!((&payload["type"], &payload["team_id"]), (&json!("event_callback"), &json!(bot.home.team)));
    assert_eq!(payload["authorizations"][0]["user_id"], json!(bot.home.tokens.user));
    line.answer(&envelope, json!({ "text": "no" })).await;
    bot.until(|_| bot.complained("unwelcome_payload")).await;
}

#[tokio::test]
async fn an_unacked_event_comes_three_times_more_and_is_given_up() {
    let bot = Bot::hurried(Times::default()).await;
    let mut line = bot.open().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    let mut envelopes = Vec::new();
    for _ in 0..4 {
        envelopes.push(line.next().await);
    }
    let attempts: Vec<u64> = envelopes.iter().map(|envelope| envelope["retry_attempt"].as_u64().unwrap()).collect();
    let ids: BTreeSet<&str> = envelopes.iter().map(|envelope| envelope["envelope_id"].as_str().unwrap()).collect();
    let events: BTreeSet<&str> = envelopes.iter().map(|envelope| envelope["payload"]["event_id"].as_str().unwrap()).collect();
    assert_eq!((attempts, ids.len(), events.len()), (vec![0, 1, 2, 3], 4, 1));
    assert_eq!(envelopes[1]["retry_reason"], "timeout");
    bot.until(|slack| slack.counts().lost == 1).await;
}

#[tokio::test]
async fn an_acked_event_does_not_come_again() {
    let times = Times { ack: Duration::from_secs(20), retries: vec![Duration::ZERO], ..Times::default() };
    let bot = Bot::with(Settings { pace: 100.0, times, ..Settings::default() }).await;
    let mut line = bot.open().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "acked");
    bot.slack.post(&bot.home.general, &bot.home.ada, "left");
    let acked = line.next().await;
    line.ack(&acked).await;
    let left = line.next().await;
    let again = line.next().await;
    assert_eq!((&again["retry_attempt"], &again["payload"]["event_id"]), (&json!(1), &left["payload"]["event_id"]));
    let acks = bot.slack.acks();
    assert_eq!((acks.len(), acks[0].attempt, acks[0].late), (1, 0, false));
    assert_eq!(acks[0].event.as_ref().map(EventId::as_str), acked["payload"]["event_id"].as_str());
}

#[tokio::test]
async fn events_wait_for_a_socket_and_come_as_retries() {
    let bot = Bot::new().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "anyone?");
    assert_eq!(bot.slack.counts().waiting, 1);
    let envelope = bot.open().await.next().await;
    assert_eq!((&envelope["retry_attempt"], &envelope["payload"]["event"]["text"]), (&json!(1), &json!("anyone?")));
}

#[tokio::test]
async fn a_second_ack_and_an_unknown_one_are_noticed() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    let envelope = line.next().await;
    line.ack(&envelope).await;
    line.ack(&envelope).await;
    line.send(json!({ "envelope_id": "never" })).await;
    bot.until(|_| bot.complained("double_ack") && bot.complained("unknown_envelope")).await;
}

#[tokio::test]
async fn an_ack_may_come_on_another_socket_or_not_as_set() {
    for (ack_anywhere, complained) in [(true, false), (false, true)] {
        let bot = Bot::with(Settings { ack_anywhere, choice: Choice::Oldest, ..Settings::default() }).await;
        let (mut first, mut second) = (bot.open().await, bot.open().await);
        bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
        second.ack(&first.next().await).await;
        bot.until(|slack| slack.counts().acked == 1 || bot.complained("ack_elsewhere")).await;
        assert_eq!(bot.complained("ack_elsewhere"), complained);
    }
}

#[tokio::test]
async fn each_open_socket_takes_its_share() {
    let bot = Bot::with(Settings { choice: Choice::InTurn, ..Settings::default() }).await;
    let (_first, _second) = (bot.open().await, bot.open().await);
    for _ in 0..10 {
        bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    }
    let shares: Vec<u64> = bot.slack.sockets(&bot.home.app).iter().map(|socket| socket.sent).collect();
    assert_eq!(shares, [5, 5]);
}

#[tokio::test]
async fn held_events_are_released_as_often_as_told() {
    for (ids, different) in [(Ids::Same, 2), (Ids::New, 6)] {
        let bot = Bot::new().await;
        let mut line = bot.open().await;
        bot.slack.hold(&bot.home.app);
        bot.slack.post(&bot.home.general, &bot.home.ada, "one");
        bot.slack.post(&bot.home.general, &bot.home.ada, "two");
        bot.slack.release(&bot.home.app, &Scatter { copies: 3..=3, ids, shuffle: true });
        let mut events = BTreeSet::new();
        for _ in 0..6 {
            events.insert(line.next().await["payload"]["event_id"].as_str().unwrap().to_owned());
        }
        assert_eq!(events.len(), different);
    }
}

#[tokio::test]
async fn over_the_hours_volume_one_notice_stands_for_the_rest() {
    let limits = slack_double::Limits { events_an_hour: Some(2), ..Default::default() };
    let bot = Bot::with(Settings { limits, ..Settings::default() }).await;
    let mut line = bot.open().await;
    for _ in 0..4 {
        bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    }
    assert_eq!(bot.slack.counts().sent, 3);
    let (_, _, notice) = (line.next().await, line.next().await, line.next().await);
    assert_eq!((&notice["payload"]["type"], notice["payload"].get("event")), (&json!("app_rate_limited"), None));
}

#[tokio::test]
async fn a_slow_ack_is_measured_and_called_late() {
    let bot =
        Bot::with(Settings { times: Times { ack: Duration::ZERO, retries: Vec::new(), ..Times::default() }, ..Settings::default() }).await;
    let mut line = bot.open().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    let envelope = line.next().await;
    bot.until(|slack| slack.counts().lost == 1).await;
    line.ack(&envelope).await;
    bot.until(|slack| slack.counts().late == 1).await;
    assert!(bot.slack.acks()[0].late);
}
