//! Files ("Working with files", "files.getUploadURLExternal method").

use axum::{body::Body, http::Request};
use serde_json::json;

use crate::bot::Bot;

#[tokio::test]
async fn a_file_is_announced_sent_and_completed() {
    let bot = Bot::new().await;
    let mut line = bot.open().await;
    let announced = bot.ok("files.getUploadURLExternal", json!({ "filename": "a.txt", "length": 5 })).await;
    let (url, id) = (announced["upload_url"].as_str().unwrap(), announced["file_id"].clone());
    assert_eq!(bot.post(url, None, "application/octet-stream", "hello").await.body, "OK - 5");
    let complete = json!({ "files": [{ "id": id, "title": "A" }], "channel_id": bot.home.general, "initial_comment": "look" });
    let files = bot.ok("files.completeUploadExternal", complete).await;
    assert_eq!((&files["files"][0]["title"], &files["files"][0]["size"]), (&json!("A"), &json!(5)));
    assert_eq!(line.event("file_shared").await["file_id"], id);
    let message = &bot.slack.messages(&bot.home.general)[0];
    assert_eq!((message.text.as_str(), &message.files[0]["id"]), ("look", &id));
    let info = bot.ok("files.info", json!({ "file": id })).await;
    assert_eq!((&info["file"]["name"], &info["content"]), (&json!("a.txt"), &json!("hello")));
    assert_eq!(bot.ok("files.list", json!({})).await["paging"]["total"], 1);
    bot.ok("files.delete", json!({ "file": id })).await;
    assert_eq!(bot.error("files.info", json!({ "file": id })).await, "file_deleted");
}

#[tokio::test]
async fn a_file_is_not_there_before_its_content() {
    let bot = Bot::new().await;
    let id = bot.ok("files.getUploadURLExternal", json!({ "filename": "a.txt", "length": 5 })).await["file_id"].clone();
    assert_eq!(bot.error("files.info", json!({ "file": id })).await, "file_not_found");
    assert_eq!(bot.error("files.completeUploadExternal", json!({ "files": [{ "id": id }] })).await, "file_not_found");
    assert_eq!(bot.error("files.getUploadURLExternal", json!({ "filename": "a.txt", "length": 0 })).await, "missing_argument");
}

#[tokio::test]
async fn a_length_that_is_not_true_is_noticed() {
    let bot = Bot::new().await;
    let announced = bot.ok("files.getUploadURLExternal", json!({ "filename": "a.txt", "length": 4 })).await;
    bot.post(announced["upload_url"].as_str().unwrap(), None, "text/plain", "hello").await;
    assert!(bot.complained("upload_length"));
}

#[tokio::test]
async fn a_form_is_an_upload_too() {
    let bot = Bot::new().await;
    let announced = bot.ok("files.getUploadURLExternal", json!({ "filename": "a.txt", "length": 5 })).await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n";
    let answer = bot.post(announced["upload_url"].as_str().unwrap(), None, "multipart/form-data; boundary=x", form).await;
    assert_eq!(answer.body, "OK - 5");
}

#[tokio::test]
async fn a_private_url_shows_strangers_a_sign_in_page() {
    let bot = Bot::new().await;
    bot.slack.upload(&bot.home.general, &bot.home.ada, "a.txt", b"hello");
    let url = bot.slack.messages(&bot.home.general)[0].files[0]["url_private"].as_str().unwrap().to_owned();
    let signed = Request::get(&url).header("authorization", format!("Bearer {}", bot.home.tokens.bot)).body(Body::empty()).unwrap();
    assert_eq!(bot.send(signed).await.unwrap().body, "hello");
    let unsigned = bot.send(Request::get(&url).body(Body::empty()).unwrap()).await.unwrap();
    assert!(unsigned.body.starts_with(b"<!DOCTYPE html>"));
}
