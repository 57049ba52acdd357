//! Long lists, a page at a time ("Using pagination in the REST API").

use axum::{
    Json,
    http::{HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::query::Query;

/// Results on a page if nothing is said, and at most.
const USUAL: usize = 30;
const MOST: usize = 100;

/// One page of a list, with links to the others; the list is put into `wrap`.
pub(super) fn page(items: Vec<Value>, uri: &Uri, query: &Query, wrap: impl FnOnce(usize, Vec<Value>) -> Value) -> Response {
    let (per_page, page) = (query.number("per_page").unwrap_or(USUAL).clamp(1, MOST), query.number("page").unwrap_or(1).max(1));
    let total = items.len();
    let last = total.div_ceil(per_page).max(1);
    let shown = items.into_iter().skip((page - 1) * per_page).take(per_page).collect();
    let mut response = Json(wrap(total, shown)).into_response();
    if let Some(links) = links(uri, query, page, last) {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}

fn links(uri: &Uri, query: &Query, page: usize, last: usize) -> Option<HeaderValue> {
    let mut places = Vec::new();
    if page > 1 {
        places.extend([("prev", (page - 1).min(last)), ("first", 1)]);
    }
    if page < last {
        places.extend([("next", page + 1), ("last", last)]);
    }
    let link = |(rel, page): (&str, usize)| format!("<{}{}?{}>; rel=\"{rel}\"", super::API, uri.path(), query.with("page", page));
    let links: Vec<String> = places.into_iter().map(link).collect();
    if links.is_empty() { None } else { HeaderValue::from_str(&links.join(", ")).ok() }
}
