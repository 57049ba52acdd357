//! Neutral messages as Slack shows them: Block Kit, in as many messages as are needed. See Slack's pages "Block Kit" and "Rich text
//! block".
//!
//! All text is rich text or `plain_text`, never `mrkdwn`: nothing that a person typed can become a mention, a link or a format.

use super::label::{label, shortened};
use super::rich::{self, Element, Passage, Style, push};
use super::spelling::Spelling;
use super::split::split;
use super::{fallback, limits, markdown, press};
use hatstand_common::message::{Block, Button, Choice, Field, Image, Look, Menu, Message, Span};
use hatstand_common::value::MessageId;
use serde_json::{Value, json};

/// What one message in Slack shows. A neutral message has one part, or more if it does not fit into one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// Everything that must be known, in plain text.
    pub text: String,
    pub blocks: Vec<Value>,
}

/// The parts of a message, at least one. What can be pressed follows the text, so it is in the last. Presses come back with the identity
/// that is given here: see [`press`].
pub fn parts(message: &Message, id: &MessageId, spelling: Spelling<'_>) -> Vec<Part> {
    let mut page = Page { id, spelling, parts: Vec::new(), choices: 0 };
    page.text(markdown::passages(&message.text, spelling));
    message.blocks.iter().for_each(|block| page.block(block));
    page.finish()
}

struct Page<'m> {
    id: &'m MessageId,
    spelling: Spelling<'m>,
    parts: Vec<Part>,
    /// How many choices have been numbered.
    choices: usize,
}

/// The longest label of something, in the plain text: it may become five times as long when it is escaped.
const FALLBACK: usize = limits::TEXT / 5 - 100;

/// All of a menu, in characters of JSON: one with more is several menus.
const MENU: usize = limits::JSON - 1_000;

impl Page<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Fields(fields) => {
                let passages = fields.iter().flat_map(|field| self.field(field)).collect();
                self.text(passages);
            }
            Block::Buttons(buttons) => buttons.chunks(limits::ACTIONS).for_each(|buttons| self.buttons(buttons)),
            Block::Menu(menu) => self.menu(menu),
            Block::Image(image) => self.image(image),
        }
    }

    /// Every piece of text but the first begins a part.
    fn text(&mut self, passages: Vec<Passage>) {
        for (index, mut passages) in split(passages).into_iter().enumerate() {
            let text = fallback::text(&passages);
            drop_last_break(&mut passages);
            match index {
                0 => self.add(rich::block(&passages), &text),
                _ => self.begin(rich::block(&passages), &text),
            }
        }
    }

    /// A field is a bold title and its value, one below the other: side by side there is no place for moments and mentions.
    fn field(&self, field: &Field) -> Vec<Passage> {
        let mut passages = markdown::passages(&field.value, self.spelling);
        let mut elements = vec![Element::text(format!("{}:", field.title), Style::BOLD)];
        push(&mut elements, Element::text(" ", Style::default()));
        match passages.first_mut() {
            Some(Passage::Lines { elements: value }) => {
                std::mem::take(value).into_iter().for_each(|element| push(&mut elements, element));
                *value = elements;
            }
            _ => passages.insert(0, Passage::lines(elements)),
        }
        passages
    }

    fn buttons(&mut self, buttons: &[Button]) {
        let labels: Vec<String> = buttons.iter().map(|button| format!("[{}]", shortened(&button.label, limits::LABEL))).collect();
        let elements: Vec<Value> = buttons.iter().map(|button| self.button(button)).collect();
        self.add(json!({ "type": "actions", "elements": elements }), "");
        self.say_if_silent(&labels.join(" "));
    }

    fn button(&mut self, button: &Button) -> Value {
        let (number, value) = (self.number().to_string(), press::button_value(&button.action));
        let mut element = json!({ "type": "button", "action_id": number, "value": value, "text": label(&button.label, limits::LABEL) });
        match button.look {
            Look::Normal => {}
            Look::Primary => element["style"] = "primary".into(),
            Look::Danger => element["style"] = "danger".into(),
        }
        element
    }

    /// What is to be chosen stands beside the menu, which is named after its first choice.
    fn menu(&mut self, menu: &Menu) {
        let mut number = self.choices;
        let options: Vec<Value> = menu.choices.iter().map(|choice| self.option(choice)).collect();
        let text = label(&menu.label, limits::SECTION);
        for options in menus(options, MENU - json_length(&text)) {
            let id = number.to_string();
            number += options.len();
            let select = json!({ "type": "static_select", "action_id": id, "options": options });
            self.add(json!({ "type": "section", "text": text, "accessory": select }), &fallback_label(&menu.label));
        }
    }

    fn option(&mut self, choice: &Choice) -> Value {
        json!({ "text": label(&choice.label, limits::LABEL), "value": press::choice_value(self.number(), &choice.action) })
    }

    fn image(&mut self, image: &Image) {
        if image.url.chars().count() > limits::ADDRESS {
            let text = Span::Plain(format!("[image: {}] {}", image.alt, image.url));
            return self.text(markdown::passages(&[text], self.spelling));
        }
        let alt = shortened(&image.alt, limits::ALT);
        self.add(json!({ "type": "image", "image_url": image.url, "alt_text": alt }), &fallback_label(&format!("[image: {}]", image.alt)));
    }

    /// The number of the next thing that can be pressed.
    fn number(&mut self) -> usize {
        self.choices += 1;
        self.choices - 1
    }

    /// Adds a block to the last part, or to a new one if it does not fit there.
    fn add(&mut self, block: Value, text: &str) {
        match self.parts.last() {
            Some(part) if part.has_room_for(&block, text, self.id) => self.put(block, text),
            _ => self.begin(block, text),
        }
    }

    fn begin(&mut self, block: Value, text: &str) {
        self.parts.push(Part::default());
        self.put(block, text);
    }

    fn put(&mut self, mut block: Value, text: &str) {
        let number = self.parts.len() - 1;
        let part = &mut self.parts[number];
        block["block_id"] = press::block_id(self.id, number, part.blocks.len()).into();
        part.blocks.push(block);
        part.say(text);
    }

    /// What can be pressed is named in the plain text only if there is nothing else: nothing can be pressed there.
    fn say_if_silent(&mut self, text: &str) {
        if let Some(part) = self.parts.last_mut().filter(|part| part.text.is_empty()) {
            part.say(&fallback_label(text));
        }
    }

    /// Slack refuses a message without anything in it.
    fn finish(mut self) -> Vec<Part> {
        if self.parts.is_empty() {
            self.text(vec![Passage::lines(vec![Element::text("…", Style::default())])]);
        }
        self.parts
    }
}

