//! Upload URLs, and the private URLs that files are read from.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart},
    http::{Request, Response, StatusCode, header},
};
use hyper::body::Incoming;

use super::{
    answer::{self, Answer, Cut},
    arguments::bearer,
};
use crate::{Fault, state::Shared};

/// More than a test uploads.
const MOST: usize = 256 << 20;

/// Takes a file: as the body itself, or as a form's first file ("files.getUploadURLExternal method").
pub(crate) async fn receive(path: &str, request: Request<Incoming>, shared: &Shared) -> Result<Response<Body>, Cut> {
    let fault = shared.state().take_fault("upload", None);
    if let Some(Fault::Status(status)) = fault {
        return Ok(answer::plain(StatusCode::from_u16(status).unwrap_or_default(), "no"));
    }
    if fault == Some(Fault::CutBefore) {
        return Err(Cut);
    }
    let Some(content) = content(request.map(Body::new)).await else {
        return Ok(answer::plain(StatusCode::BAD_REQUEST, "no file"));
    };
    let length = content.len();
    let answer = match shared.state().receive_upload(path, content) {
        true => Answer::text(StatusCode::OK, &format!("OK - {length}")),
        false => Answer::text(StatusCode::NOT_FOUND, "no such upload"),
    };
    answer::send(answer, fault).await
}

async fn content(request: Request<Body>) -> Option<Vec<u8>> {
    let is_form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
    if !is_form {
        return to_bytes(request.into_body(), MOST).await.ok().map(Into::into);
    }
    let mut parts = Multipart::from_request(request, &()).await.ok()?;
    let part = parts.next_field().await.ok()??;
    part.bytes().await.ok().map(Into::into)
}

/// A file's content, for those with a token that may read files.
pub(crate) fn download(path: &str, request: &Request<Incoming>, shared: &Shared) -> Response<Body> {
    let state = shared.state();
    let known = bearer(request.headers()).and_then(|token| state.tokens.get(&token).cloned());
    let may_read = known.and_then(|token| state.apps.get(&token.app)).is_some_and(|app| app.grants("files:read"));
    let id = path.split('/').next().unwrap_or_default();
    match state.file(id) {
        // Slack shows a sign-in page to those it does not know, with a good status.
        _ if !may_read => answer::plain(StatusCode::OK, "<!DOCTYPE html><title>Sign in</title>"),
        Ok(file) => Response::new(Body::from(file.content.clone().unwrap_or_default())),
        Err(_) => answer::plain(StatusCode::NOT_FOUND, "no such file"),
    }
}
