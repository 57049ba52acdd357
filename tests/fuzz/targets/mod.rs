//! What is fuzzed: each target takes any bytes, and panics if something is not as promised.
//!
//! The same targets are run as ordinary tests, on a bounded number of inputs, and for hours by an engine that looks where they go:
//! see the `README.md` of this folder's parent.

pub mod component;
pub mod config;
pub mod envelope;
pub mod label;
pub mod line;
pub mod request;
pub mod usage;
pub mod webhook;

/// The bytes as text, with a mark for what is none.
fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}
