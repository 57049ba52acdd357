//! Whatever people, the provider and the clock do, in whatever order: what must always hold.

use super::scene::{MAIN, OTHER, body, commit, deployment, room, status};
use crate::run::{Run, RunId};
use hatstand_plugin::HttpFailure;
use hatstand_plugin::testing::{Request, Room};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    Says(&'static str, &'static str),
    /// The newest of these that there is.
    Presses(&'static str, &'static str),
    /// One of the requests that wait for an answer gets one.
    Answered(usize, Answer),
    /// A status of one of the deployments, at that second.
    Status(u64, &'static str, u64),
    Waits(&'static str),
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    Well,
    Nothing,
    Broken,
    Nonsense,
    Cut,
}

const PEOPLE: [&str; 3] = ["ann", "bob", "root"];

const LINES: [&str; 24] = [
    "deploy web",
    "deploy web@fix to staging",
    "deploy web to production",
    "deploy! web to production because it burns",
    "deploy steal web@fix to staging",
    "deploy queue join web to staging",
    "deploy queue leave web to staging",
    "deploy rollback web",
    "deploy diff web@fix",
    "plan web to production",
    "deploy cancel 1",
    "deploy cancel 2",
    "deploy cancel 3",
    "lock staging on web because of the fair",
    "lock! staging on web for 1 hour",
    "lock everything",
    "unlock everything",
    "unlock staging on web",
    "unlock all",
    "locks",
    "deploy freeze staging until 10:30 because of the fair",
    "deploy thaw staging",
    "deploy hat on",
    "deploy history",
];

const BUTTONS: [&str; 9] =
    ["Deploy", "Leave it", "Steal and deploy", "Queue", "Not any more", "Cancel", "Rollback", "Retry", "Keep waiting"];

const STATES: [&str; 5] = ["queued", "in_progress", "success", "failure", "error"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let answer = prop_oneof![
        6 => Just(Answer::Well),
        1 => Just(Answer::Nothing),
        1 => Just(Answer::Broken),
        1 => Just(Answer::Nonsense),
        1 => Just(Answer::Cut),
    ];
    let person = || prop::sample::select(&PEOPLE[..]);
    let step = prop_oneof![
        4 => (person(), prop::sample::select(&LINES[..])).prop_map(|(who, line)| Step::Says(who, line)),
        2 => (person(), prop::sample::select(&BUTTONS[..])).prop_map(|(who, label)| Step::Presses(who, label)),
        6 => (0..4_usize, answer).prop_map(|(which, answer)| Step::Answered(which, answer)),
        3 => (1..6_u64, prop::sample::select(&STATES[..]), 0..50_u64).prop_map(|(id, state, second)| Step::Status(id, state, second)),
        1 => prop::sample::select(&["10 seconds", "61 seconds", "11 minutes", "4 hours"][..]).prop_map(Step::Waits),
    ];
    prop::collection::vec(step, 1..60)
}

/// The room, and which requests wait for an answer.
struct Walk {
    room: Room,
    waiting: Vec<Request>,
    seen: usize,
    /// How many deployments there are, and by which keys.
    deployments: Vec<Value>,
}

impl Walk {
    fn new() -> Self {
        let policies =
            json!({ "confirm": "ambiguous", "contexts": [], "when-busy": "queue", "in-order": false, "behind": "warn", "hat": "warn" });
        let mut room = room(&policies);
        room.admin("root");
        Self { room, waiting: Vec::new(), seen: 0, deployments: Vec::new() }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Says(who, line) => self.room.says(who, line),
            Step::Presses(who, label) => {
                // Whoever sees no such button presses none.
                let press = std::panic::AssertUnwindSafe(|| self.room.presses(who, label));
                if let Err(why) = std::panic::catch_unwind(press) {
                    let is_missing = why.downcast_ref::<String>().is_some_and(|why| why.starts_with("there is nothing called"));
                    assert!(is_missing, "the plugin panicked");
                    return;
                }
            }
            Step::Answered(which, answer) if !self.waiting.is_empty() => {
                let request = self.waiting.remove(which % self.waiting.len());
                self.answer(&request, *answer);
            }
            Step::Answered(..) => return,
            Step::Status(id, state, second) => {
                let at = format!("2026-01-05T10:00:{second:02}Z");
                let mut body = status(*id, *second, state, &at);
                if let Some(key) = self.deployments.get(usize::try_from(*id).unwrap() - 1) {
                    body["deployment"]["payload"] = json!({ "hatstand": key });
                }
                super::scene::hook(&mut self.room, &body);
            }
            Step::Waits(time) => self.room.wait(time),
        }
        self.notice();
    }

    /// Looks at what was sent.
    fn notice(&mut self) {
        let sent = self.room.requests()[self.seen..].to_vec();
        self.seen += sent.len();
        self.waiting.extend(sent);
    }

    fn answer(&mut self, request: &Request, answer: Answer) {
        let is_order = request.method == "POST" && request.url.ends_with("/deployments");
        if is_order && matches!(answer, Answer::Well | Answer::Nonsense | Answer::Cut) {
            self.deployments.push(body(request)["payload"]["hatstand"].clone());
        }
        match answer {
            Answer::Well => {
                let said = self.well(request);
                self.room.responds(&request.tag, 200, said.to_string());
            }
            Answer::Nothing => self.room.responds(&request.tag, 404, "{}"),
            Answer::Broken => self.room.responds(&request.tag, 500, ""),
            Answer::Nonsense => self.room.responds(&request.tag, 200, "[7, \"seven\"]"),
            Answer::Cut => {
                let why = "closed; whether it arrived is not known".to_owned();
                self.room.fails(&request.tag, HttpFailure::Connection(why));
            }
        }
    }

    fn well(&self, request: &Request) -> Value {
        let known = |(index, key): (usize, &Value)| {
            let mut known = deployment(index as u64 + 1, MAIN);
            known["payload"] = json!({ "hatstand": key });
            known
        };
        match request.url.as_str() {
            url if url.contains("/commits/fix") => commit(OTHER),
            url if url.contains("/commits/") => commit(MAIN),
            url if url.contains("/compare/") => json!({ "behind_by": 1 }),
            url if url.ends_with("/deployments") => deployment(self.deployments.len() as u64, MAIN),
            url if url.contains("/deployments?") => self.deployments.iter().enumerate().map(known).collect(),
            url if url.ends_with("/statuses") => json!({ "id": 1 }),
            _ => json!([]),
        }
    }

    fn runs(&self) -> Vec<Run> {
        let last = self.room.stored::<u64>("runs").unwrap_or_default();
        (1..=last).filter_map(|id| self.room.stored(&format!("run {:010}", RunId(id).0))).collect()
    }

    fn check(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(&self.room.outcome().broken, &None);
        let mut busy = BTreeSet::new();
        for run in self.runs().into_iter().filter(Run::is_going) {
            prop_assert!(busy.insert(run.environment.clone()), "two deploys go on in {}", run.environment);
        }
        let mut keys = BTreeSet::new();
        for order in self.room.requests().iter().filter(|request| request.method == "POST" && request.url.ends_with("/deployments")) {
            let key = body(order)["payload"]["hatstand"].to_string();
            prop_assert!(keys.insert(key.clone()), "{} was ordered twice", key);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_and_nothing_is_ordered_twice(steps in steps()) {
        let mut walk = Walk::new();
        for step in &steps {
            walk.take(step);
            walk.check()?;
        }
    }

    #[test]
    fn everything_comes_to_an_end(steps in steps()) {
        let mut walk = Walk::new();
        for step in &steps {
            walk.take(step);
        }
        // The provider answers everything from here on, and time passes.
        for second in 0..40 {
            while let Some(request) = walk.waiting.pop() {
                walk.answer(&request, Answer::Well);
                walk.notice();
            }
            for id in 1..=walk.deployments.len() as u64 {
                walk.take(&Step::Status(id, "success", 59));
            }
            walk.take(&Step::Waits(if second % 2 == 0 { "61 seconds" } else { "6 minutes" }));
        }
        walk.check()?;
        let open: Vec<Run> = walk.runs().into_iter().filter(|run| !run.is_over()).collect();
        prop_assert!(open.is_empty(), "{:?}", open);
        for run in walk.runs() {
            let held = walk.room.stored::<crate::lock::Kept>(&crate::lock::Spot::new(&run.app, &run.environment).key());
            let held = held.is_some_and(|kept| kept.run.is_some() && !kept.resource.holds.is_empty());
            prop_assert!(!held, "deploy {} has left its lock behind", run.id);
        }
    }

    #[test]
    fn no_webhook_breaks_anything(name in prop::sample::select(&["github", "gitlab", "jenkins", "generic"][..]), body in
        json(), event in ".{0,20}") {
        let mut walk = Walk::new();
        walk.room.webhook(name, &[("X-GitHub-Event", &event)], body.to_string());
        prop_assert_eq!(&walk.room.outcome().broken, &None);
        walk.room.webhook(name, &[("X-GitHub-Event", "deployment_status")], body.to_string());
        prop_assert_eq!(&walk.room.outcome().broken, &None);
    }
}

/// JSON that looks like something that a provider sends.
fn json() -> impl Strategy<Value = Value> {
    let keys = [
        "deployment",
        "deployment_status",
        "state",
        "id",
        "created_at",
        "payload",
        "hatstand",
        "object_kind",
        "object_attributes",
        "status",
        "variables",
        "key",
        "value",
        "build",
        "phase",
        "number",
        "parameters",
        "updated_at",
        "url",
    ];
    let words = [
        "pipeline",
        "success",
        "running",
        "STARTED",
        "COMPLETED",
        "2026-01-05T10:00:00Z",
        "9999-99-99T99:99:99Z",
        "1-abc",
        "HATSTAND_DEPLOY",
    ];
    let leaf = prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(keys.to_vec()), inner), 0..6)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}