impl Part {
    fn has_room_for(&self, block: &Value, text: &str, id: &MessageId) -> bool {
        let lengths = self.blocks.iter().chain([block]).map(|block| json_length(block) + 1);
        // The block has no identity yet.
        let json = lengths.sum::<usize>() + id.as_str().chars().count() + 40;
        let text = self.text.chars().count() + 1 + text.chars().count();
        self.blocks.len() < limits::BLOCKS && json < limits::JSON && text <= limits::TEXT
    }

    fn say(&mut self, text: &str) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }
}

/// The options of one menu as those of several, if they are too many for one or too long together.
fn menus(options: Vec<Value>, room: usize) -> Vec<Vec<Value>> {
    let mut menus: Vec<Vec<Value>> = Vec::new();
    let mut length = 0;
    for option in options {
        length += json_length(&option) + 1;
        match menus.last_mut() {
            Some(menu) if menu.len() < limits::OPTIONS && length <= room => menu.push(option),
            _ => {
                length = json_length(&option) + 1;
                menus.push(vec![option]);
            }
        }
    }
    menus
}

fn fallback_label(text: &str) -> String {
    fallback::escaped(&shortened(text, FALLBACK))
}

fn json_length(block: &Value) -> usize {
    block.to_string().chars().count()
}

/// The end of a message takes the place of its last line break.
fn drop_last_break(passages: &mut [Passage]) {
    if let Some(rich::What::Text { text }) =
        passages.last_mut().and_then(|last| last.elements_mut().last_mut()).map(|element| &mut element.what)
        && text.len() > 1
        && text.ends_with('\n')
    {
        text.pop();
    }
}

#[cfg(test)]
mod reading;

