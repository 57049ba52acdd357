//! Requests to the API: the first line is the query of the address, the rest is the body.

use axum::body::Body;
use axum::http::Request;
use axum::http::request::Parts;
use hatstand::api::Problem;
use hatstand::api::request::{LONGEST_WAIT, Wanted, read};
use std::cell::RefCell;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new(Builder::new_current_thread().enable_time().build().expect("a runtime"));
}

/// Whatever is asked for is understood, or is refused as the asker's fault, in words; and the same request is the same.
pub fn check(input: &[u8]) {
    let at = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (query, body) = (&input[..at], input.get(at + 1..).unwrap_or_default());
    let Some(head) = head(query) else { return };
    match wanted(&head, body) {
        Ok(first) => {
            let again = wanted(&head, body).expect("it was understood before");
            assert_eq!(first.fingerprint, again.fingerprint);
            assert!(first.wait <= LONGEST_WAIT, "{:?}", first.wait);
        }
        Err(problem) => {
            assert!(problem.status.is_client_error(), "{problem:?}");
            assert!(!problem.code.is_empty() && !problem.detail.is_empty(), "{problem:?}");
        }
    }
}

fn wanted(head: &Parts, body: &[u8]) -> Result<Wanted, Problem> {
    RUNTIME.with_borrow(|runtime| runtime.block_on(read(head, Body::from(body.to_vec()), None)))
}

/// None if no server would let it through.
fn head(query: &[u8]) -> Option<Parts> {
    let query = std::str::from_utf8(query).ok()?;
    let request = Request::post(format!("/api/v1/commands?{query}")).header("Content-Type", "application/json").body(()).ok()?;
    Some(request.into_parts().0)
}
