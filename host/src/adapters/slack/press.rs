//! Which button of which message was pressed: the identities that a block gives to Slack, and what they mean when they come back.

use hatstand_common::value::MessageId;

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

/// What was pressed: the message, and the number of the button or choice, counted from 0 through all of its blocks. A menu says with
/// `selected` which of its choices was taken; a button is known by its own identity ("`block_actions` payload").
pub fn pressed(block_id: &str, action_id: &str, selected: Option<&str>) -> Option<(MessageId, usize)> {
    Some((message(block_id)?, number(selected.unwrap_or(action_id))?))
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
        assert_eq!(pressed("12.hat.0/1/20", "3", None), Some((id.clone(), 3)));
        assert_eq!(pressed("12.hat.0/1/20", "3", Some("5")), Some((id, 5)));
        assert_eq!(message("a/b/0/0"), Some("a/b".into()));
    }

    #[test]
    fn what_is_not_ours_presses_nothing() {
        for (block, action) in [("", "0"), ("x", "0"), ("/0/0", "0"), ("x/0/y", "0"), ("x/-1/0", "0"), ("x/0/0", ""), ("x/0/0", "send")] {
            assert_eq!(pressed(block, action, None), None, "{block} {action}");
        }
    }
}
