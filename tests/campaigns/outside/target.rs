//! A machine to which nobody may connect, and that notices when somebody does.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// It listens on all loopback addresses, at one port.
pub struct Target {
    pub port: u16,
    connections: Arc<AtomicUsize>,
}

impl Target {
    pub fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("the loopback has room");
        let port = listener.local_addr().expect("it listens").port();
        let connections = Arc::<AtomicUsize>::default();
        watch(listener, Arc::clone(&connections));
        // A machine without the newer protocol cannot be reached by it either.
        if let Ok(listener) = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))) {
            watch(listener, Arc::clone(&connections));
        }
        Self { port, connections }
    }

    /// How often somebody has connected.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn watch(listener: TcpListener, connections: Arc<AtomicUsize>) {
    thread::spawn(move || {
        for connection in listener.incoming() {
            connections.fetch_add(1, Ordering::SeqCst);
            drop(connection);
        }
    });
}
