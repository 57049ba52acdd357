//! From an HTTP request with a ticket to a WebSocket.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Body,
    extract::Query,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use hyper_util::{rt::TokioIo, server::conn::auto::upgrade::downcast};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{handshake::derive_accept_key, protocol::Role},
};
use tokio_util::sync::CancellationToken;

use super::connection;
use crate::{AppId, state::Shared, web::answer};

/// Answers the handshake; the connection goes on in a task of its own.
pub(crate) fn upgrade(mut request: Request<Incoming>, shared: &Arc<Shared>, end: &CancellationToken) -> Response<Body> {
    let admission = match admit(&request, shared) {
        Ok(admission) => admission,
        Err(status) => return answer::plain(status, "the socket was refused"),
    };
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(connect(upgrading, admission.app, admission.debug_reconnects, shared.clone(), end.clone()));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, header::HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, header::HeaderValue::from_static("Upgrade"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, admission.accept);
    response
}

struct Admission {
    app: AppId,
    debug_reconnects: bool,
    accept: header::HeaderValue,
}

fn admit(request: &Request<Incoming>, shared: &Shared) -> Result<Admission, StatusCode> {
    let accept = accept_key(request.headers()).ok_or(StatusCode::BAD_REQUEST)?;
    let Query(query) = Query::<HashMap<String, String>>::try_from_uri(request.uri()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let mut state = shared.state();
    if state.gate.refuses {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let Some(app) = query.get("ticket").and_then(|ticket| state.take_ticket(ticket)) else {
        state.complain("invalid_ticket", "a socket was asked for with a ticket that is used, too old, or none");
        return Err(StatusCode::FORBIDDEN);
    };
    let debug_reconnects = query.get("debug_reconnects").is_some_and(|flag| flag == "true");
    Ok(Admission { app, debug_reconnects, accept })
}

fn accept_key(headers: &HeaderMap) -> Option<header::HeaderValue> {
    let asks = headers.get(header::UPGRADE)?.to_str().ok()?.eq_ignore_ascii_case("websocket");
    let key = headers.get(header::SEC_WEBSOCKET_KEY)?;
    asks.then(|| derive_accept_key(key.as_bytes()).parse().ok())?
}

async fn connect(upgrading: OnUpgrade, app: AppId, debug_reconnects: bool, shared: Arc<Shared>, end: CancellationToken) {
    let Ok(upgraded) = upgrading.await else { return };
    // The bare TCP stream, because a cut has to reach it.
    let Ok(parts) = downcast::<TokioIo<TcpStream>>(upgraded) else { return };
    let stream = WebSocketStream::from_partially_read(parts.io.into_inner(), parts.read_buf.into(), Role::Server, None).await;
    connection::run(stream, app, debug_reconnects, shared, end).await;
}
