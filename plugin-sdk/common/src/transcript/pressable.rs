//! What can be pressed in a message, and how people press it by typing.

use crate::message::{Action, Block, Button, Choice, Menu, Message};
use crate::value::{Instant, PersonId};

/// A button, or a choice of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressable<'m> {
    pub label: &'m str,
    pub action: &'m Action,
    /// Only this person may press.
    pub only: Option<&'m PersonId>,
    /// After this moment it is too late.
    pub until: Option<Instant>,
}

impl<'m> Pressable<'m> {
    /// Everything that can be pressed in a message, in the order in which it is numbered, from one.
    pub fn all(message: &'m Message) -> Vec<Pressable<'m>> {
        message.blocks.iter().flat_map(Self::of_block).collect()
    }

    /// What somebody presses who types this below the message: a number, or a label in brackets.
    pub fn chosen(typed: &str, message: &'m Message) -> Option<Pressable<'m>> {
        let all = Self::all(message);
        match typed.trim().strip_prefix('[').and_then(|typed| typed.strip_suffix(']')) {
            Some(label) => all.into_iter().find(|pressable| pressable.label.trim() == label.trim()),
            None => typed.trim().parse::<usize>().ok()?.checked_sub(1).and_then(|index| all.get(index).copied()),
        }
    }

    pub(super) fn of_block(block: &'m Block) -> Vec<Pressable<'m>> {
        match block {
            Block::Buttons(buttons) => buttons.iter().map(Self::of_button).collect(),
            Block::Menu(menu) => menu.choices.iter().map(|choice| Self::of_choice(choice, menu)).collect(),
            Block::Fields(_) | Block::Image(_) => Vec::new(),
        }
    }

    fn of_button(button: &'m Button) -> Pressable<'m> {
        Pressable { label: &button.label, action: &button.action, only: button.only.as_ref(), until: button.until }
    }

    fn of_choice(choice: &'m Choice, menu: &'m Menu) -> Pressable<'m> {
        Pressable { label: &choice.label, action: &choice.action, only: menu.only.as_ref(), until: menu.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let queue = Button::new("Queue").says("hat queue").only(&"U1".into());
        let menu = Menu::new("Hat").says("red", "hat red").says("green", "hat green").until(Instant(5));
        Message::default().button(queue).button(Button::new("2").presses("two")).menu(menu)
    }

    fn chosen(typed: &str) -> Option<String> {
        Pressable::chosen(typed, &message()).map(|pressable| pressable.label.to_owned())
    }

    #[test]
    fn a_number_presses_through_all_blocks() {
        assert_eq!(["1", " 2 ", "3", "4"].map(chosen), ["Queue", "2", "red", "green"].map(|label| Some(label.to_owned())));
    }

    #[test]
    fn a_label_in_brackets_presses() {
        assert_eq!(chosen("[green]").as_deref(), Some("green"));
        assert_eq!(chosen("[2]").as_deref(), Some("2"));
    }

    #[test]
    fn anything_else_presses_nothing() {
        assert_eq!(["0", "5", "-1", "Queue", "[queue]", "[", "1.", ""].map(chosen), [const { None }; 8]);
    }

    #[test]
    fn limits_come_along() {
        let message = message();
        let all = Pressable::all(&message);
        assert_eq!((all[0].only, all[0].until), (Some(&"U1".into()), None));
        assert_eq!((all[3].only, all[3].until), (None, Some(Instant(5))));
    }
}
