//! Arguments by name, read as the command declares them.

use super::Problem;
use crate::directory::Directory;
use crate::model::WorkspaceId;
use crate::nearest::nearest;
use hatstand_common::declaration::{Command, Kind, Parameter};
use hatstand_common::grammar::{self, Circumstances, LONGEST_LINE};
use hatstand_common::usage::{Element, Usage};
use hatstand_common::value::{Argument, ChannelId, Instant, PersonId, Value};
use hatstand_common::visible::visible;
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::{Map, Value as Json};
use std::time::Duration;

/// Nobody means more, in chat or here.
const LONGEST: Duration = Duration::from_secs(3650 * 24 * 60 * 60);

/// Those who are known by name, and when it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub directory: &'a Directory,
    pub workspace: &'a WorkspaceId,
    pub now: Instant,
}

/// The arguments in the order of the usage that they fit, and the line that a person would have typed.
pub(super) async fn read(command: &Command, given: &Map<String, Json>, reader: Reader<'_>) -> Result<(Vec<Argument>, String), Problem> {
    // A null is as good as nothing.
    let given: Map<String, Json> =
        given.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect();
    check_names(command, &given)?;
    let usage = fitting(command, &given)?;
    let mut arguments = Vec::new();
    for mentioned in usage.parameters() {
        let declared = command.parameters.iter().find(|parameter| parameter.name == mentioned.name);
        if let (Some(parameter), Some(value)) = (declared, given.get(mentioned.name)) {
            arguments.push(Argument { name: parameter.name.clone(), value: reader.value(parameter, value).await? });
        }
    }
    Ok((arguments, typed(&usage.elements, &given)))
}

fn check_names(command: &Command, given: &Map<String, Json>) -> Result<(), Problem> {
    let names = || command.parameters.iter().map(|parameter| parameter.name.as_str());
    match given.keys().find(|name| !names().any(|known| known == *name)) {
        Some(unknown) => Err(Problem::unknown_argument(unknown, nearest(unknown, names()), &command.shown_usages())),
        None => Ok(()),
    }
}

/// The first usage in which all that is given has a place and nothing is missing.
fn fitting(command: &Command, given: &Map<String, Json>) -> Result<Usage, Problem> {
    let usages = usages(command);
    let has_room = |usage: &Usage| given.keys().all(|name| usage.parameters().iter().any(|mentioned| mentioned.name == name));
    let roomy: Vec<&Usage> = usages.iter().filter(|usage| has_room(usage)).collect();
    if let Some(usage) = roomy.iter().find(|usage| missing(usage, given).is_none()) {
        return Ok((*usage).clone());
    }
    match roomy.first().and_then(|usage| missing(usage, given)) {
        Some(name) => Err(Problem::missing_argument(&name, &command.shown_usages())),
        None => Err(Problem::arguments_do_not_fit(&command.shown_usages())),
    }
}

fn missing(usage: &Usage, given: &Map<String, Json>) -> Option<String> {
    let mut required = usage.parameters().into_iter().filter(|mentioned| mentioned.required);
    required.find(|mentioned| !given.contains_key(mentioned.name)).map(|mentioned| mentioned.name.to_owned())
}

/// How the command is typed, as far as that can be read: what is declared was checked.
pub(super) fn usages(command: &Command) -> Vec<Usage> {
    let parameters: Vec<&str> = command.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    command.usages.iter().filter_map(|usage| Usage::parse(usage, &parameters).ok()).collect()
}

