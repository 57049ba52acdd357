//! A method's arguments, in every form that Slack takes them in ("Using the Slack Web API").

use axum::{
    Form, RequestExt,
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Query},
    http::{HeaderMap, Request, header},
};
use hyper::body::Incoming;
use serde_json::{Map, Value, json};

use crate::{
    ChannelId, Ts, UserId,
    state::{Refusal, Refused, refuse},
};

/// More than any call needs.
const MOST: usize = 32 << 20;

/// A call as it came in.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) verb: String,
    pub(crate) content_type: Option<String>,
    pub(crate) arguments: Arguments,
    pub(crate) token: Option<String>,
    /// Whether the token came in the `Authorization` header.
    pub(crate) token_in_header: bool,
    pub(crate) warning: Option<&'static str>,
}

/// Arguments by name; those of a query or a form are all text.
#[derive(Debug, Default)]
pub(crate) struct Arguments(pub(crate) Map<String, Value>);

/// Reads a call; what cannot be read is refused as Slack does.
pub(crate) async fn read(request: Request<Incoming>) -> (Asked, Refused<()>) {
    let mut asked = Asked { verb: request.method().to_string(), ..Asked::default() };
    let full_type = text_header(request.headers(), header::CONTENT_TYPE);
    asked.content_type = full_type.as_deref().map(|full| full.split(';').next().unwrap_or(full).trim().to_ascii_lowercase());
    if let Some(token) = bearer(request.headers()) {
        asked.token = Some(token);
        asked.token_in_header = true;
    }
    if let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(request.uri()) {
        asked.arguments.take_pairs(pairs);
    }
    let done = read_body(request.map(Body::new), &mut asked, full_type.as_deref().unwrap_or_default()).await;
    let json = asked.content_type.as_deref() == Some("application/json");
    // "Using the Slack Web API": with a JSON body, the token has to be in the header.
    if !json || asked.verb == "GET" {
        asked.token = asked.token.or_else(|| asked.arguments.text("token").map(Into::into));
    }
    (asked, done)
}

async fn read_body(request: Request<Body>, asked: &mut Asked, full_type: &str) -> Refused<()> {
    if asked.verb != "POST" {
        return Ok(());
    }
    let charset = full_type.to_ascii_lowercase().contains("charset");
    match asked.content_type.as_deref() {
        Some("application/json") => {
            asked.warning = (!charset).then_some("missing_charset");
            read_json(request, asked).await
        }
        Some("application/x-www-form-urlencoded") => {
            asked.warning = charset.then_some("superfluous_charset");
            match request.extract::<Form<Vec<(String, String)>>, _>().await {
                Ok(Form(pairs)) => asked.arguments.take_pairs(pairs),
                Err(_) => return refuse("invalid_form_data"),
            }
            Ok(())
        }
        Some("multipart/form-data") => read_multipart(request, asked).await,
        Some("text/plain") => Ok(()),
        Some(_) => refuse("invalid_post_type"),
        None => {
            let body = to_bytes(request.into_body(), MOST).await.unwrap_or_default();
            if body.is_empty() { Ok(()) } else { refuse("missing_post_type") }
        }
    }
}

async fn read_json(request: Request<Body>, asked: &mut Asked) -> Refused<()> {
    let Ok(body) = to_bytes(request.into_body(), MOST).await else { return refuse("request_timeout") };
    if body.is_empty() {
        return Ok(());
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(fields)) => {
            asked.arguments.0.extend(fields);
            Ok(())
        }
        Ok(_) => refuse("json_not_object"),
        Err(_) => refuse("invalid_json"),
    }
}

async fn read_multipart(request: Request<Body>, asked: &mut Asked) -> Refused<()> {
    let Ok(mut parts) = Multipart::from_request(request, &()).await else { return refuse("invalid_form_data") };
    while let Some(part) = parts.next_field().await.map_err(|_| Refusal::named("invalid_form_data"))? {
        let Some(name) = part.name().map(str::to_owned) else { continue };
        let text = part.text().await.map_err(|_| Refusal::named("invalid_form_data"))?;
        asked.arguments.0.insert(name, Value::String(text));
    }
    Ok(())
}

fn text_header(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(Into::into)
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let authorization = text_header(headers, header::AUTHORIZATION)?;
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().into())
}

impl Arguments {
    fn take_pairs(&mut self, pairs: Vec<(String, String)>) {
        self.0.extend(pairs.into_iter().map(|(name, value)| (name, Value::String(value))));
    }

    /// The argument as text; empty counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The argument as text, which it has to have.
    pub(crate) fn required(&self, name: &str) -> Refused<&str> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// Whether the argument says yes; nothing said is `default`.
    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) => number.as_i64() != Some(0),
            Some(Value::String(text)) => matches!(text.as_str(), "1" | "true" | "True" | "TRUE"),
            _ => default,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A structure, which may also be a string with its JSON in it.
    pub(crate) fn structure(&self, name: &str) -> Option<Result<Value, ()>> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(serde_json::from_str(text).map_err(drop)),
            value => Some(Ok(value.clone())),
        }
    }

    /// Several values: a list, or text with commas.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        match self.0.get(name) {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).map(Into::into).collect(),
            Some(Value::String(text)) if text.starts_with('[') => serde_json::from_str(text).unwrap_or_default(),
            Some(Value::String(text)) => text.split(',').map(str::trim).filter(|value| !value.is_empty()).map(Into::into).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn channel(&self) -> Refused<ChannelId> {
        Ok(self.required("channel")?.into())
    }

    pub(crate) fn user(&self) -> Refused<UserId> {
        Ok(self.required("user")?.into())
    }

    /// A message's time, if the argument is there.
    pub(crate) fn ts(&self, name: &str, error: &'static str) -> Refused<Option<Ts>> {
        let text = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => return refuse(error),
        };
        if text.is_empty() || text == "0" {
            return Ok(None);
        }
        text.parse().map(Some).or_else(|_| refuse(error))
    }

    pub(crate) fn required_ts(&self, name: &str, error: &'static str) -> Refused<Ts> {
        self.ts(name, error)?.ok_or_else(|| missing(name))
    }

    /// For the record: whole, but tokens are cut to their prefix.
    pub(crate) fn redacted(mut self) -> Value {
        for name in ["token", "client_secret", "code"] {
            if let Some(secret) = self.0.get(name).and_then(Value::as_str) {
                let prefix: String = secret.chars().take_while(char::is_ascii_alphabetic).take(5).collect();
                self.0.insert(name.into(), json!(format!("{prefix}-…")));
            }
        }
        Value::Object(self.0)
    }
}

pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::saying("invalid_arguments", vec![format!("[ERROR] missing required field: {name}")])
}
