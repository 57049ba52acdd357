//! Jobs, what waits to be built, and builds.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Jenkins;

/// How a build can end.
pub(super) const RESULTS: &[&str] = &["SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"];

/// A job. Its name has its folders before it: `team/web`.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) name: String,
    /// The parameters that it takes, with their defaults; others are ignored.
    pub(super) parameters: BTreeMap<String, String>,
}

/// What waits in the queue, or has left it.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: u64,
    pub(super) job: String,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) since: Timestamp,
    pub(super) fate: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Waiting,
    Left { number: u64 },
    Cancelled,
}

/// A build.
#[derive(Clone, Debug)]
pub(super) struct Build {
    pub(super) job: String,
    pub(super) number: u64,
    pub(super) item: u64,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) started: Timestamp,
    /// How it ended, and when.
    pub(super) ended: Option<(&'static str, Timestamp)>,
}

impl Job {
    /// The last part of its name.
    pub(super) fn short_name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }
}

/// Where a job is, from the root: each folder on the way is `job/` and its name.
pub(super) fn path(job: &str) -> String {
    job.split('/').map(|part| format!("job/{part}/")).collect()
}

impl Build {
    /// Milliseconds that it took; 0 while it runs.
    pub(super) fn duration(&self) -> i64 {
        self.ended.map_or(0, |(_, at)| at.as_millisecond() - self.started.as_millisecond())
    }
}

impl Jenkins {
    /// Puts a build into the queue. The same job with the same parameters that waits already is not put in a second time.
    pub(super) fn enqueue(&mut self, job: &str, parameters: &BTreeMap<String, String>, now: Timestamp) -> u64 {
        let is_same = |item: &&Item| item.fate == Fate::Waiting && item.job == job && item.parameters == *parameters;
        if let Some(item) = self.queue.iter().find(is_same) {
            return item.id;
        }
        let id = self.queue.len() as u64 + 1;
        self.queue.push(Item { id, job: job.to_owned(), parameters: parameters.clone(), since: now, fate: Fate::Waiting });
        id
    }

    /// Lets an item leave the queue and be built.
    pub(super) fn start(&mut self, id: u64, now: Timestamp) -> Result<Build, String> {
        let number_of = |job: &str| self.builds.iter().filter(|build| build.job == job).count() as u64 + 1;
        let item = self.queue.iter().find(|item| item.id == id).ok_or_else(|| format!("jenkins has no queue item {id}"))?;
        if item.fate != Fate::Waiting {
            return Err(format!("queue item {id} does not wait any more"));
        }
        let (job, parameters, number) = (item.job.clone(), item.parameters.clone(), number_of(&item.job));
        let build = Build { job, number, item: id, parameters, started: now, ended: None };
        self.builds.push(build.clone());
        self.settle(id, Fate::Left { number });
        Ok(build)
    }

    pub(super) fn settle(&mut self, id: u64, fate: Fate) {
        for item in self.queue.iter_mut().filter(|item| item.id == id) {
            item.fate = fate;
        }
    }

    /// Ends a build, if it runs.
    pub(super) fn end(&mut self, job: &str, number: u64, result: &'static str, now: Timestamp) -> Result<Build, String> {
        let found = self.builds.iter_mut().find(|build| build.job == job && build.number == number);
        let build = found.ok_or_else(|| format!("jenkins has no build {number} of {job}"))?;
        if let Some((result, _)) = build.ended {
            return Err(format!("build {number} of {job} has ended with {result}"));
        }
        build.ended = Some((result, now));
        Ok(build.clone())
    }
}
