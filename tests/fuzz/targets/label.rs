//! What a component says of itself in its label: the input, within a real plugin.

use hatstand::plugins::inspect::{Label, inspect};

/// A plugin without a label of its own would do; this one's is replaced, because the last one counts.
const PLUGIN: &[u8] = include_bytes!("../../contracts/0.1.0/veteran.wasm");
const SECTION: &str = "hatstand:plugin";

/// A label is read if it is one, and left alone if it is none: nothing else about the file depends on it.
pub fn check(input: &[u8]) {
    let inspection = inspect(&labelled(input)).expect("it is a plugin whatever its label says");
    assert_eq!(inspection.label, serde_json::from_slice::<Label>(input).ok());
}

fn labelled(label: &[u8]) -> Vec<u8> {
    let name = SECTION.as_bytes();
    let mut section = leb128(name.len());
    section.extend([name, label].concat());
    [PLUGIN, &[0], &leb128(section.len()), &section].concat()
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
