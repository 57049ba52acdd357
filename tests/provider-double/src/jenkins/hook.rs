//! What the Notification plugin posts (plugins.jenkins.io/notification; the fields as in its `Phase.java`).

use serde_json::{Value, json};

use super::{
    Jenkins, ROOT,
    build::{Build, Item, path},
};
use crate::delivery::{Sending, uuid};

impl Jenkins {
    /// A phase of a build. The plugin sends no id of its own.
    pub(super) fn notification(&mut self, build: &Build, phase: &str, at: i64) -> Sending {
        let about = format!("{phase} of {} {}", build.job, build.number);
        self.post(about, &body(build, phase, at))
    }

    /// What is queued has no build yet: its number is the one that comes next.
    pub(super) fn queued(&mut self, item: &Item) -> Sending {
        let number = self.builds.iter().filter(|build| build.job == item.job).count() as u64 + 1;
        let (job, parameters) = (item.job.clone(), item.parameters.clone());
        let build = Build { job, number, item: item.id, parameters, started: item.since, ended: None };
        self.notification(&build, "QUEUED", item.since.as_millisecond())
    }

    fn post(&mut self, about: String, body: &Value) -> Sending {
        self.deliveries += 1;
        let id = uuid(&format!("jenkins delivery {}", self.deliveries));
        Sending::new(about, id, self.signature(), body)
            .with("Content-Type", "application/json;charset=UTF-8")
            .with("User-Agent", "Java/17.0.13")
            .with("Accept", "*/*")
    }
}

fn body(build: &Build, phase: &str, at: i64) -> Value {
    let job = path(&build.job);
    let path = format!("{job}{}/", build.number);
    let name = build.job.rsplit('/').next();
    let mut body = json!({
        "name": name, "display_name": name, "url": job,
        "build": {
            "full_url": format!("{ROOT}/{path}"), "number": build.number, "queue_id": build.item, "timestamp": at,
            "duration": build.duration(), "phase": phase, "url": path, "scm": { "changes": [], "culprits": [] },
            "parameters": build.parameters, "log": "", "notes": "", "artifacts": {},
        },
    });
    // A build that has not ended has no status.
    if let Some((result, _)) = build.ended {
        body["build"]["status"] = result.into();
    }
    body
}
