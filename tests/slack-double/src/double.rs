//! The double itself: its start, its addresses and its end.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    App, AppId, Channel, ChannelId, Person, Settings, TeamId, Tokens, UserId,
    state::{Refused, Shared, timer},
    web::server,
};

/// A running Slack. Clones are the same one; it stops when the last is dropped.
#[derive(Clone)]
pub struct Double {
    pub(crate) shared: Arc<Shared>,
    /// None in the double's own tasks, which must not keep it running.
    _alive: Option<Arc<DropGuard>>,
}

/// What a furnished double starts with: a workspace, an app that may do everything, and people in `#general`.
#[derive(Clone, Debug)]
pub struct Home {
    /// The workspace.
    pub team: TeamId,
    /// The app, called Hatstand; its bot is `@hatstand`.
    pub app: AppId,
    /// What the app signs with.
    pub tokens: Tokens,
    /// `#general`; the bot and everyone are in it.
    pub general: ChannelId,
    /// `#random`; everyone is in it, the bot is not.
    pub random: ChannelId,
    /// Ada Lovelace, `@ada`, an admin.
    pub ada: UserId,
    /// Ben Okri, `@ben`.
    pub ben: UserId,
    /// Cleo Patra, `@cleo`.
    pub cleo: UserId,
}

impl Double {
    /// Starts a Slack on 127.0.0.1 and returns once it listens.
    pub async fn start(settings: Settings) -> io::Result<Double> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let furnished = settings.furnished;
        let shared = Arc::new(Shared::new(settings, listener.local_addr()?));
        let end = CancellationToken::new();
        tokio::spawn(timer::run(shared.clone(), end.clone()));
        tokio::spawn(server::run(listener, shared.clone(), end.clone()));
        let double = Double { shared, _alive: Some(Arc::new(end.drop_guard())) };
        if furnished {
            double.furnish();
        }
        Ok(double)
    }

    /// What a furnished double started with.
    ///
    /// # Panics
    ///
    /// If it was started bare.
    pub fn home(&self) -> Home {
        self.shared.home().expect("the double was started bare, without a home")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.state().address
    }

    /// The Web API's base, without a trailing slash; `…/api/` and doubled slashes are the same to it.
    pub fn api_url(&self) -> String {
        format!("{}/api", self.shared.state().base_url().trim_end_matches('/'))
    }

    /// How long it has been running, in real time. Every record's `at` is on this scale.
    pub fn now(&self) -> Duration {
        self.shared.state().clock.elapsed()
    }

    /// The double as its own tasks see it: they do not keep it running.
    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self { shared, _alive: None }
    }

    fn furnish(&self) {
        let team = self.add_workspace("Hatstand Works");
        let person = |name: &str, real: &str, is_admin| {
            let email = format!("{name}@example.com");
            self.add_person(&team, Person { real_name: real.into(), is_admin, email, ..Person::named(name) })
        };
        let (ada, ben, cleo) = (person("ada", "Ada Lovelace", true), person("ben", "Ben Okri", false), person("cleo", "Cleo Patra", false));
        let app = self.add_app(App::named("Hatstand"));
        let tokens = self.install(&app, &team);
        let members = vec![ada.clone(), ben.clone(), cleo.clone()];
        let mut state = self.shared.state();
        let general = must(state.team(&team)).general.clone();
        must(state.room_mut(&general)).members.insert(tokens.user.clone());
        let random = must(state.add_channel(&team, Channel { members, ..Channel::named("random") }));
        drop(state);
        self.shared.settle(Home { team, app, tokens, general, random, ada, ben, cleo });
        // What an app was told of while it had no socket is no part of the world that a test starts from.
        self.shared.state().begin();
    }
}

impl fmt::Debug for Double {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Double").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// What a test asked of the double and Slack would refuse is a mistake in the test.
#[track_caller]
pub(crate) fn must<T>(refused: Refused<T>) -> T {
    match refused {
        Ok(done) => done,
        Err(refusal) => panic!("the double refused: {refusal}"),
    }
}
