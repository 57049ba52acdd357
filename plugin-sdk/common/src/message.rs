//! What can be said, in neutral form: every chat shows as much of it as it can.

use crate::value::{ChannelId, Instant, PersonId};
use crate::visible::visible;
use serde::{Deserialize, Serialize};

/// Everything that can be said at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The text. Always enough to understand the message where blocks cannot be shown.
    pub text: Vec<Span>,
    /// Richer content below the text, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
}

/// A piece of a message's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Markdown that the plugin's author wrote. It cannot mention anybody.
    Markdown(String),
    /// Text to be shown exactly as it is: whatever a person typed belongs here.
    Plain(String),
    /// A person's name, and the person is notified.
    Mention(PersonId),
    /// A person's name, without notifying.
    Name(PersonId),
    /// A channel's name.
    Channel(ChannelId),
    /// A moment, shown in the reader's time zone.
    Time(Instant),
    /// Notifies everybody in the channel. Needs the grant `chat:broadcast`.
    Everybody,
}

impl Span {
    fn show(&mut self) {
        if let Span::Markdown(text) | Span::Plain(text) = self {
            *text = visible(text);
        }
    }
}

/// Richer content below a message's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Short facts, shown side by side or one below the other.
    Fields(Vec<Field>),
    /// Things to press.
    Buttons(Vec<Button>),
    /// One thing to choose from many.
    Menu(Menu),
    /// A picture by address.
    Image(Image),
}

impl Block {
    fn show(&mut self) {
        let show = |text: &mut String| *text = visible(text);
        match self {
            Block::Fields(fields) => fields.iter_mut().for_each(|field| {
                show(&mut field.title);
                field.value.iter_mut().for_each(Span::show);
            }),
            Block::Buttons(buttons) => buttons.iter_mut().for_each(|button| show(&mut button.label)),
            Block::Menu(menu) => {
                show(&mut menu.label);
                menu.choices.iter_mut().for_each(|choice| show(&mut choice.label));
            }
            Block::Image(image) => show(&mut image.alt),
        }
    }
}

/// A short fact with a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What the fact is about.
    pub title: String,
    /// The fact.
    pub value: Vec<Span>,
}

/// A button. It works as long as its message stands, within the limits it sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// 1-75 characters.
    pub label: String,
    /// What pressing does.
    pub action: Action,
    /// How much the button asks to be pressed.
    #[serde(default)]
    pub look: Look,
    /// Only this person may press.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<PersonId>,
    /// After this moment it does nothing but say that it is too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// What pressing does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The person who presses says this to the bot, as a command, in the place of the message.
    Say(String),
    /// The plugin gets a press event with this value: a name, and optionally `:` and more.
    Press(String),
}

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// One of several equals.
    #[default]
    Normal,
    /// The thing to do.
    Primary,
    /// Something that cannot be taken back.
    Danger,
}

/// One thing to choose from many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// What is to be chosen.
    pub label: String,
    /// 1-100 choices.
    pub choices: Vec<Choice>,
    /// Only this person may choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<PersonId>,
    /// After this moment it does nothing but say that it is too late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// One line of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// 1-75 characters.
    pub label: String,
    /// What choosing it does.
    pub action: Action,
}

/// A picture by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// An `https` address.
    pub url: String,
    /// What is in the picture, for those who do not see it.
    pub alt: String,
}

impl Message {
    /// The same with nothing in its texts that a reader would not see.
    pub fn visible(mut self) -> Self {
        self.text.iter_mut().for_each(Span::show);
        self.blocks.iter_mut().for_each(Block::show);
        self
    }

    /// Markdown that the plugin's author wrote.
    pub fn markdown(text: impl Into<String>) -> Self {
        Span::Markdown(text.into()).into()
    }

    /// Text to be shown exactly as it is.
    pub fn plain(text: impl Into<String>) -> Self {
        Span::Plain(text.into()).into()
    }

