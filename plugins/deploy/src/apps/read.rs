//! From the setting to apps, with a sentence for everything that can be wrong.

use super::app::{App, Kind, Origin};
use super::environment::Environment;
use super::same;
use serde::Deserialize;
use serde_json::{Map, Value, from_value};
use std::fmt;

const GITHUB: &str = "https://api.github.com";
const GITLAB: &str = "https://gitlab.com/api/v4";

/// Words that begin other commands, or stand in a command where a name could.
const TAKEN: [&str; 20] = [
    "all",
    "cancel",
    "diff",
    "everything",
    "freeze",
    "hat",
    "help",
    "history",
    "hold",
    "latest",
    "queue",
    "rollback",
    "status",
    "steal",
    "thaw",
    "to",
    "in",
    "on",
    "where",
    "because",
];

/// A name stands on buttons, in characters.
const LONGEST_NAME: usize = 40;

/// What is wrong with the configuration, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misconfigured(pub String);

impl fmt::Display for Misconfigured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands in the table of an app itself. All else in it holds for each of its environments.
#[derive(Deserialize)]
struct Table {
    provider: Kind,
    repository: Option<String>,
    project: Option<String>,
    job: Option<String>,
    url: Option<String>,
    #[serde(default)]
    crumb: bool,
    source: Option<Source>,
    #[serde(rename = "ref", default = "main")]
    default_ref: String,
    default: Option<String>,
    #[serde(default)]
    tasks: Vec<String>,
    #[serde(default)]
    environments: Vec<Value>,
}

const OWN: [&str; 11] = ["provider", "repository", "project", "job", "url", "crumb", "source", "ref", "default", "tasks", "environments"];

/// Who knows the commits of an app that somebody else deploys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    provider: Kind,
    repository: Option<String>,
    project: Option<String>,
    url: Option<String>,
}

pub fn apps(json: &str) -> Result<Vec<App>, Misconfigured> {
    let tables: Map<String, Value> =
        serde_json::from_str(json).map_err(|_| Misconfigured("`apps` is not made of tables, one for each app".to_owned()))?;
    let apps = tables.into_iter().map(|(name, table)| app(&name, table)).collect::<Result<Vec<App>, _>>()?;
    match twice(apps.iter().map(|app| app.name.as_str())) {
        Some(name) => Err(Misconfigured(format!("two apps are called `{name}`"))),
        None => Ok(apps),
    }
}

fn app(name: &str, table: Value) -> Result<App, Misconfigured> {
    let wrong = |what: &dyn fmt::Display| Misconfigured(format!("app `{name}`: {what}"));
    if let Err(why) = check_name(name) {
        return Err(wrong(&why));
    }
    let Value::Object(mut shared) = table else { return Err(wrong(&"it is not a table")) };
    let own: Map<String, Value> = OWN.iter().filter_map(|key| shared.remove_entry(*key)).collect();
    let table: Table = from_value(Value::Object(own)).map_err(|why| wrong(&why))?;
    let origin = origin(&table).map_err(|why| wrong(&why))?;
    let source = source(&table, &origin).map_err(|why| wrong(&why))?;
    let environments = environments(name, &shared, table.environments)?;
    let app = App {
        name: name.to_owned(),
        origin,
        source,
        default_ref: table.default_ref,
        default: table.default,
        tasks: table.tasks,
        environments,
    };
    check(&app).map_err(|why| wrong(&why))?;
    Ok(app)
}

fn origin(table: &Table) -> Result<Origin, String> {
    let base = |known: Option<&str>| match (&table.url, known) {
        (Some(url), _) => address(url),
        (None, Some(known)) => Ok(known.to_owned()),
        (None, None) => Err("it needs a `url`".to_owned()),
    };
    let needs = |what: &Option<String>, which: &str| what.clone().ok_or_else(|| format!("it needs a `{which}`"));
    let (base, what) = match table.provider {
        Kind::Github => (base(Some(GITHUB))?, needs(&table.repository, "repository")?),
        Kind::Gitlab => (base(Some(GITLAB))?, needs(&table.project, "project")?),
        Kind::Jenkins => (base(None)?, needs(&table.job, "job")?),
        Kind::Generic => (base(None)?, String::new()),
    };
    Ok(Origin { kind: table.provider, base, what, crumb: table.crumb })
}

