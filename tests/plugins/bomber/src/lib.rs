//! Does everything that a plugin must not do, each on demand.

use hatstand_plugin::prelude::*;
use std::hint::black_box;

const KIB: usize = 1 << 10;

/// Does everything that a plugin must not do.
#[derive(Plugin)]
struct Bomber;

/// What it does too much of.
#[derive(Choice, Clone, Copy, Debug)]
enum Bomb {
    Loop,
    Print,
    Memory,
    Stack,
    Calls,
    Heavy,
    Moved,
    Handles,
    Messages,
    Text,
    Written,
}

#[commands]
impl Bomber {
    /// Do too much of something.
    #[command("bomb <what>")]
    fn bomb(cx: &mut Context, what: Bomb) -> Result<Reply> {
        memory::spoil(cx)?;
        match what {
            Bomb::Loop => loop {
                black_box(());
            },
            Bomb::Print => loop {
                println!("{}", "A".repeat(KIB));
            },
            Bomb::Memory => {
                let mut hoard = Vec::new();
                loop {
                    hoard.push(black_box(vec![1_u8; KIB * KIB]));
                }
            }
            Bomb::Stack => Ok(Reply::say(say!("The bottom is at {}.", deeper(0)))),
            Bomb::Calls => loop {
                cx.store().get::<String>("word")?;
            },
            Bomb::Heavy => {
                cx.store().set("heavy", &"A".repeat(4 * KIB * KIB))?;
                Ok(Reply::nothing())
            }
            Bomb::Moved => {
                cx.store().set("moved", &"A".repeat(200 * KIB))?;
                loop {
                    cx.store().get::<String>("moved")?;
                }
            }
            Bomb::Handles => loop {
                black_box(open_a_stream());
            },
            Bomb::Messages => loop {
                cx.chat().post(cx.here()?, "Another one.")?;
            },
            Bomb::Text => loop {
                let more =
                    |message: Message, _| message.field("more", say!("{}", "A".repeat(10 * KIB))).image("https://bomb.example", "a bomb");
                cx.chat().post(cx.here()?, (0..10).fold(say!("A lot of it."), more))?;
            },
            Bomb::Written => {
                (0..100).try_for_each(|number| cx.store().set(&format!("written/{number}"), &"A".repeat(200 * KIB)))?;
                Ok(Reply::nothing())
            }
        }
    }

    /// Keep a word.
    #[command("bomb remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("bomb recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}

/// What it does with the result keeps it from being a loop; the bottom is too far away to matter.
fn deeper(depth: u64) -> u64 {
    let page = black_box([depth; 64]);
    if depth == u64::MAX { depth } else { deeper(depth + 1).wrapping_add(black_box(page)[0]) }
}

/// A stream that nobody lets go of: below the standard library, which keeps one.
fn open_a_stream() -> i32 {
    #[link(wasm_import_module = "wasi:cli/stdout@0.2.6")]
    unsafe extern "C" {
        #[link_name = "get-stdout"]
        fn get_stdout() -> i32;
    }
    // SAFETY: that is its type in the standard's own words.
    unsafe { get_stdout() }
}
