//! What goes back, and how it may go wrong on the way.

use std::{fmt, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, StatusCode, header},
};
use futures_util::stream;

use crate::Fault;

/// The connection is to be closed without an answer.
#[derive(Debug)]
pub(crate) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut on order")
    }
}

impl std::error::Error for Cut {}

/// An answer before it meets its fault.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(crate) fn json(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, body, content_type: "application/json; charset=utf-8", headers: Vec::new() }
    }

    pub(crate) fn text(status: StatusCode, text: &str) -> Self {
        Self { status, body: text.into(), content_type: "text/html; charset=utf-8", headers: Vec::new() }
    }

    pub(crate) fn with(mut self, header: &'static str, value: String) -> Self {
        self.headers.push((header, value));
        self
    }

    fn respond(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// A few words for a person.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    Answer::text(status, text).respond()
}

/// Sends the answer, by way of its fault.
pub(crate) async fn send(mut answer: Answer, fault: Option<Fault>) -> Result<Response<Body>, Cut> {
    match fault {
        Some(Fault::CutBefore | Fault::CutAfter) => Err(Cut),
        Some(Fault::CutBody) => Ok(broken(answer)),
        Some(Fault::Slow(wait)) => {
            tokio::time::sleep(wait).await;
            Ok(answer.respond())
        }
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Garbage) => {
            answer.body = b"<!DOCTYPE html><p>Slack is having a moment.".to_vec();
            Ok(answer.respond())
        }
        Some(Fault::RateLimited { .. } | Fault::Status(_) | Fault::ApiError(_)) | None => Ok(answer.respond()),
    }
}

/// Half of the body, announced as the whole of it.
fn broken(answer: Answer) -> Response<Body> {
    let length = answer.body.len();
    let half = Bytes::copy_from_slice(&answer.body[..length / 2]);
    let mut response = Answer { body: Vec::new(), ..answer }.respond();
    // The half has to be on its way before the connection breaks.
    let pieces = stream::unfold(Some(half), |half| async move {
        match half {
            Some(half) => Some((Ok(half), None)),
            None => {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Some((Err(Cut), None))
            }
        }
    });
    *response.body_mut() = Body::from_stream(pieces);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}
