//! `reactions.*`

use serde_json::{Value, json};

use crate::{
    ChannelId, Message, Ts, UserId,
    state::{Refused, State, refuse},
    web::{arguments::Arguments, method::Caller, page},
};

/// The message that the call is about, in a channel that the caller sees.
fn item(state: &State, caller: &Caller, arguments: &Arguments) -> Refused<(ChannelId, Ts)> {
    let Some(channel) = arguments.text("channel").map(ChannelId::from) else { return refuse("no_item_specified") };
    if arguments.0.get("timestamp").is_none() {
        return refuse("no_item_specified");
    }
    state.readable(&channel, &caller.user)?;
    let ts = arguments.required_ts("timestamp", "bad_timestamp")?;
    state.message(&channel, ts)?;
    Ok((channel, ts))
}

/// Colons around the name are taken off, as Slack's own clients send them at times.
fn emoji(arguments: &Arguments) -> Refused<&str> {
    arguments.text("name").map_or_else(|| refuse("invalid_name"), |name| Ok(name.trim_matches(':')))
}

pub(crate) fn add(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = item(state, caller, arguments)?;
    state.react(&channel, ts, &caller.user, emoji(arguments)?)?;
    Ok(json!({}))
}

pub(crate) fn remove(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = item(state, caller, arguments)?;
    state.unreact(&channel, ts, &caller.user, emoji(arguments)?)?;
    Ok(json!({}))
}

pub(crate) fn get(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = item(state, caller, arguments)?;
    let message = state.message(&channel, ts)?;
    Ok(json!({ "type": "message", "channel": channel, "message": state.message_json(&channel, message) }))
}

pub(crate) fn list(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let user = arguments.text("user").map_or_else(|| caller.user.clone(), UserId::from);
    let mine = |message: &&Message| !message.deleted && message.reactions.iter().any(|reaction| reaction.users.contains(&user));
    let rooms = state.rooms.values().filter(|room| room.team == caller.team && room.members.contains(&caller.user));
    let all = rooms.flat_map(|room| room.messages.values()).filter(mine).collect();
    let page = page::page(all, arguments, |message: &&Message| format!("{}:{}", message.channel, message.ts))?;
    let shown = |message: &&Message| json!({ "type": "message", "channel": message.channel, "message": state.message_json(&message.channel, message) });
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    Ok(json!({ "items": items, "response_metadata": page.metadata() }))
}
