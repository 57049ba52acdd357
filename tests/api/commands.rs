//! One declaration, whoever asks.

use crate::client::Request;
use crate::desk::Desk;
use hatstand::ledger::AuditQuery;
use serde_json::json;

#[test]
fn a_command_is_given_in_any_form() {
    let desk = Desk::with(&["greeter"]);
    let token = desk.token("ci", &["greet"]);
    let by_name = json!({ "plugin": "greeter", "command": "greet", "arguments": { "who": "@jane" }, "channel": "#ops" });
    let forms = [
        Request::line(&token, "greet @jane"),
        Request::json(&token, "/api/v1/commands", &by_name),
        Request::call(&token, "greeter", "greet", json!({ "who": "jane" })),
    ];
    for (number, form) in forms.iter().enumerate() {
        let response = desk.send(form);
        assert_eq!(response.end(), (200, "ok".to_owned()), "{response:?}");
        assert_eq!(response.messages(), [format!("Hello jane, greeting {} from greeter 0.1.0.", number + 1)]);
        assert_eq!(response.json()["data"], json!({}));
    }
    let lines: Vec<String> =
        desk.audit(&AuditQuery { plugin: Some("greeter".into()), ..AuditQuery::newest(9) }).into_iter().map(|entry| entry.line).collect();
    assert_eq!(lines, ["greet @jane", "greet @jane", "greet jane"]);
}

#[test]
fn every_kind_of_argument_reaches_the_plugin_as_it_was_declared() {
    let desk = Desk::with(&["waiter"]);
    let token = desk.token("ci", &["*"]);
    let arguments = json!({
        "door": "\"the *green* one\"", "colour": "red", "coats": 3, "when": "2026-01-06T10:00:00Z", "who": "@jane", "time": "PT90M",
        "place": "#dev", "wet": false,
    });
    let said = desk.send(&Request::call(&token, "waiter", "paint", arguments)).messages();
    let expected = "\"the *green* one\" Red Some(3) Some(Instant(1767693600000)) Some(PersonId(\"jane\")) Some(5400s) Some(ChannelId(\"dev\")) Some(false)";
    assert_eq!(said, [expected]);
    let typed = "paint \"it\" BLUE times 2 for @jane within 2 hours show #dev";
    let said = desk.send(&Request::line(&token, typed)).messages();
    assert_eq!(said, ["it Blue Some(2) None Some(PersonId(\"jane\")) Some(7200s) Some(ChannelId(\"dev\")) None"]);
}

#[test]
fn each_thing_that_a_program_acts_for_is_somebody_of_its_own() {
    let desk = Desk::with(&["greeter"]);
    let token = desk.token("ci", &["greet"]);
    let greet = |acts_for: &str| desk.send(&Request::line(&token, "greet").with("for", acts_for)).messages();
    assert_eq!(greet("pipeline 12"), ["Hello ci (pipeline 12), greeting 1 from greeter 0.1.0."]);
    assert_eq!(greet("pipeline 13"), ["Hello ci (pipeline 13), greeting 1 from greeter 0.1.0."]);
    assert_eq!(greet("pipeline 12"), ["Hello ci (pipeline 12), greeting 2 from greeter 0.1.0."]);
    assert_eq!(desk.send(&Request::line(&token, "greet")).messages(), ["Hello ci, greeting 1 from greeter 0.1.0."]);
}

#[test]
fn people_see_what_a_program_does_and_nobody_what_it_is_told_alone() {
    let mut desk = Desk::with(&["greeter", "waiter"]);
    let token = desk.token("ci", &["*"]);
    assert_eq!(desk.send(&Request::line(&token, "greetings of @jane")).messages(), ["jane: 0"]);
    assert_eq!(desk.send(&Request::line(&token, "greet nobody")).end(), (409, "refused".to_owned()));
    desk.send(&Request::line(&token, "greet").with("for", "*all*"));
    desk.send(&Request::line(&token, "wait at gate"));
    let lines = desk.bot.practice.settle().expect("it goes on");
    let shown: Vec<String> = lines.iter().flat_map(|line| line.shown_in(None)).collect();
    assert_eq!(shown, ["bot#ops> Hello ci (*all*), greeting 1 from greeter 0.1.0.", "bot#ops> ci waits at gate."]);
}

#[test]
fn the_hosts_own_commands_are_commands() {
    let desk = Desk::with(&["greeter"]);
    let token = desk.token("ci", &["help", "plugins"]);
    let response = desk.send(&Request::line(&token, "help greet"));
    assert_eq!(response.status, 200);
    assert!(response.messages()[0].contains("greet"), "{response:?}");
    assert_eq!(desk.send(&Request::line(&token, "plugins")).end(), (403, "denied".to_owned()), "no program is an administrator");
}

#[test]
fn everything_is_in_the_audit_and_most_of_all_what_was_refused() {
    let desk = Desk::with(&["greeter"]);
    let token = desk.token("ci", &["greet"]);
    desk.send(&Request::line(&token, "greet").with("for", "pipeline 12"));
    desk.send(&Request::line(&token, "say something"));
    desk.send(&Request::line(&token, "greet").with("channel", "dev"));
    desk.revoke("ci");
    desk.send(&Request::line(&token, "greet"));
    let entries = desk.audit(&AuditQuery { person: Some("ci".to_owned()), ..AuditQuery::newest(9) });
    let told: Vec<[&str; 5]> = entries.iter().map(|e| [&*e.called, &*e.channel, &*e.line, &*e.outcome, &*e.rule]).collect();
    assert_eq!(
        told,
        [
            ["ci (pipeline 12)", "ops", "greet", "ok", "everybody"],
            ["ci", "ops", "say something", "denied", "token ci"],
            ["ci", "dev", "greet", "denied", "token ci"],
            ["ci", "", "", "denied", "token ci"],
        ]
    );
    assert!(entries[0].event.is_some() && entries[1].event.is_none());
    assert!(entries[3].detail.contains("was revoked"));
}
