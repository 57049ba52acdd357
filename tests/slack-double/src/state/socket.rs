//! The connections of Socket Mode as Slack's side sees them ("Using Socket Mode").

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};

use super::{Refused, State, mint, refuse, timer::Due};
use crate::{AppId, Reason, SocketId, SocketInfo, SocketState};

/// What a connection's task is told to do.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Text(String),
    Binary(Vec<u8>),
    Ping,
    /// The close handshake.
    Close,
    /// The end of the TCP connection, without a word.
    Cut,
    /// Neither read nor write from here on.
    Silence,
    Revive,
}

/// A URL that was handed out and not used yet.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) app: AppId,
    pub(crate) until: Instant,
}

#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) id: SocketId,
    pub(crate) app: AppId,
    pub(crate) sent: u64,
    pub(crate) acked: u64,
    opened: Duration,
    debug_reconnects: bool,
    greeted: bool,
    retiring: bool,
    silent: bool,
    line: mpsc::UnboundedSender<Outgoing>,
}

/// What happens to those who want to connect.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) refuses: bool,
    pub(crate) without_hello: usize,
    sockets: u64,
}

impl Socket {
    /// Envelopes go to silent sockets too: Slack cannot know.
    pub(crate) fn takes_envelopes_of(&self, app: &AppId) -> bool {
        self.greeted && self.app == *app
    }

    /// A task that is gone takes its connection along: nothing to report.
    pub(crate) fn send(&self, outgoing: Outgoing) {
        let _gone = self.line.send(outgoing);
    }

    fn serves(&self, app: &AppId) -> bool {
        self.takes_envelopes_of(app) && !self.silent
    }

    fn info(&self) -> SocketInfo {
        let state = match self {
            Self { silent: true, .. } => SocketState::Silent,
            Self { greeted: false, .. } => SocketState::Connected,
            Self { retiring: true, .. } => SocketState::Retiring,
            Self { .. } => SocketState::Open,
        };
        SocketInfo {
            id: self.id,
            app: self.app.clone(),
            state,
            opened: self.opened,
            debug_reconnects: self.debug_reconnects,
            sent: self.sent,
            acked: self.acked,
        }
    }
}

impl State {
    /// A URL with a one-time ticket.
    pub(crate) fn ticket(&mut self, app: &AppId) -> Refused<String> {
        if !self.app(app)?.app.socket_mode {
            return refuse("forbidden_team");
        }
        self.app_mut(app)?.opens += 1;
        let ticket = mint::uuid(&mut self.random);
        let until = Instant::now() + self.settings.times.ticket;
        self.tickets.retain(|_, ticket| ticket.until > Instant::now());
        self.tickets.insert(ticket.clone(), Ticket { app: app.clone(), until });
        Ok(format!("{}/link/?ticket={ticket}&app_id={app}", self.socket_base_url()))
    }

    /// Takes the ticket: whose it was, if it was good.
    pub(crate) fn take_ticket(&mut self, ticket: &str) -> Option<AppId> {
        let taken = self.tickets.remove(ticket)?;
        (taken.until > Instant::now()).then_some(taken.app)
    }

    /// A connection stands. One too many is told so and closed.
    pub(crate) fn connect(&mut self, app: AppId, debug_reconnects: bool, line: mpsc::UnboundedSender<Outgoing>) -> SocketId {
        self.dirty = true;
        self.gate.sockets += 1;
        let id = SocketId(self.gate.sockets);
        let full = self.sockets.values().filter(|socket| socket.app == app).count() >= self.settings.connections_per_app;
        let opened = self.clock.elapsed();
        let (greeted, retiring, silent) = (false, false, false);
        let socket = Socket { id, app, sent: 0, acked: 0, opened, debug_reconnects, greeted, retiring, silent, line };
        self.sockets.insert(id, socket);
        if full {
            self.dismiss(id, &Reason::TooManyWebsockets);
            self.close_socket(id);
        } else if self.gate.without_hello > 0 {
            self.gate.without_hello -= 1;
        } else if self.settings.times.hello_after.is_zero() {
            self.greet(id);
        } else {
            self.timers.set(self.clock.after(self.settings.times.hello_after), Due::Hello(id));
        }
        id
    }

    /// Says `hello`; from here on the connection takes envelopes.
    pub(crate) fn greet(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.greeted = true;
        let (app, debug) = (socket.app.clone(), socket.debug_reconnects);
        let life = if debug { Some(Duration::from_secs(360)) } else { self.settings.times.refresh };
        let hello = self.hello(&app, life);
        self.sockets[&id].send(Outgoing::Text(hello.to_string()));
        self.plan(id, life);
        self.note_sockets(&app);
        self.send_waiting(&app);
    }