#[cfg(test)]
mod tests {
    use super::super::press::{Pressed, pressed};
    use super::super::spelling::tests::{NOW, SPELLING};
    use super::*;
    use crate::model::ActionDigest;
    use hatstand_common::message::Action;
    use hatstand_common::transcript::Pressable;
    use proptest::prelude::*;

    fn shown(message: &Message) -> Vec<Part> {
        parts(message, &"12.hat.0".into(), SPELLING)
    }

    fn one(message: &Message) -> Part {
        let mut parts = shown(message);
        assert_eq!(parts.len(), 1, "{parts:?}");
        parts.remove(0)
    }

    /// Everything in a message that can be pressed: what comes back, and the label.
    fn pressables(parts: &[Part]) -> Vec<(Option<Pressed>, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut found = Vec::new();
        for block in parts.iter().flat_map(|part| &part.blocks) {
            let id = text(&block["block_id"]);
            for button in block["elements"].as_array().into_iter().flatten().filter(|element| element["type"] == "button") {
                let value = text(&button["value"]);
                found.push((pressed(&id, &text(&button["action_id"]), None, Some(&value)), text(&button["text"]["text"])));
            }
            let select = &block["accessory"];
            for option in select["options"].as_array().into_iter().flatten() {
                let value = text(&option["value"]);
                found.push((pressed(&id, &text(&select["action_id"]), Some(&value), None), text(&option["text"]["text"])));
            }
        }
        found
    }

    #[test]
    fn a_message_with_everything() {
        let menu = Menu::new("Or another hat:").says("red", "hat red").says("green", "hat green");
        let message = Message::markdown("*hat*")
            .field("since", Message::from(Span::Time(NOW)))
            .button(Button::new("Queue").primary())
            .button(Button::new("Off").danger())
            .menu(menu)
            .image("https://x.org/hat.png", "a hat");
        let part = one(&message);
        let label = |text: &str| json!({ "type": "plain_text", "text": text, "emoji": false });
        let does = |line: &str| ActionDigest::of(&Action::Say(line.to_owned())).to_string();
        assert_eq!(part.text, "hat\nsince: 10:00 UTC\nOr another hat:\n[image: a hat]");
        assert_eq!(
            Value::Array(part.blocks),
            json!([
                { "type": "rich_text", "block_id": "12.hat.0/0/0", "elements": [
                    { "type": "rich_text_section", "elements": [{ "type": "text", "text": "hat", "style": { "italic": true } }] },
                ] },
                { "type": "rich_text", "block_id": "12.hat.0/0/1", "elements": [
                    { "type": "rich_text_section", "elements": [
                        { "type": "text", "text": "since:", "style": { "bold": true } },
                        { "type": "text", "text": " " },
                        { "type": "date", "timestamp": 1_767_607_200, "format": "{time}", "fallback": "10:00 UTC" },
                    ] },
                ] },
                { "type": "actions", "block_id": "12.hat.0/0/2", "elements": [
                    { "type": "button", "action_id": "0", "value": does("Queue"), "style": "primary", "text": label("Queue") },
                    { "type": "button", "action_id": "1", "value": does("Off"), "style": "danger", "text": label("Off") },
                ] },
                { "type": "section", "block_id": "12.hat.0/0/3",
                    "text": label("Or another hat:"),
                    "accessory": { "type": "static_select", "action_id": "2", "options": [
                        { "text": label("red"), "value": format!("2:{}", does("hat red")) },
                        { "text": label("green"), "value": format!("3:{}", does("hat green")) },
                    ] } },
                { "type": "image", "block_id": "12.hat.0/0/4", "image_url": "https://x.org/hat.png", "alt_text": "a hat" },
            ])
        );
    }

    #[test]
    fn there_is_always_something_to_show() {
        assert_eq!(one(&Message::default()).text, "…");
        assert_eq!(one(&Message::plain("")).text, "…");
        assert_eq!(one(&Message::default().button(Button::new("Queue")).button(Button::new("<Pool>"))).text, "[Queue] [&lt;Pool&gt;]");
    }

    #[test]
    fn more_buttons_than_a_block_takes_are_several_blocks() {
        let message = (0..60).fold(Message::plain("Which?"), |message, number| message.button(Button::new(number.to_string())));
        let part = one(&message);
        assert_eq!(part.blocks[1..].iter().map(|block| block["elements"].as_array().map_or(0, Vec::len)).collect::<Vec<_>>(), [25, 25, 10]);
    }

