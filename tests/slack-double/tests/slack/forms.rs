//! Every method takes every form of arguments, on every path that means the same, over both versions of HTTP.

use axum::{body::Body, http::Request};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::json;

use crate::bot::Bot;

const MULTIPART: &str = "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhi\r\n--x\r\nContent-Disposition: form-data; name=\"channel\"\r\n\r\nCHANNEL\r\n--x--\r\n";

#[tokio::test]
async fn a_message_may_come_in_any_form() {
    let bot = Bot::new().await;
    let (token, general) = (Some(bot.home.tokens.bot.as_str()), bot.home.general.as_str());
    let url = bot.method("chat.postMessage");
    let bodies = [
        ("application/json", json!({ "channel": general, "text": "hi" }).to_string()),
        ("application/x-www-form-urlencoded", format!("channel={general}&text=hi")),
        ("multipart/form-data; boundary=x", MULTIPART.replace("CHANNEL", general)),
    ];
    for (kind, body) in bodies {
        assert_eq!(bot.post(&url, token, kind, body).await.json()["ok"], true, "{kind}");
    }
    let request =
        Request::get(format!("{url}?channel={general}&text=hi")).header("authorization", format!("Bearer {}", bot.home.tokens.bot));
    assert_eq!(bot.send(request.body(Body::empty()).unwrap()).await.unwrap().json()["ok"], true);
    let texts: Vec<String> = bot.slack.messages(&bot.home.general).into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["hi"; 4]);
}

#[tokio::test]
async fn blocks_may_come_as_text() {
    let bot = Bot::new().await;
    let blocks = json!([{ "type": "divider" }]).to_string();
    bot.ok("chat.postMessage", json!({ "channel": bot.home.general, "blocks": blocks })).await;
    assert_eq!(bot.slack.messages(&bot.home.general)[0].blocks.as_ref().unwrap()[0]["type"], "divider");
}

#[tokio::test]
async fn slashes_too_many_do_not_matter() {
    let bot = Bot::new().await;
    for path in ["/api.test", "//api.test", "/api.test/"] {
        let url = format!("{}{path}", bot.slack.api_url());
        assert_eq!(bot.post(&url, None, "application/x-www-form-urlencoded", "").await.json()["ok"], true, "{url}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_by_prior_knowledge() {
    let bot = Bot::new().await;
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Body>();
    let answer = client.request(Request::get(bot.method("api.test")).body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.version()), (200, axum::http::Version::HTTP_2));
}
