//! What happens to plugins, for whoever watches.

use super::generation::{Digest, Generation};
use super::rejection::Rejection;
use crate::model::PluginName;
use hatstand_common::value::Instant;
use std::sync::Arc;
use std::time::Duration;

/// What happened to a plugin, for whoever watches.
#[derive(Clone, Debug)]
pub enum News {
    Live {
        generation: Arc<Generation>,
        before: Option<Arc<Generation>>,
        took: Duration,
    },
    Rejected {
        file: String,
        digest: Option<Digest>,
        why: Rejection,
        serving: Option<Arc<Generation>>,
    },
    Gone {
        plugin: PluginName,
        file: String,
    },
    /// It serves in some channel only.
    Canary {
        generation: Arc<Generation>,
        channel: String,
    },
    /// It failed again and again, and is left alone for a while.
    Resting {
        plugin: PluginName,
        until: Instant,
        why: String,
    },
    /// It serves again.
    Rested {
        plugin: PluginName,
    },
}

impl News {
    pub(super) fn log(&self) {
        match self {
            News::Live { generation, before, took } => {
                let before = before.as_ref().map(|before| before.build());
                tracing::info!(plugin = %generation.name, build = generation.build(), generation = generation.number, before, ?took, "plugin is live");
            }
            News::Rejected { file, digest, why, serving } => {
                let serving = serving.as_ref().map(|serving| serving.build());
                tracing::warn!(file, digest = digest.as_ref().map(Digest::short), phase = %why.phase(), serving, "plugin rejected: {file} {why}");
            }
            News::Gone { plugin, file } => tracing::info!(%plugin, file, "plugin is gone"),
            News::Canary { generation, channel } => {
                tracing::info!(plugin = %generation.name, build = generation.build(), channel, "plugin is tried in one channel");
            }
            News::Resting { plugin, why, .. } => tracing::warn!(%plugin, why, "plugin rests"),
            News::Rested { plugin } => tracing::info!(%plugin, "plugin serves again"),
        }
    }
}
