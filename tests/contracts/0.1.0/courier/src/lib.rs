//! A plugin of contract 0.1.0 that uses what hosts of that time do not serve: requests, queues and webhooks.

use hatstand_plugin::prelude::*;

/// Carries things to the outside and back.
#[derive(Plugin)]
#[plugin(name = "courier", wants("http:https://api.example.com", "queue:letters"))]
struct Courier;

#[commands]
impl Courier {
    /// Fetch something.
    #[command("courier fetch <path>")]
    fn fetch(cx: &mut Context, path: String) -> Result<Reply> {
        cx.http().get(format!("https://api.example.com/{path}")).header("Accept", "text/plain").then("fetched:once")?;
        Ok(Reply::say(say!("On my way.")))
    }

    #[response("fetched")]
    fn fetched(_cx: &mut Context, response: Response) -> Result<Reply> {
        let what = response.rest().to_owned();
        Ok(Reply::say(match response.ok() {
            Ok(answer) => say!("{what}: {} {}", answer.status, answer.text()),
            Err(why) => say!("{what}: {}", why.to_string()),
        }))
    }

    /// Send a letter.
    #[command("courier send <words...>")]
    fn send(cx: &mut Context, words: String) -> Result<Reply> {
        cx.queue().publish("letters", words)?;
        Ok(Reply::say(say!("Sent.")))
    }

    #[queue("letters")]
    fn letter(_cx: &mut Context, letter: QueueMessage) -> Result<Reply> {
        Ok(Reply::say(say!("A letter: {}", String::from_utf8_lossy(&letter.body).into_owned())))
    }

    #[webhook("bell")]
    fn rang(_cx: &mut Context, rang: Webhook) -> Result<Reply> {
        Ok(Reply::say(say!("{} rang: {}", rang.name.clone(), rang.header("x-ring").unwrap_or("nobody").to_owned())))
    }
}
