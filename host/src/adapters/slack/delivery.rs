//! What is to be said, as calls of the Web API.

use super::blocks::{self, Part};
use super::form;
use super::home;
use super::names::Names;
use super::places::{self, Where, locate};
use super::press;
use super::spelling::Spelling;
use super::team::Team;
use super::web::{Nothing, WebError};
use crate::adapters::{Found, Undelivered};
use crate::ledger::Said;
use crate::model::{Form, How, Order, Say};
use hatstand_common::message::Message;
use hatstand_common::value::{ChannelId, MessageId, PersonId, Place};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

type Delivered = Result<Option<String>, Undelivered>;

/// How many of the newest messages are looked through for one that may be out.
const LOOKED_THROUGH: &str = "100";

/// A thread is read from its beginning, so all of it: as much as one call gives.
const LOOKED_THROUGH_IN_THREAD: &str = "1000";

/// With a token that does not work, trying again soon does not help; and nothing of what waits is thrown away.
const TOKEN_PAUSE: Duration = Duration::from_secs(60);

impl Team {
    /// Says something, and returns what Slack calls it.
    pub async fn say(&self, say: &Say, original: Option<&Said>) -> Delivered {
        match &say.how {
            How::Post { to, message } => self.post_message(&say.id, to, message).await,
            How::Whisper { to, person, message } => self.whisper(&say.id, to, person, message).await,
            How::Direct { to, message } => self.post_message(&say.id, &places::direct_with(to), message).await,
            How::Edit { to, original: id, message } => self.edit(to, id, original, message).await,
            How::React { original: id, emoji, .. } => self.react(id, original, emoji).await,
            How::OpenForm { to, person, form } => self.open_form(&say.id, to, person, form).await,
        }
    }

    /// Looks through the newest messages for the parts of this one.
    pub async fn find(&self, say: &Say) -> Result<Option<Found>, Undelivered> {
        let (place, message) = match &say.how {
            How::Post { to, message } => (to.clone(), message),
            How::Direct { to, message } => (places::direct_with(to), message),
            // Doing these again does no harm: the same once more, or for one person's eyes.
            How::Whisper { .. } | How::Edit { .. } | How::React { .. } | How::OpenForm { .. } => return Ok(None),
        };
        let Some(channel) = self.channel_of(&place.channel).await? else { return Ok(None) };
        let wanted = self.render(&say.id, message).await.len();
        let found = match self.newest(&channel, place.thread.as_deref()).await {
            Ok(messages) => parts_in(&messages, &say.id),
            Err(why) => match undelivered(why) {
                // A scope is missing, or the bot is not there any more.
                Undelivered::Never(why) => {
                    tracing::warn!(message = %say.id, why, "whether it is out cannot be looked up; it may come twice");
                    return Ok(None);
                }
                passing => return Err(passing),
            },
        };
        if found.len() == wanted {
            return Ok(Some(Found { service_id: Some(places::posted(&channel.0, &found)) }));
        }
        self.partly().insert(say.id.clone(), found.into_iter().map(Some).collect());
        Ok(None)
    }

    async fn newest(&self, channel: &ChannelId, thread: Option<&str>) -> Result<Vec<Value>, WebError> {
        let history: History = match thread {
            Some(thread) => {
                let parameters = [("channel", channel.as_str()), ("ts", thread), ("limit", LOOKED_THROUGH_IN_THREAD)];
                self.get("conversations.replies", &parameters).await?
            }
            None => self.get("conversations.history", &[("channel", channel.as_str()), ("limit", LOOKED_THROUGH)]).await?,
        };
        Ok(history.messages)
    }

    /// Posts part by part. After a failure in between, only what is missing is posted at the next try.
    async fn post_message(&self, id: &MessageId, to: &Place, message: &Message) -> Delivered {
        let Some(channel) = self.channel_of(&to.channel).await? else {
            return self.show_at_home(id, to, message).await;
        };
        let parts = self.render(id, message).await;
        let mut times = self.partly().remove(id).unwrap_or_default();
        for part in parts.iter().skip(times.len()) {
            match self.post_or_answer(&channel, to, part).await {
                Ok(time) => times.push(time),
                Err(why) => {
                    if !matches!(why, Undelivered::Never(_)) {
                        self.partly().insert(id.clone(), times);
                    }
                    return Err(why);
                }
            }
        }
        // An answer has no time by which it could be edited.
        let times: Option<Vec<String>> = times.into_iter().collect();
        Ok(times.map(|times| places::posted(&channel.0, &times)))
    }

