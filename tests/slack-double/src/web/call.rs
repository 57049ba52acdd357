//! One call of the Web API: from its token to its answer and its record.

use axum::{
    body::Body,
    http::{Request, Response, StatusCode},
};
use hyper::body::Incoming;
use serde_json::{Map, Value, json};

use super::{
    answer::{self, Answer, Cut},
    arguments::{self, Asked},
    method::{self, Caller, Handler, Method},
};
use crate::{
    AppId, Call, Fault, TokenKind,
    state::{
        Refusal, Refused, Shared, State,
        app::{Registered, Token},
        refuse,
    },
};

/// Serves a call of the Web API.
pub(crate) async fn serve(name: &str, request: Request<Incoming>, shared: &Shared) -> Result<Response<Body>, Cut> {
    let (asked, read) = arguments::read(request).await;
    let (answer, fault) = shared.state().call(name, asked, read);
    answer::send(answer, fault).await
}

/// What a call came to, before it is written down.
struct Reply {
    status: StatusCode,
    body: Value,
    retry_after: Option<u64>,
    scopes: Option<(String, String)>,
}

/// Who calls, as far as the token tells.
#[derive(Default)]
struct Known {
    token: Option<Token>,
    caller: Option<Caller>,
}

impl State {
    fn call(&mut self, name: &str, asked: Asked, read: Refused<()>) -> (Answer, Option<Fault>) {
        let channel = asked.arguments.text("channel");
        let fault = self.take_fault(name, channel);
        let method = method::find(name);
        let mut known = Known::default();
        let reply = match spoil(fault.as_ref()) {
            Some(reply) => reply,
            None => {
                let done = read.and_then(|()| self.perform(name, method, &asked, &mut known));
                self.reply(done, method, &known, asked.warning)
            }
        };
        let answer = write(&reply);
        self.record_call(name, asked, &known, reply, fault.as_ref());
        (answer, fault)
    }

    fn perform(&mut self, name: &str, method: Option<&'static Method>, asked: &Asked, known: &mut Known) -> Refused<Value> {
        let Some(method) = method else {
            return Err(Refusal::named("unknown_method").with("req_method", json!(name)));
        };
        if let Handler::Open(handler) = method.handler {
            return handler(self, &asked.arguments);
        }
        let token = self.identify(asked.token.as_deref())?;
        known.token = Some(token.clone());
        match method.handler {
            Handler::Open(_) => refuse("unknown_method"),
            Handler::App(handler) => self.perform_for_app(handler, &token, asked),
            Handler::Bot(handler) => {
                let caller = self.bot_caller(&token)?;
                known.caller = Some(caller.clone());
                self.check_scopes(method, &caller)?;
                self.check_rate(method, &caller)?;
                handler(self, &caller, &asked.arguments)
            }
        }
    }

    fn identify(&self, token: Option<&str>) -> Refused<Token> {
        let Some(token) = token.filter(|token| !token.is_empty()) else { return refuse("not_authed") };
        match self.tokens.get(token) {
            None => refuse("invalid_auth"),
            Some(token) if token.revoked => refuse("token_revoked"),
            Some(token) => Ok(token.clone()),
        }
    }

    fn perform_for_app(&mut self, handler: fn(&mut Self, &AppId) -> Refused<Value>, token: &Token, asked: &Asked) -> Refused<Value> {
        if token.kind != TokenKind::App {
            return refuse("not_allowed_token_type");
        }
        // "apps.connections.open method": as a parameter, the token is an error; and so is another verb than POST.
        if !asked.token_in_header {
            return refuse("missing_args");
        }
        if asked.verb != "POST" {
            return refuse("insecure_request");
        }
        handler(self, &token.app)
    }

    fn bot_caller(&self, token: &Token) -> Refused<Caller> {
        let Some(team) = token.team.as_ref().filter(|_| token.kind == TokenKind::Bot) else {
            return refuse("not_allowed_token_type");
        };
        match self.install_of(&token.app, team) {
            Some(install) if install.active => {
                Ok(Caller { app: install.app.clone(), team: install.team.clone(), user: install.user.clone(), bot: install.bot.clone() })
            }
            _ => refuse("account_inactive"),
        }
    }

    fn check_scopes(&self, method: &Method, caller: &Caller) -> Refused<()> {
        let app = self.app(&caller.app)?;
        if method.scopes.is_empty() || method.scopes.iter().any(|scope| app.grants(scope)) {
            return Ok(());
        }
        let (needed, provided) = (method.scopes.join(","), app.scopes());
        Err(Refusal::named("missing_scope").with("needed", json!(needed)).with("provided", json!(provided)))
    }

    fn check_rate(&mut self, method: &'static Method, caller: &Caller) -> Refused<()> {
        let Some(a_minute) = method.a_minute.filter(|_| self.settings.limits.tiers) else { return Ok(()) };
        let allowed = self.rates.call(&self.clock, a_minute, &caller.app, Some(&caller.team), method.name);
        allowed.map_err(rate_limited)
    }

