//! Which button of which message was pressed: the identities that a block gives to Slack, and what they mean when they come back.

use crate::model::ActionDigest;
use hatstand_common::message::Action;
use hatstand_common::value::MessageId;

/// What was pressed: the message, and the number of the button or choice, counted from 0 through all of its blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pressed {
    pub message: MessageId,
    pub number: usize,
    /// What it did in the version that was pressed; messages of earlier hosts do not say so.
    pub seen: Option<ActionDigest>,
}

/// The value of a choice in a menu: its number, and what it does.
pub fn choice_value(number: usize, action: &Action) -> String {
    format!("{number}:{}", ActionDigest::of(action))
}

/// The value of a button, which has its number as its identity.
pub fn button_value(action: &Action) -> String {
    ActionDigest::of(action).to_string()
}

/// The identity of a block: the message, which of its parts it is in, and its place there.
pub fn block_id(message: &MessageId, part: usize, index: usize) -> String {
    format!("{message}/{part}/{index}")
}

/// The message of a block with this identity; none if no message of ours can have it.
pub fn message(block_id: &str) -> Option<MessageId> {
    let mut parts = block_id.rsplitn(3, '/');
    let (index, part, message) = (parts.next()?, parts.next()?, parts.next()?);
    let is_ours = !message.is_empty() && number(part).is_some() && number(index).is_some();
    is_ours.then(|| MessageId(message.to_owned()))
}

/// Reads a press. A menu says with `selected` which of its choices was taken; a button is known by its own identity, and has a `value`
/// ("`block_actions` payload").
pub fn pressed(block_id: &str, action_id: &str, selected: Option<&str>, value: Option<&str>) -> Option<Pressed> {
    let (id, seen) = match selected {
        Some(selected) => selected.split_once(':').map_or((selected, None), |(number, seen)| (number, Some(seen))),
        None => (action_id, value),
    };
    Some(Pressed { message: message(block_id)?, number: number(id)?, seen: seen.and_then(ActionDigest::read) })
}

fn number(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_press_finds_its_message() {
        let id = MessageId::from("12.hat.0");
        assert_eq!(block_id(&id, 1, 20), "12.hat.0/1/20");
        let of = |number, seen| Some(Pressed { message: id.clone(), number, seen });
        assert_eq!(pressed("12.hat.0/1/20", "3", None, None), of(3, None));
        assert_eq!(pressed("12.hat.0/1/20", "3", Some("5"), None), of(5, None));
        let action = Action::Press("cancel".to_owned());
        let seen = Some(ActionDigest::of(&action));
        assert_eq!(pressed("12.hat.0/1/20", "3", None, Some(&button_value(&action))), of(3, seen.clone()));
        assert_eq!(pressed("12.hat.0/1/20", "3", Some(&choice_value(5, &action)), None), of(5, seen));
        assert_eq!(message("a/b/0/0"), Some("a/b".into()));
    }

    #[test]
    fn what_is_not_ours_presses_nothing() {
        for (block, action) in [("", "0"), ("x", "0"), ("/0/0", "0"), ("x/0/y", "0"), ("x/-1/0", "0"), ("x/0/0", ""), ("x/0/0", "send")] {
            assert_eq!(pressed(block, action, None, None), None, "{block} {action}");
        }
    }
}
