//! The life of plugins: which builds served, from when to when and why; and what was decided about them.

use super::Commit;
use crate::model::{PluginName, WorkspaceId};
use hatstand_common::value::{ChannelId, Instant, PersonId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// One build of a plugin, and the time for which it served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    pub plugin: PluginName,
    pub version: String,
    pub digest: String,
    /// Of what it keeps; see [`Description::state_version`](hatstand_common::declaration::Description::state_version).
    pub state: u32,
    pub at: Instant,
    pub cause: Cause,
    /// Who wanted it; none if it came from the folder, or the host did it.
    pub by: Option<PersonId>,
    /// The invocation that wanted it; empty if none did.
    pub reference: String,
    /// When it stopped serving, and why; none as long as it serves.
    pub left: Option<(Instant, Leaving)>,
}

/// Why a build began to serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// There was none before.
    Installed,
    /// It took the place of another.
    Upgraded,
    /// The one after it was taken back.
    RolledBack,
    /// It was tried in one channel before.
    Promoted,
}

/// Why a build stopped serving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "why", content = "detail")]
pub enum Leaving {
    /// Another took its place.
    Replaced,
    /// It failed, or an administrator took it back.
    TakenBack(String),
    /// Its file was removed.
    Removed,
    /// An administrator took it out.
    Unloaded,
}

/// A swap, as one transaction: the build that serves from now on, and what it did to what it keeps.
#[derive(Clone, Debug)]
pub struct Swap {
    pub generation: Generation,
    pub bytes: Arc<[u8]>,
    /// Why the one before stops serving.
    pub before: Leaving,
    /// What the build did when it was told, in each workspace. Their events are reserved.
    pub told: Vec<Commit>,
    /// What is decided with it.
    pub measures: Vec<MeasureChange>,
}

/// Something that was decided about a plugin, or about one build of it. It holds over restarts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// No build of it serves, for this reason.
    Disabled { why: String },
    /// This build does not serve, for this reason.
    Out { digest: String, why: String },
    /// It has this grant, whatever the operator's file says.
    Granted { grant: String },
    /// Builds of it that come serve in one channel only.
    Canary { workspace: WorkspaceId, channel: ChannelId },
}

impl Measure {
    /// This build does not serve, for this reason.
    pub fn out(digest: &str, why: &str) -> Self {
        Measure::Out { digest: digest.to_owned(), why: why.to_owned() }
    }
}

/// A measure, and who took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub plugin: PluginName,
    pub measure: Measure,
    pub by: Option<PersonId>,
    pub at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureChange {
    Take(Taken),
    Lift { plugin: PluginName, measure: Measure },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cause::Installed => "installed",
            Cause::Upgraded => "upgraded",
            Cause::RolledBack => "rolled back",
            Cause::Promoted => "promoted",
        })
    }
}

impl fmt::Display for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Leaving::Replaced => f.write_str("replaced"),
            Leaving::TakenBack(why) => write!(f, "taken back: {why}"),
            Leaving::Removed => f.write_str("its file was removed"),
            Leaving::Unloaded => f.write_str("unloaded"),
        }
    }
}
