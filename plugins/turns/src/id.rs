//! The number of a hold, an offer, a pass or a crew request.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Names one hold, offer, pass or crew request of a resource. A resource counts them all with one counter and never
/// gives a number twice, so a button or a timer that carries a number of the past cannot meet anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
