//! The types that people can type.

use crate::{Error, Result};
use hatstand_common::declaration::Kind;
use hatstand_common::value::{ChannelId, Instant, PersonId, Value};
use std::time::Duration;

pub use hatstand_plugin_macros::Choice;

/// A type that people can type: as the argument of a command, or as a setting.
///
/// | Type | What people type |
/// | --- | --- |
/// | `String` | one word, several in quotes, or with `<name...>` all words |
/// | `i64`, `u32` and the like | a whole number |
/// | `bool` | `yes`, `no`, `on`, `off`, `true`, `false` |
/// | [`User`](crate::User) | a mention of a person |
/// | [`Channel`](crate::Channel) | a mention of a channel |
/// | [`Duration`] | `45 minutes`, `1h30m`, `an hour`, `2d` |
/// | [`Instant`] | `17:30`, `tomorrow 9am`, in the zone of whoever types |
/// | an enum with [`#[derive(Choice)]`](derive@Choice) | one of its words |
///
/// The argument of an optional part of the usage is an `Option` of one of these. The host parses, so that every plugin's errors and
/// suggestions read alike.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that people can type",
    label = "cannot be read from a command",
    note = "use `String`, an integer, `bool`, `User`, `Channel`, `Duration`, `Instant`, or an enum with `#[derive(Choice)]`",
    note = "the argument of an optional part of the usage is an `Option` of one of these"
)]
pub trait Argument: Sized {
    /// How the host is to read it.
    fn kind() -> Kind;

    /// Takes what the host read.
    ///
    /// # Errors
    ///
    /// [Usage](Error::Usage) if it does not fit, such as 300 for a `u8`.
    fn read(value: Value) -> Result<Self>;
}

macro_rules! argument {
    ($($type:ty = $kind:ident),* $(,)?) => {$(
        impl Argument for $type {
            fn kind() -> Kind {
                Kind::$kind
            }

            fn read(value: Value) -> Result<Self> {
                match value {
                    Value::$kind(value) => Ok(value),
                    _ => Err(unexpected()),
                }
            }
        }
    )*};
}

argument!(String = Text, bool = Boolean, PersonId = Person, ChannelId = Channel, Duration = Duration, Instant = Instant);

macro_rules! integer {
    ($($type:ty),*) => {$(
        impl Argument for $type {
            fn kind() -> Kind {
                Kind::Integer
            }

            fn read(value: Value) -> Result<Self> {
                let Value::Integer(number) = value else {
                    return Err(unexpected());
                };
                number.try_into().map_err(|_| Error::usage(out_of_range(number, &<$type>::MIN, &<$type>::MAX)))
            }
        }
    )*};
}

integer!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

fn out_of_range(number: i64, least: &dyn std::fmt::Display, most: &dyn std::fmt::Display) -> String {
    format!("{number} is not between {least} and {most}.")
}

/// The host gave a value of another kind than was declared.
fn unexpected() -> Error {
    Error::broken("an argument is of another kind than declared")
}

/// One of some words, by `#[derive(Choice)]` on an enum whose variants hold nothing.
///
/// A variant's word is its name in lower case with hyphens, `GiveAtOnce` is `give-at-once`, unless `#[choice("now")]` says otherwise.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// #[derive(Choice, Clone, Copy, Debug, PartialEq)]
/// enum Size {
///     Small,
///     #[choice("XXL")]
///     Huge,
/// }
///
/// assert_eq!(Size::Huge.word(), "XXL");
/// assert_eq!(Size::from_word("small"), Some(Size::Small));
/// ```
pub trait Choice: Sized {
    /// The words, in the order of the variants.
    const WORDS: &'static [&'static str];

    /// The variant that a word stands for, spelt as in [`WORDS`](Choice::WORDS).
    fn from_word(word: &str) -> Option<Self>;

    /// The word that stands for this variant.
    fn word(&self) -> &'static str;
}

/// `Argument::kind` of a choice.
#[doc(hidden)]
pub fn choice_kind<T: Choice>() -> Kind {
    Kind::Choice(T::WORDS.iter().map(|&word| word.to_owned()).collect())
}

/// `Argument::read` of a choice.
#[doc(hidden)]
pub fn read_choice<T: Choice>(value: Value) -> Result<T> {
    match value {
        Value::Choice(word) => T::from_word(&word).ok_or_else(unexpected),
        _ => Err(unexpected()),
    }
}
