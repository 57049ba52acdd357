//! What administrators have to know, and nobody asked for: recorded as an event, so that it is said once, whatever happens.

use super::Keeper;
use crate::ledger::Recorded;
use crate::model::{Event, What, WorkspaceId};
use hatstand_common::value::Place;

impl Keeper {
    /// Tells them directly, and everybody where it happened. The same reference is told once.
    pub async fn tell_administrators(&self, workspace: &WorkspaceId, place: Option<Place>, reference: &str, text: String) {
        let event = Event {
            workspace: workspace.clone(),
            key: format!("notice:{reference}"),
            at: self.clock.now(),
            place,
            person: None,
            what: What::Notice { text },
        };
        match self.runner.ledger.record(event).await {
            Ok(Recorded::New(_) | Recorded::Repeat) => {}
            Err(why) => tracing::error!(reference, %why, "administrators could not be told"),
        }
    }
}
