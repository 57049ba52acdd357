//! Nagios, which only sends: a notification command that posts its macros as JSON with `curl` and a bearer.
//!
//! Nagios Core has no webhooks; a notification command is what its operator writes, here as the plugin `notify` asks for it, from the
//! macros of Nagios's manual (assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html). Every value is a text.

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    delivery::{Sending, uuid},
    phrase::{Done, Phrase, Said},
    provider::Provider,
    signature::Signature,
};

/// `$SERVICESTATE$` and `$HOSTSTATE$`.
const SERVICE_STATES: &[&str] = &["OK", "WARNING", "UNKNOWN", "CRITICAL"];
const HOST_STATES: &[&str] = &["UP", "DOWN", "UNREACHABLE"];

/// What is watched, by host and service.
#[derive(Debug, Default)]
pub(crate) struct Nagios {
    watched: BTreeMap<(String, Option<String>), Watched>,
    /// The last number given to a problem.
    problems: u64,
    notifications: u64,
}

#[derive(Clone, Debug)]
struct Watched {
    state: &'static str,
    output: String,
    /// `$SERVICEPROBLEMID$`: 0 as soon as it is over, and then the last one is that of the problem that was.
    problem: u64,
    last_problem: u64,
}

impl Provider for Nagios {
    const NAME: &'static str = "nagios";
    const TOKEN: &'static str = "";

    fn secret(&self) -> &'static str {
        "outside-nagios-webhook-secret"
    }

    fn phrases() -> &'static [Phrase<Self>] {
        &[
            Phrase { form: "HOST SERVICE is acknowledged by PERSON [saying TEXT...]", deed: is_acknowledged },
            Phrase { form: "host HOST is STATE [saying TEXT...]", deed: host_is },
            Phrase { form: "HOST SERVICE is STATE [saying TEXT...]", deed: service_is },
        ]
    }
}

fn service_is(nagios: &mut Nagios, said: &Said) -> Done {
    let state = said.one_of("STATE", SERVICE_STATES)?;
    nagios.turn(said.text("HOST"), Some(said.text("SERVICE")), state, state == "OK", said)
}

fn host_is(nagios: &mut Nagios, said: &Said) -> Done {
    let state = said.one_of("STATE", HOST_STATES)?;
    nagios.turn(said.text("HOST"), None, state, state == "UP", said)
}

fn is_acknowledged(nagios: &mut Nagios, said: &Said) -> Done {
    let (host, service) = (said.text("HOST"), said.text("SERVICE"));
    let watched = nagios.watched.get(&(host.to_owned(), Some(service.to_owned()))).filter(|watched| watched.problem > 0);
    let watched = watched.ok_or_else(|| format!("{service} on {host} has no problem"))?.clone();
    Ok(vec![nagios.notify("ACKNOWLEDGEMENT", host, Some(service), &watched, said)])
}

impl Nagios {
    /// A problem keeps its number until it is over.
    fn turn(&mut self, host: &str, service: Option<&str>, state: &'static str, is_well: bool, said: &Said) -> Done {
        let key = (host.to_owned(), service.map(str::to_owned));
        let before = self.watched.get(&key).cloned();
        let (problem, last_problem) = before.map_or((0, 0), |watched| (watched.problem, watched.last_problem));
        let (problem, last_problem) = match (is_well, problem) {
            (true, 0) => return Err(format!("{} is {state} already", service.unwrap_or(host))),
            (true, problem) => (0, problem),
            (false, 0) => {
                self.problems += 1;
                (self.problems, last_problem)
            }
            (false, problem) => (problem, last_problem),
        };
        let watched = Watched { state, output: said.maybe("TEXT").unwrap_or(state).to_owned(), problem, last_problem };
        self.watched.insert(key, watched.clone());
        let kind = if is_well { "RECOVERY" } else { "PROBLEM" };
        Ok(vec![self.notify(kind, host, service, &watched, said)])
    }

    fn notify(&mut self, kind: &str, host: &str, service: Option<&str>, watched: &Watched, said: &Said) -> Sending {
        self.notifications += 1;
        let mut body = json!({
            "type": kind, "host": host, "state": watched.state, "output": watched.output, "problem": watched.problem.to_string(),
            "last_problem": watched.last_problem.to_string(), "time": said.now.as_second().to_string(),
        });
        if let Some(service) = service {
            body["service"] = service.into();
        }
        if let Some(person) = said.maybe("PERSON") {
            body["author"] = person.into();
            body["comment"] = said.maybe("TEXT").unwrap_or_default().into();
        }
        let what = service.map_or_else(|| host.to_owned(), |service| format!("{host} {service}"));
        let id = uuid(&format!("nagios notification {}", self.notifications));
        Sending::new(format!("{what} {kind}"), id, Signature::Bearer, &body)
            .with("Content-Type", "application/json")
            .with("User-Agent", "curl/8.5.0")
    }
}
