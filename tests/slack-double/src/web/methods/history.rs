//! What was said: `conversations.history` and `conversations.replies`.

use serde_json::{Value, json};

use super::conversations::check_kind;
use crate::{
    ChannelId, Message, Ts,
    state::{Refused, State, refuse, room::Room},
    web::{
        arguments::Arguments,
        method::Caller,
        page::{self, Page},
    },
};

/// From when to when.
struct Span {
    oldest: Option<Ts>,
    latest: Option<Ts>,
    inclusive: bool,
}

impl Span {
    fn of(arguments: &Arguments) -> Refused<Self> {
        Ok(Self {
            oldest: arguments.ts("oldest", "invalid_ts_oldest")?,
            latest: arguments.ts("latest", "invalid_ts_latest")?,
            inclusive: arguments.flag("inclusive", false),
        })
    }

    fn holds(&self, ts: Ts) -> bool {
        let after = self.oldest.is_none_or(|oldest| ts > oldest || self.inclusive && ts == oldest);
        let before = self.latest.is_none_or(|latest| ts < latest || self.inclusive && ts == latest);
        after && before
    }
}

/// A channel whose messages the caller may read: it has to be in it.
fn heard<'a>(state: &'a State, caller: &Caller, channel: &ChannelId) -> Refused<&'a Room> {
    let room = state.readable(channel, &caller.user)?;
    check_kind(state, caller, room.kind, "history")?;
    if room.members.contains(&caller.user) { Ok(room) } else { refuse("not_in_channel") }
}

fn answer(state: &State, channel: &ChannelId, page: &Page<&Message>, arguments: &Arguments) -> Value {
    let with_metadata = arguments.flag("include_all_metadata", false);
    let messages: Vec<Value> = page.items.iter().map(|message| state.history_json(channel, message, with_metadata)).collect();
    let mut answer = json!({ "messages": messages, "has_more": !page.cursor.is_empty() });
    if !page.cursor.is_empty() {
        answer["response_metadata"] = page.metadata();
    }
    answer
}

pub(crate) fn history(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let span = Span::of(arguments)?;
    let room = heard(state, caller, &channel)?;
    let in_channel = |message: &&Message| {
        let head = message.thread_ts.is_none_or(|thread| thread == message.ts);
        !message.deleted && (head || message.broadcast) && span.holds(message.ts)
    };
    let newest_first = room.messages.values().rev().filter(in_channel).collect();
    let page = page::page(newest_first, arguments, |message| message.ts.to_string())?;
    let mut answer = answer(state, &channel, &page, arguments);
    answer["pin_count"] = json!(room.pins.len());
    answer["channel_actions_ts"] = Value::Null;
    answer["channel_actions_count"] = json!(0);
    Ok(answer)
}

/// The head of the thread comes on every page, whatever the span ("conversations.replies method").
pub(crate) fn replies(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel().or_else(|_| refuse("channel_not_found"))?;
    let Some(ts) = arguments.ts("ts", "thread_not_found")? else { return refuse("thread_not_found") };
    let span = Span::of(arguments)?;
    let room = heard(state, caller, &channel)?;
    let Some(named) = room.messages.get(&ts).filter(|message| !message.deleted) else { return refuse("thread_not_found") };
    let thread = named.thread_ts.unwrap_or(ts);
    let Some(head) = room.messages.get(&thread) else { return refuse("thread_not_found") };
    let reply =
        |message: &&Message| message.thread_ts == Some(thread) && message.ts != thread && !message.deleted && span.holds(message.ts);
    let replies = room.messages.range(thread..).map(|(_, message)| message).filter(reply).collect();
    let mut page = page::page(replies, arguments, |message| message.ts.to_string())?;
    page.items.insert(0, head);
    Ok(answer(state, &channel, &page, arguments))
}
