//! Any service that takes a deploy as a `POST` and tells later what became of it.
//!
//! It gets `{"deploy", "app", "environment", "hosts", "ref", "sha", "task", "parameters", "reason", "by"}` at the app's `url`, with an
//! `Idempotency-Key`: it must do the same key once. It answers 2xx and `{"id"}`, and optionally a `url` for people. It tells by the webhook
//! `generic`: `{"key", "id", "state", "updated_at", "url", "description"}`, where `key` is the idempotency key, `state` is `accepted`,
//! `running`, `success`, `failure` or `cancelled`, and `updated_at` a time such as `2026-01-05T10:00:00Z`. `GET <url>/<id>` answers the
//! same to whoever asks, and `DELETE <url>/<id>` cancels.

use super::json::{body, id, link, owned, text};
use super::{Call, Cancelling, Found, Mark, News, Order, Progress, Provider, Started, Trouble, moment};
use crate::apps::Origin;
use hatstand_plugin::HttpAnswer;
use serde_json::{Value, json};

pub struct Generic<'a>(pub &'a Origin);

impl Generic<'_> {
    fn one(&self, id: &str) -> Call {
        Call::get(format!("{}/{id}", self.0.base))
    }
}

impl Provider for Generic<'_> {
    fn start(&self, order: &Order<'_>) -> Call {
        let body = json!({
            "deploy": order.number,
            "app": order.app,
            "environment": order.environment,
            "hosts": order.hosts,
            "ref": order.git_ref,
            "sha": order.sha,
            "task": order.task,
            "parameters": order.parameters,
            "reason": order.reason,
            "by": order.by,
        });
        Call { idempotency_key: Some(order.key.to_owned()), ..Call::post(self.0.base.clone(), &body) }
    }

    fn started(&self, answer: &HttpAnswer) -> Result<Started, Trouble> {
        let body = body(answer)?;
        Ok(Started { id: id(&body, "/id").ok_or(Trouble::Unreadable)?, link: link(&body, "/url"), sha: None })
    }

    /// The same key is done once, so it is simply sent again.
    fn find(&self, order: &Order<'_>) -> Option<Call> {
        Some(self.start(order))
    }

    fn found(&self, answer: &HttpAnswer, _order: &Order<'_>) -> Result<Found, Trouble> {
        self.started(answer).map(Found::Started)
    }

    fn cancel(&self, id: &str, _by: &str) -> Cancelling {
        Cancelling::Stops(Call { method: "DELETE", ..self.one(id) })
    }

    fn read(&self, id: &str) -> Option<Call> {
        Some(self.one(id))
    }

    fn news(&self, answer: &HttpAnswer, _id: &str) -> Result<News, Trouble> {
        told(&body(answer)?).ok_or(Trouble::Unreadable)
    }

    fn verify(&self) -> Call {
        Call::get(self.0.base.clone())
    }
}

pub fn heard(body: &Value) -> Option<News> {
    Some(News { key: Some(owned(body, "/key")?), ..told(body)? })
}

/// Of what has the same time, what it came to is later.
fn told(body: &Value) -> Option<News> {
    let (progress, rank) = match text(body, "/state")? {
        "accepted" => (Progress::Pending, 1),
        "running" => (Progress::Running, 2),
        "success" => (Progress::Succeeded, 3),
        "failure" => (Progress::Failed, 3),
        "cancelled" => (Progress::Cancelled, 3),
        _ => return None,
    };
    let at = text(body, "/updated_at").and_then(moment::read).unwrap_or_default();
    let (link, text) = (link(body, "/url"), owned(body, "/description"));
    Some(News { key: None, id: id(body, "/id"), progress, mark: Mark { at, number: rank }, link, text })
}