    /// Posts one part, and returns its time. Where the bot is no member, it answers a command that somebody typed there.
    async fn post_or_answer(&self, channel: &ChannelId, to: &Place, part: &Part) -> Result<Option<String>, Undelivered> {
        let code = match self.post_part(channel, to, part).await {
            Ok(time) => return Ok(Some(time)),
            Err(WebError::Refused { code, .. }) if OUTSIDE.contains(&code.as_str()) => code,
            Err(why) => return Err(undelivered(why)),
        };
        let answer = Answer { response_type: "in_channel", replace_original: false, text: &part.text, blocks: &part.blocks };
        match self.answer(channel, None, &answer).await.map_err(undelivered)? {
            true => Ok(None),
            false => Err(Undelivered::Never(format!("Slack says `{code}` for {channel}: the bot has to be invited"))),
        }
    }

    async fn post_part(&self, channel: &ChannelId, to: &Place, part: &Part) -> Result<String, WebError> {
        self.pace.turn(channel).await;
        let request = PostMessage {
            channel: &channel.0,
            text: &part.text,
            blocks: &part.blocks,
            thread_ts: to.thread.as_deref(),
            unfurl_links: false,
            unfurl_media: false,
        };
        let posted: Posted = self.post("chat.postMessage", &request).await?;
        Ok(posted.ts)
    }

    /// For one person's eyes: an ephemeral message; else an answer to the person's own command; else a direct message.
    async fn whisper(&self, id: &MessageId, to: &Place, person: &PersonId, message: &Message) -> Delivered {
        let channel = match locate(&to.channel) {
            Where::Channel(channel) if !self.is_direct_with(person, &channel).await? => channel,
            // Nobody else can see it there.
            _ => return self.post_message(id, to, message).await,
        };
        for part in self.render(id, message).await {
            let request = PostEphemeral {
                channel: &channel.0,
                user: &person.0,
                text: &part.text,
                blocks: &part.blocks,
                thread_ts: to.thread.as_deref(),
            };
            match self.post::<Nothing>("chat.postEphemeral", &request).await {
                Ok(_) => {}
                Err(WebError::Refused { code, .. }) if OUTSIDE.contains(&code.as_str()) => {
                    let answer = Answer { response_type: "ephemeral", replace_original: false, text: &part.text, blocks: &part.blocks };
                    if !self.answer(&channel, Some(person), &answer).await.map_err(undelivered)? {
                        return self.post_message(id, &places::direct_with(person), message).await;
                    }
                }
                Err(why) => return Err(undelivered(why)),
            }
        }
        Ok(None)
    }

    /// What cannot be edited is said anew, to the same eyes. Either way its buttons stay those of the message that it was.
    async fn edit(&self, to: &Place, original: &MessageId, said: Option<&Said>, message: &Message) -> Delivered {
        let posted = said.and_then(|said| said.service_id.as_deref()).and_then(places::read_posted);
        let Some((channel, times)) = posted else {
            return match said.and_then(|said| said.say.how.only_seen_by()) {
                Some(person) => self.whisper(original, to, person, message).await,
                None => self.post_message(original, to, message).await,
            };
        };
        let parts = self.render(original, message).await;
        for (part, time) in parts.iter().zip(&times) {
            let request = Update { channel: &channel.0, ts: time, text: &part.text, blocks: &part.blocks };
            match self.post::<Nothing>("chat.update", &request).await {
                Ok(_) => {}
                Err(WebError::Refused { code, .. }) if UNEDITABLE.contains(&code.as_str()) => {
                    return self.post_message(original, to, message).await;
                }
                Err(why) => return Err(undelivered(why)),
            }
        }
        for part in parts.iter().skip(times.len()) {
            self.post_part(&channel, to, part).await.map_err(undelivered)?;
        }
        for time in times.iter().skip(parts.len()) {
            let deleted: Result<Nothing, _> = self.post("chat.delete", &json!({ "channel": channel, "ts": time })).await;
            deleted.map(drop).or_else(|why| if why.code() == Some("message_not_found") { Ok(()) } else { Err(undelivered(why)) })?;
        }
        Ok(None)
    }

    async fn react(&self, id: &MessageId, said: Option<&Said>, emoji: &str) -> Delivered {
        let called = said.map_or(Some(id.as_str()), |said| said.service_id.as_deref());
        let Some((channel, times)) = called.and_then(places::read_posted) else {
            return Err(Undelivered::Never("there is no message that could get a reaction".to_owned()));
        };
        let request = json!({ "channel": channel, "timestamp": times.first(), "name": emoji });
        match self.post::<Nothing>("reactions.add", &request).await {
            Ok(_) => Ok(None),
            Err(why) if why.code() == Some("already_reacted") => Ok(None),
            Err(why) => Err(undelivered(why)),
        }
    }

