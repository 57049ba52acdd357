//! The Home tab: messages under headings. See Slack's pages "Home tabs" and "Header block".

use super::blocks::parts;
use super::label::label;
use super::limits;
use super::spelling::Spelling;
use hatstand_common::message::Message;
use hatstand_common::value::MessageId;
use serde_json::{Value, json};

/// A heading, and what stands below it. A press comes back with the message's identity, so each is used once in a Home tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    pub heading: String,
    pub messages: Vec<(MessageId, Message)>,
}

/// The view of a Home tab. What is too much for one is left out, and the last line says so.
pub fn view(chapters: &[Chapter], spelling: Spelling<'_>) -> Value {
    let mut blocks: Vec<Value> = chapters.iter().flat_map(|chapter| chapter_blocks(chapter, spelling)).collect();
    if blocks.len() > limits::VIEW_BLOCKS {
        blocks.truncate(limits::VIEW_BLOCKS - 1);
        blocks.push(json!({ "type": "section", "text": label("… and more.", limits::SECTION) }));
    }
    json!({ "type": "home", "blocks": blocks })
}

fn chapter_blocks(chapter: &Chapter, spelling: Spelling<'_>) -> Vec<Value> {
    let heading = json!({ "type": "header", "text": label(&chapter.heading, limits::HEADER) });
    let parts = chapter.messages.iter().flat_map(|(id, message)| parts(message, id, spelling));
    std::iter::once(heading).chain(parts.flat_map(|part| part.blocks)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::spelling::tests::SPELLING;
    use super::*;
    use hatstand_common::message::Button;

    fn chapter(heading: &str, messages: usize) -> Chapter {
        let message = |number: usize| (MessageId(format!("0.hat.{number}")), Message::plain(number.to_string()).button(Button::new("Off")));
        Chapter { heading: heading.to_owned(), messages: (0..messages).map(message).collect() }
    }

    fn blocks(chapters: &[Chapter]) -> Vec<String> {
        let view = view(chapters, SPELLING);
        let blocks = view["blocks"].as_array().cloned().unwrap_or_default();
        blocks.iter().map(|block| block["block_id"].as_str().or(block["text"]["text"].as_str()).unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn messages_stand_under_their_headings() {
        assert_eq!(blocks(&[chapter("Hats", 1), chapter("Locks", 0)]), ["Hats", "0.hat.0/0/0", "0.hat.0/0/1", "Locks"]);
        assert_eq!(blocks(&[]), [""; 0]);
    }

    #[test]
    fn what_is_too_much_is_left_out_and_said_so() {
        let blocks = blocks(&[chapter("Hats", 60)]);
        assert_eq!(blocks.len(), limits::VIEW_BLOCKS);
        assert_eq!(blocks[99], "… and more.");
    }
}
