//! What a build passes between being loaded and serving. The folder knows files; whether what is in one may serve is decided by whoever runs
//! plugins.

use super::generation::Generation;
use super::live::Plugins;
use super::rejection::Rejection;
use crate::model::PluginName;
use async_trait::async_trait;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Instant;

/// A build that was loaded and described, and against which nothing speaks so far.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub generation: Arc<Generation>,
    pub bytes: Arc<[u8]>,
    /// When its file was looked at.
    pub began: Instant,
}

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// It serves.
    Serves,
    /// Its file is where its plugin comes from, but another build serves, or none.
    Waits(Rejection),
}

#[async_trait]
pub trait Threshold: Send + Sync + Debug {
    /// A file has another build in it.
    async fn cross(&self, plugins: &Plugins, candidate: Candidate) -> Crossing;

    /// The file of a plugin was removed.
    async fn is_gone(&self, plugin: &PluginName);
}

/// Lets everything in: for looking at plugins without running them.
#[derive(Clone, Copy, Debug)]
pub struct Open;

#[async_trait]
impl Threshold for Open {
    async fn cross(&self, plugins: &Plugins, candidate: Candidate) -> Crossing {
        plugins.serve(candidate.generation, candidate.began).map_or_else(Crossing::Waits, |()| Crossing::Serves)
    }

    async fn is_gone(&self, _: &PluginName) {}
}
