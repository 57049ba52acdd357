//! What a handler answers.

use crate::bindings::exports::hatstand::plugin::plugin::Outcome;
use crate::message::Message;
use crate::{Context, Error, Result};
use serde::Serialize;

/// What a handler answers: messages in the place of the event, and for programs a code and data.
///
/// ```
/// # use hatstand_plugin::prelude::*;
/// # let holder = User::from("ann");
/// let reply = Reply::say(say!("{holder} has it."))
///     .and(Reply::whisper("You are next."))
///     .code("queued");
/// ```
///
/// Handlers may also return just a [`Message`] or a `&'static str`, which is Markdown and said for everybody: see [`IntoReply`].
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a reply is said when the handler returns it"]
pub struct Reply {
    said: Vec<Said>,
    code: String,
    /// A JSON object.
    data: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Said {
    Post(Message),
    Whisper(Message),
}

impl Reply {
    /// Says it for everybody in the place of the event.
    pub fn say(message: impl Into<Message>) -> Self {
        Self { said: vec![Said::Post(message.into())], ..Self::default() }
    }

    /// Says it in the place of the event, for the eyes of the person who did it only. An event that no person did, such as a timer,
    /// has nobody to whisper to: then the whole invocation is [broken](Error::Broken).
    pub fn whisper(message: impl Into<Message>) -> Self {
        Self { said: vec![Said::Whisper(message.into())], ..Self::default() }
    }

    /// Says nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Says what `other` says after this. A code or data of `other` replaces what is here.
    pub fn and(mut self, other: impl Into<Reply>) -> Self {
        let other = other.into();
        self.said.extend(other.said);
        if !other.code.is_empty() {
            self.code = other.code;
        }
        self.data = other.data.or(self.data);
        self
    }

    /// What came of the event in a stable word, such as `held` or `queued`, for programs to branch on. Without one it is `ok`.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = code.into();
        self
    }

    /// More about it, for programs: something that serializes to a JSON object. What does not is left out.
    pub fn data(mut self, data: &impl Serialize) -> Self {
        self.data = serde_json::to_string(data).ok().filter(|json| json.starts_with('{'));
        self
    }

    /// Says everything, and gives the host what is for programs.
    pub(crate) fn deliver(self, cx: &Context) -> Result<Outcome> {
        for said in self.said {
            match said {
                Said::Post(message) => cx.chat().post(cx.here()?, message)?,
                Said::Whisper(message) => cx.chat().whisper(cx.here()?, cx.user()?, message)?,
            };
        }
        Ok(Outcome { code: self.code, data: self.data.unwrap_or_default() })
    }
}

impl<M: Into<Message>> From<M> for Reply {
    fn from(message: M) -> Self {
        Self::say(message)
    }
}

/// What a handler may return: [`Reply`], [`Message`], `&'static str`, `()`, or a [`Result`] with one of them.
#[diagnostic::on_unimplemented(
    message = "a handler cannot return `{Self}`",
    label = "not a reply",
    note = "return `Result<Reply>`, or `Reply`, `Message`, `&'static str`, `()`, or a `Result` with one of them",
    note = "a `String` may hold what a person typed: `say!(\"{{text}}\")` shows it exactly as it is"
)]
pub trait IntoReply {
    /// The reply, or why there is none.
    fn into_reply(self) -> Result<Reply>;
}

impl IntoReply for Reply {
    fn into_reply(self) -> Result<Reply> {
        Ok(self)
    }
}

impl IntoReply for Message {
    fn into_reply(self) -> Result<Reply> {
        Ok(self.into())
    }
}

impl IntoReply for &'static str {
    fn into_reply(self) -> Result<Reply> {
        Ok(self.into())
    }
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Reply> {
        Ok(Reply::nothing())
    }
}

impl<T: IntoReply, E: Into<Error>> IntoReply for Result<T, E> {
    fn into_reply(self) -> Result<Reply> {
        self.map_err(Into::into)?.into_reply()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_an_object_or_left_out() {
        #[derive(Serialize)]
        struct Position {
            place: u8,
        }
        let data = |reply: Reply| reply.data;
        assert_eq!(data(Reply::nothing().data(&Position { place: 2 })).as_deref(), Some(r#"{"place":2}"#));
        assert_eq!(data(Reply::nothing().data(&[2])), None);
        assert_eq!(data(Reply::nothing().data(&())), None);
    }
}
