//! GitLab: a pipeline with variables is a deploy.
//!
//! - Pipelines: <https://docs.gitlab.com/api/pipelines/>. Commits and what CI says of them: <https://docs.gitlab.com/api/commits/>.
//!   Comparing: <https://docs.gitlab.com/api/repositories/>.
//! - Webhooks: <https://docs.gitlab.com/user/project/integrations/webhook_events/>, pipeline and merge request events.
//!
//! A pipeline is made for a branch or tag, not for a commit: which commit it took is in the answer, and another one than was checked is
//! not deployed. Where a commit was asked for, the pipeline is that of the default ref, and `DEPLOY_SHA` says which commit it is to deploy.
//! There is no idempotency key: a pipeline of which nobody knows whether it was made is looked up by its variables.

use super::json::{body, escaped, id, link, list, owned, sha, text};
use super::{Call, Cancelling, Check, Commit, Found, Mark, Merged, News, Order, Progress, Provider, Started, Trouble, Verdict, moment};
use crate::apps::Origin;
use hatstand_plugin::HttpAnswer;
use serde_json::{Value, json};

/// The variable with the key of the order.
const KEY: &str = "HATSTAND_DEPLOY";

/// So many pipelines of a commit may be the one that is looked for.
const CANDIDATES: usize = 5;

pub struct Gitlab<'a>(pub &'a Origin);

impl Gitlab<'_> {
    fn get(&self, path: &str) -> Call {
        Call::get(self.address(path))
    }

    fn address(&self, path: &str) -> String {
        format!("{}/projects/{}{path}", self.0.base, escaped(&self.0.what))
    }
}

impl Provider for Gitlab<'_> {
    fn resolve(&self, git_ref: &str) -> Option<Call> {
        Some(self.get(&format!("/repository/commits/{}", escaped(git_ref))))
    }

    fn commit(&self, answer: &HttpAnswer) -> Result<Commit, Trouble> {
        let body = body(answer)?;
        Ok(Commit { sha: sha(&body, "/id").ok_or(Trouble::Unreadable)?, url: link(&body, "/web_url") })
    }

    /// What comes to the head from the base is what the head lacks.
    fn compare(&self, base: &str, head: &str) -> Option<Call> {
        Some(self.get(&format!("/repository/compare?from={}&to={}", escaped(head), escaped(base))))
    }

    fn behind(&self, answer: &HttpAnswer) -> Result<u64, Trouble> {
        let body = body(answer)?;
        let commits = body.pointer("/commits").and_then(Value::as_array).ok_or(Trouble::Unreadable)?;
        Ok(commits.len() as u64)
    }

    fn checks(&self, sha: &str, page: usize) -> Option<Call> {
        (page == 0).then(|| self.get(&format!("/repository/commits/{sha}/statuses?per_page=100")))
    }

    fn verdicts(&self, answer: &HttpAnswer, _page: usize) -> Result<Vec<Check>, Trouble> {
        Ok(list(answer)?.iter().filter_map(of_status).collect())
    }

    fn difference(&self, from: &str, to: &str) -> Option<String> {
        let site = self.0.base.strip_suffix("/api/v4")?;
        // A number does not lead to a page.
        let is_path = self.0.what.contains('/');
        is_path.then(|| format!("{site}/{}/-/compare/{from}...{to}", self.0.what))
    }

    fn start(&self, order: &Order<'_>) -> Call {
        let own = [
            (KEY, order.key.to_owned()),
            ("DEPLOY_APP", order.app.to_owned()),
            ("DEPLOY_ENVIRONMENT", order.environment.to_owned()),
            ("DEPLOY_HOSTS", order.hosts.join(",")),
            ("DEPLOY_SHA", order.sha.unwrap_or_default().to_owned()),
            ("DEPLOY_TASK", order.task.unwrap_or("deploy").to_owned()),
            ("DEPLOY_BY", order.by.to_owned()),
        ];
        let own = own.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| json!({ "key": key, "value": value }));
        let given = order.parameters.iter().map(|(key, value)| json!({ "key": key, "value": value }));
        let variables: Vec<Value> = own.chain(given).collect();
        let git_ref = if order.is_for_commit() { order.default_ref } else { order.git_ref };
        Call::post(self.address("/pipeline"), &json!({ "ref": git_ref, "variables": variables }))
    }

    fn started(&self, answer: &HttpAnswer) -> Result<Started, Trouble> {
        of_pipeline(&body(answer)?).ok_or(Trouble::Unreadable)
    }

    fn find(&self, order: &Order<'_>) -> Option<Call> {
        let sha = order.sha.unwrap_or_default();
        Some(self.get(&format!("/pipelines?sha={sha}&source=api&order_by=id&sort=desc&per_page={CANDIDATES}")))
    }

    fn found(&self, answer: &HttpAnswer, _order: &Order<'_>) -> Result<Found, Trouble> {
        let candidates: Vec<String> = list(answer)?.iter().filter_map(|pipeline| id(pipeline, "/id")).collect();
        Ok(if candidates.is_empty() { Found::Nothing } else { Found::Among(candidates) })
    }

    fn recognize(&self, id: &str) -> Option<Call> {
        Some(self.get(&format!("/pipelines/{id}/variables")))
    }

    fn recognized(&self, answer: &HttpAnswer, order: &Order<'_>, id: &str) -> Result<Option<Started>, Trouble> {
        let is_it = key(&list(answer)?).as_deref() == Some(order.key);
        Ok(is_it.then(|| Started { id: id.to_owned(), link: None, sha: None }))
    }

    fn cancel(&self, id: &str, _by: &str) -> Cancelling {
        Cancelling::Stops(Call::post(self.address(&format!("/pipelines/{id}/cancel")), &json!({})))
    }

    fn read(&self, id: &str) -> Option<Call> {
        Some(self.get(&format!("/pipelines/{id}")))
    }

    fn news(&self, answer: &HttpAnswer, _id: &str) -> Result<News, Trouble> {
        of_attributes(&body(answer)?, "/web_url").ok_or(Trouble::Unreadable)
    }

    fn verify(&self) -> Call {
        self.get("")
    }
}

