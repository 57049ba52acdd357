//! The outermost sections of a component, to be put together otherwise.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Magic and version of a component.
const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";
/// The section that holds a component.
const COMPONENT: u8 = 4;

/// The same sections in another order, one of them twice, or not at all.
pub fn shuffled(component: &[u8], chance: &mut StdRng) -> Vec<u8> {
    let mut sections = sections(component);
    let one = chance.random_range(0..sections.len().max(1));
    match chance.random_range(0..4) {
        0 => sections.shuffle(chance),
        1 if one + 1 < sections.len() => sections.swap(one, one + 1),
        2 if one < sections.len() => drop(sections.remove(one)),
        _ => sections.extend(sections.get(one).copied()),
    }
    HEADER.into_iter().chain(sections.concat()).collect()
}

/// A component in a component in a component, so many times.
pub fn nested(component: &[u8], depth: usize) -> Vec<u8> {
    (0..depth).fold(component.to_vec(), |inner, _| {
        let mut outer = HEADER.to_vec();
        outer.push(COMPONENT);
        outer.extend(leb128(inner.len() as u64));
        outer.extend(inner);
        outer
    })
}

/// A number as components write it.
pub fn leb128(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Each with its head; as many as can be told apart.
fn sections(component: &[u8]) -> Vec<&[u8]> {
    let mut sections = Vec::new();
    let mut rest = component.get(HEADER.len()..).unwrap_or_default();
    while let Some((section, after)) = length(rest).and_then(|length| rest.split_at_checked(length)) {
        sections.push(section);
        rest = after;
    }
    sections
}

/// The length of the section that begins here.
fn length(bytes: &[u8]) -> Option<usize> {
    let (mut size, mut shift) = (0_usize, 0);
    for (at, byte) in bytes.iter().enumerate().skip(1).take(5) {
        size |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(at + 1 + size);
        }
        shift += 7;
    }
    None
}
