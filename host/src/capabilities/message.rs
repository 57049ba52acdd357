//! Message validation: the one check that everything a plugin says passes, whichever way it leaves the plugin.

use super::Invocation;
use crate::model::{Form, Input, InputKind};
use crate::plugins::contract::chat::Error;
use crate::plugins::generation::Failure;
use hatstand_common::message::{Action, Block, Button, Field, Image, Menu, Message, Span};
use hatstand_common::value::PersonId;

const TEXT_BYTES: usize = 16 * 1024;
/// An empty span takes room in the ledger and in the chat, too.
const LEAST_SPAN_BYTES: usize = 4;
const LEAST_FIELD_BYTES: usize = 16;
const BLOCKS: usize = 20;
const LABEL_CHARS: usize = 75;
const TITLE_CHARS: usize = 150;
const CHOICES: usize = 100;
const ACTION_BYTES: usize = 1_000;
const URL_BYTES: usize = 3_000;
const ALT_BYTES: usize = 2_000;
const ID_BYTES: usize = 255;
const INPUTS: usize = 100;

type Checked = Result<(), Error>;

impl Invocation {
    pub(super) fn check_message(&self, message: &Message) -> Checked {
        if message.text.is_empty() {
            return Err(Error::Invalid("the message is empty".to_owned()));
        }
        self.check_spans(&message.text)?;
        check_most("a text", "bytes", spans_bytes(&message.text), TEXT_BYTES)?;
        check_most("a message", "blocks", message.blocks.len(), BLOCKS)?;
        message.blocks.iter().try_for_each(|block| self.check_block(block))
    }

    /// A failure in a form that can be shown: a refusal is a message like any other, and what cannot be said breaks the plugin, not the chat.
    pub fn checked(&self, failure: Failure) -> Failure {
        let checked = match &failure {
            Failure::Refused(message) => self.check_message(message),
            Failure::Usage(text) => check_most("a text", "bytes", text.len(), TEXT_BYTES),
            Failure::Broken(_) | Failure::Full(_) => Ok(()),
        };
        match checked {
            Ok(()) => failure,
            Err(error) => Failure::Broken(format!("what it answered cannot be said: {}", why(&error))),
        }
    }

    fn check_block(&self, block: &Block) -> Checked {
        match block {
            Block::Fields(fields) => self.check_fields(fields),
            Block::Buttons(buttons) => {
                check_choices(buttons.len())?;
                buttons.iter().try_for_each(check_button)
            }
            Block::Menu(menu) => check_menu(menu),
            Block::Image(image) => check_image(image),
        }
    }

    fn check_fields(&self, fields: &[Field]) -> Checked {
        fields.iter().try_for_each(|field| self.check_spans(&field.value))?;
        check_most("a block of fields", "bytes", fields.iter().map(field_bytes).sum(), TEXT_BYTES)
    }

    /// Everywhere that spans can be, one of them may call everybody.
    fn check_spans(&self, spans: &[Span]) -> Checked {
        if spans.contains(&Span::Everybody) { self.check_grant("chat:broadcast") } else { Ok(()) }
    }
}

pub(super) fn check_form(form: &Form) -> Checked {
    check_action(&form.key)?;
    check_most("a form", "inputs", form.inputs.len(), INPUTS)?;
    check_most("a title", "characters", form.title.chars().count(), TITLE_CHARS)?;
    form.inputs.iter().try_for_each(check_input)
}

fn check_input(input: &Input) -> Checked {
    check_most("a name", "bytes", input.name.len(), ID_BYTES)?;
    check_most("an input", "bytes", input.label.len() + input.initial.len(), TEXT_BYTES)?;
    match &input.kind {
        InputKind::Choice(words) => {
            check_choices(words.len())?;
            words.iter().try_for_each(|word| check_label(word))
        }
        InputKind::Line | InputKind::Paragraph | InputKind::Person | InputKind::Channel => Ok(()),
    }
}

fn check_button(button: &Button) -> Checked {
    check_only(button.only.as_ref())?;
    check_choice(&button.label, &button.action)
}

fn check_menu(menu: &Menu) -> Checked {
    check_only(menu.only.as_ref())?;
    check_most("a menu's label", "characters", menu.label.chars().count(), TITLE_CHARS)?;
    check_choices(menu.choices.len())?;
    menu.choices.iter().try_for_each(|choice| check_choice(&choice.label, &choice.action))
}

fn check_image(image: &Image) -> Checked {
    if !image.url.starts_with("https://") {
        return Err(Error::Invalid("an image has an https address".to_owned()));
    }
    check_most("an image's address", "bytes", image.url.len(), URL_BYTES)?;
    check_most("an image's description", "bytes", image.alt.len(), ALT_BYTES)
}

fn check_choice(label: &str, action: &Action) -> Checked {
    check_label(label)?;
    let (Action::Say(value) | Action::Press(value)) = action;
    check_action(value)
}

fn check_choices(choices: usize) -> Checked {
    if (1..=CHOICES).contains(&choices) { Ok(()) } else { Err(Error::Invalid(format!("1-{CHOICES} choices, not {choices}"))) }
}

fn check_label(label: &str) -> Checked {
    let chars = label.chars().count();
    let fits = (1..=LABEL_CHARS).contains(&chars);
    if fits { Ok(()) } else { Err(Error::Invalid(format!("a label has 1-{LABEL_CHARS} characters, not {chars}"))) }
}

fn check_action(value: &str) -> Checked {
    let fits = (1..=ACTION_BYTES).contains(&value.len());
    if fits { Ok(()) } else { Err(Error::Invalid(format!("what a button does has 1-{ACTION_BYTES} bytes, not {}", value.len()))) }
}

fn check_only(person: Option<&PersonId>) -> Checked {
    check_most("a person's identity", "bytes", person.map_or(0, |person| person.0.len()), ID_BYTES)
}

fn check_most(what: &str, of: &str, count: usize, most: usize) -> Checked {
    if count > most { Err(Error::TooMuch(format!("{what} has at most {most} {of}, this one has {count}"))) } else { Ok(()) }
}

fn spans_bytes(spans: &[Span]) -> usize {
    spans.iter().map(|span| span_bytes(span).max(LEAST_SPAN_BYTES)).sum()
}

fn field_bytes(field: &Field) -> usize {
    (field.title.len() + spans_bytes(&field.value)).max(LEAST_FIELD_BYTES)
}

fn span_bytes(span: &Span) -> usize {
    match span {
        Span::Markdown(text) | Span::Plain(text) => text.len(),
        Span::Mention(id) | Span::Name(id) => id.0.len(),
        Span::Channel(id) => id.0.len(),
        Span::Time(_) | Span::Everybody => 16,
    }
}

/// For the operator.
fn why(error: &Error) -> String {
    match error {
        Error::NotGranted(grant) => format!("it needs the grant `{grant}`"),
        Error::TooMuch(why) | Error::Invalid(why) => why.clone(),
        Error::Unknown | Error::Unsupported => "it cannot be shown".to_owned(),
    }
}
