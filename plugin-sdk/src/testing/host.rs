//! The functions of the contract, natively: each acts on the invocation whose handler calls it.

use super::invocation::Invocation;

pub(crate) mod store {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::store::{Entry, Error};
    use std::ops::Bound;

    const KEY_BYTES: usize = 512;
    const VALUE_BYTES: usize = 256 * 1024;
    const WRITTEN_BYTES: usize = 4 * 1024 * 1024;
    const ENTRIES: usize = 1_000;

    pub(crate) fn get(key: &str) -> Result<Option<Vec<u8>>, Error> {
        check_key(key)?;
        Invocation::current(|invocation| {
            let value = invocation.state.store.get(key).cloned();
            invocation.move_bytes(key.len() + value.as_ref().map_or(0, Vec::len));
            Ok(value)
        })
    }

    pub(crate) fn set(key: &str, value: &[u8]) -> Result<(), Error> {
        check_key(key)?;
        Invocation::current(|invocation| {
            invocation.written += key.len() + value.len();
            invocation.move_bytes(key.len() + value.len());
            if value.len() > VALUE_BYTES || invocation.written > WRITTEN_BYTES {
                return Err(Error::TooLarge);
            }
            invocation.state.store.insert(key.to_owned(), value.to_vec());
            Ok(())
        })
    }

    pub(crate) fn delete(key: &str) -> Result<(), Error> {
        check_key(key)?;
        Invocation::current(|invocation| invocation.state.store.remove(key));
        Ok(())
    }

    pub(crate) fn scan(prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<Entry>, Error> {
        let limit = usize::try_from(limit).unwrap_or(ENTRIES).min(ENTRIES);
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        Invocation::current(|invocation| {
            let entries = invocation.state.store.range::<str, _>((from, Bound::Unbounded));
            let entries = entries.take_while(|(key, _)| key.starts_with(prefix)).take(limit);
            let entries: Vec<Entry> = entries.map(|(key, value)| Entry { key: key.clone(), value: value.clone() }).collect();
            invocation.move_bytes(entries.iter().map(|entry| entry.key.len() + entry.value.len()).sum());
            Ok(entries)
        })
    }

    fn check_key(key: &str) -> Result<(), Error> {
        if (1..=KEY_BYTES).contains(&key.len()) { Ok(()) } else { Err(Error::BadKey) }
    }
}

pub(crate) mod chat {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::chat::{Error, Form};
    use crate::bindings::hatstand::plugin::types::{Message, Place};

    pub(crate) fn post(to: &Place, message: &Message) -> Result<String, Error> {
        Invocation::current(|invocation| invocation.post(to.clone().into(), message.clone().into())).map(|id| id.0)
    }

    pub(crate) fn whisper(to: &Place, person: &str, message: &Message) -> Result<String, Error> {
        Invocation::current(|invocation| invocation.whisper(to.clone().into(), &person.into(), message.clone().into())).map(|id| id.0)
    }

    pub(crate) fn direct(to: &str, message: &Message) -> Result<String, Error> {
        Invocation::current(|invocation| invocation.direct(&to.into(), message.clone().into())).map(|id| id.0)
    }

    pub(crate) fn edit(id: &str, message: &Message) -> Result<(), Error> {
        Invocation::current(|invocation| invocation.edit(&id.into(), message.clone().into()))
    }

    pub(crate) fn react(id: &str, emoji: &str) -> Result<(), Error> {
        Invocation::current(|invocation| invocation.react(&id.into(), emoji))
    }

    pub(crate) fn open_form(form: &Form) -> Result<(), Error> {
        Invocation::current(|invocation| match invocation.person.clone() {
            Some(person) => {
                invocation.state.forms.push((person, form.clone().into()));
                Ok(())
            }
            None => Err(Error::Invalid("a form opens only for a command or a press".to_owned())),
        })
    }
}

pub(crate) mod timers {
    use super::super::state::Set;
    use super::Invocation;
    use crate::bindings::hatstand::plugin::timers::Error;
    use hatstand_common::value::Instant;

    const KEY_BYTES: usize = 512;
    const PAYLOAD_BYTES: usize = 16 * 1024;
    const TIMERS: usize = 10_000;

    pub(crate) fn set(key: &str, due: u64, payload: &[u8]) -> Result<(), Error> {
        check_key(key)?;
        Invocation::current(|invocation| {
            let timers = &mut invocation.state.timers;
            if payload.len() > PAYLOAD_BYTES || (timers.len() >= TIMERS && !timers.contains_key(key)) {
                return Err(Error::TooMuch);
            }
            let place = invocation.place.clone();
            timers.insert(key.to_owned(), Set { due: Instant(due), payload: payload.to_vec(), place });
            Ok(())
        })
    }

