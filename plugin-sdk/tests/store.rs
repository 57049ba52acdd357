//! Reading the store a page at a time, and counting what that takes.

use hatstand_plugin::prelude::*;
use hatstand_plugin::testing::{Room, Usage};

/// Keeps numbers.
#[derive(Debug, Plugin)]
struct Numbers;

#[commands]
impl Numbers {
    /// Keep the numbers up to this one.
    #[command("fill <number>")]
    fn fill(cx: &mut Context, number: u8) -> Result<Reply> {
        for number in 1..=number {
            cx.store().set(&format!("number {number:03}"), &number)?;
        }
        Ok(Reply::nothing())
    }

    /// Show some of them.
    #[command("show <some> after <number>")]
    fn show(cx: &mut Context, some: u32, number: u8) -> Result<Reply> {
        let page: Vec<(String, u8)> = cx.store().page("number ", Some(&format!("number {number:03}")), some)?;
        let numbers: Vec<String> = page.into_iter().map(|(_, number)| number.to_string()).collect();
        Ok(Reply::say(say!("Numbers: {}.", numbers.join(" "))))
    }

    /// Give one of them another key.
    #[command("move <number> to <key>")]
    fn rename(cx: &mut Context, number: u8, key: String) -> Result<Reply> {
        cx.store().rename(&format!("number {number:03}"), &key)?;
        Ok(Reply::nothing())
    }
}

#[test]
fn a_page_begins_after_a_key_and_costs_one_call() {
    let mut room = Room::with::<Numbers>();
    room.says("ann", "fill 9");
    assert_eq!(room.usage().calls, 9);
    room.says("ann", "show 3 after 4");
    // One for the page, one for the reply; a key has 10 bytes, a number one.
    assert_eq!(room.usage(), Usage { calls: 2, bytes: 33 });
    room.says("ann", "show 3 after 7");
    assert_eq!(room.heard(), ["bot> Numbers: 5 6 7.", "bot> Numbers: 8 9."]);
}

#[test]
fn a_value_moves_to_another_key_whatever_it_is() {
    let mut room = Room::with::<Numbers>();
    room.says("ann", "fill 2");
    room.says("ann", "move 2 to two");
    room.says("ann", "move 7 to seven");
    assert_eq!((room.stored::<u8>("number 002"), room.stored("two"), room.stored::<u8>("seven")), (None, Some(2), None));
}
