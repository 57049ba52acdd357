//! What a notification command of Nagios sends. Nagios has no webhooks, but commands with macros; the commands that send what is read
//! here are in this package's `README.md`. Each field is a macro of
//! <https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html>:
//!
//! | Field | Of a service | Of a host |
//! | --- | --- | --- |
//! | `type` | `$NOTIFICATIONTYPE$` | the same |
//! | `host` | `$HOSTNAME$` | the same |
//! | `service` | `$SERVICEDESC$` | left out |
//! | `state` | `$SERVICESTATE$` | `$HOSTSTATE$` |
//! | `output` | `$SERVICEOUTPUT$` | `$HOSTOUTPUT$` |
//! | `problem` | `$SERVICEPROBLEMID$` | `$HOSTPROBLEMID$` |
//! | `last_problem` | `$LASTSERVICEPROBLEMID$` | `$LASTHOSTPROBLEMID$` |
//! | `time` | `$TIMET$` | the same |
//! | `author`, `comment` | `$SERVICEACKAUTHOR$`, `$SERVICEACKCOMMENT$` | `$HOSTACKAUTHOR$`, `$HOSTACKCOMMENT$` |
//! | `link` | whatever page shows it; may be left out | the same |
//!
//! A message is about one problem: from the first sign of it to the recovery.

use super::{Payload, Reading, ignored};
use crate::moment;
use crate::news::{News, Source, State, Topic};
use hatstand_plugin::prelude::*;

pub fn read(payload: Payload<'_>, received: Instant) -> Reading {
    let kind = payload.need("type")?.to_uppercase();
    let (host, service) = (payload.need("host")?, payload.text("service"));
    let what = service.as_ref().map_or_else(|| host.clone(), |service| format!("{host}/{service}"));
    let name = service.clone().unwrap_or_else(|| "host".to_owned());
    let (state, subject, name) = match kind.as_str() {
        "PROBLEM" => (State::Firing, problem(payload, &what)?, name),
        "ACKNOWLEDGEMENT" => (State::Acknowledged, problem(payload, &what)?, name),
        "RECOVERY" => (State::Resolved, problem(payload, &what)?, name),
        "FLAPPINGSTART" => (State::Firing, format!("flapping {what}"), format!("flapping of {name}")),
        "FLAPPINGSTOP" | "FLAPPINGDISABLED" => (State::Resolved, format!("flapping {what}"), format!("flapping of {name}")),
        "DOWNTIMESTART" => (State::Running, format!("downtime {what}"), format!("planned downtime of {name}")),
        "DOWNTIMEEND" => (State::Well, format!("downtime {what}"), format!("planned downtime of {name}")),
        "DOWNTIMECANCELLED" => (State::Cancelled, format!("downtime {what}"), format!("planned downtime of {name}")),
        other => return ignored(format!("a notification of the type `{other}`")),
    };
    let severity = payload.text("state");
    let named = [Some(what), service, severity.as_ref().map(|state| format!("state={state}"))];
    Ok(vec![News {
        project: host,
        names: named.into_iter().flatten().collect(),
        subject,
        part: "alert".to_owned(),
        name,
        title: payload.text("output"),
        detail: payload.text("comment"),
        severity,
        people: payload.text("author").into_iter().collect(),
        link: payload.text("link"),
        ..News::new(Source::Nagios, Topic::Alerts, state, time(payload, received))
    }])
}

/// The problem that this is about: its number is 0 as soon as it is over, and then the last number is that of the problem that was.
fn problem(payload: Payload<'_>, what: &str) -> Reading<String> {
    let number = payload.number("problem").filter(|number| *number > 0).map_or_else(|| payload.need_number("last_problem"), Ok)?;
    Ok(format!("problem {number} {what}"))
}

fn time(payload: Payload<'_>, received: Instant) -> Instant {
    payload.text("time").and_then(|seconds| moment::of_seconds(&seconds)).unwrap_or(received)
}
