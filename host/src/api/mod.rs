//! The HTTP API: programs give commands, as people do in chat.
//!
//! # The path of one request
//!
//! 1. [`caller`]: whose token is it, and does it count?
//! 2. [`request`]: what is asked for, and by which key will it be asked for again?
//! 3. [`command`]: which declared command is that, with which [`arguments`]; and may the token give it there?
//! 4. It is recorded as an event, like whatever comes from a chat, and handled like it.
//! 5. [`outcome`]: what came of it is found in the ledger, whoever handled it, and told as JSON; or as a [`problem`].
//!
//! Nothing is recorded before a request is sound in itself, and whoever repeats one with its key finds what came of the first.
//! [`openapi`] describes all of it, from what the plugins declare.
//!
//! The operator's [`console`] is the same over a socket of this machine, without tokens.
//!
//! It speaks plain HTTP: encryption is the business of the operator's proxy.

mod arguments;
mod caller;
mod command;
#[cfg(unix)]
mod console;
mod openapi;
mod outcome;
mod plain;
mod problem;
mod refusals;
pub mod request;
mod serve;

pub use problem::Problem;

use crate::clock::Clock;
use crate::config::Http;
use crate::directory::Directory;
use crate::host::Host;
use crate::intake::Intake;
use crate::ledger::Ledger;
use crate::listener::{Bounds, Listener};
use crate::plugins::Plugins;
use caller::Rates;
use refusals::Refusals;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What requests are answered with.
#[derive(Debug)]
pub struct Api {
    intake: Intake,
    ledger: Arc<dyn Ledger>,
    plugins: Arc<Plugins>,
    directory: Arc<Directory>,
    clock: Clock,
    rates: Rates,
    refusals: Refusals,
    /// How often whoever waits says that it still does.
    heartbeat: Duration,
    /// How long a command may take.
    patience: Duration,
    /// Ends those who wait.
    stop: CancellationToken,
}

impl Api {
    /// Listens at this address, and answers until the host stops. Returns where it listens, which tells the port if any would do.
    ///
    /// # Errors
    ///
    /// The address cannot be listened at.
    pub async fn open(host: &Host, settings: &Http, address: SocketAddr) -> io::Result<SocketAddr> {
        let listener = Listener::bind(address, bounds(settings)).await?;
        let address = listener.address()?;
        host.attend(|stop| listener.serve(serve::routes(Arc::new(Self::of(host, settings, stop.clone()))), stop));
        Ok(address)
    }

    /// Opens the operator's console at this path, and answers until the host stops.
    ///
    /// # Errors
    ///
    /// There can be no socket at this path.
    #[cfg(unix)]
    pub fn open_console(host: &Host, settings: &Http, path: &Path) -> io::Result<()> {
        let listener = console::open(path)?;
        host.attend(|stop| console::run(Arc::new(Self::of(host, settings, stop)), listener));
        Ok(())
    }

    fn of(host: &Host, settings: &Http, stop: CancellationToken) -> Self {
        Self {
            intake: host.intake.clone(),
            ledger: Arc::clone(&host.ledger),
            plugins: Arc::clone(&host.plugins),
            directory: Arc::clone(&host.directory),
            clock: host.clock.clone(),
            rates: Rates::new(settings.rate),
            refusals: Refusals::default(),
            heartbeat: settings.grace / 4,
            patience: settings.patience,
            stop,
        }
    }
}

/// A request may wait for the plugin, and then for what the plugin left open.
fn bounds(settings: &Http) -> Bounds {
    Bounds {
        connections: settings.connections.get(),
        per_address: settings.connections_per_address.get(),
        head: Duration::from_secs(5),
        body: request::SENDING,
        lifetime: request::SENDING + settings.patience + request::LONGEST_WAIT,
    }
}
