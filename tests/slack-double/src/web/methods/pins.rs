//! `pins.*`

use serde_json::{Value, json};

use crate::{
    ChannelId, Ts,
    state::{Refused, State, refuse},
    web::{arguments::Arguments, method::Caller},
};

fn item(state: &State, caller: &Caller, arguments: &Arguments) -> Refused<(ChannelId, Ts)> {
    let channel = arguments.channel()?;
    state.readable(&channel, &caller.user)?;
    let Some(ts) = arguments.ts("timestamp", "bad_timestamp")? else { return refuse("no_item_specified") };
    state.message(&channel, ts)?;
    Ok((channel, ts))
}

fn announce(state: &mut State, kind: &str, caller: &Caller, channel: &ChannelId, ts: Ts) {
    let at = state.event_ts();
    state.announce_in_room(channel, kind, || {
        json!({
            "type": kind, "user": caller.user, "channel_id": channel, "event_ts": at,
            "item": { "type": "message", "channel": channel, "message": { "ts": ts } },
        })
    });
}

pub(crate) fn add(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = item(state, caller, arguments)?;
    let pins = &mut state.room_mut(&channel)?.pins;
    if pins.contains(&ts) {
        return refuse("already_pinned");
    }
    pins.push(ts);
    announce(state, "pin_added", caller, &channel, ts);
    Ok(json!({}))
}

pub(crate) fn remove(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let (channel, ts) = item(state, caller, arguments)?;
    let pins = &mut state.room_mut(&channel)?.pins;
    let Some(place) = pins.iter().position(|pin| *pin == ts) else { return refuse("no_pin") };
    pins.remove(place);
    announce(state, "pin_removed", caller, &channel, ts);
    Ok(json!({}))
}

pub(crate) fn list(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    let pinned = room.pins.iter().filter_map(|ts| room.messages.get(ts)).filter(|message| !message.deleted);
    let items: Vec<Value> =
        pinned.map(|message| json!({ "type": "message", "channel": channel, "message": state.message_json(&channel, message) })).collect();
    Ok(json!({ "items": items }))
}
