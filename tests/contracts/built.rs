//! What was built against a published contract.

use crate::support::source;
use std::fs;
use std::path::PathBuf;

/// The folder of contract 0.1.0.
pub fn folder() -> PathBuf {
    source().join("tests/contracts/0.1.0")
}

/// The bytes of a plugin, as they were committed.
pub fn bytes(name: &str) -> Vec<u8> {
    let path = folder().join(format!("{name}.wasm"));
    fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// The component with one word in place of another of the same length, everywhere.
pub fn reworded(component: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "lengths are written before the words");
    let mut bytes = component.to_vec();
    let mut found = false;
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from.as_bytes()) {
            bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
            found = true;
        }
    }
    assert!(found, "there is no `{from}` in it");
    bytes
}
