//! HTTP listener: the accept loop of the API and of the webhooks, and the bounds on what a stranger can hold open.
//!
//! A connection that nobody vouches for is worth little: it has [`Bounds::head`] to send the head of a request, and once the listener is
//! full it makes way for a newer one, the oldest first. A handler [vouches](Standing::vouch) for a connection once it has checked a token or
//! a signature; until the answer is out, that connection keeps its place. So strangers can fill the listener, but they cannot keep it full.
//!
//! It speaks HTTP/1 only: in HTTP/2 one connection carries any number of requests, and a bound on connections bounds nothing.

mod linger;

use crate::process;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use linger::Lingering;
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The longest head of a request, in bytes; hyper answers a longer one with 431.
const HEAD_BYTES: usize = 64 * 1024;

/// The pause after the operating system refused a connection: descriptors or memory are short.
const PAUSE: Duration = Duration::from_millis(100);

/// Bounds on the connections of one listener.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Open at a time.
    pub connections: usize,
    /// Of those from one address; a /64 counts as one. The loopback is exempt: everything that a proxy on this machine passes on comes
    /// from there.
    pub per_address: usize,
    /// Time to send the head of a request, and how long a connection may stay idle between two.
    pub head: Duration,
    /// Time to send the body.
    pub body: Duration,
    /// The age at which a connection takes no further request; at twice this age it is closed.
    pub lifetime: Duration,
}

/// A bound socket that serves nobody yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    bounds: Bounds,
}

impl Listener {
    /// Binds the address. The bound on connections is lowered to this listener's share of the process's descriptors.
    ///
    /// # Errors
    ///
    /// The address cannot be listened at.
    pub async fn bind(address: SocketAddr, bounds: Bounds) -> io::Result<Self> {
        let connections = bounds.connections.min(process::descriptors_per_listener()).max(1);
        Ok(Self { socket: TcpListener::bind(address).await?, bounds: Bounds { connections, ..bounds } })
    }

    /// # Errors
    ///
    /// The operating system does not know the address.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop`, and then finishes the requests under way.
    pub async fn serve(self, routes: Router, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        let open = Arc::new(Connections::new(self.bounds));
        while let Some((stream, peer)) = stop.run_until_cancelled(self.accept()).await {
            if let Some(slot) = Connections::admit(&open, peer.ip()) {
                tasks.spawn(serve_connection(stream, routes.clone(), slot, self.bounds, stop.clone()));
            }
        }
        drop(self.socket);
        tasks.close();
        tasks.wait().await;
    }