/// What a person would have typed.
fn typed(elements: &[Element], given: &Map<String, Json>) -> String {
    let words = elements.iter().filter_map(|element| match element {
        Element::Literal(word) => Some(word.clone()),
        Element::OneOf(words) => words.first().cloned(),
        Element::Parameter { name, .. } => given.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        Element::Optional(inner) => Some(typed(inner, given)).filter(|typed| !typed.is_empty() && is_wanted(inner, given)),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// An optional part belongs to what was typed if something in it was given; words alone say what the command is called.
fn is_wanted(elements: &[Element], given: &Map<String, Json>) -> bool {
    let usage = Usage { elements: elements.to_vec() };
    let parameters = usage.parameters();
    parameters.is_empty() || parameters.iter().any(|mentioned| given.contains_key(mentioned.name))
}

impl Reader<'_> {
    async fn value(self, Parameter { name, kind }: &Parameter, given: &Json) -> Result<Value, Problem> {
        let wrong = |why: &str| Problem::bad_argument(name, why);
        let text = given.as_str();
        let value = match (kind, given) {
            (Kind::Integer, Json::Number(number)) => number.as_i64().map(Value::Integer).ok_or("it is a whole number of 64 bits"),
            (Kind::Integer, _) => Err("it is a whole number"),
            (Kind::Boolean, Json::Bool(flag)) => Ok(Value::Boolean(*flag)),
            (Kind::Boolean, _) => Err("it is `true` or `false`"),
            (_, _) if text.is_none() => Err("it is a text"),
            _ => return self.text(kind, text.unwrap_or_default()).await.map_err(|why| wrong(&why)),
        };
        value.map_err(wrong)
    }

    async fn text(self, kind: &Kind, text: &str) -> Result<Value, String> {
        if text.len() > LONGEST_LINE {
            return Err(format!("it has at most {LONGEST_LINE} bytes"));
        }
        match kind {
            Kind::Text if visible(text).trim().is_empty() => Err("it is empty".to_owned()),
            Kind::Text => Ok(Value::Text(visible(text))),
            Kind::Person => self.person(text).await.map(Value::Person).ok_or_else(|| nobody(text)),
            Kind::Channel => self.channel(text).await.map(Value::Channel).ok_or_else(|| nowhere(text)),
            Kind::Duration => match iso_length(text) {
                Some(length) => length.map(Value::Duration),
                None => self.as_typed(kind, text),
            },
            Kind::Instant => match iso_moment(text) {
                Some(moment) => self.to_come(moment).map(Value::Instant),
                None => self.as_typed(kind, text),
            },
            _ => self.as_typed(kind, text),
        }
    }

    fn as_typed(self, kind: &Kind, text: &str) -> Result<Value, String> {
        let circumstances = Circumstances { now: self.now, zone: "UTC".to_owned() };
        grammar::read(kind, &text.into(), &circumstances).map_err(|why| why.sentence())
    }

    async fn person(self, text: &str) -> Option<PersonId> {
        match text.strip_prefix('@') {
            Some(name) => self.directory.person_called(self.workspace, name).await,
            None => self.directory.person(self.workspace, &text.into()).await.map(|person| person.id),
        }
    }

    async fn channel(self, text: &str) -> Option<ChannelId> {
        let id = text.strip_prefix('#').unwrap_or(text);
        self.directory.channel(self.workspace, &id.into()).await.map(|channel| channel.id)
    }

    fn to_come(self, moment: Instant) -> Result<Instant, String> {
        if moment <= self.now {
            return Err("it is in the past: name a moment that is still to come".to_owned());
        }
        if moment > self.now + LONGEST {
            return Err("it is too far away: ten years from now is the most".to_owned());
        }
        Ok(moment)
    }
}

fn nobody(text: &str) -> String {
    format!("{} is nobody I know: give an id, or a name such as `@jane`", grammar::quote(text))
}

fn nowhere(text: &str) -> String {
    format!("{} is no channel I know: give an id, or a name such as `#dev`", grammar::quote(text))
}

/// `PT2H30M`; none if it is nothing of ISO 8601. Months and years differ in length, so they are no length.
fn iso_length(text: &str) -> Option<Result<Duration, String>> {
    if !text.starts_with(['P', 'p']) {
        return None;
    }
    let span: Span = text.parse().ok()?;
    let length = SignedDuration::try_from(span).or_else(|_| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()));
    let length = length.ok().and_then(|length| Duration::try_from(length).ok());
    Some(match length {
        Some(length) if length >= Duration::from_secs(1) && length <= LONGEST => Ok(length),
        _ => Err("it is a length of time from a second to ten years, in weeks or less, such as `PT2H`".to_owned()),
    })
}

/// `2026-01-05T10:00:00Z`; none if it is nothing of RFC 3339.
fn iso_moment(text: &str) -> Option<Instant> {
    let moment: Timestamp = text.parse().ok()?;
    Some(Instant(moment.as_millisecond().try_into().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Sqlite;
    use crate::permissions::Roles;
    use hatstand_common::declaration::Access;
    use serde_json::json;
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use tempfile::TempDir;

    const NOW: Instant = Instant(1_767_607_200_000);

    fn command() -> Command {
        let parameter = |name: &str, kind| Parameter { name: name.to_owned(), kind };
        Command {
            name: "take".to_owned(),
            usages: vec![
                "[dibs] on <what> [for <period>] [because <why...>]".to_owned(),
                "[dibs] on <what> until <end> [because <why...>]".to_owned(),
            ],
            parameters: vec![
                parameter("what", Kind::Text),
                parameter("period", Kind::Duration),
                parameter("end", Kind::Instant),
                parameter("why", Kind::Text),
            ],
            summary: String::new(),
            help: String::new(),
            hidden: false,
            access: Access::Everybody,
            more: Vec::new(),
        }
    }

    /// Nobody is there, and there are no channels.
    fn empty_directory(folder: &TempDir) -> Directory {
        let ledger = Sqlite::open(&folder.path().join("ledger.db")).expect("a ledger");
        Directory::new(&[], Roles::new(BTreeMap::new(), Arc::new(ledger)))
    }

    async fn taken(given: Json) -> Result<(Vec<Argument>, String), String> {
        let folder = TempDir::new().expect("a folder");
        let directory = empty_directory(&folder);
        let reader = Reader { directory: &directory, workspace: &"here".into(), now: NOW };
        let Json::Object(given) = given else { panic!("an object") };
        read(&command(), &given, reader).await.map_err(|problem| problem.code)
    }

    async fn value(kind: Kind, given: Json) -> Result<Value, String> {
        let folder = TempDir::new().expect("a folder");
        let directory = empty_directory(&folder);
        let reader = Reader { directory: &directory, workspace: &"here".into(), now: NOW };
        reader.value(&Parameter { name: "x".to_owned(), kind }, &given).await.map_err(|problem| problem.detail)
    }

    #[tokio::test]
    async fn arguments_fit_a_usage_and_read_like_a_line() {
        let (arguments, line) = taken(json!({"period": "2 hours", "what": "staging"})).await.expect("they fit");
        assert_eq!(arguments.iter().map(|argument| argument.name.as_str()).collect::<Vec<_>>(), ["what", "period"]);
        assert_eq!(line, "dibs on staging for 2 hours");
        let (_, line) = taken(json!({"what": "x", "end": "2026-01-05T12:00:00Z", "why": "of it", "period": null})).await.expect("they fit");
        assert_eq!(line, "dibs on x until 2026-01-05T12:00:00Z because of it");
    }

    #[tokio::test]
    async fn what_does_not_fit_is_told_apart() {
        assert_eq!(taken(json!({"wat": "x"})).await, Err("unknown-argument".to_owned()));
        assert_eq!(taken(json!({"period": "1h"})).await, Err("missing-argument".to_owned()));
        let both = json!({"what": "x", "period": "1h", "end": "tomorrow 9am"});
        assert_eq!(taken(both).await, Err("arguments-do-not-fit".to_owned()));
    }

    #[tokio::test]
    async fn every_kind_is_read_as_a_program_writes_it() {
        assert_eq!(value(Kind::Text, json!("\"as it is\"")).await, Ok(Value::Text("\"as it is\"".to_owned())));
        assert_eq!(value(Kind::Integer, json!(-3)).await, Ok(Value::Integer(-3)));
        assert_eq!(value(Kind::Boolean, json!(true)).await, Ok(Value::Boolean(true)));
        assert_eq!(value(Kind::Choice(vec!["Red".to_owned()]), json!("red")).await, Ok(Value::Choice("Red".to_owned())));
        for length in ["PT90M", "1h30m", "90 minutes"] {
            assert_eq!(value(Kind::Duration, json!(length)).await, Ok(Value::Duration(Duration::from_secs(5400))), "{length}");
        }
        assert_eq!(value(Kind::Duration, json!("P1D")).await, Ok(Value::Duration(Duration::from_secs(86400))));
        for moment in ["2026-01-05T12:00:00+01:00", "11:00", "2026-01-05T11:00:00.000Z"] {
            assert_eq!(value(Kind::Instant, json!(moment)).await, Ok(Value::Instant(NOW + Duration::from_secs(3600))), "{moment}");
        }
        assert_eq!(value(Kind::Person, json!("api:ci:x")).await, Ok(Value::Person("api:ci:x".into())));
    }

    #[tokio::test]
    async fn what_cannot_be_read_says_what_would_be_right() {
        let wrong = [
            (Kind::Text, json!(" ")),
            (Kind::Text, json!(1)),
            (Kind::Integer, json!("3")),
            (Kind::Integer, json!(1e300)),
            (Kind::Integer, json!(1.5)),
            (Kind::Boolean, json!("yes")),
            (Kind::Duration, json!("P1M")),
            (Kind::Duration, json!("-PT1H")),
            (Kind::Duration, json!("PT0S")),
            (Kind::Duration, json!("P9999999D")),
            (Kind::Duration, json!("banana")),
            (Kind::Instant, json!("2020-01-01T00:00:00Z")),
            (Kind::Instant, json!("2099-01-01T00:00:00Z")),
            (Kind::Person, json!("@jane")),
            (Kind::Channel, json!("#dev")),
            (Kind::Choice(vec!["red".to_owned()]), json!("blue")),
        ];
        for (kind, given) in wrong {
            let detail = value(kind, given.clone()).await.expect_err("it cannot be read");
            assert!(detail.starts_with("`x`: ") && detail.ends_with("Nothing was changed."), "{given}: {detail}");
        }
    }
}
