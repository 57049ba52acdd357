//! Jenkins: a job with parameters is a deploy, first as an item in the queue and then as a build.
//!
//! - Remote access: <https://www.jenkins.io/doc/book/using/remote-access-api/>. Crumbs:
//!   <https://www.jenkins.io/doc/book/security/csrf-protection/>. Requests with an API token need none. A crumb may belong to a session,
//!   and no cookie reaches a plugin: a Jenkins that wants both needs an API token, or a crumb issuer without sessions.
//! - That a build with parameters answers with the queue item as `Location`: <https://issues.jenkins.io/browse/JENKINS-23235>.
//! - Notifications: <https://plugins.jenkins.io/notification/>.
//!
//! Jenkins says nothing by itself unless it has that plugin: it is asked again and again.

use super::json::{body, escaped, link, needed, number, owned, text};
use super::{Call, Cancelling, Found, Mark, News, Order, Progress, Provider, Started, Trouble};
use crate::apps::Origin;
use hatstand_plugin::HttpAnswer;
use hatstand_plugin::prelude::*;
use serde_json::Value;

/// The parameter with the key of the order.
const KEY: &str = "HATSTAND_DEPLOY";

/// Where builds wait before they are any.
const QUEUE: &str = "queue";

/// What of a build or an item tells whose it is.
const PARAMETERS: &str = "actions[parameters[name,value]]";

/// So many of the last builds may be the one that is looked for.
const CANDIDATES: usize = 30;

pub struct Jenkins<'a>(pub &'a Origin);

impl Jenkins<'_> {
    /// The address of the job: each folder on the way is `job/` and its name.
    fn job(&self) -> String {
        let path = self.0.what.split('/').filter(|part| !part.is_empty() && *part != "job");
        path.fold(self.0.base.clone(), |address, part| format!("{address}/job/{}", escaped(part)))
    }

    fn post(url: String) -> Call {
        Call { method: "POST", ..Call::get(url) }.header("Content-Type", "application/x-www-form-urlencoded")
    }
}

/// What an identity stands for: `queue/7` or `build/42`.
fn number_of<'a>(id: &'a str, what: &str) -> Option<&'a str> {
    id.strip_prefix(what)?.strip_prefix('/')
}

impl Provider for Jenkins<'_> {
    fn prepare(&self) -> Option<Call> {
        self.0.crumb.then(|| Call::get(format!("{}/crumbIssuer/api/json", self.0.base)))
    }

    fn prepared(&self, answer: &HttpAnswer) -> Result<Vec<(String, String)>, Trouble> {
        let body = body(answer)?;
        Ok(vec![(needed(&body, "/crumbRequestField")?, needed(&body, "/crumb")?)])
    }

    fn start(&self, order: &Order<'_>) -> Call {
        let own = [
            (KEY, order.key.to_owned()),
            ("APP", order.app.to_owned()),
            ("ENVIRONMENT", order.environment.to_owned()),
            ("HOSTS", order.hosts.join(",")),
            ("REF", order.git_ref.to_owned()),
            ("SHA", order.sha.unwrap_or_default().to_owned()),
            ("TASK", order.task.unwrap_or("deploy").to_owned()),
            ("DEPLOYED_BY", order.by.to_owned()),
        ];
        let given = order.parameters.iter().map(|(key, value)| (key.as_str(), value.clone()));
        let form = own.into_iter().chain(given).map(|(key, value)| format!("{}={}", escaped(key), escaped(&value)));
        let body = form.collect::<Vec<_>>().join("&").into_bytes();
        Call { body, ..Self::post(format!("{}/buildWithParameters", self.job())) }
    }

    fn started(&self, answer: &HttpAnswer) -> Result<Started, Trouble> {
        let item = answer.header("Location").and_then(|location| location.trim_end_matches('/').rsplit_once("/queue/item/"));
        let (_, item) = item.ok_or(Trouble::Unreadable)?;
        Ok(Started { id: format!("{QUEUE}/{item}"), link: None, sha: None })
    }

    /// First among the builds; what is none yet waits in the queue.
    fn find(&self, _order: &Order<'_>) -> Option<Call> {
        let tree = format!("builds[number,url,{PARAMETERS}]{{0,{CANDIDATES}}}");
        Some(Call::get(format!("{}/api/json?tree={}", self.job(), escaped(&tree))))
    }

    fn found(&self, answer: &HttpAnswer, order: &Order<'_>) -> Result<Found, Trouble> {
        let body = body(answer)?;
        let Some(build) = with_key(&body, "/builds", order)? else { return Ok(Found::Among(vec![QUEUE.to_owned()])) };
        let number = number(build, "/number").ok_or(Trouble::Unreadable)?;
        Ok(Found::Started(Started { id: format!("build/{number}"), link: link(build, "/url"), sha: None }))
    }

    fn recognize(&self, _queue: &str) -> Option<Call> {
        let tree = format!("items[id,{PARAMETERS}]");
        Some(Call::get(format!("{}/queue/api/json?tree={}", self.0.base, escaped(&tree))))
    }

    fn recognized(&self, answer: &HttpAnswer, order: &Order<'_>, _queue: &str) -> Result<Option<Started>, Trouble> {
        let body = body(answer)?;
        let item = with_key(&body, "/items", order)?.and_then(|item| number(item, "/id"));
        Ok(item.map(|item| Started { id: format!("{QUEUE}/{item}"), link: None, sha: None }))
    }

    fn cancel(&self, id: &str, _by: &str) -> Cancelling {
        match (number_of(id, "build"), number_of(id, QUEUE)) {
            (Some(build), _) => Cancelling::Stops(Self::post(format!("{}/{build}/stop", self.job()))),
            (None, Some(item)) => Cancelling::Stops(Self::post(format!("{}/queue/cancelItem?id={item}", self.0.base))),
            (None, None) => Cancelling::Impossible,
        }
    }

    fn read(&self, id: &str) -> Option<Call> {
        match (number_of(id, "build"), number_of(id, QUEUE)) {
            (Some(build), _) => Some(Call::get(format!("{}/{build}/api/json", self.job()))),
            (None, Some(item)) => Some(Call::get(format!("{}/queue/item/{item}/api/json", self.0.base))),
            (None, None) => None,
        }
    }

    fn news(&self, answer: &HttpAnswer, id: &str) -> Result<News, Trouble> {
        let body = body(answer)?;
        if number_of(id, QUEUE).is_some() { Ok(of_item(&body)) } else { of_build(&body).ok_or(Trouble::Unreadable) }
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(15)
    }

    fn verify(&self) -> Call {
        Call::get(format!("{}/api/json?tree=name", self.job()))
    }
}