/// GitHub and GitLab know the commits of what they deploy.
fn source(table: &Table, origin: &Origin) -> Result<Option<Origin>, String> {
    let Some(Source { provider, repository, project, url }) = &table.source else {
        return Ok(matches!(origin.kind, Kind::Github | Kind::Gitlab).then(|| origin.clone()));
    };
    let (known, what, which) = match provider {
        Kind::Github => (GITHUB, repository, "repository"),
        Kind::Gitlab => (GITLAB, project, "project"),
        Kind::Jenkins | Kind::Generic => return Err("its `source` is `github` or `gitlab`".to_owned()),
    };
    let base = url.as_deref().map_or(Ok(known.to_owned()), address)?;
    let what = what.clone().ok_or_else(|| format!("its `source` needs a `{which}`"))?;
    Ok(Some(Origin { kind: *provider, base, what, crumb: false }))
}

fn address(url: &str) -> Result<String, String> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    match host.split('/').next() {
        Some("") | None => Err(format!("`{url}` is no http or https address")),
        // What is in front of an `@` would be a password in every log.
        Some(authority) if authority.contains('@') => {
            Err("its `url` has a name or password in it: bind them to the address instead".to_owned())
        }
        Some(_) => Ok(url.trim_end_matches('/').to_owned()),
    }
}

/// What stands in the app's table holds for each environment that does not say otherwise.
fn environments(app: &str, shared: &Map<String, Value>, given: Vec<Value>) -> Result<Vec<Environment>, Misconfigured> {
    let read = |(place, given): (usize, Value)| {
        let own = match given {
            Value::Object(own) => own,
            name => Map::from_iter([("name".to_owned(), name)]),
        };
        let called = own.get("name").and_then(Value::as_str).map_or_else(|| format!("{}", place + 1), |name| format!("`{name}`"));
        let mut whole = shared.clone();
        whole.extend(own);
        from_value(Value::Object(whole)).map_err(|why| Misconfigured(format!("environment {called} of app `{app}`: {why}")))
    };
    given.into_iter().enumerate().map(read).collect()
}

fn check(app: &App) -> Result<(), String> {
    if app.environments.is_empty() {
        return Err("it has no `environments`".to_owned());
    }
    app.environments.iter().flat_map(Environment::names).try_for_each(check_name)?;
    app.environments.iter().flat_map(|environment| &environment.hosts).try_for_each(|host| check_name(host))?;
    if let Some(name) = twice(app.environments.iter().flat_map(Environment::names)) {
        return Err(format!("two of its environments are called `{name}`"));
    }
    if let Some(default) = app.default.as_deref().filter(|default| app.environment(default).is_none()) {
        return Err(format!("its `default` is `{default}`, which is none of its environments"));
    }
    match app.environments.iter().find(|environment| !environment.contexts.is_empty() && app.source.is_none()) {
        Some(environment) => {
            Err(format!("environment `{}` wants `contexts`, and nobody knows them: it needs a `source`", environment.name))
        }
        None => Ok(()),
    }
}

/// A name is one word that means nothing else in a command.
fn check_name(name: &str) -> Result<(), String> {
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
    if !is_word || name.chars().count() > LONGEST_NAME {
        return Err(format!("`{name}` is no name: it has at most {LONGEST_NAME} letters, digits, `-`, `_` and `.`"));
    }
    if TAKEN.iter().any(|taken| same(taken, name)) {
        return Err(format!("`{name}` means something else in commands: call it otherwise"));
    }
    Ok(())
}

fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        let key = name.to_lowercase();
        if seen.contains(&key) {
            return Some(name);
        }
        seen.push(key);
    }
    None
}

fn main() -> String {
    "main".to_owned()
}