    fn hello(&self, app: &AppId, life: Option<Duration>) -> Value {
        let connections = self.sockets.values().filter(|socket| socket.app == *app).count();
        json!({
            "type": "hello", "num_connections": connections, "connection_info": { "app_id": app },
            "debug_info": {
                "host": HOST, "started": "2026-01-01 00:00:00.000", "build_number": 1,
                "approximate_connection_time": life.unwrap_or(Duration::from_secs(18060)).as_secs(),
            },
        })
    }

    /// Sets the connection's pings and its end.
    fn plan(&mut self, id: SocketId, life: Option<Duration>) {
        if let Some(every) = self.settings.times.ping_every {
            self.timers.set(self.clock.after(every), Due::Ping(id));
        }
        let Some(life) = life else { return };
        let ahead = self.settings.times.warning_ahead;
        let (first, reason) = match life.checked_sub(ahead) {
            Some(first) => (first, Reason::Warning),
            None => (life, Reason::RefreshRequested),
        };
        self.timers.set(self.clock.after(first), Due::Refresh(id, reason));
    }

    pub(crate) fn ping(&mut self, id: SocketId) {
        let (Some(socket), Some(every)) = (self.sockets.get(&id), self.settings.times.ping_every) else { return };
        socket.send(Outgoing::Ping);
        self.timers.set(self.clock.after(every), Due::Ping(id));
    }

    /// Tells a connection to go, and closes it later, if it is to be closed.
    pub(crate) fn refresh(&mut self, id: SocketId, reason: &Reason, then: Option<Duration>) {
        let app = self.sockets.get(&id).map(|socket| socket.app.clone());
        self.dismiss(id, reason);
        if let (Some(app), Reason::LinkDisabled) = (app, reason)
            && let Some(registered) = self.apps.get_mut(&app)
        {
            registered.app.socket_mode = false;
        }
        if let Some(then) = then {
            self.timers.set(self.clock.after(then), Due::Close(id));
        }
    }

    /// A refresh of the double's own: a warning, and later the end.
    pub(crate) fn refresh_on_time(&mut self, id: SocketId, reason: &Reason) {
        self.dismiss(id, reason);
        match reason {
            Reason::Warning => {
                let end = self.clock.after(self.settings.times.warning_ahead);
                self.timers.set(end, Due::Refresh(id, Reason::RefreshRequested));
            }
            _ => self.close_socket(id),
        }
    }

    /// Tells a connection why it has to go.
    pub(crate) fn dismiss(&mut self, id: SocketId, reason: &Reason) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.retiring = true;
        let mut frame = json!({ "type": "disconnect", "reason": reason.as_str(), "debug_info": { "host": HOST } });
        if *reason == Reason::TooManyWebsockets {
            frame["num_connections"] = json!(self.settings.connections_per_app + 1);
            frame["connection_info"] = json!({ "app_id": socket.app });
        }
        socket.send(Outgoing::Text(frame.to_string()));
        self.dirty = true;
    }

    pub(crate) fn close_socket(&mut self, id: SocketId) {
        self.end_socket(id, Outgoing::Close);
    }

    pub(crate) fn cut_socket(&mut self, id: SocketId) {
        self.end_socket(id, Outgoing::Cut);
    }

    /// No more envelopes from here on; the task does the rest.
    fn end_socket(&mut self, id: SocketId, how: Outgoing) {
        if let Some(socket) = self.sockets.get(&id) {
            socket.send(how);
            self.disconnect(id);
        }
    }

    pub(crate) fn silence(&mut self, id: SocketId, silent: bool) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        socket.silent = silent;
        socket.send(if silent { Outgoing::Silence } else { Outgoing::Revive });
        let app = socket.app.clone();
        self.note_sockets(&app);
    }

    /// The connection is gone, or about to be.
    pub(crate) fn disconnect(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.remove(&id) {
            self.note_sockets(&socket.app);
        }
    }

    /// Notes how many connections serve the app from now on.
    fn note_sockets(&mut self, app: &AppId) {
        self.dirty = true;
        let serving = self.sockets.values().filter(|socket| socket.serves(app)).count();
        let now = self.clock.elapsed();
        if let Some(app) = self.apps.get_mut(app) {
            app.gauge.push((now, serving));
        }
    }

    pub(crate) fn sockets_of(&self, app: &AppId) -> Vec<SocketInfo> {
        self.sockets.values().filter(|socket| socket.app == *app).map(Socket::info).collect()
    }

    pub(crate) fn set_socket_mode(&mut self, app: &AppId, on: bool) -> Refused<()> {
        self.app_mut(app)?.app.socket_mode = on;
        let sockets = self.sockets_of(app);
        for socket in sockets.iter().filter(|_| !on) {
            self.dismiss(socket.id, &Reason::LinkDisabled);
            self.close_socket(socket.id);
        }
        Ok(())
    }
}

const HOST: &str = "applink-double-1";
