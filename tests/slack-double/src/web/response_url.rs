//! Response URLs: five answers in thirty minutes ("Handling user interaction").

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode},
};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    answer::{self, Answer, Cut},
    draft,
};
use crate::{
    Author, Call, Fault, TokenKind, Ts,
    state::{Refused, Shared, State, interaction::ResponseUrl, refuse},
};

const USES: u32 = 5;

/// Serves a post to a response URL.
pub(crate) async fn serve(path: &str, request: Request<Incoming>, shared: &Shared) -> Result<Response<Body>, Cut> {
    let verb = request.method().to_string();
    let body = to_bytes(Body::new(request.into_body()), 1 << 20).await.unwrap_or_default();
    let payload = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let (answer, fault) = shared.state().respond(path, &verb, payload);
    answer::send(answer, fault).await
}

impl State {
    fn respond(&mut self, path: &str, verb: &str, payload: Value) -> (Answer, Option<Fault>) {
        let channel = self.response_urls.get(path).map(|url| url.channel.to_string());
        let fault = self.take_fault("response_url", channel.as_deref());
        let (status, text) = match &fault {
            Some(Fault::RateLimited { .. }) => (StatusCode::TOO_MANY_REQUESTS, error("ratelimited")),
            Some(Fault::Status(status)) => (StatusCode::from_u16(*status).unwrap_or_default(), "no".into()),
            Some(Fault::ApiError(name)) => (StatusCode::OK, error(name)),
            Some(Fault::CutBefore) => (StatusCode::OK, String::new()),
            _ => self.take_response(path, &payload),
        };
        self.record_response(path, verb, payload, status, &text);
        let mut answer = match text.starts_with('{') {
            true => Answer { status, ..Answer::json(text.into_bytes()) },
            false => Answer::text(status, &text),
        };
        if let Some(Fault::RateLimited { retry_after }) = &fault {
            answer = answer.with("retry-after", retry_after.to_string());
        }
        (answer, fault)
    }

    fn take_response(&mut self, path: &str, payload: &Value) -> (StatusCode, String) {
        let Some(url) = self.response_urls.get_mut(path) else { return (StatusCode::NOT_FOUND, error("no_such_url")) };
        if url.until < Instant::now() {
            return (StatusCode::NOT_FOUND, error("expired_url"));
        }
        if url.uses >= USES {
            return (StatusCode::NOT_FOUND, error("used_url"));
        }
        url.uses += 1;
        let url = url.clone();
        match self.apply_response(&url, payload) {
            // Slack answers commands with a word and everything else with JSON.
            Ok(()) if path.starts_with("commands") => (StatusCode::OK, "ok".into()),
            Ok(()) => (StatusCode::OK, json!({ "ok": true }).to_string()),
            Err(refusal) => (StatusCode::BAD_REQUEST, error(&refusal.error)),
        }
    }

    fn apply_response(&mut self, url: &ResponseUrl, payload: &Value) -> Refused<()> {
        if !payload.is_object() {
            return refuse("invalid_payload");
        }
        if payload["delete_original"] == true {
            return self.replace_original(url, None);
        }
        let mut draft = draft::from_payload(payload)?;
        if payload["replace_original"] == true {
            return self.replace_original(url, Some(draft));
        }
        let author = self.author_for(&url.app, &url.team)?;
        if payload["response_type"] == "in_channel" {
            return self.post_message(&url.channel, author, draft).map(drop);
        }
        draft.thread_ts = draft.thread_ts.or_else(|| self.thread_of(url));
        self.show(&url.channel, &url.user, author, draft);
        Ok(())
    }

    /// What only one person sees appears where they pressed, in a thread too.
    fn thread_of(&self, url: &ResponseUrl) -> Option<Ts> {
        self.message(&url.channel, url.message?).ok()?.thread_ts
    }

    /// Replaces the message that the interaction came from, or takes it away.
    fn replace_original(&mut self, url: &ResponseUrl, draft: Option<crate::state::message::Draft>) -> Refused<()> {
        let Some(ts) = url.message else { return refuse("no_original") };
        let own = |author: &Author| author.app.as_ref() == Some(&url.app);
        let shown = self.ephemerals.iter_mut().find(|one| one.ts == ts && one.user == url.user && own(&one.author));
        match (shown, draft) {
            (Some(one), None) => one.deleted = true,
            (Some(one), Some(draft)) => {
                one.text = draft.text;
                one.blocks = draft.blocks;
            }
            (None, None) => self.delete_message(&url.channel, ts)?,
            (None, Some(draft)) => self.change_message(&url.channel, ts, |message| {
                message.text = draft.text;
                message.blocks = draft.blocks;
                message.attachments = draft.attachments;
            })?,
        }
        self.dirty = true;
        Ok(())
    }

    fn record_response(&mut self, path: &str, verb: &str, payload: Value, status: StatusCode, text: &str) {
        self.records.counts.calls += 1;
        let answer: Value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        let error = answer["error"].as_str().map(str::to_owned);
        if let Some(error) = &error {
            self.complain("response_url", format!("{error}: {payload}"));
        }
        let call = Call {
            seq: self.next_seq(),
            at: self.clock.elapsed(),
            method: "response_url".into(),
            verb: verb.into(),
            content_type: None,
            arguments: payload,
            token: TokenKind::None,
            app: self.response_urls.get(path).map(|url| url.app.clone()),
            status: status.as_u16(),
            error,
            answer,
        };
        self.records.call(call);
    }
}

fn error(name: &str) -> String {
    json!({ "ok": false, "error": name }).to_string()
}