    async fn open_form(&self, id: &MessageId, to: &Place, person: &PersonId, form: &Form) -> Delivered {
        let late = Message::plain("Slack shows a form only right after a press or a slash command. Please try again that way.");
        let Some(trigger) = self.tickets.trigger(person) else {
            return self.whisper(id, to, person, &late).await;
        };
        let view = form::view(form, &Order::of(id).plugin.as_str().into(), to).map_err(|why| Undelivered::Never(why.to_string()))?;
        let request = json!({ "trigger_id": trigger.expose_secret(), "view": view });
        match self.post::<Nothing>("views.open", &request).await {
            Ok(_) => Ok(None),
            Err(why) if why.code().is_some_and(|code| code.ends_with("_trigger_id")) => self.whisper(id, to, person, &late).await,
            Err(why) => Err(undelivered(why)),
        }
    }

    async fn show_at_home(&self, id: &MessageId, to: &Place, message: &Message) -> Delivered {
        let Where::HomeOf(person) = locate(&to.channel) else { return Ok(None) };
        let chapters = self.homes.show(&person, id, message);
        let mut names = Names::default();
        for (_, message) in chapters.iter().flat_map(|chapter| &chapter.messages) {
            names.learn(self.names(message).await);
        }
        let view = home::view(&chapters, Spelling { names: &names, now: self.clock.now() });
        let request = json!({ "user_id": person, "view": view });
        self.post::<Nothing>("views.publish", &request).await.map_err(undelivered)?;
        Ok(None)
    }

    /// The channel of a place; none for a page.
    async fn channel_of(&self, channel: &ChannelId) -> Result<Option<ChannelId>, Undelivered> {
        match locate(channel) {
            Where::Channel(channel) => Ok(Some(channel)),
            Where::DirectWith(person) => self.direct_channel(&person).await.map(Some).map_err(undelivered),
            Where::HomeOf(_) => Ok(None),
        }
    }

    /// Is this the conversation of a person with the bot, rather than with somebody else?
    async fn is_direct_with(&self, person: &PersonId, channel: &ChannelId) -> Result<bool, Undelivered> {
        Ok(channel.0.starts_with('D') && self.direct_channel(person).await.map_err(undelivered)? == *channel)
    }

    async fn render(&self, id: &MessageId, message: &Message) -> Vec<Part> {
        let names = self.names(message).await;
        blocks::parts(message, id, Spelling { names: &names, now: self.clock.now() })
    }

    fn partly(&self) -> MutexGuard<'_, HashMap<MessageId, Vec<Option<String>>>> {
        self.partly.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Serialize)]
struct PostMessage<'a> {
    channel: &'a str,
    text: &'a str,
    blocks: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
    unfurl_links: bool,
    unfurl_media: bool,
}

#[derive(Serialize)]
struct PostEphemeral<'a> {
    channel: &'a str,
    user: &'a str,
    text: &'a str,
    blocks: &'a [Value],
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_ts: Option<&'a str>,
}

#[derive(Serialize)]
struct Update<'a> {
    channel: &'a str,
    ts: &'a str,
    text: &'a str,
    blocks: &'a [Value],
}

#[derive(Serialize)]
struct Answer<'a> {
    response_type: &'a str,
    replace_original: bool,
    text: &'a str,
    blocks: &'a [Value],
}

#[derive(Deserialize)]
struct Posted {
    ts: String,
}

#[derive(Deserialize)]
struct History {
    messages: Vec<Value>,
}

/// The bot is not where the message should go.
const OUTSIDE: [&str; 3] = ["channel_not_found", "not_in_channel", "user_not_in_channel"];

/// See the page of `chat.update`.
const UNEDITABLE: [&str; 2] = ["cant_update_message", "edit_window_closed"];

/// From the errors that all methods' pages have in common: Slack has a problem, and the call may have had its effect.
const PASSING: [&str; 5] = ["fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"];

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn undelivered(why: WebError) -> Undelivered {
    let text = why.to_string();
    match why {
        WebError::TooFast { wait, .. } => Undelivered::Later { why: text, wait: Some(wait) },
        WebError::Unreachable { .. } => Undelivered::Later { why: text, wait: None },
        WebError::Unknown { .. } => Undelivered::Unknown(text),
        WebError::Refused { ref code, .. } if PASSING.contains(&code.as_str()) => Undelivered::Unknown(text),
        WebError::Refused { ref code, .. } if code == "ratelimited" => Undelivered::Later { why: text, wait: None },
        WebError::Refused { .. } if why.is_about_the_token() => Undelivered::Later { why: text, wait: Some(TOKEN_PAUSE) },
        WebError::Refused { .. } => Undelivered::Never(text),
    }
}

/// The times of the parts of a message among others, in the order of the parts and as far as they go without a gap.
fn parts_in(messages: &[Value], id: &MessageId) -> Vec<String> {
    let part = |number: usize| {
        let found = messages.iter().find(|message| is_part(message, id, number));
        found.and_then(|message| message["ts"].as_str()).map(str::to_owned)
    };
    (0..).map_while(part).collect()
}

fn is_part(message: &Value, id: &MessageId, number: usize) -> bool {
    let first = message["blocks"][0]["block_id"].as_str();
    first == Some(&press::block_id(id, number, 0))
}