    /// Adds a button, beside those that were added just before.
    pub fn button(mut self, button: Button) -> Self {
        match self.blocks.last_mut() {
            Some(Block::Buttons(buttons)) => buttons.push(button),
            _ => self.blocks.push(Block::Buttons(vec![button])),
        }
        self
    }

    /// Adds a short fact, beside those that were added just before. Of `value`, the text counts.
    pub fn field(mut self, title: impl Into<String>, value: impl Into<Message>) -> Self {
        let field = Field { title: title.into(), value: value.into().text };
        match self.blocks.last_mut() {
            Some(Block::Fields(fields)) => fields.push(field),
            _ => self.blocks.push(Block::Fields(vec![field])),
        }
        self
    }

    /// Adds a menu.
    pub fn menu(mut self, menu: Menu) -> Self {
        self.blocks.push(Block::Menu(menu));
        self
    }

    /// Adds a picture: its `https` address, and what is in it for those who do not see it.
    pub fn image(mut self, url: impl Into<String>, alt: impl Into<String>) -> Self {
        self.blocks.push(Block::Image(Image { url: url.into(), alt: alt.into() }));
        self
    }
}

impl From<Span> for Message {
    fn from(span: Span) -> Self {
        Self { text: vec![span], blocks: Vec::new() }
    }
}

/// A literal is Markdown: its author is the plugin's author.
impl From<&'static str> for Message {
    fn from(literal: &'static str) -> Self {
        Self::markdown(literal)
    }
}

impl Button {
    /// A button that says its label, unless [`says`](Button::says) or [`presses`](Button::presses) tell otherwise.
    pub fn new(label: impl Into<String>) -> Self {
        let label = label.into();
        Self { action: Action::Say(label.clone()), label, look: Look::Normal, only: None, until: None }
    }

    /// Whoever presses says this to the bot, as a command.
    pub fn says(mut self, line: impl Into<String>) -> Self {
        self.action = Action::Say(line.into());
        self
    }

    /// Pressing gives the plugin a press event: a name, and optionally `:` and at most 1,000 characters of its own.
    pub fn presses(mut self, value: impl Into<String>) -> Self {
        self.action = Action::Press(value.into());
        self
    }

    /// This is the thing to do.
    pub fn primary(mut self) -> Self {
        self.look = Look::Primary;
        self
    }

    /// This cannot be taken back.
    pub fn danger(mut self) -> Self {
        self.look = Look::Danger;
        self
    }

    /// Only this person may press; others are told so.
    pub fn only(mut self, person: &PersonId) -> Self {
        self.only = Some(person.clone());
        self
    }

    /// After this moment it does nothing but say that it is too late.
    pub fn until(mut self, moment: Instant) -> Self {
        self.until = Some(moment);
        self
    }
}

impl Menu {
    /// A menu without choices yet; `label` says what is to be chosen.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), choices: Vec::new(), only: None, until: None }
    }

    /// Adds a choice: whoever takes it says `line` to the bot, as a command.
    pub fn says(self, label: impl Into<String>, line: impl Into<String>) -> Self {
        self.choice(label, Action::Say(line.into()))
    }

    /// Adds a choice: taking it gives the plugin a press event with `value`.
    pub fn presses(self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.choice(label, Action::Press(value.into()))
    }

    /// Only this person may choose; others are told so.
    pub fn only(mut self, person: &PersonId) -> Self {
        self.only = Some(person.clone());
        self
    }

    /// After this moment it does nothing but say that it is too late.
    pub fn until(mut self, moment: Instant) -> Self {
        self.until = Some(moment);
        self
    }

    fn choice(mut self, label: impl Into<String>, action: Action) -> Self {
        self.choices.push(Choice { label: label.into(), action });
        self
    }
}

impl PersonId {
    /// The person's name in a message, and the person is notified.
    pub fn mention(&self) -> Span {
        Span::Mention(self.clone())
    }

    /// The person's name in a message, without notifying.
    pub fn name(&self) -> Span {
        Span::Name(self.clone())
    }
}
