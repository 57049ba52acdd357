//! Everything that the double knows, under one lock.
//!
//! The Web API, the sockets, the people's acts and the control interface all come here; each noun of Slack has a file. What
//! Slack would refuse is a [`Refusal`] with Slack's name for it, whoever asked.

pub(crate) mod app;
pub(crate) mod clock;
pub(crate) mod delivery;
pub(crate) mod event;
pub(crate) mod file;
pub(crate) mod interaction;
pub(crate) mod limit;
pub(crate) mod member;
pub(crate) mod message;
pub(crate) mod message_json;
pub(crate) mod mint;
pub(crate) mod press;
pub(crate) mod reaction;
pub(crate) mod records;
pub(crate) mod refusal;
pub(crate) mod room;
pub(crate) mod scatter;
pub(crate) mod socket;
pub(crate) mod talk;
pub(crate) mod timer;
pub(crate) mod view;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    net::SocketAddr,
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use rand::{SeedableRng, rngs::StdRng};
use tokio::sync::{Notify, watch};

pub(crate) use refusal::{Refusal, Refused, refuse};

use crate::{AppId, ChannelId, FileId, Settings, SocketId, TeamId, TriggerId, UserId, ViewId};

/// What the tasks of one double share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    home: OnceLock<crate::Home>,
    /// Rung when a timer was set that is due before all others.
    pub(crate) wake: Notify,
}

impl Shared {
    pub(crate) fn new(settings: Settings, address: SocketAddr) -> Self {
        Self {
            state: Mutex::new(State::new(settings, address)),
            changed: watch::Sender::new(0),
            home: OnceLock::new(),
            wake: Notify::new(),
        }
    }

    /// The state, for as long as the guard lives; waiters are told of changes when it goes.
    pub(crate) fn state(&self) -> Held<'_> {
        Held { shared: self, guard: self.state.lock().unwrap_or_else(PoisonError::into_inner) }
    }

    pub(crate) fn home(&self) -> Option<crate::Home> {
        self.home.get().cloned()
    }

    /// Notes what the double was furnished with, once.
    pub(crate) fn settle(&self, home: crate::Home) {
        self.home.get_or_init(|| home);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// The state under lock.
pub(crate) struct Held<'a> {
    shared: &'a Shared,
    guard: MutexGuard<'a, State>,
}

impl Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.guard
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.guard
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if std::mem::take(&mut self.guard.dirty) {
            self.shared.changed.send_modify(|version| *version += 1);
        }
        if self.guard.timers.take_sooner() {
            self.shared.wake.notify_one();
        }
    }
}

/// Everything that the double knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) address: SocketAddr,
    pub(crate) clock: clock::Clock,
    pub(crate) random: StdRng,
    pub(crate) mint: mint::Mint,
    pub(crate) teams: BTreeMap<TeamId, app::Team>,
    pub(crate) apps: BTreeMap<AppId, app::Registered>,
    pub(crate) installs: Vec<app::Install>,
    pub(crate) tokens: HashMap<String, app::Token>,
    pub(crate) members: BTreeMap<UserId, member::Member>,
    pub(crate) rooms: BTreeMap<ChannelId, room::Room>,
    pub(crate) ephemerals: Vec<crate::Ephemeral>,
    pub(crate) scheduled: Vec<message::Scheduled>,
    pub(crate) views: BTreeMap<ViewId, view::Opened>,
    pub(crate) files: BTreeMap<FileId, file::Stored>,
    pub(crate) triggers: HashMap<TriggerId, interaction::Trigger>,
    pub(crate) response_urls: HashMap<String, interaction::ResponseUrl>,
    pub(crate) interactions: HashMap<u64, interaction::Asked>,
    pub(crate) tickets: HashMap<String, socket::Ticket>,
    pub(crate) sockets: BTreeMap<SocketId, socket::Socket>,
    pub(crate) gate: socket::Gate,
    pub(crate) deliveries: delivery::Deliveries,
    pub(crate) timers: timer::Timers,
    pub(crate) faults: VecDeque<limit::Ordered>,
    pub(crate) rates: limit::Rates,
    pub(crate) records: records::Records,
    /// Whether anything changed since the waiters were last told.
    pub(crate) dirty: bool,
}

impl State {
    fn new(settings: Settings, address: SocketAddr) -> Self {
        Self {
            clock: clock::Clock::start(settings.pace),
            random: StdRng::seed_from_u64(settings.seed),
            mint: mint::Mint::default(),
            teams: BTreeMap::new(),
            apps: BTreeMap::new(),
            installs: Vec::new(),
            tokens: HashMap::new(),
            members: BTreeMap::new(),
            rooms: BTreeMap::new(),
            ephemerals: Vec::new(),
            scheduled: Vec::new(),
            views: BTreeMap::new(),
            files: BTreeMap::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            interactions: HashMap::new(),
            tickets: HashMap::new(),
            sockets: BTreeMap::new(),
            gate: socket::Gate::default(),
            deliveries: delivery::Deliveries::default(),
            timers: timer::Timers::default(),
            faults: VecDeque::new(),
            rates: limit::Rates::default(),
            records: records::Records::new(settings.keep),
            dirty: false,
            settings,
            address,
        }
    }

    /// The next number in the order of everything that happens.
    pub(crate) fn next_seq(&mut self) -> u64 {
        self.dirty = true;
        self.mint.seq()
    }

    /// What URLs that the double hands out begin with.
    pub(crate) fn base_url(&self) -> String {
        self.settings.public_url.clone().unwrap_or_else(|| format!("http://{}", self.address))
    }

    /// What socket URLs begin with.
    pub(crate) fn socket_base_url(&self) -> String {
        match &self.settings.public_socket_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => self.base_url().replacen("http", "ws", 1).trim_end_matches('/').to_owned(),
        }
    }
}
