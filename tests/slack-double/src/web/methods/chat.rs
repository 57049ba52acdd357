//! `chat.*`, but for scheduled messages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    ChannelId, ChannelKind, Ts, UserId,
    state::{Refused, State, message::Draft, refuse},
    web::{arguments::Arguments, call::rate_limited, draft, method::Caller},
};

/// "chat.update method", errors: an edited text is held to less than a new one.
const LONGEST_UPDATE: usize = 4_000;

/// Where a post goes: a channel's id or name, or a person, whose direct messages are opened.
pub(super) fn destination(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<ChannelId> {
    let named = arguments.required("channel")?;
    if state.rooms.contains_key(named) {
        return writable(state, caller, named.into());
    }
    if state.members.contains_key(named) {
        let user = UserId::from(named);
        return state.open_among(&caller.team, BTreeSet::from([caller.user.clone(), user]));
    }
    let name = named.strip_prefix('#').unwrap_or(named);
    let found = state.rooms.values().find(|room| room.team == caller.team && !room.name.is_empty() && room.name == name);
    match found.map(|room| room.id.clone()) {
        Some(id) => writable(state, caller, id),
        None => refuse("channel_not_found"),
    }
}

/// Members may write; apps with `chat:write.public` may write in every public channel.
fn writable(state: &State, caller: &Caller, id: ChannelId) -> Refused<ChannelId> {
    let room = state.readable(&id, &caller.user)?;
    if room.is_archived {
        return refuse("is_archived");
    }
    let everywhere = room.kind == ChannelKind::Public && state.app(&caller.app)?.grants("chat:write.public");
    if room.members.contains(&caller.user) || everywhere { Ok(id) } else { refuse("not_in_channel") }
}

pub(crate) fn post_message(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = destination(state, caller, arguments)?;
    let draft = draft::from_arguments(arguments)?;
    state.rates.post(&state.clock, state.settings.limits.post_burst, &caller.app, &channel).map_err(rate_limited)?;
    if let Some(thread) = draft.thread_ts
        && state.records.keeps_all()
        && state.message(&channel, thread).is_err()
    {
        // Slack takes it, and shows it nowhere that anyone would look.
        state.complain("thread_not_found", format!("{thread} was answered in {channel}, and is not there"));
    }
    post(state, caller, &channel, draft)
}

fn post(state: &mut State, caller: &Caller, channel: &ChannelId, draft: Draft) -> Refused<Value> {
    let author = state.author_for(&caller.app, &caller.team)?;
    let ts = state.post_message(channel, author, draft)?;
    let message = state.rooms.get(channel).and_then(|room| room.messages.get(&ts)).map(|message| state.message_json(channel, message));
    Ok(json!({ "channel": channel, "ts": ts, "message": message }))
}

pub(crate) fn me_message(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = destination(state, caller, arguments)?;
    let text = arguments.text("text").map_or_else(|| refuse("no_text"), Ok)?.to_owned();
    let answer = post(state, caller, &channel, Draft { subtype: Some("me_message".into()), text, ..Draft::default() })?;
    Ok(json!({ "channel": channel, "ts": answer["ts"] }))
}

pub(crate) fn post_ephemeral(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let user = arguments.user()?;
    let channel = destination(state, caller, arguments)?;
    let draft = draft::from_arguments(arguments)?;
    if !state.room(&channel)?.members.contains(&user) {
        return refuse("user_not_in_channel");
    }
    let author = state.author_for(&caller.app, &caller.team)?;
    Ok(json!({ "message_ts": state.show(&channel, &user, author, draft) }))
}

/// A message of the caller's own; Slack calls those that only one person saw not found.
fn own_message(state: &State, caller: &Caller, arguments: &Arguments, refusal: &'static str) -> Refused<(ChannelId, Ts)> {
    let channel = arguments.channel()?;
    let ts = arguments.required_ts("ts", "message_not_found")?;
    state.readable(&channel, &caller.user)?;
    let message = state.message(&channel, ts)?;
    if message.author.app.as_ref() == Some(&caller.app) { Ok((channel, ts)) } else { refuse(refusal) }
}

pub(crate) fn update(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = own_message(state, caller, arguments, "cant_update_message")?;
    if state.room(&channel)?.is_archived {
        return refuse("is_inactive");
    }
    let age = state.clock.micros().saturating_sub(ts.micros());
    if state.settings.times.edit_window.is_some_and(|window| u128::from(age) > window.as_micros()) {
        return refuse("edit_window_closed");
    }
    let draft = draft::from_arguments(arguments)?;
    if draft.text.chars().count() > LONGEST_UPDATE {
        return refuse("msg_too_long");
    }
    state.change_message(&channel, ts, |message| {
        // "chat.update method": blocks that are not sent again are gone, and so are attachments if a text came.
        message.blocks = draft.blocks;
        message.attachments = draft.attachments;
        message.text = draft.text;
        if draft.metadata.is_some() {
            message.metadata = draft.metadata;
        }
    })?;
    let message = state.message(&channel, ts)?;
    Ok(json!({ "channel": channel, "ts": ts, "text": message.text, "message": state.message_json(&channel, message) }))
}

pub(crate) fn delete(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = own_message(state, caller, arguments, "cant_delete_message")?;
    state.delete_message(&channel, ts)?;
    Ok(json!({ "channel": channel, "ts": ts }))
}

pub(crate) fn permalink(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let ts = arguments.required_ts("message_ts", "message_not_found")?;
    state.readable(&channel, &caller.user)?;
    let message = state.message(&channel, ts)?;
    let domain = &state.team(&caller.team)?.domain;
    let digits = ts.to_string().replace('.', "");
    let thread = message.thread_ts.filter(|thread| *thread != ts);
    let query = thread.map(|thread| format!("?thread_ts={thread}&cid={channel}")).unwrap_or_default();
    Ok(json!({ "channel": channel, "permalink": format!("https://{domain}.slack.com/archives/{channel}/p{digits}{query}") }))
}
