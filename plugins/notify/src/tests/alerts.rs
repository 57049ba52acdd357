//! Alerts of Nagios and Alertmanager: one, many, and those that somebody has to be told of.
//!
//! Nagios sends what its operator makes of <https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html>, by the
//! commands in this package's `README.md`. What Alertmanager sends is documented on
//! <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>; what is in the payloads is made up.

use super::sent::{self, payload, with};
use hatstand_plugin::testing::Room;
use serde_json::{Value, json};

const SERVICE: &str = payload!("nagios/service.txt");
const HOST: &str = payload!("nagios/host.json");
const ALERTS: &str = payload!("alertmanager/alerts.json");

/// What Nagios sends of the service later.
fn later(kind: &str, state: &str, problem: &str, seconds: u32, more: &str) -> String {
    let time = 1_767_607_200 + seconds;
    format!("type={kind}&host=db1&service=Disk+%2Fvar&state={state}&output=DISK+{state}&{problem}&time={time}{more}")
}

#[test]
fn a_problem_of_nagios_is_one_message_until_it_is_over() {
    let mut room = sent::subscribed("nagios:db*");
    sent::nagios(&mut room, SERVICE.trim());
    sent::nagios(&mut room, &later("ACKNOWLEDGEMENT", "CRITICAL", "problem=301&last_problem=288", 300, "&author=ann&comment=I+clean+up"));
    sent::nagios(&mut room, &later("RECOVERY", "OK", "problem=0&last_problem=301", 1200, ""));
    // Told again, and too late.
    sent::nagios(&mut room, SERVICE.trim());
    // The next one is another.
    sent::nagios(&mut room, &later("PROBLEM", "WARNING", "problem=310&last_problem=301", 1800, ""));
    assert_eq!(
        room.heard(),
        [
            "bot> 🔥 *db1*: Disk /var (CRITICAL): DISK CRITICAL - free space: /var 2%",
            "bot edits> 👀 *db1*: Disk /var: DISK CRITICAL – ann knows: I clean up",
            "bot edits> ✅ *db1*: Disk /var is over after 20 min",
            "bot> 🔥 *db1*: Disk /var (WARNING): DISK WARNING",
        ]
    );
}

#[test]
fn who_was_called_is_not_called_again_for_the_same_problem() {
    let mut room = sent::subscribed("nagios:db* mention @bob");
    sent::nagios(&mut room, &later("PROBLEM", "WARNING", "problem=301&last_problem=288", 0, ""));
    sent::nagios(&mut room, &later("PROBLEM", "CRITICAL", "problem=301&last_problem=288", 60, ""));
    sent::nagios(&mut room, &later("RECOVERY", "OK", "problem=0&last_problem=301", 120, ""));
    sent::nagios(&mut room, &later("PROBLEM", "WARNING", "problem=305&last_problem=301", 180, ""));
    assert_eq!(
        room.heard(),
        [
            "bot> @bob 🔥 *db1*: Disk /var (WARNING): DISK WARNING",
            "bot edits> 🔥 *db1*: Disk /var (CRITICAL): DISK CRITICAL",
            "bot edits> ✅ *db1*: Disk /var is over after 2 min",
            "bot> @bob 🔥 *db1*: Disk /var (WARNING): DISK WARNING",
        ]
    );
}

#[test]
fn hosts_flapping_and_downtimes() {
    let mut room = sent::subscribed("db* alerts");
    room.webhook("nagios", &[("Content-Type", "application/json")], HOST);
    assert_eq!(room.heard(), ["bot> 🔥 *db2*: host (DOWN): PING CRITICAL - Packet loss = 100%"]);
    sent::nagios(&mut room, &later("FLAPPINGSTART", "CRITICAL", "problem=0", 0, ""));
    sent::nagios(&mut room, &later("FLAPPINGSTOP", "OK", "problem=0", 60, ""));
    sent::nagios(&mut room, &later("DOWNTIMESTART", "OK", "problem=0", 120, ""));
    sent::nagios(&mut room, &later("DOWNTIMECANCELLED", "OK", "problem=0", 180, ""));
    assert_eq!(
        room.heard(),
        [
            "bot> 🔥 *db1*: flapping of Disk /var (CRITICAL): DISK CRITICAL",
            "bot edits> ✅ *db1*: flapping of Disk /var is over after 1 min",
            "bot> ⏳ *db1*: planned downtime of Disk /var has begun",
            "bot edits> ⚪ *db1*: planned downtime of Disk /var was cancelled",
        ]
    );
}

#[test]
fn nagios_is_told_what_is_missing() {
    let mut room = sent::subscribed("*");
    sent::nagios(&mut room, "host=db1");
    sent::nagios(&mut room, &later("PROBLEM", "CRITICAL", "problem=", 0, ""));
    sent::nagios(&mut room, &later("CUSTOM", "OK", "problem=0", 0, ""));
    sent::nagios(&mut room, "");
    assert_eq!(
        room.log(),
        [
            "error: nagios sent what cannot be read: `type` is missing, or is not what it should be",
            "error: nagios sent what cannot be read: `last_problem` is missing, or is not what it should be",
            "info: nagios sent what is told nobody: a notification of the type `CUSTOM`",
            "error: nagios sent what cannot be read: `type` is missing, or is not what it should be",
        ]
    );
}

const GRAPH: &str = "([details](https://prometheus.acme.example/graph?g0.expr=latency+%3E+2&g0.tab=1))";

