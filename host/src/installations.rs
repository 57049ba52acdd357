//! Which builds went live, noted in the ledger; plugins that asked for it are told that they were installed or upgraded.

use crate::clock::Clock;
use crate::intake::Intake;
use crate::ledger::{self, Ledger};
use crate::model::{Event, What, WorkspaceId};
use crate::plugins::settings::Misfit;
use crate::plugins::{Generation, News};
use std::sync::Arc;
use tokio::sync::broadcast;

#[derive(Debug)]
pub struct Installations {
    pub ledger: Arc<dyn Ledger>,
    pub intake: Intake,
    pub clock: Clock,
    pub workspaces: Vec<WorkspaceId>,
}

impl Installations {
    /// Notes what goes live, for as long as the task runs.
    pub async fn run(self, mut news: broadcast::Receiver<News>) {
        loop {
            match news.recv().await {
                Ok(News::Live { generation, .. }) => {
                    if let Err(why) = self.note(&generation).await {
                        tracing::error!(plugin = %generation.name, %why, "it is live, but that could not be noted");
                    }
                }
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "too much happened to plugins at once to note it all");
                }
                Err(broadcast::error::RecvError::Closed) => return,
            }
        }
    }

    async fn note(&self, generation: &Generation) -> ledger::Result<()> {
        self.warn_of_misfits(generation).await?;
        let live = ledger::Generation {
            plugin: generation.name.clone(),
            version: generation.description.version.clone(),
            digest: generation.digest.as_str().to_owned(),
            at: self.clock.now(),
        };
        let (kind, what) = match self.ledger.went_live(live).await? {
            ledger::Before::Nothing => ("installed", What::Installed { plugin: generation.name.clone() }),
            ledger::Before::Other(before) => ("upgraded", What::Upgraded { plugin: generation.name.clone(), previous: before.version }),
            ledger::Before::Same => return Ok(()),
        };
        if !generation.description.subscriptions.iter().any(|name| name == kind) {
            return Ok(());
        }
        for workspace in &self.workspaces {
            self.intake.take(self.event(workspace, kind, generation, &what)).await?;
        }
        Ok(())
    }

    /// What was set in chat for another build and is not what this one takes.
    async fn warn_of_misfits(&self, generation: &Generation) -> ledger::Result<()> {
        for workspace in &self.workspaces {
            let in_chat = self.ledger.settings(workspace, &generation.name).await?;
            for misfit in generation.settings_with(&in_chat).1 {
                let Misfit { setting, value, why } = misfit;
                tracing::warn!(plugin = %generation.name, %workspace, setting, value, why, "what was set in chat does not fit and is not applied");
            }
        }
        Ok(())
    }

    fn event(&self, workspace: &WorkspaceId, kind: &str, generation: &Generation, what: &What) -> Event {
        Event {
            workspace: workspace.clone(),
            key: format!("{kind}:{}:{}", generation.name, generation.digest.as_str()),
            at: self.clock.now(),
            place: None,
            person: None,
            what: what.clone(),
        }
    }
}
