//! What must be true of the traffic, whatever was swapped meanwhile.

use crate::load::Traffic;
use hatstand::ledger::{AuditEntry, AuditQuery, Ledger};
use hatstand::model::WorkspaceId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A build that was put into the folder.
#[derive(Clone, Debug)]
pub struct Build {
    /// As the audit tells it: version and the beginning of the digest.
    pub told: String,
    pub renamed: Instant,
}

/// What is wrong with the traffic.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults {
    pub lost: usize,
    pub doubled: usize,
    /// Answered by a build when a later one had answered already.
    pub retired: usize,
    /// Answers that do not count up by one within a workspace: something took effect twice, or never.
    pub miscounted: usize,
}

/// The rows of the audit that are about the commands, in the order of their commits.
pub async fn rows(ledger: &dyn Ledger) -> Vec<AuditEntry> {
    let mut rows = ledger.audit(AuditQuery::newest(usize::MAX)).await.expect("it can be read");
    rows.retain(|row| row.what == "greet");
    rows.reverse();
    rows
}

pub fn judge(traffic: &Traffic, rows: &[AuditEntry], builds: &[Build]) -> Faults {
    let answers = |event: i64| traffic.answers.get(&event).map_or(0, Vec::len);
    let mut faults = Faults {
        lost: traffic.given.iter().filter(|given| answers(given.event) == 0).count(),
        doubled: traffic.answers.values().filter(|answers| answers.len() > 1).count(),
        ..Faults::default()
    };
    let place = |row: &AuditEntry| builds.iter().position(|build| build.told == row.build);
    let (mut last, mut newest) = (BTreeMap::<&WorkspaceId, u64>::new(), 0);
    for row in rows {
        let Some(event) = row.event.map(|event| event.0).filter(|event| traffic.answers.contains_key(event)) else { continue };
        let (build, count) = (place(row).expect("it was put there"), count(&traffic.answers[&event][0].text));
        // In whichever workspace: a swap is between two invocations.
        faults.retired += usize::from(build < newest);
        newest = newest.max(build);
        if let Some(counted) = last.insert(&row.workspace, count) {
            faults.miscounted += usize::from(count != counted + 1);
        }
    }
    faults
}

/// The number in `Hello ann, greeting 7 from greeter 0.1.0.`
fn count(answer: &str) -> u64 {
    let number = answer.split("greeting ").nth(1).and_then(|rest| rest.split(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("it is a greeting: {answer}"))
}

/// From the rename to the first answer of that build.
pub fn first_answers(traffic: &Traffic, rows: &[AuditEntry], builds: &[Build]) -> Vec<Duration> {
    let mut first: BTreeMap<&str, Instant> = BTreeMap::new();
    for row in rows {
        let answer = row.event.and_then(|event| traffic.answers.get(&event.0)?.first());
        if let Some(answer) = answer {
            let at = first.entry(&row.build).or_insert(answer.at);
            *at = answer.at.min(*at);
        }
    }
    let waited = |build: &Build| Some(first.get(build.told.as_str())?.saturating_duration_since(build.renamed));
    builds.iter().filter_map(waited).collect()
}