/// One alert as it is in the payload, on another host.
fn alert(host: usize) -> Value {
    let payload: Value = serde_json::from_str(ALERTS).unwrap();
    let mut alert = payload["alerts"][0].clone();
    alert["labels"]["instance"] = json!(format!("web-{host}:9100"));
    alert["fingerprint"] = json!(format!("{:016x}", 1_000 - host));
    alert
}

fn resolved(host: usize, ended: &str) -> Value {
    let mut alert = alert(host);
    alert["status"] = json!("resolved");
    alert["endsAt"] = json!(ended);
    alert
}

fn send(room: &mut Room, alerts: impl IntoIterator<Item = Value>) {
    let alerts: Vec<Value> = alerts.into_iter().collect();
    sent::alertmanager(room, &with(ALERTS, [("/alerts", json!(alerts))]));
    assert_eq!(room.outcome().broken, None);
}

#[test]
fn an_alert_of_alertmanager_is_one_message_until_it_is_over() {
    let mut room = sent::subscribed("severity=critical");
    sent::alertmanager(&mut room, ALERTS);
    // As it is repeated every few hours, and for others of the group.
    sent::alertmanager(&mut room, ALERTS);
    let over = with(
        ALERTS,
        [("/alerts/0/status", json!("resolved")), ("/alerts/0/endsAt", json!("2026-01-05T10:19:30.5Z")), ("/status", json!("resolved"))],
    );
    // Places in lists are numbers.
    assert!(over.contains("resolved"));
    sent::alertmanager(&mut room, &over);
    sent::alertmanager(&mut room, ALERTS);
    assert_eq!(
        room.heard(),
        [
            format!("bot> 🔥 *HighLatency*: web-1:9100 (critical): Answers of web-1:9100 take more than 2 s {GRAPH}"),
            format!("bot edits> ✅ *HighLatency*: web-1:9100 is over after 20 min {GRAPH}"),
        ]
    );
}

#[test]
fn many_alerts_at_once_are_one_message() {
    let mut room = sent::subscribed("HighLatency mention @bob");
    send(&mut room, (0..40).map(alert));
    let said = room.heard();
    assert_eq!(said.len(), 1);
    let lines: Vec<&str> = said[0].lines().collect();
    assert_eq!(lines[0], "bot> @bob Much is new at once: 40 alerts (40 need somebody).");
    assert!(lines[1].starts_with("    🔥 *HighLatency*: web-0:9100 (critical)"), "{}", lines[1]);
    assert_eq!((lines.len(), lines[13]), (14, "    … and 28 more"));
    send(&mut room, (0..30).map(|host| resolved(host, "2026-01-05T10:10:00Z")));
    let said = room.heard();
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("bot edits> Much is new at once: 40 alerts (10 need somebody).\n    🔥 *HighLatency*: web-30:9100"),
        "{}",
        said[0]
    );
}

#[test]
fn what_was_told_with_others_is_told_on_when_it_is_muted() {
    let mut room = sent::subscribed("HighLatency");
    send(&mut room, (0..10).map(alert));
    room.says("ann", "notify mute instance=web-0*");
    room.heard();
    send(&mut room, [resolved(1, "2026-01-05T10:10:00Z")]);
    let said = room.heard().join("");
    assert!(said.starts_with("bot edits> Much is new at once: 10 alerts (9 need somebody).\n    🔥 *HighLatency*: web-0:9100"), "{said}");
}

#[test]
fn many_alerts_one_by_one_are_few_messages() {
    let mut room = sent::subscribed("nagios:*");
    for host in 0..200 {
        sent::nagios(&mut room, &format!("type=PROBLEM&host=web{host}&state=DOWN&output=gone&problem={host}1&time=1767607200"));
        if host % 40 == 39 {
            room.wait("20 seconds");
        }
    }
    let said = room.heard();
    let posts: Vec<&String> = said.iter().filter(|line| line.starts_with("bot> ")).collect();
    // Five single ones, and 195 in messages of a hundred.
    assert_eq!(posts.len(), 7, "{posts:#?}");
    assert!(said.last().unwrap().starts_with("bot edits> Much is new at once: 95 alerts (95 need somebody)."));
}

#[test]
fn what_cannot_be_read_names_the_field() {
    let mut room = sent::subscribed("*");
    sent::alertmanager(&mut room, &with(ALERTS, [("/version", json!("3"))]));
    sent::alertmanager(&mut room, &with(ALERTS, [("/alerts", json!(null))]));
    send(&mut room, [json!({ "status": "odd" })]);
    assert_eq!(
        room.log(),
        [
            "error: alertmanager sent what cannot be read: `version` is 3, and only 4 can be read",
            "error: alertmanager sent what cannot be read: `alerts` is missing, or is not what it should be",
            "error: alertmanager sent what cannot be read: `alerts.status` is `odd`",
        ]
    );
    let without = |host: usize| {
        let mut alert = alert(host);
        alert["fingerprint"] = json!(null);
        alert["labels"]["cluster"] = json!("x".repeat(300));
        alert
    };
    send(&mut room, [without(1), without(2)]);
    assert_eq!(room.heard().len(), 2, "older versions send no fingerprints");
    send(&mut room, [json!({ "status": "firing" }), json!({ "status": "resolved", "labels": [1], "startsAt": 5 })]);
    assert_eq!(room.heard().len(), 2, "an alert without labels is one all the same");
}