    fn reply(&self, done: Refused<Value>, method: Option<&Method>, known: &Known, warning: Option<&str>) -> Reply {
        let mut status = StatusCode::OK;
        let mut retry_after = None;
        let mut body = match done {
            Ok(body) => {
                let mut whole = Map::from_iter([("ok".to_owned(), json!(true))]);
                whole.extend(body.as_object().cloned().unwrap_or_default());
                whole
            }
            Err(mut refusal) => {
                if refusal.error == "ratelimited" {
                    status = StatusCode::TOO_MANY_REQUESTS;
                    retry_after = refusal.details.remove("retry_after").and_then(|seconds| seconds.as_u64());
                }
                let mut whole = Map::from_iter([("ok".to_owned(), json!(false)), ("error".to_owned(), json!(refusal.error))]);
                whole.extend(refusal.details);
                whole
            }
        };
        if let Some(warning) = warning {
            warn(&mut body, warning);
        }
        let granted = known.caller.as_ref().and_then(|caller| self.apps.get(&caller.app)).map(Registered::scopes);
        let scopes = granted.map(|granted| (granted, method.map(|method| method.scopes.join(",")).unwrap_or_default()));
        Reply { status, body: Value::Object(body), retry_after, scopes }
    }

    fn record_call(&mut self, name: &str, asked: Asked, known: &Known, reply: Reply, fault: Option<&Fault>) {
        self.records.counts.calls += 1;
        let error = reply.body["error"].as_str();
        if let Some(error) = error.filter(|error| COMPLAINTS.contains(error)) {
            self.complain(error, format!("{name}: {}", reply.body));
        }
        let seq = self.next_seq();
        if self.records.room() == 0 {
            return;
        }
        let cut = matches!(fault, Some(Fault::CutBefore | Fault::CutAfter));
        let call = Call {
            seq,
            at: self.clock.elapsed(),
            method: name.into(),
            verb: asked.verb,
            content_type: asked.content_type,
            arguments: asked.arguments.redacted(),
            token: known.token.as_ref().map_or(TokenKind::None, |token| token.kind),
            app: known.token.as_ref().map(|token| token.app.clone()),
            status: if cut { 0 } else { reply.status.as_u16() },
            error: error.map(Into::into),
            answer: reply.body,
        };
        self.records.call(call);
    }
}

/// Errors that are the client's mistake, whatever the world looks like.
const COMPLAINTS: &[&str] = &[
    "unknown_method",
    "not_authed",
    "invalid_auth",
    "not_allowed_token_type",
    "missing_scope",
    "invalid_arguments",
    "missing_args",
    "insecure_request",
    "invalid_json",
    "json_not_object",
    "invalid_form_data",
    "invalid_post_type",
    "missing_post_type",
    "no_text",
    "msg_too_long",
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "view_too_large",
    "invalid_cursor",
    "invalid_metadata_format",
];

/// A call over its rate ("Rate limits").
pub(crate) fn rate_limited(retry_after: u64) -> Refusal {
    Refusal::named("ratelimited").with("retry_after", json!(retry_after))
}

/// What a fault that does not apply the call answers.
fn spoil(fault: Option<&Fault>) -> Option<Reply> {
    let reply = |status, body, retry_after| Some(Reply { status, body, retry_after, scopes: None });
    match fault? {
        Fault::RateLimited { retry_after } => {
            reply(StatusCode::TOO_MANY_REQUESTS, json!({ "ok": false, "error": "ratelimited" }), Some(*retry_after))
        }
        Fault::Status(status) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            reply(status, json!(format!("<html><body>{status}</body></html>")), None)
        }
        Fault::ApiError(error) => reply(StatusCode::OK, json!({ "ok": false, "error": error }), None),
        Fault::CutBefore => reply(StatusCode::OK, Value::Null, None),
        Fault::CutBody | Fault::CutAfter | Fault::Slow(_) | Fault::Hang | Fault::Garbage => None,
    }
}

fn write(reply: &Reply) -> Answer {
    let mut answer = match &reply.body {
        Value::String(page) => Answer::text(reply.status, page),
        body => Answer { status: reply.status, ..Answer::json(serde_json::to_vec(body).unwrap_or_default()) },
    };
    if let Some(seconds) = reply.retry_after {
        answer = answer.with("retry-after", seconds.to_string());
    }
    match &reply.scopes {
        Some((granted, accepted)) => answer.with("x-oauth-scopes", granted.clone()).with("x-accepted-oauth-scopes", accepted.clone()),
        None => answer,
    }
}

/// A warning stands at the top and among the metadata ("Using the Slack Web API").
fn warn(body: &mut Map<String, Value>, warning: &str) {
    body.insert("warning".into(), json!(warning));
    let metadata = body.entry("response_metadata").or_insert_with(|| json!({}));
    metadata["warnings"] = json!([warning]);
}
