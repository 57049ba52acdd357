//! What can be said.

use hatstand_common::period::spell;
use hatstand_common::value::{ChannelId, Instant, MessageId, Person, PersonId};
use std::borrow::Cow;
use std::time::Duration;

pub use hatstand_common::message::{Action, Block, Button, Choice, Field, Image, Look, Menu, Message, Span};

/// Builds a [`Message`]: the literal is Markdown, and what stands in for `{}` is data, shown exactly as it is.
///
/// What a person typed can therefore neither format nor mention anybody. `{}` and `{name}` work as in [`format!`], but there are no
/// format specifications; [`Say`] lists what can be put in.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// # fn example(thing: &str, ann: &User, bob: &User, until: Instant) -> Message {
/// say!("*{thing}* goes from {} to {} until {until}.", ann.name(), bob.mention())
///     .button(Button::new("Give back").says("dibs off").only(bob).until(until))
/// # }
/// ```
pub use hatstand_plugin_macros::say;

/// Something that can be put into a message with [`say!`].
///
/// | Type | Is shown as |
/// | --- | --- |
/// | `str`, `String`, `char`, numbers | exactly this text |
/// | [`User`](crate::User), [`Person`] | the name, without notifying; `user.mention()` notifies |
/// | [`Channel`](crate::Channel) | the channel's name, as a link where the chat has links |
/// | [`Instant`] | the clock time, in the zone of whoever reads |
/// | [`Duration`] | `2 h`, `1 h 30 min` |
/// | [`Span`], [`Message`] | itself; of a message, the text |
/// | `Option` of these | itself, or nothing |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be put into a message",
    label = "`say!` does not know how to show this",
    note = "`.to_string()` is shown exactly as it is; for a type of your own, implement `Say`"
)]
pub trait Say {
    /// Adds this to the text of a message.
    fn say(&self, text: &mut Vec<Span>);
}

/// What `say!` does with a piece of its literal. Never inlined: sentences are the larger part of many plugins.
#[doc(hidden)]
#[inline(never)]
pub fn push_markdown(text: &mut Vec<Span>, markdown: &str) {
    text.push(Span::Markdown(markdown.to_owned()));
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Say for $type {
            fn say(&self, text: &mut Vec<Span>) {
                text.push(Span::Plain(self.to_string()));
            }
        }
    )*};
}

plain!(str, String, Cow<'_, str>, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, MessageId);

impl Say for PersonId {
    fn say(&self, text: &mut Vec<Span>) {
        text.push(self.name());
    }
}

impl Say for Person {
    fn say(&self, text: &mut Vec<Span>) {
        self.id.say(text);
    }
}

impl Say for ChannelId {
    fn say(&self, text: &mut Vec<Span>) {
        text.push(Span::Channel(self.clone()));
    }
}

impl Say for Instant {
    fn say(&self, text: &mut Vec<Span>) {
        text.push(Span::Time(*self));
    }
}

impl Say for Duration {
    fn say(&self, text: &mut Vec<Span>) {
        text.push(Span::Plain(spell(*self)));
    }
}

impl Say for Span {
    fn say(&self, text: &mut Vec<Span>) {
        text.push(self.clone());
    }
}

impl Say for Message {
    fn say(&self, text: &mut Vec<Span>) {
        text.extend_from_slice(&self.text);
    }
}

impl<T: Say> Say for Option<T> {
    fn say(&self, text: &mut Vec<Span>) {
        if let Some(value) = self {
            value.say(text);
        }
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn say(&self, text: &mut Vec<Span>) {
        (**self).say(text);
    }
}

impl<T: Say + ?Sized> Say for Box<T> {
    fn say(&self, text: &mut Vec<Span>) {
        (**self).say(text);
    }
}