/// What the notification plugin sends: the phase says what happened, and only at the end the status what came of it.
pub fn heard(body: &Value) -> Option<News> {
    let build = body.pointer("/build")?;
    let (progress, rank) = match (text(build, "/phase")?, text(build, "/status")) {
        ("QUEUED", _) => (Progress::Pending, 0),
        ("STARTED", _) => (Progress::Running, 1),
        ("COMPLETED" | "FINALIZED", Some(status)) => (of_result(status), 2),
        _ => return None,
    };
    let named = build.pointer("/parameters").and_then(|parameters| owned(parameters, &format!("/{KEY}")));
    let id = number(build, "/number").filter(|number| *number > 0).map(|number| format!("build/{number}"));
    Some(News { key: named, id, progress, mark: Mark { at: rank, number: 0 }, link: link(build, "/full_url"), text: None })
}

/// An item of the queue becomes a build, or is taken out.
fn of_item(item: &Value) -> News {
    let build = number(item, "/executable/number");
    let cancelled = item.pointer("/cancelled").and_then(Value::as_bool).unwrap_or_default();
    let progress = match build {
        _ if cancelled => Progress::Cancelled,
        Some(_) => Progress::Running,
        None => Progress::Pending,
    };
    let mark = Mark { at: if cancelled { 2 } else { u64::from(build.is_some()) }, number: 0 };
    let id = build.map(|number| format!("build/{number}"));
    News { key: None, id, progress, mark, link: link(item, "/executable/url"), text: owned(item, "/why") }
}

fn of_build(build: &Value) -> Option<News> {
    let building = build.pointer("/building")?.as_bool()?;
    let progress = match text(build, "/result") {
        Some(result) if !building => of_result(result),
        _ => Progress::Running,
    };
    let mark = Mark { at: if progress.is_over() { 2 } else { 1 }, number: 0 };
    Some(News { key: None, id: None, progress, mark, link: link(build, "/url"), text: None })
}

fn of_result(result: &str) -> Progress {
    match result {
        "SUCCESS" => Progress::Succeeded,
        "ABORTED" | "NOT_BUILT" => Progress::Cancelled,
        _ => Progress::Failed,
    }
}

/// The one of some builds or items that was ordered.
fn with_key<'a>(body: &'a Value, place: &str, order: &Order<'_>) -> Result<Option<&'a Value>, Trouble> {
    let among = body.pointer(place).and_then(Value::as_array).ok_or(Trouble::Unreadable)?;
    Ok(among.iter().find(|one| key(one).as_deref() == Some(order.key)))
}

fn key(build: &Value) -> Option<String> {
    let actions = build.pointer("/actions").and_then(Value::as_array)?;
    let parameters = actions.iter().filter_map(|action| action.pointer("/parameters").and_then(Value::as_array)).flatten();
    parameters.into_iter().find(|parameter| text(parameter, "/name") == Some(KEY)).and_then(|parameter| owned(parameter, "/value"))
}
