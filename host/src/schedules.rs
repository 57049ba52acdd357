//! What plugins declare to happen again and again: planned in the ledger for each workspace, one run at a time, and fired like
//! [timers](crate::timers).
//!
//! A plugin that is not there keeps its plan: runs that it misses are made up for by one when it is back.

use crate::clock::Clock;
use crate::ledger::{self, Ledger, Planned};
use crate::model::{Later, PluginName, WorkspaceId};
use crate::plugins::{Generation, Registry};
use hatstand_common::declaration::Schedule;
use hatstand_common::schedule::Cron;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

#[derive(Debug)]
pub struct Schedules {
    ledger: Arc<dyn Ledger>,
    clock: Clock,
    workspaces: Vec<WorkspaceId>,
    /// The time zone of schedules that name none.
    zone: String,
    /// The generation of each plugin whose schedules are planned. Held while planning, so that nobody goes on before that is done.
    followed: Mutex<BTreeMap<PluginName, u64>>,
}

impl Schedules {
    pub fn new(ledger: Arc<dyn Ledger>, clock: Clock, workspaces: Vec<WorkspaceId>, zone: String) -> Self {
        Self { ledger, clock, workspaces, zone, followed: Mutex::default() }
    }

    /// Plans what the live builds declare. What was planned before and is declared still stays planned, with what was missed of it.
    pub async fn follow(&self, registry: &Registry) -> ledger::Result<()> {
        let mut followed = self.followed.lock().await;
        for name in registry.present() {
            let Some(generation) = registry.live(name).filter(|live| followed.get(name) != Some(&live.number)) else { continue };
            for workspace in &self.workspaces {
                self.plan(workspace, generation).await?;
            }
            followed.insert(name.clone(), generation.number);
        }
        Ok(())
    }

    async fn plan(&self, workspace: &WorkspaceId, generation: &Generation) -> ledger::Result<()> {
        let planned: Vec<Planned> = generation.description.schedules.iter().filter_map(|schedule| self.planned(schedule)).collect();
        // Most plugins have none, and need not wait for the disk.
        if planned.is_empty() && self.ledger.count(workspace, &generation.name, Later::Schedule).await? == 0 {
            return Ok(());
        }
        self.ledger.plan(workspace, &generation.name, planned).await
    }

    /// None for a schedule that has no run any more; what cannot be read was not let in.
    fn planned(&self, schedule: &Schedule) -> Option<Planned> {
        let zone = if schedule.zone.is_empty() { &self.zone } else { &schedule.zone };
        let schedule = Schedule { zone: zone.clone(), ..schedule.clone() };
        let due = Cron::read(&schedule).ok()?.next(self.clock.now())?;
        Some(Planned { schedule, due })
    }
}
