//! A terminal to practise in.

use super::{Shown, Terminal};
use crate::adapters::Adapter;
use crate::clock::Clock;
use crate::intake::Intake;
use crate::practice::{BOT, Chat};
use async_trait::async_trait;
use hatstand_common::transcript::{Line, Name, Room};
use hatstand_common::value::PersonId;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The terminal, and what the bot said there.
#[derive(Debug)]
pub struct TerminalChat {
    terminal: Arc<Terminal>,
    stream: mpsc::UnboundedReceiver<Shown>,
    intake: Option<Intake>,
}

impl TerminalChat {
    pub fn new(clock: Clock) -> Self {
        let (terminal, stream) = Terminal::new(BOT, clock);
        Self { terminal: Arc::new(terminal), stream, intake: None }
    }

    pub fn terminal(&self) -> &Arc<Terminal> {
        &self.terminal
    }

    /// What the bot says, as it comes, instead of with each call.
    pub fn take_stream(&mut self) -> mpsc::UnboundedReceiver<Shown> {
        let (_, empty) = mpsc::unbounded_channel();
        std::mem::replace(&mut self.stream, empty)
    }
}

#[async_trait]
impl Chat for TerminalChat {
    async fn adapter(&mut self) -> Result<Arc<dyn Adapter>, String> {
        Ok(Arc::clone(&self.terminal) as Arc<dyn Adapter>)
    }

    async fn connect(&mut self, intake: &Intake, _: &CancellationToken) -> Result<(), String> {
        self.intake = Some(intake.clone());
        Ok(())
    }

    fn disconnect(&mut self) {
        self.intake = None;
    }

    async fn type_in(&mut self, room: &Room, who: &Name, text: &str) -> Result<(), String> {
        let event = self.terminal.typed(room, who, text);
        let intake = self.intake.as_ref().ok_or("nobody listens")?;
        self.terminal.hand_over(event, intake).await.map_err(|why| why.to_string())
    }

    fn identity(&mut self, who: &Name) -> PersonId {
        who.as_str().into()
    }

    fn said(&mut self) -> Vec<Line> {
        let mut said = Vec::new();
        while let Ok(shown) = self.stream.try_recv() {
            said.push(shown);
        }
        said.sort_by(|one, other| one.order.cmp(&other.order));
        said.into_iter().map(|shown| shown.line).collect()
    }

    async fn make_admin(&mut self, who: &Name) -> Result<(), String> {
        self.terminal.make_admin(who);
        Ok(())
    }

    async fn set_zone(&mut self, who: &Name, zone: &str) -> Result<(), String> {
        self.terminal.set_zone(who, zone);
        Ok(())
    }
}
