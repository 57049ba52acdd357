//! Alertmanager, which only sends: `webhook_config`, version 4 (prometheus.io/docs/alerting/latest/configuration).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    delivery::{Sending, uuid},
    phrase::{Done, Phrase, Said},
    provider::Provider,
    signature::{Signature, hex},
};

/// What stands in `endsAt` while an alert fires: Go's zero time.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// The alerts, by name and instance.
#[derive(Debug, Default)]
pub(crate) struct Alertmanager {
    alerts: BTreeMap<(String, String), Alert>,
    deliveries: u64,
}

#[derive(Debug)]
struct Alert {
    severity: String,
    summary: String,
    since: Timestamp,
    resolved: Option<Timestamp>,
}

impl Provider for Alertmanager {
    const NAME: &'static str = "alertmanager";
    const TOKEN: &'static str = "";

    fn secret(&self) -> &'static str {
        "outside-alertmanager-webhook-secret"
    }

    fn phrases() -> &'static [Phrase<Self>] {
        &[
            Phrase { form: "fires ALERT on INSTANCE [as SEVERITY] [saying TEXT...]", deed: fires },
            Phrase { form: "fires ALERT on COUNT instances [as SEVERITY] [saying TEXT...]", deed: fires_often },
            Phrase { form: "resolves ALERT on INSTANCE", deed: resolves },
        ]
    }
}

fn fires(alertmanager: &mut Alertmanager, said: &Said) -> Done {
    let (name, instance) = (said.text("ALERT"), said.text("INSTANCE"));
    alertmanager.fire(name, instance, said);
    Ok(vec![alertmanager.notify(name, said.now)])
}

fn fires_often(alertmanager: &mut Alertmanager, said: &Said) -> Done {
    let name = said.text("ALERT");
    for number in 1..=said.count("COUNT")? {
        alertmanager.fire(name, &format!("web-{number}"), said);
    }
    Ok(vec![alertmanager.notify(name, said.now)])
}

/// A resolved alert is told once more, and is then gone.
fn resolves(alertmanager: &mut Alertmanager, said: &Said) -> Done {
    let (name, instance) = (said.text("ALERT").to_owned(), said.text("INSTANCE").to_owned());
    let key = (name.clone(), instance);
    let alert = alertmanager.alerts.get_mut(&key).ok_or_else(|| format!("{name} does not fire on {}", key.1))?;
    alert.resolved = Some(said.now);
    let sending = alertmanager.notify(&name, said.now);
    alertmanager.alerts.remove(&key);
    Ok(vec![sending])
}

impl Alertmanager {
    fn fire(&mut self, name: &str, instance: &str, said: &Said) {
        let severity = said.maybe("SEVERITY").unwrap_or("critical").to_owned();
        let summary = said.maybe("TEXT").map_or_else(|| format!("{name} on {instance}"), str::to_owned);
        let alert = Alert { severity, summary, since: said.now, resolved: None };
        self.alerts.entry((name.to_owned(), instance.to_owned())).or_insert(alert);
    }

    /// All alerts of one name are one group, as with `group_by: [alertname]`.
    fn notify(&mut self, name: &str, now: Timestamp) -> Sending {
        let group: Vec<Value> =
            self.alerts.iter().filter(|((of, _), _)| of == name).map(|((_, on), alert)| shape(name, on, alert)).collect();
        let is_firing = group.iter().any(|alert| alert["status"] == "firing");
        let status = if is_firing { "firing" } else { "resolved" };
        let labels = json!({ "alertname": name });
        let body = json!({
            "version": "4", "groupKey": format!("{{}}:{{alertname=\"{name}\"}}"), "truncatedAlerts": 0, "status": status,
            "receiver": "hatstand", "groupLabels": labels, "commonLabels": common(&group, "labels"),
            "commonAnnotations": common(&group, "annotations"), "externalURL": "http://alertmanager.outside", "alerts": group,
        });
        self.deliveries += 1;
        let id = uuid(&format!("alertmanager delivery {} {now}", self.deliveries));
        Sending::new(format!("{name} {status}"), id, Signature::Bearer, &body)
            .with("Content-Type", "application/json")
            .with("User-Agent", "Alertmanager/0.28.0")
    }
}

fn shape(name: &str, instance: &str, alert: &Alert) -> Value {
    let fingerprint = hex(&Sha256::digest(format!("{name} {instance}")))[..16].to_owned();
    json!({
        "status": if alert.resolved.is_some() { "resolved" } else { "firing" },
        "labels": { "alertname": name, "instance": instance, "job": "web", "severity": alert.severity },
        "annotations": { "summary": alert.summary }, "startsAt": alert.since.to_string(),
        "endsAt": alert.resolved.map_or_else(|| NEVER.to_owned(), |at| at.to_string()),
        "generatorURL": format!("http://prometheus.outside/graph?g0.expr={name}"), "fingerprint": fingerprint,
    })
}

/// What all alerts of a group have in common.
fn common(group: &[Value], what: &str) -> Value {
    let first = group.first().and_then(|alert| alert[what].as_object()).cloned().unwrap_or_default();
    let is_common = |name: &String, value: &Value| group.iter().all(|alert| alert[what][name] == *value);
    Value::Object(first.into_iter().filter(|(name, value)| is_common(name, value)).collect::<Map<_, _>>())
}
