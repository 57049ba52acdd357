//! What must be true of the traffic, whatever was swapped meanwhile.

use crate::load::Traffic;
use hatstand::ledger::{AuditEntry, AuditQuery, Ledger};
use hatstand::model::WorkspaceId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A build that was put into the folder.
#[derive(Clone, Debug)]
pub struct Build {
    /// The beginning of its digest, with which the audit tells it.
    pub digest: String,
    pub renamed: Instant,
}

impl Build {
    fn answered(&self, row: &AuditEntry) -> bool {
        row.build.ends_with(&self.digest)
    }
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

/// What the audit has about this plugin, in the order of its commits.
pub async fn rows(ledger: &dyn Ledger, plugin: &str) -> Vec<AuditEntry> {
    let mut rows = ledger.audit(AuditQuery::newest(usize::MAX)).await.expect("it can be read");
    rows.retain(|row| row.plugin.0 == plugin);
    rows.reverse();
    rows
}

/// `count` reads the number in each answer of a plugin that counts.
pub fn judge(traffic: &Traffic, rows: &[AuditEntry], builds: &[Build], count: Option<fn(&str) -> u64>) -> Faults {
    let answers = |event: i64| traffic.answers.get(&event).map_or(0, Vec::len);
    let mut faults = Faults {
        lost: traffic.given.iter().filter(|given| answers(given.event) == 0).count(),
        doubled: traffic.answers.values().filter(|answers| answers.len() > 1).count(),
        ..Faults::default()
    };
    let place = |row: &AuditEntry| builds.iter().position(|build| build.answered(row));
    let (mut last, mut newest) = (BTreeMap::<&WorkspaceId, u64>::new(), 0);
    for row in rows {
        let Some(event) = row.event.map(|event| event.0).filter(|event| traffic.answers.contains_key(event)) else { continue };
        assert_eq!(row.outcome, "ok", "{}", row.detail);
        let build = place(row).expect("it was put there");
        // In whichever workspace: a swap is between two invocations.
        faults.retired += usize::from(build < newest);
        newest = newest.max(build);
        let Some(count) = count.map(|count| count(&traffic.answers[&event][0].text)) else { continue };
        if let Some(counted) = last.insert(&row.workspace, count) {
            faults.miscounted += usize::from(count != counted + 1);
        }
    }
    faults
}

/// The number in `Hello ann, greeting 7 from greeter 0.1.0.`
pub fn greeting(answer: &str) -> u64 {
    let number = answer.split("greeting ").nth(1).and_then(|rest| rest.split(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("it is a greeting: {answer}"))
}

/// From the rename to the first answer of that build.
pub fn first_answers(traffic: &Traffic, rows: &[AuditEntry], builds: &[Build]) -> Vec<Duration> {
    let answered = |row: &AuditEntry| Some(traffic.answers.get(&row.event?.0)?.first()?.at);
    let first = |build: &Build| rows.iter().filter(|row| build.answered(row)).filter_map(answered).min();
    builds.iter().filter_map(|build| Some(first(build)?.saturating_duration_since(build.renamed))).collect()
}
