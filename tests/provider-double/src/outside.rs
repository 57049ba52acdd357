//! The outside world as one: its start, what it is told, and its end.

use std::{
    fmt, io,
    net::SocketAddr,
    sync::{Arc, mpsc},
};

use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};

use crate::{
    alertmanager::Alertmanager,
    delivery::Delivery,
    generic::Generic,
    github::GitHub,
    gitlab::{self, GitLab},
    jenkins::Jenkins,
    nagios::Nagios,
    phrase::nearest,
    provider::Clock,
    seen::Seen,
    service::{Hooks, Running, Service},
};

/// The outside world: every service on a port of its own. It has a runtime of its own, and all of it ends when it is dropped.
pub struct Outside {
    services: Vec<Arc<dyn Service>>,
    /// None only while it is being dropped.
    runtime: Option<Runtime>,
}

impl Outside {
    /// Opens it. `now` is what the times in answers and webhooks are taken from.
    pub fn open(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> io::Result<Outside> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("outside").enable_all().build()?;
        let clock: Clock = Arc::new(now);
        let services = run(&runtime, start(clock))??;
        Ok(Self { services, runtime: Some(runtime) })
    }

    /// `github.outside` and the like, with the address at which it listens. Who only sends is not among them.
    pub fn addresses(&self) -> Vec<(String, SocketAddr)> {
        let listening = |service: &Arc<dyn Service>| Some((format!("{}.outside", service.name()), service.address()?));
        self.services.iter().filter_map(listening).collect()
    }

    /// The secret with which a service signs its webhooks now.
    pub fn secret(&self, service: &str) -> Option<&'static str> {
        self.service(service).map(|service| service.secret())
    }

    /// The signing token of GitLab, which is its secret after `gitlab signs its webhooks`.
    pub fn signing_token(&self) -> &'static str {
        gitlab::SIGNING_TOKEN
    }

    /// The token that a service wants.
    pub fn token(&self, service: &str) -> Option<&'static str> {
        self.service(service).map(|service| service.token())
    }

    /// Does what a line says, such as `github is down`; see the table of the crate. `hooks` is where the bot listens for webhooks, which
    /// go to `/hooks/<plugin>/<service>`. A delivery waits for its answer, and a refusal by the bot is an error.
    ///
    /// It blocks until that is done: in a runtime on which the bot runs, call it where blocking is fine.
    pub fn act(&self, line: &str, hooks: Option<SocketAddr>, plugin: &str) -> Result<(), String> {
        let (name, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let service = self.service(name).ok_or_else(|| self.unknown(name))?.clone();
        let hooks = Hooks { address: hooks, plugin: plugin.to_owned() };
        self.run(service.act(rest.trim().to_owned(), hooks))?
    }

    /// What arrived at a service, the oldest first.
    pub fn requests(&self, service: &str) -> Vec<Seen> {
        self.service(service).map(|service| service.requests()).unwrap_or_default()
    }

    /// The webhooks that a service made, the oldest first, signed as they went; also those that were lost on the way.
    pub fn deliveries(&self, service: &str) -> Vec<Delivery> {
        self.service(service).map(|service| service.deliveries()).unwrap_or_default()
    }

    /// Sends any body with any headers to `/hooks/<plugin>/<hook>`, and gives the status of the answer.
    pub fn deliver(&self, delivery: &Delivery, hooks: SocketAddr, plugin: &str, hook: &str) -> Result<u16, String> {
        let (delivery, plugin, hook) = (delivery.clone(), plugin.to_owned(), hook.to_owned());
        self.run(async move { delivery.send(hooks, &plugin, &hook).await })?
    }

    /// Every form of every service, as `github is down`.
    pub fn forms(&self) -> Vec<String> {
        let of = |service: &Arc<dyn Service>| {
            let name = service.name();
            service.forms().into_iter().map(move |form| format!("{name} {form}"))
        };
        self.services.iter().flat_map(of).collect()
    }

    fn service(&self, name: &str) -> Option<&Arc<dyn Service>> {
        let name = name.strip_suffix(".outside").unwrap_or(name);
        self.services.iter().find(|service| service.name() == name)
    }

    fn unknown(&self, name: &str) -> String {
        let names: Vec<&str> = self.services.iter().map(|service| service.name()).collect();
        let meant = nearest(names.iter().copied(), name).unwrap_or_default();
        format!("there is no `{name}` outside, only {}; `{meant}` is the nearest", names.join(", "))
    }

    fn run<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> Result<T, String> {
        let runtime = self.runtime.as_ref().ok_or("the outside has ended")?;
        run(runtime, future).map_err(|error| error.to_string())
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        // Dropping a runtime waits for it, which is not allowed where the caller's own runtime runs.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outside").field("addresses", &self.addresses()).finish_non_exhaustive()
    }
}

async fn start(clock: Clock) -> io::Result<Vec<Arc<dyn Service>>> {
    Ok(vec![
        Running::<GitHub>::start(clock.clone()).await?,
        Running::<GitLab>::start(clock.clone()).await?,
        Running::<Jenkins>::start(clock.clone()).await?,
        Running::<Generic>::start(clock.clone()).await?,
        Running::<Alertmanager>::start(clock.clone()).await?,
        Running::<Nagios>::start(clock).await?,
    ])
}

/// Waits for a future on a runtime, whether or not the caller is on one itself.
fn run<T: Send + 'static>(runtime: &Runtime, future: impl Future<Output = T> + Send + 'static) -> io::Result<T> {
    let (done, waiting) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        // Nobody waits any more if the caller was unwound.
        let _gone = done.send(future.await);
    });
    waiting.recv().map_err(|_| io::Error::other("a task of the outside panicked"))
}
