//! GitHub: deployments and their statuses. Somebody else does the work there, a workflow or a service, and tells by statuses.
//!
//! - Deployments: <https://docs.github.com/en/rest/deployments/deployments>, their statuses
//!   <https://docs.github.com/en/rest/deployments/statuses>.
//! - Commits, comparing and commit statuses: <https://docs.github.com/en/rest/commits>; check runs
//!   <https://docs.github.com/en/rest/checks/runs>.
//! - Webhooks: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.
//!
//! A deployment has no idempotency key: one of which nobody knows whether it was made is looked up by the key in its payload. Nor can it be
//! cancelled: a status says that it is over, and whoever does the work may go on all the same.

use super::json::{body, escaped, id, link, list, number, owned, sha, text};
use super::{Call, Cancelling, Check, Commit, Found, Mark, Merged, News, Order, Progress, Provider, Started, Trouble, Verdict, moment};
use crate::apps::Origin;
use hatstand_plugin::HttpAnswer;
use serde_json::{Value, json};

/// So many are told at once, at most: <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>.
const PAGE: usize = 100;

/// The task of a deployment that names none.
const TASK: &str = "deploy";

pub struct Github<'a>(pub &'a Origin);

impl Github<'_> {
    fn address(&self, path: &str) -> String {
        format!("{}/repos/{}{path}", self.0.base, self.0.what)
    }

    fn get(&self, path: &str) -> Call {
        dressed(Call::get(self.address(path)))
    }

    fn post(&self, path: &str, body: &Value) -> Call {
        dressed(Call::post(self.address(path), body))
    }

    /// Where people look: another host than the API's, or on a server of one's own the same.
    fn site(&self) -> String {
        match self.0.base.strip_suffix("/api/v3") {
            Some(own) => own.to_owned(),
            None => self.0.base.replacen("://api.", "://", 1),
        }
    }
}

/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
fn dressed(call: Call) -> Call {
    call.header("Accept", "application/vnd.github+json").header("X-GitHub-Api-Version", "2022-11-28").header("User-Agent", "hatstand")
}

impl Provider for Github<'_> {
    fn resolve(&self, git_ref: &str) -> Option<Call> {
        Some(self.get(&format!("/commits/{}", escaped(git_ref))))
    }

    fn commit(&self, answer: &HttpAnswer) -> Result<Commit, Trouble> {
        let body = body(answer)?;
        Ok(Commit { sha: sha(&body, "/sha").ok_or(Trouble::Unreadable)?, url: link(&body, "/html_url") })
    }

    fn compare(&self, base: &str, head: &str) -> Option<Call> {
        Some(self.get(&format!("/compare/{}...{}?per_page=1", escaped(base), escaped(head))))
    }

    fn behind(&self, answer: &HttpAnswer) -> Result<u64, Trouble> {
        number(&body(answer)?, "/behind_by").ok_or(Trouble::Unreadable)
    }

    /// First the statuses of the commit, then its check runs.
    fn checks(&self, sha: &str, page: usize) -> Option<Call> {
        match page {
            0 => Some(self.get(&format!("/commits/{sha}/status?per_page={PAGE}"))),
            1 => Some(self.get(&format!("/commits/{sha}/check-runs?per_page={PAGE}"))),
            _ => None,
        }
    }

    fn verdicts(&self, answer: &HttpAnswer, page: usize) -> Result<Vec<Check>, Trouble> {
        let body = body(answer)?;
        let (place, read): (_, fn(&Value) -> Option<Check>) = if page == 0 { ("/statuses", of_status) } else { ("/check_runs", of_run) };
        let found = body.pointer(place).and_then(Value::as_array).ok_or(Trouble::Unreadable)?;
        Ok(found.iter().filter_map(read).collect())
    }

    fn difference(&self, from: &str, to: &str) -> Option<String> {
        Some(format!("{}/{}/compare/{from}...{to}", self.site(), self.0.what))
    }

    fn start(&self, order: &Order<'_>) -> Call {
        let payload = json!({
            "hatstand": order.key,
            "hosts": order.hosts,
            "parameters": order.parameters,
            "ref": order.git_ref,
            "by": order.by,
        });
        let body = json!({
            "ref": order.sha.unwrap_or(order.git_ref),
            "task": order.task.unwrap_or(TASK),
            "environment": order.environment,
            "description": order.reason.unwrap_or_default().chars().take(140).collect::<String>(),
            // What was asked for is deployed, and what CI says was looked at already.
            "auto_merge": false,
            "required_contexts": [],
            "payload": payload,
        });
        self.post("/deployments", &body)
    }

    fn started(&self, answer: &HttpAnswer) -> Result<Started, Trouble> {
        let body = body(answer)?;
        let id = id(&body, "/id").ok_or(Trouble::Unreadable)?;
        Ok(Started { id, link: None, sha: sha(&body, "/sha") })
    }

    fn find(&self, order: &Order<'_>) -> Option<Call> {
        let (sha, environment, task) = (order.sha.unwrap_or_default(), escaped(order.environment), escaped(order.task.unwrap_or(TASK)));
        Some(self.get(&format!("/deployments?sha={sha}&environment={environment}&task={task}&per_page={PAGE}")))
    }

    fn found(&self, answer: &HttpAnswer, order: &Order<'_>) -> Result<Found, Trouble> {
        let known = list(answer)?.into_iter().find(|deployment| key(deployment, "/payload").as_deref() == Some(order.key));
        let started = known.and_then(|deployment| Some(Started { id: id(&deployment, "/id")?, link: None, sha: sha(&deployment, "/sha") }));
        Ok(started.map_or(Found::Nothing, Found::Started))
    }

    fn cancel(&self, id: &str, by: &str) -> Cancelling {
        let body = json!({ "state": "error", "description": format!("Cancelled by {by}"), "auto_inactive": false });
        Cancelling::Marks(self.post(&format!("/deployments/{id}/statuses"), &body))
    }

    fn read(&self, id: &str) -> Option<Call> {
        Some(self.get(&format!("/deployments/{id}/statuses?per_page={PAGE}")))
    }

    /// Of all statuses the latest one; none yet means that nobody has picked it up.
    fn news(&self, answer: &HttpAnswer, _id: &str) -> Result<News, Trouble> {
        let statuses = list(answer)?;
        let latest = statuses.iter().filter_map(of_deployment).max_by_key(|news| news.mark);
        let none = News { key: None, id: None, progress: Progress::Pending, mark: Mark::default(), link: None, text: None };
        Ok(latest.unwrap_or(none))
    }

    fn verify(&self) -> Call {
        self.get("")
    }
}

