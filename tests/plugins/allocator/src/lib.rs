//! Never has enough memory.

use hatstand_plugin::prelude::*;
use std::hint::black_box;

/// Never has enough memory.
#[derive(Plugin)]
struct Allocator;

#[commands]
impl Allocator {
    /// Want more and more.
    #[command("allocate")]
    fn allocate(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        let mut hoard = Vec::new();
        loop {
            hoard.push(black_box(vec![1_u8; 1 << 20]));
        }
    }

    /// Keep a word.
    #[command("allocate remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("allocate recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}
