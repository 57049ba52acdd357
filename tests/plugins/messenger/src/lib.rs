//! Sends requests as it is told, and says what came of them and of webhooks.

use hatstand_plugin::prelude::*;

/// Carries messages to the world outside and back.
#[derive(Plugin)]
#[plugin(wants("http", "chat:channels"))]
struct Messenger;

#[commands]
impl Messenger {
    /// Fetch something.
    #[command("fetch <address> [retrying <times>]")]
    fn fetch(cx: &mut Context, address: String, times: Option<i64>) -> Result<Reply> {
        cx.log().about(format_args!("errand {address}"));
        cx.http().get(address).retries(times.unwrap_or_default().try_into().unwrap_or(u8::MAX)).then("fetched").map_err(refused)?;
        Ok(Reply::nothing())
    }

    /// Bring something.
    #[command("bring <words> to <address> [retrying <times>] [as <key>]")]
    fn bring(cx: &mut Context, words: String, address: String, times: Option<i64>, key: Option<String>) -> Result<Reply> {
        let request = cx.http().post(address).body(words).retries(times.unwrap_or_default().try_into().unwrap_or(u8::MAX));
        let request = match key {
            Some(key) => request.idempotency_key(key),
            None => request,
        };
        request.then("brought").map_err(refused)?;
        Ok(Reply::nothing())
    }

    /// Try to send with a header.
    #[command("fetch <address> with <header> as <value>")]
    fn fetch_with(cx: &mut Context, address: String, header: String, value: String) -> Result<Reply> {
        cx.http().get(address).header(header, value).retries(0).then("fetched").map_err(refused)?;
        Ok(Reply::nothing())
    }

    #[response("fetched")]
    fn fetched(_cx: &mut Context, response: Response) -> Result<Reply> {
        Ok(told("Fetched", response))
    }

    #[response("brought")]
    fn brought(_cx: &mut Context, response: Response) -> Result<Reply> {
        Ok(told("Brought", response))
    }

    /// Say here who rang.
    #[command("listen here")]
    fn listen(cx: &mut Context) -> Result<Reply> {
        let here = cx.here()?.channel.0.clone();
        cx.store().set("here", &here)?;
        Ok(Reply::say(say!("I listen.")))
    }

    #[webhook("generic")]
    fn generic(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }

    #[webhook("hmac")]
    fn hmac(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }

    #[webhook("github")]
    fn github(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }

    #[webhook("gitlab")]
    fn gitlab(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }

    #[webhook("gitlab-signed")]
    fn gitlab_signed(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }

    #[webhook("jenkins")]
    fn jenkins(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }

    #[webhook("nagios")]
    fn nagios(cx: &mut Context, rang: Webhook) -> Result<Reply> {
        ring(cx, &rang)
    }
}

/// People name the addresses, and are told what is wrong with them.
fn refused(error: hatstand_plugin::http::Error) -> Error {
    match error {
        hatstand_plugin::http::Error::Invalid(why) => Error::refused(say!("I cannot: {why}")),
        other => other.into(),
    }
}

fn ring(cx: &mut Context, rang: &Webhook) -> Result<Reply> {
    let count = cx.store().get::<u64>("rang")?.unwrap_or(0) + 1;
    cx.store().set("rang", &count)?;
    let Some(here) = cx.store().get::<String>("here")? else { return Ok(Reply::nothing()) };
    let headers: Vec<&str> = rang.headers.iter().map(|(name, _)| name.as_str()).filter(|name| name.starts_with("x-")).collect();
    let text = format!("{} ({})", String::from_utf8_lossy(&rang.body), headers.join(" "));
    cx.chat().post(&Place { channel: here.into(), thread: None }, say!("Ring {count}: {text}"))?;
    Ok(Reply::nothing())
}

fn told(what: &str, response: Response) -> Reply {
    let what = what.to_owned();
    Reply::say(match response.outcome {
        Ok(answer) => say!("{what}: {} {}", answer.status, answer.text()),
        Err(why) => say!("{what}: {}", why.to_string()),
    })
}