    #[test]
    fn what_can_be_pressed_follows_the_last_part_of_a_long_text() {
        let parts = shown(&Message::plain("word ".repeat(2_000)).button(Button::new("Queue")));
        assert_eq!(parts.len(), 3);
        let seen = Some(ActionDigest::of(&Action::Say("Queue".to_owned())));
        assert_eq!(pressables(&parts), [(Some(Pressed { message: "12.hat.0".into(), number: 0, seen }), "Queue".to_owned())]);
    }

    fn block() -> impl Strategy<Value = Block> {
        let text = || ".{0,100}";
        let button =
            (text(), any::<bool>()).prop_map(|(label, danger)| if danger { Button::new(label).danger() } else { Button::new(label) });
        let menu = (".{0,4000}", prop::collection::vec(text(), 0..150))
            .prop_map(|(label, choices)| choices.into_iter().fold(Menu::new(label), |menu, choice| menu.says(choice, "hat")));
        let field = (text(), ".{0,3000}").prop_map(|(title, value)| Field { title, value: vec![Span::Plain(value)] });
        let image = ("https://x.org/[a-z]{0,4000}", ".{0,3000}").prop_map(|(url, alt)| Image { url, alt });
        prop_oneof![
            prop::collection::vec(field, 0..5).prop_map(Block::Fields),
            prop::collection::vec(button, 0..70).prop_map(Block::Buttons),
            menu.prop_map(Block::Menu),
            image.prop_map(Block::Image),
        ]
    }

    fn message() -> impl Strategy<Value = Message> {
        let span = prop_oneof![
            ".{0,5000}".prop_map(Span::Plain),
            "([a-z &<]{0,9}|[*`#]|\n|\n- |\n```\n){0,300}".prop_map(Span::Markdown),
            Just(Span::Mention("U1".into())),
            Just(Span::Time(NOW)),
        ];
        (prop::collection::vec(span, 0..4), prop::collection::vec(block(), 0..12)).prop_map(|(text, blocks)| Message { text, blocks })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_part_is_within_every_limit(message in message()) {
            for (number, part) in shown(&message).iter().enumerate() {
                prop_assert!((1..=limits::TEXT).contains(&part.text.chars().count()), "{} characters", part.text.chars().count());
                prop_assert!((1..=limits::BLOCKS).contains(&part.blocks.len()));
                prop_assert!(Value::Array(part.blocks.clone()).to_string().chars().count() < limits::JSON);
                for (index, block) in part.blocks.iter().enumerate() {
                    prop_assert_eq!(&block["block_id"], &format!("12.hat.0/{number}/{index}"));
                    check(block)?;
                }
            }
        }

        #[test]
        fn every_press_comes_back(message in message()) {
            let all = Pressable::all(&message);
            let pressables = pressables(&shown(&message));
            prop_assert_eq!(pressables.len(), all.len());
            for (number, (pressed, text)) in pressables.iter().enumerate() {
                let seen = Some(ActionDigest::of(all[number].action));
                prop_assert_eq!(pressed, &Some(Pressed { message: "12.hat.0".into(), number, seen }));
                prop_assert_eq!(text, &shortened(all[number].label, limits::LABEL));
            }
        }
    }

    fn check(block: &Value) -> Result<(), TestCaseError> {
        let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
        let count = |value: &Value| value.as_array().map_or(0, Vec::len);
        match block["type"].as_str() {
            Some("actions") => prop_assert!((1..=limits::ACTIONS).contains(&count(&block["elements"]))),
            Some("section") => {
                prop_assert!((1..=limits::SECTION).contains(&length(&block["text"]["text"])));
                prop_assert!((1..=limits::OPTIONS).contains(&count(&block["accessory"]["options"])));
            }
            Some("image") => {
                prop_assert!((1..=limits::ALT).contains(&length(&block["alt_text"])));
                prop_assert!((1..=limits::ADDRESS).contains(&length(&block["image_url"])));
            }
            Some("rich_text") => prop_assert!(count(&block["elements"]) > 0),
            other => prop_assert!(false, "{:?}", other),
        }
        Ok(())
    }
}