    pub(crate) fn cancel(key: &str) -> Result<(), Error> {
        check_key(key)?;
        Invocation::current(|invocation| invocation.state.timers.remove(key));
        Ok(())
    }

    fn check_key(key: &str) -> Result<(), Error> {
        if (1..=KEY_BYTES).contains(&key.len()) { Ok(()) } else { Err(Error::BadKey) }
    }
}

pub(crate) mod questions {
    use super::super::people::whisper_audience;
    use super::super::state::Asked;
    use super::Invocation;
    use crate::bindings::hatstand::plugin::chat;
    use crate::bindings::hatstand::plugin::questions::{Error, Question};
    use crate::message::{Button, Message};
    use hatstand_common::transcript::Pressable;
    use hatstand_common::value::{Instant, PersonId, Place};

    const KEY_BYTES: usize = 512;
    const CHOICES: usize = 20;
    const LABEL_CHARS: usize = 75;
    const VALUE_BYTES: usize = 1_000;
    const QUESTIONS: usize = 1_000;

    pub(crate) fn ask(question: &Question) -> Result<(), Error> {
        check(question)?;
        let (to, at) = (PersonId::from(question.to.as_str()), Place::from(question.at.clone()));
        let (key, text, deadline) = (&question.key, question.text, Instant(question.deadline));
        let button = |label: &str, value: &str| Button::new(label).presses(value).only(&to).until(deadline);
        let buttons = question.choices.iter().map(|choice| button(&choice.label, &choice.value));
        let message = buttons.fold(Message::from(question.message.clone()), Message::button);
        Invocation::current(|invocation| {
            invocation.check_place(&at)?;
            invocation.check_person(&to)?;
            let standing = &invocation.state.questions;
            if standing.len() >= QUESTIONS && !standing.contains_key(key) {
                return Err(Error::TooMuch(format!("a plugin has at most {QUESTIONS} questions that stand")));
            }
            let audience = whisper_audience(&at.channel, &to);
            let order = invocation.state.posts.len();
            let message = invocation.say(at.clone(), audience, message, Some(key.clone()))?;
            invocation.state.questions.insert(key.clone(), Asked { message, order, to, at, text, deadline });
            Ok(())
        })
    }

    fn check(question: &Question) -> Result<(), Error> {
        if !(1..=KEY_BYTES).contains(&question.key.len()) {
            return Err(Error::Invalid("a key has 1-512 bytes".to_owned()));
        }
        if question.choices.is_empty() && !question.text {
            return Err(Error::Invalid("neither choices nor text are an answer".to_owned()));
        }
        if question.choices.len() > CHOICES {
            return Err(Error::TooMuch(format!("a question has at most {CHOICES} choices")));
        }
        if !Pressable::all(&question.message.clone().into()).is_empty() {
            return Err(Error::Invalid("its message has buttons of its own; they would be taken for choices".to_owned()));
        }
        for choice in &question.choices {
            let chars = choice.label.chars().count();
            if !(1..=LABEL_CHARS).contains(&chars) {
                return Err(Error::Invalid(format!("a label has 1-{LABEL_CHARS} characters, not {chars}")));
            }
            if !(1..=VALUE_BYTES).contains(&choice.value.len()) {
                return Err(Error::Invalid(format!("what a button does has 1-{VALUE_BYTES} bytes, not {}", choice.value.len())));
            }
        }
        Ok(())
    }

    impl From<chat::Error> for Error {
        fn from(error: chat::Error) -> Self {
            match error {
                chat::Error::NotGranted(grant) => Self::Invalid(format!("this needs the grant `{grant}`")),
                chat::Error::TooMuch(limit) => Self::TooMuch(limit),
                chat::Error::Invalid(reason) => Self::Invalid(reason),
                chat::Error::Unknown | chat::Error::Unsupported => Self::Unknown,
            }
        }
    }

    pub(crate) fn withdraw(key: &str) -> Result<(), Error> {
        Invocation::current(|invocation| invocation.state.questions.remove(key));
        Ok(())
    }
}

pub(crate) mod calls {
    use super::super::state::CallState;
    use super::Invocation;
    use crate::bindings::hatstand::plugin::calls::Error;

    const KEY_BYTES: usize = 512;
    const ANSWER_BYTES: usize = 64 * 1024;

    pub(crate) fn open(key: &str) -> Result<(), Error> {
        check_key(key)?;
        Invocation::current(|invocation| {
            if invocation.person.as_ref().is_some_and(|person| person.program().is_some()) {
                invocation.state.calls.insert(key.to_owned(), CallState::Open);
            }
            Ok(())
        })
    }

