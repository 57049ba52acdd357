//! Whether somebody may deploy that there: the checks that need neither the store nor a provider. Each that fails says why, and ends it.

use crate::apps::{App, Apps, Environment, same};
use crate::ask::Ask;
use crate::providers::{Check, Verdict};
use crate::shelf::Past;
use crate::texts::refusal::{self, No};
use hatstand_plugin::directory::{Channel as KnownChannel, Person};

/// What somebody means, as the configuration calls it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target<'a> {
    pub app: &'a App,
    pub environment: &'a Environment,
    pub hosts: Vec<String>,
    pub task: Option<String>,
}

/// Who asks, and where.
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a> {
    pub person: &'a Person,
    pub channel: &'a KnownChannel,
}

/// The checks 2 to 6, in their order.
///
/// # Errors
///
/// The first that fails.
pub fn target<'a>(apps: &'a Apps, ask: &Ask, asker: Asker<'_>) -> Result<Target<'a>, No> {
    let app = apps.find(&ask.app).ok_or_else(|| refusal::app(&ask.app, &apps.nearest(&ask.app)))?;
    if !app.environments.iter().any(|environment| is_room(environment, asker.channel)) {
        return Err(wrong_room(app, &app.environments));
    }
    if !app.environments.iter().any(|environment| may(environment, asker.person)) {
        return Err(refusal::person(&app.name, None));
    }
    let environment = environment(app, ask.environment.as_deref())?;
    if !is_room(environment, asker.channel) {
        return Err(wrong_room(app, std::slice::from_ref(environment)));
    }
    if !may(environment, asker.person) {
        return Err(refusal::person(&app.name, Some(environment)));
    }
    let hosts = hosts(environment, ask.hosts.as_deref())?;
    let task = ask.task.as_deref().map(|task| app.task(task).ok_or_else(|| refusal::task(app, task))).transpose()?;
    Ok(Target { app, environment, hosts, task: task.map(str::to_owned) })
}

/// The environment of this name, or the default one.
pub fn environment<'a>(app: &'a App, name: Option<&str>) -> Result<&'a Environment, No> {
    match (name, app.default.as_deref()) {
        (Some(name), _) => app.environment(name).ok_or_else(|| refusal::environment(app, name)),
        (None, Some(default)) => {
            let environment = app.environment(default).filter(|environment| !environment.say_it);
            environment.ok_or_else(|| refusal::environment_missing(app))
        }
        (None, None) => Err(refusal::environment_missing(app)),
    }
}

/// Is it deployed from here?
pub fn is_room(environment: &Environment, channel: &KnownChannel) -> bool {
    let is = |room: &String| channel.id.as_str() == room || (!channel.direct && same(room.trim_start_matches('#'), &channel.name));
    environment.rooms.is_empty() || environment.rooms.iter().any(is)
}

/// May somebody deploy there?
pub fn may(environment: &Environment, person: &Person) -> bool {
    let is = |who: &String| person.id.as_str() == who || (who == "admins" && person.admin);
    environment.deployers.is_empty() || environment.deployers.iter().any(is)
}

/// Has CI passed in all of these contexts?
pub fn has_passed(wanted: &[String], checks: &[Check]) -> bool {
    wanted.iter().all(|context| checks.iter().any(|check| check.context == *context && check.verdict == Verdict::Passed))
}

/// Was this on an environment, whatever is there now?
pub fn has_been(past: &[Past], what: &str) -> bool {
    past.iter().any(|entry| entry.is_deployed() && entry.what() == what)
}

/// What was there before the last deploy, whatever became of that one.
pub fn before(past: &[Past]) -> Option<&Past> {
    let last = past.iter().rfind(|entry| entry.begun && entry.task.is_none())?;
    past.iter().rfind(|entry| entry.is_deployed() && entry.what() != last.what())
}

fn wrong_room(app: &App, environments: &[Environment]) -> No {
    let mut rooms: Vec<&str> = environments.iter().flat_map(|environment| &environment.rooms).map(String::as_str).collect();
    rooms.sort_unstable();
    rooms.dedup();
    refusal::room(&app.name, &rooms)
}

fn hosts(environment: &Environment, typed: Option<&str>) -> Result<Vec<String>, No> {
    let typed = typed.into_iter().flat_map(|hosts| hosts.split(',')).map(str::trim).filter(|host| !host.is_empty());
    let known =
        |host: &str| environment.hosts.iter().find(|known| same(known, host)).cloned().ok_or_else(|| refusal::host(environment, host));
    typed.map(known).collect()
}
