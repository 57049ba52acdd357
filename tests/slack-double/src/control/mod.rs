//! The control interface: everything that a test in Rust can do, over HTTP under `/control`, for anything else.
//!
//! One table of commands feeds both what is served and what `--help` and `GET /control` say.

mod body;
mod people;
mod records;
mod sockets;
mod world;

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::{Body as HttpBody, to_bytes},
    extract::Query,
    http::{Request, Response, StatusCode, header},
};
use hyper::body::Incoming;
use serde_json::{Map, Value, json};

use body::Body;

use crate::{
    Double, Interaction, Outcome,
    state::{Refused, Shared},
    web::answer,
};

/// One command of the control interface.
struct Command {
    path: &'static str,
    /// What to send, as an example; empty for commands that only look.
    example: &'static str,
    does: &'static str,
    run: fn(&Double, &Body) -> Refused<Done>,
}

/// What a command came to.
enum Done {
    Now(Value),
    /// The answer waits for the app's, unless the body says `"wait": false`.
    Asked(Interaction),
}

fn done(value: Value) -> Refused<Done> {
    Ok(Done::Now(value))
}

fn commands() -> impl Iterator<Item = (&'static str, &'static Command)> {
    let subjects: [(&str, &[Command]); 4] = [
        ("People", people::COMMANDS),
        ("World", world::COMMANDS),
        ("Sockets and faults", sockets::COMMANDS),
        ("Records", records::COMMANDS),
    ];
    subjects.into_iter().flat_map(|(subject, commands)| commands.iter().map(move |command| (subject, command)))
}

/// What the control interface takes, with an example of each.
pub fn control_help() -> String {
    let mut help = String::from(
        "The control interface, under /control. Commands that do something are POST with a JSON body, those that look are GET\n\
         with the same fields as a query. People, channels, apps and workspaces go by id or by name; the first is meant if none\n\
         is named. What Slack would refuse is answered with 400 and {\"error\": …}. Commands that the app has to answer wait for\n\
         its ack and tell it, unless the body has \"wait\": false. For example:\n\n  \
         curl -d '{\"channel\":\"general\",\"user\":\"ada\",\"text\":\"@hatstand help\"}' http://127.0.0.1:PORT/control/post\n",
    );
    let mut last = "";
    for (subject, command) in commands() {
        if subject != last {
            help.push_str(&format!("\n{subject}\n"));
            last = subject;
        }
        let verb = if command.example.starts_with('{') { "POST" } else { "GET" };
        help.push_str(&format!("  {verb:4} /control/{}  {}\n       {}\n", command.path, command.example, command.does));
    }
    help
}

/// Serves a request under `/control`.
pub(crate) async fn serve(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<HttpBody>, Infallible> {
    let path: String = request.uri().path().split('/').filter(|part| !part.is_empty()).skip(1).collect::<Vec<_>>().join("/");
    if path.is_empty() {
        return Ok(answer::plain(StatusCode::OK, &control_help()));
    }
    let Some((_, command)) = commands().find(|(_, command)| command.path == path) else {
        return Ok(reply(StatusCode::NOT_FOUND, &json!({ "error": "no_such_command", "see": "/control" })));
    };
    let Ok(body) = read(request).await else {
        return Ok(reply(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_json" })));
    };
    let ran = (command.run)(&Double::of(shared), &body);
    Ok(match ran {
        Ok(Done::Now(value)) => reply(StatusCode::OK, &value),
        Ok(Done::Asked(interaction)) => reply(StatusCode::OK, &told(&interaction, body.flag("wait", true)).await),
        Err(refusal) => {
            let mut error = Map::from_iter([("error".to_owned(), json!(refusal.error))]);
            error.extend(refusal.details);
            reply(StatusCode::BAD_REQUEST, &Value::Object(error))
        }
    })
}

async fn read(request: Request<Incoming>) -> Result<Body, ()> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()).map_err(drop)?;
    let mut fields: Map<String, Value> = pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    let bytes = to_bytes(HttpBody::new(request.into_body()), 64 << 20).await.map_err(drop)?;
    if !bytes.is_empty() {
        fields.extend(serde_json::from_slice::<Map<String, Value>>(&bytes).map_err(drop)?);
    }
    Ok(Body(fields))
}

async fn told(interaction: &Interaction, wait: bool) -> Value {
    let outcome = if wait { Some(interaction.outcome().await) } else { interaction.outcome_now() };
    let outcome = outcome.map(|outcome| match outcome {
        Outcome::Acked { payload, after } => json!({ "acked": { "payload": payload, "after": after.as_secs_f64() } }),
        Outcome::TimedOut => json!("timed_out"),
        Outcome::Unreachable => json!("unreachable"),
    });
    json!({ "trigger_id": interaction.trigger_id, "response_url": interaction.response_url, "outcome": outcome })
}

fn reply(status: StatusCode, value: &Value) -> Response<HttpBody> {
    let mut response = answer::plain(status, &format!("{value}\n"));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json; charset=utf-8"));
    response
}
