//! Any service that takes a deploy as a `POST` and tells later what became of it.
//!
//! It gets `{"id", "number", "app", "environment", "hosts", "ref", "sha", "task", "parameters", "reason", "by"}` at the app's `url`, with
//! the `id` as `Idempotency-Key` too: it must do the same id once. It answers 2xx, optionally with `{"url"}` for people. It tells by the
//! webhook `generic`: `{"id", "state", "at", "number", "url", "text"}`, where `state` is `pending`, `running`, `success`, `failure` or
//! `cancelled`, `at` a time such as `2026-01-05T10:00:00Z`, and `number` orders what has the same time. `GET <url>/<id>` answers the same
//! for whoever asks, and `DELETE <url>/<id>` cancels.

use super::json::{body, link, needed, number, owned, text};
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
            "id": order.key,
            "number": order.number,
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

    /// It knows a deploy by the id that it was given.
    fn started(&self, answer: &HttpAnswer) -> Result<Started, Trouble> {
        Ok(Started { id: String::new(), link: body(answer).ok().and_then(|body| link(&body, "/url")), sha: None })
    }

    /// The same id is done once, so it is simply sent again.
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
        let body = body(answer)?;
        needed(&body, "/state")?;
        told(&body).ok_or(Trouble::Unreadable)
    }

    fn verify(&self) -> Call {
        Call::get(self.0.base.clone())
    }
}

pub fn heard(body: &Value) -> Option<News> {
    Some(News { key: Some(owned(body, "/id")?), ..told(body)? })
}

fn told(body: &Value) -> Option<News> {
    let progress = match text(body, "/state")? {
        "pending" => Progress::Pending,
        "running" => Progress::Running,
        "success" => Progress::Succeeded,
        "failure" => Progress::Failed,
        "cancelled" => Progress::Cancelled,
        _ => return None,
    };
    let at = text(body, "/at").and_then(moment::read).unwrap_or_default();
    let mark = Mark { at, number: number(body, "/number").unwrap_or_default() };
    Some(News { key: None, id: None, progress, mark, link: link(body, "/url"), text: owned(body, "/text") })
}
