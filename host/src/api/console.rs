//! The operator's way in: a socket beside the ledger, which nobody can open but the user as whom the bot runs. Lines as administrators type
//! them, without a token and in no channel.

use super::{Api, Problem};
use crate::ledger::Recorded;
use crate::model::{Called, Event, What, WorkspaceId};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hatstand_common::program::Program;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UnixListener;

/// Opens the socket. One that a process left behind that was killed is replaced: the ledger's lock keeps two hosts apart.
pub(super) fn open(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        _ => {}
    }
    // Nobody else may open it, not even for the moment until its mode is set.
    let before = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o177));
    let opened = UnixListener::bind(path);
    rustix::process::umask(before);
    opened
}

/// Answers until the host stops.
pub(super) async fn run(api: Arc<Api>, listener: UnixListener) {
    let stop = api.stop.clone();
    let routes = Router::new().route("/commands", post(command)).with_state(api);
    let _ = axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await;
}

async fn command(State(api): State<Arc<Api>>, line: String) -> Response {
    match api.obey_operator(&line).await {
        Ok(told) => told.into_response(),
        Err(problem) => problem.into_response(),
    }
}

impl Api {
    async fn obey_operator(&self, line: &str) -> Result<super::outcome::Told, Problem> {
        // With several workspaces the first will do: what is ordered about plugins holds in all.
        let workspace = self.directory.workspaces().next().cloned().ok_or_else(Problem::no_workspace)?;
        let called = self.called(&workspace, line).await?;
        let key = format!("console:{:032x}", rand::random::<u128>());
        let event = Event {
            workspace: workspace.clone(),
            key: key.clone(),
            at: self.clock.now(),
            place: None,
            person: Some(Program::operator().id()),
            what: What::Called(called),
        };
        match self.intake.take(event).await {
            Ok(Some(Recorded::New(_))) => self.tell(&workspace, &key, Duration::ZERO).await,
            Ok(_) => Err(Problem::forgotten()),
            Err(why) => Err(Problem::not_kept(&why)),
        }
    }

    /// The command that the line is, with its arguments.
    async fn called(&self, workspace: &WorkspaceId, line: &str) -> Result<Called, Problem> {
        let line = self.line(workspace, line).await;
        let (plugin, command, arguments) = self.meant(&line, Program::operator(), |_| true)?;
        Ok(Called { plugin, command: command.name, arguments, line: line.text, request: String::new() })
    }
}
