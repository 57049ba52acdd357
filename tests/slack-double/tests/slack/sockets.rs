//! The life of a connection ("Using Socket Mode").

use std::time::Duration;

use serde_json::json;
use slack_double::{Frame, Reason, Settings, Times};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::bot::{Bot, PATIENCE};

#[tokio::test]
async fn a_socket_is_greeted_with_what_it_is() {
    let bot = Bot::new().await;
    let _first = bot.open().await;
    let hello = bot.connect().await.next().await;
    assert_eq!((&hello["type"], &hello["num_connections"]), (&json!("hello"), &json!(2)));
    assert_eq!(hello["connection_info"]["app_id"], json!(bot.home.app));
    assert!(hello["debug_info"]["approximate_connection_time"].is_u64());
}

#[tokio::test]
async fn a_ticket_is_good_once() {
    let bot = Bot::new().await;
    let url = bot.socket_url().await;
    let _line = tokio_tungstenite::connect_async(&url).await.unwrap();
    match tokio_tungstenite::connect_async(&url).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 403),
        other => panic!("{other:?}"),
    }
    assert!(bot.complained("invalid_ticket"));
}

#[tokio::test]
async fn a_ticket_grows_old() {
    let bot = Bot::with(Settings { times: Times { ticket: Duration::ZERO, ..Times::default() }, ..Settings::default() }).await;
    assert!(tokio_tungstenite::connect_async(bot.socket_url().await).await.is_err());
}

#[tokio::test]
async fn the_one_too_many_is_told_and_closed() {
    let bot = Bot::with(Settings { connections_per_app: 1, ..Settings::default() }).await;
    let _first = bot.open().await;
    let mut second = bot.connect().await;
    let told = second.next().await;
    assert_eq!((&told["type"], &told["reason"]), (&json!("disconnect"), &json!("too_many_websockets")));
    assert_eq!(second.maybe_next().await, None);
    assert_eq!(bot.open_sockets(), 1);
}

#[tokio::test]
async fn a_warning_leaves_the_socket_working() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let socket = bot.slack.sockets(&bot.home.app)[0].id;
    bot.slack.refresh(socket, Reason::Warning, None);
    assert_eq!(line.next().await["reason"], "warning");
    bot.slack.post(&bot.home.general, &bot.home.ada, "still here?");
    assert_eq!(line.event("message").await["text"], "still here?");
}

#[tokio::test]
async fn a_socket_is_refreshed_when_its_time_is_over() {
    let times = Times { refresh: Some(Duration::from_secs(60)), ping_every: None, ..Times::default() };
    let bot = Bot::with(Settings { pace: 1000.0, times, ..Settings::default() }).await;
    let mut line = bot.open().await;
    assert_eq!(line.next().await["reason"], "warning");
    assert_eq!(line.next().await["reason"], "refresh_requested");
    assert_eq!(line.maybe_next().await, None);
}

#[tokio::test]
async fn a_close_is_a_whole_handshake() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.refresh(bot.slack.sockets(&bot.home.app)[0].id, Reason::RefreshRequested, Some(Duration::ZERO));
    assert_eq!(line.next().await["reason"], "refresh_requested");
    assert!(matches!(line.frame().await, Some(Message::Close(Some(_)))));
    assert!(line.frame().await.is_none());
}

#[tokio::test]
async fn a_cut_comes_without_a_word() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.cut(bot.slack.sockets(&bot.home.app)[0].id);
    assert!(!matches!(line.frame().await, Some(Message::Close(_))));
    assert!(bot.slack.sockets(&bot.home.app).is_empty());
}

#[tokio::test]
async fn switched_off_no_socket_is_left_and_none_can_be_opened() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    bot.slack.set_socket_mode(&bot.home.app, false);
    assert_eq!(line.next().await["reason"], "link_disabled");
    assert_eq!(line.maybe_next().await, None);
    let answer = bot.post(&bot.method("apps.connections.open"), Some(&bot.home.tokens.app), "application/x-www-form-urlencoded", "").await;
    assert_eq!(answer.json()["ok"], false);
}

#[tokio::test]
async fn a_silent_socket_goes_on_where_it_stopped() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let socket = bot.slack.sockets(&bot.home.app)[0].id;
    bot.slack.silence(socket);
    bot.slack.post(&bot.home.general, &bot.home.ada, "into the void");
    assert_eq!(bot.slack.counts().sent, 1);
    bot.slack.revive(socket);
    assert_eq!(line.event("message").await["text"], "into the void");
}

#[tokio::test]
async fn new_sockets_can_be_refused() {
    let bot = Bot::new().await;
    bot.slack.refuse_connections(true);
    match tokio_tungstenite::connect_async(bot.socket_url().await).await {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 503),
        other => panic!("{other:?}"),
    }
    bot.slack.refuse_connections(false);
    bot.open().await;
}

#[tokio::test]
async fn a_withheld_hello_leaves_a_socket_without_envelopes() {
    let bot = Bot::new().await;
    bot.slack.withhold_hello(1);
    let mut mute = bot.connect().await;
    let mut greeted = bot.open().await;
    bot.slack.post(&bot.home.general, &bot.home.ada, "hi");
    assert_eq!(greeted.event("message").await["text"], "hi");
    mute.send(json!({})).await;
    bot.until(|slack| slack.complaints().iter().any(|complaint| complaint.rule == "not_an_ack")).await;
}

#[tokio::test]
async fn coverage_tells_every_gap() {
    let bot = Bot::new().await;
    let before = bot.slack.now();
    let first = bot.open().await;
    let covered = bot.slack.now();
    let second = bot.open().await;
    drop(first);
    bot.until(|slack| slack.sockets(&bot.home.app).len() == 1).await;
    let coverage = bot.slack.coverage(&bot.home.app, covered);
    assert_eq!((coverage.without, coverage.most, coverage.fewest), (Duration::ZERO, 2, 1));
    drop(second);
    bot.until(|slack| slack.sockets(&bot.home.app).is_empty()).await;
    let coverage = bot.slack.coverage(&bot.home.app, before);
    assert_eq!((coverage.gaps.len(), coverage.fewest), (2, 0));
    assert!(coverage.without > Duration::ZERO);
}

#[tokio::test]
async fn a_frame_of_ones_own_is_sent_and_its_ack_told() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let socket = bot.slack.sockets(&bot.home.app)[0].id;
    let handle = bot.slack.send_frame(socket, Frame::Json(json!({ "envelope_id": "e1", "type": "events_api", "payload": 7 })));
    assert_eq!(handle.acked_now(), None);
    let envelope = line.next().await;
    line.ack(&envelope).await;
    assert!(handle.acked(PATIENCE).await.is_some());
    bot.slack.send_frame(socket, Frame::Binary(vec![1, 2]));
    assert!(matches!(line.frame().await, Some(Message::Binary(bytes)) if bytes[..] == [1, 2]));
}