    async fn accept(&self) -> (TcpStream, SocketAddr) {
        loop {
            match self.socket.accept().await {
                Ok(accepted) => return accepted,
                Err(why) if matches!(why.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) => {}
                Err(why) => {
                    tracing::error!(%why, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// One connection, from its first byte to its last.
async fn serve_connection(stream: TcpStream, routes: Router, slot: Slot, bounds: Bounds, stop: CancellationToken) {
    let (routes, standing) = (TowerToHyperService::new(routes), slot.standing.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(standing.clone());
        routes.call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head).max_buf_size(HEAD_BYTES);
    let mut connection = pin!(http.serve_connection(TokioIo::new(Lingering::new(stream)), service));
    // In this order: an answer whose handler has ended is out before anybody asks whether the connection has to make way.
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        () = slot.displaced() => return,
        () = stop.cancelled() => {}
        () = sleep(bounds.lifetime) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        biased;
        _ = connection => {}
        () = slot.displaced() => {}
        () = sleep(bounds.lifetime) => {}
    }
}

/// Standing of a connection, as its requests carry it among their extensions.
#[derive(Clone, Debug, Default)]
pub struct Standing(Arc<AtomicUsize>);

impl Standing {
    /// Keeps the connection its place for as long as the guard lives.
    pub fn vouch(&self) -> Vouched {
        self.0.fetch_add(1, Ordering::SeqCst);
        Vouched(self.clone())
    }

    fn is_vouched_for(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

/// Guard of a connection whose request was found genuine.
#[derive(Debug)]
pub struct Vouched(Standing);

impl Drop for Vouched {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Table of the open connections, oldest first.
#[derive(Debug)]
struct Connections {
    bounds: Bounds,
    open: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    rows: BTreeMap<u64, Row>,
}

#[derive(Debug)]
struct Row {
    /// None for the loopback.
    source: Option<IpAddr>,
    standing: Standing,
    displaced: CancellationToken,
}

/// Place of one connection in the table.
#[derive(Debug)]
struct Slot {
    connections: Arc<Connections>,
    number: u64,
    standing: Standing,
    displaced: CancellationToken,
}

impl Connections {
    fn new(bounds: Bounds) -> Self {
        Self { bounds, open: Mutex::default() }
    }

    /// A place for a new connection, if need be that of the oldest one that nobody vouches for. None if all are vouched for.
    fn admit(this: &Arc<Self>, peer: IpAddr) -> Option<Slot> {
        let source = source(peer);
        let mut table = this.table();
        let siblings = |row: &Row| source.is_some() && row.source == source;
        let has_room = table.make_room(this.bounds.per_address, siblings) && table.make_room(this.bounds.connections, |_| true);
        if !has_room {
            tracing::warn!(%peer, "a connection was refused: too many are open");
            return None;
        }
        let (standing, displaced) = (Standing::default(), CancellationToken::new());
        let number = table.next;
        table.next += 1;
        table.rows.insert(number, Row { source, standing: standing.clone(), displaced: displaced.clone() });
        drop(table);
        Some(Slot { connections: Arc::clone(this), number, standing, displaced })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Is there room for one more of these connections, perhaps because one of them makes way?
    fn make_room(&self, at_most: usize, counts: impl Fn(&Row) -> bool) -> bool {
        let staying = || self.rows.values().filter(|row| counts(row) && !row.displaced.is_cancelled());
        if staying().count() < at_most {
            return true;
        }
        let oldest = staying().find(|row| !row.standing.is_vouched_for());
        oldest.inspect(|row| row.displaced.cancel()).is_some()
    }
}

impl Slot {
    /// Ends when a newer connection needs the place, unless somebody vouches for this one by then.
    async fn displaced(&self) {
        self.displaced.cancelled().await;
        if self.standing.is_vouched_for() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.connections.table().rows.remove(&self.number);
    }
}

/// The address by which the connections of one peer are counted: whoever has one address of IPv6 has all of its /64.
fn source(peer: IpAddr) -> Option<IpAddr> {
    match peer.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into()),
        address => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { connections: 3, per_address: 2, head: Duration::ZERO, body: Duration::ZERO, lifetime: Duration::ZERO };

    fn admit(connections: &Arc<Connections>, peer: &str) -> Option<Slot> {
        Connections::admit(connections, peer.parse().expect("an address"))
    }

    fn has_to_go(slot: &Slot) -> bool {
        slot.displaced.is_cancelled()
    }

    #[test]
    fn the_oldest_stranger_makes_way_for_a_newer_connection() {
        let open = Arc::new(Connections::new(BOUNDS));
        let [first, second, third] = [0; 3].map(|_| admit(&open, "127.0.0.1").expect("there is room"));
        let vouched = first.standing.vouch();
        let fourth = admit(&open, "127.0.0.1").expect("the second makes way");
        assert_eq!([&first, &second, &third, &fourth].map(has_to_go), [false, true, false, false]);
        let _others = [&third, &fourth].map(|slot| slot.standing.vouch());
        assert!(admit(&open, "127.0.0.1").is_none(), "all are vouched for");
        drop(vouched);
        assert!(admit(&open, "127.0.0.1").is_some() && has_to_go(&first), "its request has ended");
    }

    #[test]
    fn one_address_displaces_only_its_own_connections() {
        let open = Arc::new(Connections::new(BOUNDS));
        let other = admit(&open, "192.0.2.1").expect("there is room");
        let crowd = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"].map(|peer| admit(&open, peer).expect("one makes way"));
        assert!(!has_to_go(&other));
        assert_eq!([&crowd[0], &crowd[1], &crowd[2], &crowd[3]].map(has_to_go), [true, true, false, false]);
    }

    #[test]
    fn a_connection_that_ended_leaves_its_place() {
        let open = Arc::new(Connections::new(BOUNDS));
        let held = [0; 3].map(|_| admit(&open, "::ffff:127.0.0.1").expect("there is room"));
        let _all = held.each_ref().map(|slot| slot.standing.vouch());
        assert!(admit(&open, "127.0.0.1").is_none());
        drop(held);
        assert!(admit(&open, "127.0.0.1").is_some());
    }
}
