//! The port: HTTP/1.1 and HTTP/2 by prior knowledge, for everything that the double serves.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::Body,
    http::{Request, Response, StatusCode},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{
    answer::{self, Cut},
    call, response_url, upload,
};
use crate::{socket_mode, state::Shared};

/// Accepts connections until the double ends; then all of them end.
pub(crate) async fn run(listener: TcpListener, shared: Arc<Shared>, end: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = end.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        if let Ok((stream, _)) = accepted {
            tokio::spawn(serve(stream, shared.clone(), end.clone()));
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, end: CancellationToken) {
    // Without this, an answer could wait for the ack of the one before it.
    let _unsupported = stream.set_nodelay(true);
    let ending = end.clone();
    let service = service_fn(move |request| route(request, shared.clone(), ending.clone()));
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().preserve_header_case(false).pipeline_flush(true);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::select! {
        () = end.cancelled() => {}
        // A client that goes away, or a cut on order: both are the connection's end and no more.
        _ended = connection => {}
    }
}

/// Finds what a path stands for; doubled and trailing slashes count as one and none.
async fn route(request: Request<Incoming>, shared: Arc<Shared>, end: CancellationToken) -> Result<Response<Body>, Cut> {
    let path: String = request.uri().path().split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    let (first, rest) = path.split_once('/').unwrap_or((&path, ""));
    match first {
        "api" => call::serve(rest, request, &shared).await,
        "link" => Ok(socket_mode::upgrade(request, &shared, &end)),
        "commands" | "actions" | "app" => response_url::serve(&path, request, &shared).await,
        "upload" => upload::receive(&path, request, &shared).await,
        "files-pri" => Ok(upload::download(rest, &request, &shared)),
        "control" => Ok(crate::control::serve(request, shared).await.unwrap_or_else(|never: Infallible| match never {})),
        _ => Ok(answer::plain(StatusCode::NOT_FOUND, "nothing here; the Web API is under /api, the control interface under /control\n")),
    }
}
