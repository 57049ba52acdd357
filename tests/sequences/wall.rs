//! A chat service that keeps everything that was said in it, whatever becomes of the bot.

use async_trait::async_trait;
use hatstand::adapters::{Abilities, Adapter, Found, Undelivered};
use hatstand::ledger::Said;
use hatstand::model::{Account, Affiliation, Membership, Say, WorkspaceId};
use hatstand_common::value::{Channel, ChannelId, PersonId};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Everything that the bot has said, in a file: it outlives the process.
#[derive(Debug)]
pub struct Wall {
    said: Mutex<(File, Vec<Say>)>,
}

/// What the bot knows of the wall. Once it is cut nothing comes through any more.
#[derive(Debug)]
pub struct Wire {
    wall: Arc<Wall>,
    cut: AtomicBool,
}

pub fn workspace() -> WorkspaceId {
    WorkspaceId::from("wall")
}

impl Wall {
    pub fn open(path: &Path) -> Arc<Self> {
        let file = OpenOptions::new().create(true).append(true).read(true).open(path).expect("a file");
        let lines = BufReader::new(file.try_clone().expect("the same file")).lines().map_while(Result::ok);
        // One write of a whole line each: whoever was killed has written it, or has not.
        let said = lines.map(|line| serde_json::from_str(&line).expect("a whole line")).collect();
        Arc::new(Self { said: Mutex::new((file, said)) })
    }

    pub fn wire(self: &Arc<Self>) -> Arc<Wire> {
        Arc::new(Wire { wall: Arc::clone(self), cut: AtomicBool::new(false) })
    }

    /// Everything that was said, in its order.
    pub fn said(&self) -> Vec<Say> {
        self.lock().1.clone()
    }

    fn lock(&self) -> MutexGuard<'_, (File, Vec<Say>)> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wire {
    /// Nothing is said any more once this returns.
    pub fn cut(&self) {
        let _said = self.wall.lock();
        self.cut.store(true, Ordering::Relaxed);
    }

    fn say(&self, say: &Say) -> Result<(), Undelivered> {
        let mut said = self.wall.lock();
        if self.cut.load(Ordering::Relaxed) {
            return Err(Undelivered::Unknown("the wire is cut".to_owned()));
        }
        let line = serde_json::to_string(say).expect("it is text") + "\n";
        said.0.write_all(line.as_bytes()).expect("the wall takes everything");
        said.1.push(say.clone());
        Ok(())
    }
}

#[async_trait]
impl Adapter for Wire {
    fn workspaces(&self) -> Vec<WorkspaceId> {
        vec![workspace()]
    }

    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    async fn deliver(&self, _: &WorkspaceId, say: &Say, _: Option<&Said>) -> Result<Option<String>, Undelivered> {
        self.say(say).map(|()| None)
    }

    async fn find(&self, _: &WorkspaceId, say: &Say) -> Result<Option<Found>, Undelivered> {
        let is_out = self.wall.lock().1.iter().any(|said| said.id == say.id);
        Ok(is_out.then_some(Found { service_id: None }))
    }

    async fn account(&self, _: &WorkspaceId, id: &PersonId) -> Option<Account> {
        Some(Account { affiliation: Affiliation::Member, ..Account::bare(id) })
    }

    async fn channel(&self, _: &WorkspaceId, id: &ChannelId) -> Option<Channel> {
        Some(Channel { id: id.clone(), name: id.0.clone(), direct: id.0.starts_with('@'), archived: false })
    }

    async fn belongs(&self, _: &WorkspaceId, _: &ChannelId, _: &PersonId) -> Membership {
        Membership::Member
    }
}
