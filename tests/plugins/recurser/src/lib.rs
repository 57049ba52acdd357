//! Goes deeper and deeper.

use hatstand_plugin::prelude::*;
use std::hint::black_box;

/// Goes deeper and deeper.
#[derive(Plugin)]
struct Recurser;

#[commands]
impl Recurser {
    /// Go deeper and deeper.
    #[command("recurse")]
    fn recurse(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        let bottom = deeper(0);
        Ok(Reply::say(say!("The bottom is at {bottom}.")))
    }

    /// Keep a word.
    #[command("recurse remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("recurse recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}

/// What it does with the result keeps it from being a loop; the bottom is too far away to matter.
fn deeper(depth: u64) -> u64 {
    let page = black_box([depth; 64]);
    if depth == u64::MAX { depth } else { deeper(depth + 1).wrapping_add(black_box(page)[0]) }
}
