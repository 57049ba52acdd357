//! One loaded build of a plugin: compiled, described, ready to be called.

use super::contract::{self, HatstandPluginPre};
use super::diary::Diary;
use super::engine::Engine;
use super::grants::Grants;
use super::instance::{self, Crash};
use super::limits::{Exceeded, Limits};
use super::patterns::Patterns;
use super::settings::{self, Misfit, Values};
use crate::capabilities::{Invocation, State};
use crate::ledger::SetInChat;
use crate::model::{Effects, PluginName};
use crate::permissions::Actions;
use crate::router::Handed;
use hatstand_common::declaration::Description;
use hatstand_common::message::Message;
use hatstand_common::value::Person;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::Arc;

/// What identifies a build: the SHA-256 of the file's bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digest(String);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it for people.
    pub fn short(&self) -> &str {
        &self.0[..12]
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.short())
    }
}

/// A plugin's build as long as anybody calls it. The registry holds the newest; calls under way hold their own.
pub struct Generation {
    pub name: PluginName,
    pub description: Description,
    pub digest: Digest,
    /// The file it came from, without the folder.
    pub file: String,
    /// Counts the generations of all plugins since the start of the host.
    pub number: u64,
    pub bytes: usize,
    pub grants: Arc<Grants>,
    pub actions: Arc<Actions>,
    /// By the operator's file, and by the build itself.
    pub settings: Arc<Values>,
    pub limits: Limits,
    /// By which it hears what is not meant for the bot; none without the grant.
    pub patterns: Patterns,
    /// What it wrote into its log last.
    pub diary: Arc<Diary>,
    pub(super) component: HatstandPluginPre<State>,
}

impl Generation {
    /// Version and digest, for the audit.
    pub fn build(&self) -> String {
        format!("{} {}", self.description.version, self.digest.short())
    }

    /// The settings that count where these were set in chat, and which of these do not fit.
    pub fn settings_with(&self, in_chat: &[SetInChat]) -> (Values, Vec<Misfit>) {
        let in_chat = in_chat.iter().map(|set| (set.name.as_str(), set.value.as_str()));
        settings::over(&self.settings, &self.description.settings, in_chat)
    }

    /// Hands the plugin an event, in a fresh instance.
    pub async fn handle(&self, engine: &Engine, invocation: Invocation, person: Option<Person>, seed: u64) -> Result<Done, Crash> {
        let context = contract::events::Context {
            reference: invocation.reference.clone(),
            workspace: invocation.workspace.0.clone(),
            place: invocation.place.as_ref().map(contract::to_place),
            person: person.map(contract::to_person),
            now: invocation.now.0,
            seed,
        };
        let event = contract::to_event(Handed::clone(&invocation.handed));
        let (invocation, returned) = instance::handle(engine, &self.component, invocation, context, event).await?;
        if returned.is_ok()
            && let Some(limit) = invocation.exceeds_state().await.map_err(|why| Crash::Ledger(why.to_string()))?
        {
            return Ok(Done { effects: Effects::default(), returned: Err(Failure::Full(limit)) });
        }
        let returned = returned.map(contract::outcome).map_err(|failure| invocation.checked(contract::failure(failure)));
        Ok(Done { effects: invocation.effects, returned })
    }
}

/// A run that returned.
#[derive(Debug)]
pub struct Done {
    /// What the plugin wants changed; void if it says that it failed.
    pub effects: Effects,
    pub returned: Result<Outcome, Failure>,
}

/// What came of an event, for programs and the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub code: String,
    pub data: String,
}

/// Why a plugin did nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The arguments make no sense together.
    Usage(String),
    /// A polite no.
    Refused(Message),
    /// For the operator only.
    Broken(String),
    /// Its state would be larger than this. Not a failure of the build: people fill it.
    Full(Exceeded),
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} generation {}", self.name, self.build(), self.number)
    }
}
