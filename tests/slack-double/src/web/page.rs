//! Long lists, a page at a time ("Pagination").

use serde_json::{Value, json};

use super::arguments::Arguments;
use crate::state::{Refused, refuse};

/// Slack recommends 100 to 200, and allows up to 1,000.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Empty after the last page.
    pub(crate) cursor: String,
}

impl<T> Page<T> {
    pub(crate) fn metadata(&self) -> Value {
        json!({ "next_cursor": self.cursor })
    }
}

/// How many items a page may have.
pub(crate) fn limit(arguments: &Arguments) -> Refused<usize> {
    match arguments.number("limit") {
        None if arguments.text("limit").is_some() => refuse("invalid_limit"),
        None | Some(0) => Ok(USUAL),
        Some(limit) => usize::try_from(limit).ok().filter(|limit| *limit <= MOST).map_or_else(|| refuse("invalid_limit"), Ok),
    }
}

/// The page that the cursor points to, of items that each have a key of their own.
pub(crate) fn page<T>(items: Vec<T>, arguments: &Arguments, key: impl Fn(&T) -> String) -> Refused<Page<T>> {
    let limit = limit(arguments)?;
    let start = match arguments.text("cursor") {
        None => 0,
        Some(cursor) => match unseal(cursor).and_then(|wanted| items.iter().position(|item| key(item) == wanted)) {
            Some(start) => start,
            None => return refuse("invalid_cursor"),
        },
    };
    let cursor = items.get(start + limit).map(|next| seal(&key(next))).unwrap_or_default();
    Ok(Page { items: items.into_iter().skip(start).take(limit).collect(), cursor })
}

/// Cursors are opaque, and end in `=` as Slack's do: a client that does not encode them in a URL is found out.
fn seal(key: &str) -> String {
    key.bytes().map(|byte| format!("{byte:02x}")).collect::<String>() + "="
}

fn unseal(cursor: &str) -> Option<String> {
    let digits = cursor.strip_suffix('=')?;
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect();
    String::from_utf8(bytes?).ok()
}
