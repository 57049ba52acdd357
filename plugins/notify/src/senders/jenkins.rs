//! What the Notification plugin of Jenkins sends, in its format JSON: <https://plugins.jenkins.io/notification/>.
//!
//! A message is about a build. The plugin sends one piece of news when a build is queued, one when it starts, one when it is completed,
//! and one when everything after that is done too.

use super::{Payload, Reading, branch, ignored, wrapping};
use crate::news::{News, Source, State, Topic};
use hatstand_plugin::prelude::*;

/// The names of more failed tests are not told.
const FAILED: usize = 3;

pub fn read(payload: Payload<'_>, received: Instant) -> Reading {
    let phase = payload.need("build.phase")?;
    let (state, step) = match phase.as_str() {
        // Until it is completed, the status is that of no build or of the one before.
        "QUEUED" => (State::Waiting, 0),
        "STARTED" => (State::Running, 1),
        "COMPLETED" => (result(payload)?, 2),
        "FINALIZED" => (result(payload)?, 3),
        other => return ignored(format!("a build in the phase `{other}`")),
    };
    let project = job(payload)?;
    let number = payload.need_number("build.number")?;
    let at = payload.number("build.timestamp").filter(|millis| *millis > 0).map_or(received, Instant);
    let took = payload.number("build.duration").filter(|millis| *millis > 0 && state.is_end()).map(Duration::from_millis);
    let built = payload.text("build.scm.branch").and_then(|reference| branch(&reference));
    Ok(vec![News {
        project,
        branch: built.map(|branch| branch.strip_prefix("origin/").map(str::to_owned).unwrap_or(branch)),
        subject: format!("build {number}"),
        part: "build".to_owned(),
        name: format!("build {number}"),
        // Greater for every later build, even if a job of the same name began to count anew.
        attempt: payload.number("build.queue_id").unwrap_or_default(),
        step,
        took,
        detail: detail(payload).filter(|_| state == State::Failed),
        people: payload.texts("build.scm.culprits"),
        link: payload.text("build.full_url"),
        ..News::new(Source::Jenkins, Topic::Builds, state, at)
    }])
}

/// The results of Jenkins: <https://javadoc.jenkins.io/hudson/model/Result.html>.
fn result(payload: Payload<'_>) -> Reading<State> {
    Ok(match payload.need("build.status")?.as_str() {
        "SUCCESS" => State::Well,
        "FAILURE" | "UNSTABLE" => State::Failed,
        "ABORTED" => State::Cancelled,
        "NOT_BUILT" => State::Skipped,
        other => return ignored(format!("a build with the result `{other}`")),
    })
}

/// The whole name of a job: those in folders have only the last part of it in `name`, and all of it in `url`.
fn job(payload: Payload<'_>) -> Reading<String> {
    let url = payload.text("url").unwrap_or_default();
    let parts: Vec<&str> = url.split('/').filter(|part| !part.is_empty()).collect();
    let names: Vec<String> =
        parts.chunks(2).filter_map(|pair| if let ["job", name] = pair { Some(wrapping::unescaped(name)) } else { None }).collect();
    let is_path = !names.is_empty() && 2 * names.len() == parts.len();
    if is_path { Ok(names.join("/")) } else { payload.need("name") }
}

/// What failed: tests, or something that Jenkins does not tell.
fn detail(payload: Payload<'_>) -> Option<String> {
    let (failed, total) = (payload.number("build.test_summary.failed")?, payload.number("build.test_summary.total")?);
    if failed == 0 {
        return None;
    }
    let names = payload.texts("build.test_summary.failed_tests");
    let named = names.iter().take(FAILED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let named = if named.is_empty() { named } else { format!(", such as {named}") };
    Some(format!("{failed} of {total} tests{named}"))
}
