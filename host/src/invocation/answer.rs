//! What the host says by itself, where no plugin is called or a plugin does not say it.

use super::{Ended, Invoker, Item, reference};
use crate::builtin::{self, Answered, Asked};
use crate::model::{Effects, Event, How, PluginName, Say, What};
use crate::permissions::{Authority, Denied};
use crate::plugins::generation::Failure;
use crate::router::Answer;
use crate::texts;
use hatstand_common::message::Message;
use hatstand_common::value::{MessageId, Person};

impl Invoker {
    pub(super) async fn answer(&self, item: &Item, person: Option<&Person>, authority: &Authority<'_>, answer: Answer) -> Ended {
        match answer {
            Answer::Own { command, arguments, rule } => {
                let workspace = &item.event.workspace;
                let reference = reference(item);
                let place = item.event.place.as_ref();
                let asked = Asked {
                    command: &command,
                    arguments: &arguments,
                    workspace,
                    place,
                    reference: &reference,
                    person,
                    authority,
                    host: self,
                };
                let ended = self.own(item, asked).await;
                Ended { what: command, rule, ..ended }
            }
            Answer::Denied(denial) => {
                let help = self.rights.help(&item.event.workspace, &denial.roles).await;
                let ended = self.host_says(item, texts::denied(&denial, &help), "denied");
                let what = match denial.of {
                    Denied::Command { name, .. } => name,
                    Denied::Action(_) => ended.what.clone(),
                };
                Ended { what, rule: denial.rule, ..ended }
            }
            Answer::Notice(text) => self.notice(item, &text).await,
            other => {
                let code = other.code();
                self.host_says(item, texts::answer(other, &self.name), code)
            }
        }
    }

    /// One of the host's own commands.
    async fn own(&self, item: &Item, asked: Asked<'_>) -> Ended {
        match builtin::answer(asked).await {
            Ok(Answered { message, effects, outcome, detail }) => {
                let says = whisper(item, message).into_iter().chain(effects.says).collect();
                Ended { effects: Effects { says, ..effects }, outcome: outcome.to_owned(), detail, ..Ended::default() }
            }
            Err(why) => {
                tracing::error!(%why, "a command of mine failed");
                let ended = self.host_says(item, texts::apology(&PluginName::host(), &reference(item), None), "broken");
                Ended { detail: why.to_string(), ..ended }
            }
        }
    }

    /// Administrators are told directly, and everybody where it happened.
    async fn notice(&self, item: &Item, text: &str) -> Ended {
        let admins = self.directory.admins(&item.event.workspace).await;
        let here = item.event.place.clone().map(|to| How::Post { to, message: texts::markdown(text) });
        let each = admins.into_iter().map(|to| How::Direct { to, message: texts::markdown(text) });
        let says = here.into_iter().chain(each).enumerate();
        let says = says.map(|(number, how)| Say { id: MessageId(format!("{}.{}.{number}", item.id.0, item.plugin)), how, question: None });
        Ended {
            effects: Effects { says: says.collect(), ..Effects::default() },
            what: "notice".to_owned(),
            outcome: "ok".to_owned(),
            detail: text.to_owned(),
            ..Ended::default()
        }
    }

    /// The host speaks to the person of the event, for that person's eyes only.
    pub(super) fn host_says(&self, item: &Item, message: Message, outcome: &str) -> Ended {
        Ended { effects: said(item, message), what: what_asked(&item.event), outcome: outcome.to_owned(), ..Ended::default() }
    }
}

/// Something for the eyes of the person of the event, if there is one.
fn whisper(item: &Item, message: Message) -> Option<Say> {
    let person = item.event.person.clone()?;
    let how = match item.event.place.clone() {
        Some(to) => How::Whisper { to, person, message },
        None => How::Direct { to: person, message },
    };
    Some(Say { id: MessageId(format!("{}.{}.host", item.id.0, item.plugin)), how, question: None })
}

/// Nothing but this, for the eyes of the person of the event.
pub(super) fn said(item: &Item, message: Message) -> Effects {
    Effects { says: whisper(item, message).into_iter().collect(), ..Effects::default() }
}

/// The plugin said no: its wishes are dropped, the person is told why.
pub(super) fn failed_text(item: &Item, failure: Failure, usage: Option<&str>) -> Message {
    match failure {
        Failure::Usage(why) => texts::bad_usage(&why, usage),
        Failure::Refused(message) => message,
        Failure::Full(limit) => texts::full(&item.plugin, limit),
        Failure::Broken(why) => {
            tracing::error!(why, "the plugin is broken");
            texts::apology(&item.plugin, &reference(item), None)
        }
    }
}

/// What was asked, shortly, where no plugin was called.
fn what_asked(event: &Event) -> String {
    match &event.what {
        What::Said(_) => "said".to_owned(),
        What::Called(called) => called.command.clone(),
        What::Pressed { .. } => "press".to_owned(),
        other => format!("{other:?}").split([' ', '(', '{']).next().unwrap_or_default().to_lowercase(),
    }
}