pub fn heard(body: &Value) -> Option<News> {
    if text(body, "/object_kind") != Some("pipeline") {
        return None;
    }
    let pipeline = body.pointer("/object_attributes")?;
    let variables = pipeline.pointer("/variables").and_then(Value::as_array);
    let news = of_attributes(pipeline, "/url")?;
    Some(News { key: variables.and_then(|variables| key(variables)), ..news })
}

/// Merge request events.
pub fn merged(body: &Value) -> Option<Merged> {
    let is_merged = text(body, "/object_kind") == Some("merge_request") && text(body, "/object_attributes/action") == Some("merge");
    is_merged.then(|| {
        let branch = owned(body, "/object_attributes/source_branch")?;
        Some(Merged { repository: owned(body, "/project/path_with_namespace")?, branch })
    })?
}

/// How far a pipeline has come. Its webhooks have no time of their own, so that of the latest thing they tell counts; what it came to
/// counts more than that it goes on.
fn of_attributes(pipeline: &Value, place: &str) -> Option<News> {
    let (progress, rank) = match text(pipeline, "/status")? {
        "created" | "waiting_for_resource" | "preparing" | "scheduled" | "manual" => (Progress::Pending, 0),
        "pending" => (Progress::Pending, 1),
        "running" => (Progress::Running, 2),
        "success" => (Progress::Succeeded, 3),
        "failed" => (Progress::Failed, 3),
        "canceling" => (Progress::Running, 2),
        "canceled" | "skipped" => (Progress::Cancelled, 3),
        _ => return None,
    };
    let times = ["/created_at", "/started_at", "/updated_at", "/finished_at"];
    let at = times.iter().filter_map(|time| text(pipeline, time).and_then(moment::read)).max().unwrap_or_default();
    let mark = Mark { at, number: rank };
    Some(News { key: None, id: id(pipeline, "/id"), progress, mark, link: link(pipeline, place), text: None })
}

fn of_pipeline(pipeline: &Value) -> Option<Started> {
    Some(Started { id: id(pipeline, "/id")?, link: link(pipeline, "/web_url"), sha: sha(pipeline, "/sha") })
}

fn key(variables: &[Value]) -> Option<String> {
    variables.iter().find(|variable| text(variable, "/key") == Some(KEY)).and_then(|variable| owned(variable, "/value"))
}

fn of_status(status: &Value) -> Option<Check> {
    let verdict = match text(status, "/status")? {
        "success" | "skipped" => Verdict::Passed,
        "failed" | "canceled" => Verdict::Failed,
        _ => Verdict::Pending,
    };
    Some(Check { context: owned(status, "/name")?, verdict })
}
