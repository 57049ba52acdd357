//! Those who only send: Alertmanager (`webhook_config`, version 4) and Nagios.

use serde_json::{Value, json};

use crate::street::Street;

#[test]
fn an_alert_fires_and_is_resolved_once() {
    let street = Street::new();
    street.say(["alertmanager fires HighLatency on web-1 as warning saying p99 is 2 s", "alertmanager fires HighLatency on web-2"]);
    let taken = street.bot.last();
    assert_eq!(taken.path, "/hooks/deploy/alertmanager");
    assert_eq!(taken.header("authorization"), format!("Bearer {}", street.outside.secret("alertmanager").unwrap()));
    let group = taken.json();
    assert_eq!((&group["version"], &group["status"], group["alerts"].as_array().unwrap().len()), (&json!("4"), &json!("firing"), 2));
    assert_eq!((&group["groupKey"], &group["commonLabels"]["severity"]), (&json!("{}:{alertname=\"HighLatency\"}"), &Value::Null));
    assert_eq!(
        (&group["alerts"][0]["annotations"]["summary"], &group["alerts"][0]["labels"]["severity"]),
        (&json!("p99 is 2 s"), &json!("warning"))
    );
    assert_eq!(
        (&group["alerts"][0]["startsAt"], &group["alerts"][0]["endsAt"]),
        (&json!("2026-01-05T10:00:00Z"), &json!("0001-01-01T00:00:00Z"))
    );
    street.pass(60);
    street.say(["alertmanager resolves HighLatency on web-1"]);
    let partly = street.bot.last().json();
    assert_eq!((&partly["status"], &partly["alerts"][0]["status"]), (&json!("firing"), &json!("resolved")));
    assert_eq!(partly["alerts"][0]["endsAt"], "2026-01-05T10:01:00Z");
    assert_eq!(partly["alerts"][0]["fingerprint"], group["alerts"][0]["fingerprint"]);
    street.say(["alertmanager resolves HighLatency on web-2"]);
    let wholly = street.bot.last().json();
    assert_eq!((&wholly["status"], wholly["alerts"].as_array().unwrap().len()), (&json!("resolved"), 1));
    assert!(street.refused("alertmanager resolves HighLatency on web-2").contains("does not fire"));
}

#[test]
fn a_flood_is_one_webhook() {
    let street = Street::new();
    street.say(["alertmanager fires Down on 200 instances"]);
    assert_eq!((street.bot.taken().len(), street.bot.last().json()["alerts"].as_array().unwrap().len()), (1, 200));
}

#[test]
fn a_problem_keeps_its_number_until_it_is_over() {
    let street = Street::new();
    street.say([
        "nagios db1 Disk is WARNING",
        "nagios db1 Disk is CRITICAL saying 2% free",
        "nagios db1 Disk is acknowledged by ada saying On it",
        "nagios db1 Disk is OK",
        "nagios db1 Disk is CRITICAL",
        "nagios host db2 is DOWN",
    ]);
    let told: Vec<Value> = street
        .bot
        .taken()
        .iter()
        .map(|taken| json!([taken.json()["type"], taken.json()["problem"], taken.json()["last_problem"]]))
        .collect();
    let expected = json!([
        ["PROBLEM", "1", "0"],
        ["PROBLEM", "1", "0"],
        ["ACKNOWLEDGEMENT", "1", "0"],
        ["RECOVERY", "0", "1"],
        ["PROBLEM", "2", "1"],
        ["PROBLEM", "3", "0"],
    ]);
    assert_eq!(Value::from(told), expected);
    let (critical, acknowledged) = (street.bot.taken()[1].json(), street.bot.taken()[2].json());
    assert_eq!((&critical["state"], &critical["output"], &critical["time"]), (&json!("CRITICAL"), &json!("2% free"), &json!("1767607200")));
    assert_eq!((&acknowledged["author"], &acknowledged["comment"]), (&json!("ada"), &json!("On it")));
    assert_eq!(street.bot.last().json()["service"], Value::Null);
    assert!(street.refused("nagios host db3 is UP").contains("UP already"));
    assert!(street.refused("nagios db1 Load is acknowledged by ada").contains("has no problem"));
}

#[test]
fn who_only_sends_has_no_port() {
    let street = Street::new();
    let names: Vec<String> = street.outside.addresses().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["github.outside", "gitlab.outside", "jenkins.outside", "generic.outside"]);
    assert!(street.refused("nagios is down").contains("says nothing here"));
}
