//! The port of a service: open, or shut so that connections are refused.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    http::{Request, StatusCode},
    response::{IntoResponse, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::Service, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Mutex,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    provider::{Provider, Shared},
    seen::Seen,
    trouble::{Cut, Trouble, echo, redirect, spoil},
};

/// The most that a request may carry.
const LARGEST_BODY: usize = 32 << 20;

/// The port of a service.
pub(crate) struct Door<P> {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared<P>>,
    routes: Router,
    leaf: Mutex<Leaf>,
}

enum Leaf {
    Open {
        end: CancellationToken,
        accepting: JoinHandle<()>,
    },
    /// The socket is bound and does not listen: connections are refused, and nobody else gets the port.
    Shut(TcpSocket),
}

impl<P: Provider> Door<P> {
    /// Opens a port for these routes.
    pub(crate) async fn open(shared: Arc<Shared<P>>, routes: Router) -> io::Result<Self> {
        let listener = bind((Ipv4Addr::LOCALHOST, 0).into())?.listen(1024)?;
        let address = listener.local_addr()?;
        let leaf = Mutex::new(listen(listener, &shared, &routes));
        Ok(Self { address, shared, routes, leaf })
    }

    /// From here on connections are refused; those that are open end.
    pub(crate) async fn shut(&self) -> io::Result<()> {
        let mut leaf = self.leaf.lock().await;
        if let Leaf::Open { end, accepting } = &mut *leaf {
            end.cancel();
            // It ends by being told to; a panic in it would have ended it as well.
            let _ended = accepting.await;
            *leaf = Leaf::Shut(bind(self.address)?);
        }
        Ok(())
    }

    /// Listens again, at the same port.
    pub(crate) async fn reopen(&self) -> io::Result<()> {
        let mut leaf = self.leaf.lock().await;
        if matches!(*leaf, Leaf::Shut(_)) {
            let Leaf::Shut(socket) = std::mem::replace(&mut *leaf, Leaf::Shut(TcpSocket::new_v4()?)) else { return Ok(()) };
            *leaf = listen(socket.listen(1024)?, &self.shared, &self.routes);
        }
        Ok(())
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn listen<P: Provider>(listener: TcpListener, shared: &Arc<Shared<P>>, routes: &Router) -> Leaf {
    let end = CancellationToken::new();
    let accepting = tokio::spawn(accept(listener, shared.clone(), routes.clone(), end.clone()));
    Leaf::Open { end, accepting }
}

async fn accept<P: Provider>(listener: TcpListener, shared: Arc<Shared<P>>, routes: Router, end: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        if let Ok((stream, _)) = accepted {
            tokio::spawn(converse(stream, shared.clone(), routes.clone(), end.clone()));
        }
    }
}

async fn converse<P: Provider>(stream: TcpStream, shared: Arc<Shared<P>>, routes: Router, end: CancellationToken) {
    // Without this, an answer could wait for the ack of the one before it.
    let _unsupported = stream.set_nodelay(true);
    let service = service_fn(move |request| receive(request, shared.clone(), routes.clone()));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = end.cancelled() => {}
        // A client that goes away, or a cut on order: both are the connection's end and no more.
        _ended = connection => {}
    }
}

/// Writes a request down, meets its trouble, and carries it out as far as that allows.
async fn receive<P: Provider>(request: Request<Incoming>, shared: Arc<Shared<P>>, routes: Router) -> Result<Response, Cut> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(Body::new(body), LARGEST_BODY).await else {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    let now = shared.now();
    shared.front.seen().push(Seen::new(now, &parts.method, &parts.uri, &parts.headers, &body));
    let trouble = shared.front.take();
    let answer = match &trouble {
        Some(Trouble::Answers(overload)) => P::overloaded(overload, now),
        Some(Trouble::Redirects(to)) => redirect(to),
        Some(Trouble::Echoes) => echo(&parts.headers),
        _ => serve(&routes, Request::from_parts(parts, body)).await,
    };
    shared.front.pass().await;
    spoil(answer, trouble.as_ref())
}

async fn serve(routes: &Router, request: Request<Bytes>) -> Response {
    let routed = TowerToHyperService::new(routes.clone()).call(request.map(Body::from)).await;
    routed.unwrap_or_else(|never: Infallible| match never {})
}