pub fn heard(event: &str, body: &Value) -> Option<News> {
    if event != "deployment_status" {
        return None;
    }
    let news = of_deployment(body.pointer("/deployment_status")?)?;
    Some(News { key: key(body, "/deployment/payload"), id: id(body, "/deployment/id"), ..news })
}

/// The event `pull_request`.
pub fn merged(event: &str, body: &Value) -> Option<Merged> {
    let is_merged =
        event == "pull_request" && text(body, "/action") == Some("closed") && body.pointer("/pull_request/merged")?.as_bool()?;
    is_merged.then(|| Some(Merged { repository: owned(body, "/repository/full_name")?, branch: owned(body, "/pull_request/head/ref")? }))?
}

/// The states of a deployment. `inactive` says only that a later one took its place.
fn of_deployment(status: &Value) -> Option<News> {
    let progress = match text(status, "/state")? {
        "pending" | "queued" | "waiting" => Progress::Pending,
        "in_progress" => Progress::Running,
        "success" => Progress::Succeeded,
        "failure" | "error" => Progress::Failed,
        _ => return None,
    };
    let at = text(status, "/created_at").and_then(moment::read).unwrap_or_default();
    let mark = Mark { at, number: number(status, "/id").unwrap_or_default() };
    let link = ["/log_url", "/target_url", "/environment_url"].iter().find_map(|place| link(status, place));
    Some(News { key: None, id: None, progress, mark, link, text: owned(status, "/description") })
}

/// A payload is given back as it was sent, or as the text of it.
fn key(deployment: &Value, place: &str) -> Option<String> {
    match deployment.pointer(place)? {
        Value::String(text) => owned(&serde_json::from_str(text).ok()?, "/hatstand"),
        payload => owned(payload, "/hatstand"),
    }
}

fn of_status(status: &Value) -> Option<Check> {
    let verdict = match text(status, "/state")? {
        "success" => Verdict::Passed,
        "pending" => Verdict::Pending,
        _ => Verdict::Failed,
    };
    Some(Check { context: owned(status, "/context")?, verdict })
}

fn of_run(run: &Value) -> Option<Check> {
    let verdict = match (text(run, "/status")?, text(run, "/conclusion")) {
        ("completed", Some("success" | "neutral" | "skipped")) => Verdict::Passed,
        ("completed", _) => Verdict::Failed,
        _ => Verdict::Pending,
    };
    Some(Check { context: owned(run, "/name")?, verdict })
}
