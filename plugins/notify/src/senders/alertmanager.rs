//! What Alertmanager sends, in version 4 of its format: <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>.
//!
//! A message is about one alert from when it began to when it was over. That many come at once is no business of this file: the desk
//! gathers them.

use super::{Payload, Reading, Unread};
use crate::news::{News, Source, State, Topic};
use crate::shelf::number;
use hatstand_plugin::prelude::*;

const VERSION: &str = "4";

/// More alerts of one message are not read: each is a row of the ledger.
const MOST: usize = 200;

/// The labels that tell best where an alert is, the best one first.
const WHERE: [&str; 6] = ["instance", "pod", "node", "service", "job", "namespace"];

pub fn read(payload: Payload<'_>, received: Instant) -> Reading {
    let version = payload.need("version")?;
    if version != VERSION {
        return Err(Unread::Unreadable(format!("`version` is {version}, and only {VERSION} can be read")));
    }
    let alerts = payload.need_list("alerts")?;
    let left_out = payload.number("truncatedAlerts").unwrap_or_default() + alerts.len().saturating_sub(MOST) as u64;
    let read = alerts.into_iter().take(MOST).map(|alert| read_alert(alert, received));
    read.chain((left_out > 0).then(|| rest(payload, left_out, received))).collect()
}

/// That there are alerts of which nothing else is known: Alertmanager leaves them out where it is told to by `max_alerts`.
fn rest(payload: Payload<'_>, left_out: u64, received: Instant) -> Reading<News> {
    let labels = payload.pairs("commonLabels").into_iter().chain(payload.pairs("groupLabels"));
    Ok(News {
        project: payload.first(&["groupLabels.alertname", "commonLabels.alertname"]).unwrap_or_else(|| "alerts".to_owned()),
        names: labels.map(|(name, value)| format!("{name}={value}")).collect(),
        subject: format!("rest of {}", payload.text("groupKey").unwrap_or_default()),
        part: "rest".to_owned(),
        name: format!("{left_out} more"),
        title: Some("left out of the message".to_owned()),
        ..News::new(Source::Alertmanager, Topic::Alerts, State::Done, received)
    })
}

fn read_alert(alert: Payload<'_>, received: Instant) -> Reading<News> {
    let labels = alert.pairs("labels");
    let label = |name: &str| labels.iter().find(|(label, _)| label == name).map(|(_, value)| value.clone());
    let began = alert.text("startsAt");
    let (began_at, over) = (alert.time("startsAt"), alert.time("endsAt"));
    let (state, at) = match alert.need("status")?.as_str() {
        "firing" => (State::Firing, began_at),
        "resolved" => (State::Resolved, over.or(began_at)),
        other => return Err(Unread::Unreadable(format!("`alerts.status` is `{other}`"))),
    };
    let project = label("alertname").unwrap_or_else(|| "alert".to_owned());
    // Older versions do not send it.
    let fingerprint = alert.text("fingerprint").unwrap_or_else(|| format!("{:016x}", number(format!("{labels:?}").as_bytes())));
    let took = over.zip(began_at).filter(|_| state == State::Resolved).map(|(over, began)| over.since(began));
    Ok(News {
        names: labels.iter().map(|(name, value)| format!("{name}={value}")).collect(),
        subject: format!("alert {} {fingerprint}", began.unwrap_or_default()),
        part: "alert".to_owned(),
        name: WHERE.iter().find_map(|name| label(name)).unwrap_or_else(|| project.clone()),
        project,
        took,
        title: alert.first(&["annotations.summary", "annotations.description", "annotations.message"]),
        severity: label("severity"),
        link: alert.text("generatorURL"),
        ..News::new(Source::Alertmanager, Topic::Alerts, state, at.unwrap_or(received))
    })
}