    pub(crate) fn answer(key: &str, code: &str, data: &str) -> Result<(), Error> {
        check_key(key)?;
        if code.len() + data.len() > ANSWER_BYTES {
            return Err(Error::TooLarge);
        }
        Invocation::current(|invocation| {
            if let Some(call @ CallState::Open) = invocation.state.calls.get_mut(key) {
                *call = CallState::Answered { code: code.to_owned(), data: data.to_owned() };
            }
            Ok(())
        })
    }

    fn check_key(key: &str) -> Result<(), Error> {
        if (1..=KEY_BYTES).contains(&key.len()) { Ok(()) } else { Err(Error::BadKey) }
    }
}

pub(crate) mod http {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::http::{Error, Request};

    const BODY_BYTES: usize = 1024 * 1024;

    pub(crate) fn send(request: &Request) -> Result<(), Error> {
        let origin = origin(&request.url).ok_or_else(|| Error::Invalid(format!("`{}` is no http or https address", request.url)))?;
        if request.body.len() > BODY_BYTES {
            return Err(Error::TooMuch("a body has at most 1 MiB".to_owned()));
        }
        Invocation::current(|invocation| {
            // Whoever wants `http` as such may send anywhere: in the real host the operator grants single destinations.
            if invocation.check_grant("http").is_err() {
                invocation.check_grant(&format!("http:{origin}")).map_err(Error::NotGranted)?;
            }
            invocation.state.requests.push(request.clone().into());
            Ok(())
        })
    }

    /// `https://api.example.com`, of an address there.
    fn origin(url: &str) -> Option<&str> {
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let end = host.find(['/', '?', '#']).unwrap_or(host.len());
        (end > 0).then(|| &url[..url.len() - host.len() + end])
    }
}

pub(crate) mod queue {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::queue::Error;

    const BODY_BYTES: usize = 256 * 1024;

    pub(crate) fn publish(queue: &str, body: &[u8]) -> Result<(), Error> {
        if body.len() > BODY_BYTES {
            return Err(Error::TooLarge);
        }
        Invocation::current(|invocation| {
            invocation.check_grant(&format!("queue:{queue}")).map_err(Error::NotGranted)?;
            invocation.state.published.push((queue.to_owned(), body.to_vec()));
            Ok(())
        })
    }
}

pub(crate) mod directory {
    use super::super::people;
    use super::Invocation;
    use crate::bindings::hatstand::plugin::types::{Channel, Person};
    use hatstand_common::value::Instant;

    pub(crate) fn person(id: &str) -> Option<Person> {
        Invocation::current(|invocation| invocation.people.person(&id.into())).map(Into::into)
    }

    pub(crate) fn channel(id: &str) -> Option<Channel> {
        Invocation::current(|_| ());
        people::channel(&id.into()).map(|channel| Channel {
            id: channel.id.0,
            name: channel.name,
            direct: channel.direct,
            archived: channel.archived,
        })
    }

    pub(crate) fn zone_offset(zone: &str, at: u64) -> Option<i32> {
        Invocation::current(|_| ());
        people::zone_offset(zone, Instant(at))
    }
}

pub(crate) mod rights {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::rights::{Error, Operation, Subject};

    pub(crate) fn check(operation: &Operation, subject: &Subject) -> Result<(), Error> {
        Invocation::current(|invocation| {
            let sentence = invocation.refusal(operation, subject).map_err(Error::Invalid)?;
            sentence.map_or(Ok(()), |sentence| Err(Error::Denied(sentence.into_iter().map(Into::into).collect())))
        })
    }

    pub(crate) fn filter(operation: &Operation, subjects: &[Subject]) -> Result<Vec<bool>, Error> {
        Invocation::current(|invocation| {
            let may = |subject| invocation.refusal(operation, subject).map(|refusal| refusal.is_none());
            subjects.iter().map(may).collect::<Result<_, _>>().map_err(Error::Invalid)
        })
    }
}

pub(crate) mod settings {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::events::Value;

    pub(crate) fn get(name: &str) -> Option<Value> {
        Invocation::current(|invocation| invocation.settings.get(name).cloned()).map(Into::into)
    }
}

pub(crate) mod log {
    use super::Invocation;
    use crate::bindings::hatstand::plugin::log::Level;

    pub(crate) fn write(level: Level, text: &str) {
        let level = format!("{level:?}").rsplit("::").next().unwrap_or_default().to_lowercase();
        Invocation::current(|invocation| invocation.log.push(format!("{level}: {text}")));
    }

    pub(crate) fn about(subject: &str) {
        Invocation::current(|invocation| invocation.about = subject.to_owned());
    }
}
