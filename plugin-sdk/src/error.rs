//! Why a handler did nothing.

use crate::bindings::exports::hatstand::plugin::plugin::Failure;
use crate::message::Message;
use std::any::Any;
use std::error::Error as StdError;
use std::fmt;

/// What handlers return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a handler did nothing. Whatever it wished for until then, in the store, the chat or anywhere else, is dropped.
///
/// Every [`std::error::Error`] becomes [`Broken`](Error::Broken) by `?`, with one exception: a call for which the operator has not
/// given the grant becomes a [`Refused`](Error::Refused) that names the grant.
///
/// ```
/// use hatstand_plugin::prelude::*;
///
/// fn shares(people: u32, slices: &str) -> Result<u32> {
///     let slices: u32 = slices.parse()?; // broken, if it is not a number
///     slices.checked_div(people).ok_or_else(|| Error::usage("There must be somebody to share with."))
/// }
///
/// assert!(matches!(shares(2, "six"), Err(Error::Broken(_))));
/// assert!(matches!(shares(0, "6"), Err(Error::Usage(_))));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The arguments make no sense together. The person is told this sentence and the command's usage.
    Usage(String),
    /// A polite no: the person is told this, privately where the chat can.
    Refused(Message),
    /// Something is broken. The person gets an apology with a reference; this text goes to the operator's log only.
    Broken(String),
}

impl Error {
    /// The arguments make no sense together: `sentence` says why.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::Usage(sentence.into())
    }

    /// A polite no.
    pub fn refused(message: impl Into<Message>) -> Self {
        Self::Refused(message.into())
    }

    /// Something is broken, and `text` tells the operator what.
    pub fn broken(text: impl fmt::Display) -> Self {
        Self::Broken(text.to_string())
    }
}

/// As for every error that collects others, `Error` itself is not a [`std::error::Error`], so that this conversion can be.
impl<E: StdError + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        // Never as a `dyn Error`, which would bring into each plugin all that an error of any type can be asked, and its `Debug`.
        match (&error as &dyn Any).downcast_ref() {
            Some(NotGranted(grant)) => Self::refused(not_granted(grant)),
            None => with_causes(error.to_string(), error.source()),
        }
    }
}

fn with_causes(mut text: String, mut cause: Option<&(dyn StdError + 'static)>) -> Error {
    while let Some(error) = cause {
        if let Some(NotGranted(grant)) = error.downcast_ref() {
            return Error::refused(not_granted(grant));
        }
        text += ": ";
        text += &error.to_string();
        cause = error.source();
    }
    Error::Broken(text)
}

fn not_granted(grant: &str) -> Message {
    let mut message = Message::markdown("For this I need the grant `");
    message.text.extend(Message::plain(grant).text);
    message.text.extend(Message::markdown("`. Whoever operates me can give it.").text);
    message
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Usage(sentence) => Self::Usage(sentence),
            Error::Refused(message) => Self::Refused(message.into()),
            Error::Broken(text) => Self::Broken(text),
        }
    }
}

/// The operator has not given a grant, such as `chat:direct`. The source of the errors of the capabilities that need one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotGranted(pub String);

impl fmt::Display for NotGranted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the grant `{}` is not given", self.0)
    }
}

impl StdError for NotGranted {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store;

    #[test]
    fn what_caused_an_error_is_told_with_it() {
        let reason = serde_json::from_str::<u64>("six").expect_err("no number");
        let error = store::Error::Unreadable { key: "count".to_owned(), reason };
        assert_eq!(Error::from(error), Error::broken("the value of `count` is of another type: expected value at line 1 column 1"));
    }

    #[test]
    fn a_missing_grant_is_a_refusal_whatever_it_is_within() {
        let missing = || NotGranted("chat:direct".to_owned());
        let refusal = Error::refused(not_granted("chat:direct"));
        assert_eq!(Error::from(missing()), refusal);
        assert_eq!(Error::from(crate::chat::Error::NotGranted(missing())), refusal);
    }
}
