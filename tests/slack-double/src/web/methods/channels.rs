//! Channels, changed: `conversations.create`, `join`, `invite`, `rename`, `open`, …

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    Channel, ChannelId, ChannelKind, UserId,
    state::{Refused, State, refuse, room},
    web::{
        arguments::{Arguments, missing},
        method::Caller,
    },
};

/// A channel that the caller is in and that is not archived.
fn own(state: &State, caller: &Caller, arguments: &Arguments) -> Refused<ChannelId> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    if room.is_archived {
        return refuse("is_archived");
    }
    if !room.members.contains(&caller.user) {
        return refuse("not_in_channel");
    }
    Ok(channel)
}

/// As [`own`], but for direct messages, which have no name, topic or comings and goings.
fn own_named(state: &State, caller: &Caller, arguments: &Arguments) -> Refused<ChannelId> {
    let channel = own(state, caller, arguments)?;
    match state.room(&channel)?.kind {
        ChannelKind::Direct | ChannelKind::Group => refuse("method_not_supported_for_channel_type"),
        ChannelKind::Public | ChannelKind::Private => Ok(channel),
    }
}

fn shown(state: &State, caller: &Caller, channel: &ChannelId) -> Refused<Value> {
    Ok(json!({ "channel": state.room(channel)?.json(&caller.user) }))
}

pub(crate) fn create(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let Some(name) = arguments.text("name") else { return refuse("invalid_name_required") };
    room::check_name(name)?;
    let kind = if arguments.flag("is_private", false) { ChannelKind::Private } else { ChannelKind::Public };
    let channel = Channel { kind, members: vec![caller.user.clone()], ..Channel::named(name) };
    let id = state.add_channel(&caller.team, channel)?;
    shown(state, caller, &id)
}

pub(crate) fn join(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    if room.kind != ChannelKind::Public {
        return refuse("method_not_supported_for_channel_type");
    }
    if room.is_archived {
        return refuse("is_archived");
    }
    let fresh = state.join(&channel, &caller.user, None)?;
    let mut answer = shown(state, caller, &channel)?;
    if !fresh {
        answer["warning"] = json!("already_in_channel");
        answer["response_metadata"] = json!({ "warnings": ["already_in_channel"] });
    }
    Ok(answer)
}

pub(crate) fn leave(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    if room.is_general {
        return refuse("cant_leave_general");
    }
    match state.leave(&channel, &caller.user)? {
        true => Ok(json!({})),
        false => Ok(json!({ "not_in_channel": true })),
    }
}

pub(crate) fn invite(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = own_named(state, caller, arguments)?;
    let users = arguments.list("users");
    if users.is_empty() {
        return refuse("no_user");
    }
    for user in users.into_iter().map(UserId::from) {
        if state.member(&user)?.person.deleted {
            return refuse("user_not_found");
        }
        if user == caller.user {
            return refuse("cant_invite_self");
        }
        if !state.join(&channel, &user, Some(&caller.user))? {
            return refuse("already_in_channel");
        }
    }
    shown(state, caller, &channel)
}

pub(crate) fn kick(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = own_named(state, caller, arguments)?;
    let user = arguments.user()?;
    if user == caller.user {
        return refuse("cant_kick_self");
    }
    if state.room(&channel)?.is_general {
        return refuse("cant_kick_from_general");
    }
    state.member(&user)?;
    match state.leave(&channel, &user)? {
        true => Ok(json!({ "errors": {} })),
        false => refuse("not_in_channel"),
    }
}

pub(crate) fn rename(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = own_named(state, caller, arguments)?;
    let Some(name) = arguments.text("name") else { return refuse("invalid_name_required") };
    state.rename_channel(&channel, name)?;
    shown(state, caller, &channel)
}

pub(crate) fn archive(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    state.readable(&channel, &caller.user)?;
    state.set_archived(&channel, &caller.user, true)?;
    Ok(json!({}))
}

pub(crate) fn unarchive(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    state.readable(&channel, &caller.user)?;
    state.set_archived(&channel, &caller.user, false)?;
    Ok(json!({}))
}

pub(crate) fn set_topic(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    note(state, caller, arguments, "topic")
}

pub(crate) fn set_purpose(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    note(state, caller, arguments, "purpose")
}

fn note(state: &mut State, caller: &Caller, arguments: &Arguments, which: &str) -> Refused<Value> {
    let channel = own_named(state, caller, arguments)?;
    let Some(value) = arguments.0.get(which).and_then(Value::as_str).map(str::to_owned) else { return Err(missing(which)) };
    if value.chars().count() > 250 {
        return refuse("too_long");
    }
    let now = state.clock.seconds();
    let room = state.room_mut(&channel)?;
    let note = if which == "topic" { &mut room.topic } else { &mut room.purpose };
    *note = room::Note { value: value.clone(), creator: caller.user.to_string(), last_set: now };
    state.note_in_room(&channel, &caller.user, &format!("channel_{which}"), &format!("set the channel {which}: {value}"))?;
    shown(state, caller, &channel)
}

pub(crate) fn mark(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = own(state, caller, arguments)?;
    let ts = arguments.required_ts("ts", "invalid_timestamp")?;
    state.room_mut(&channel)?.last_read = Some(ts);
    Ok(json!({}))
}

pub(crate) fn open(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let whole = arguments.flag("return_im", false);
    if let Some(channel) = arguments.text("channel") {
        let room = state.readable(&channel.into(), &caller.user)?;
        return Ok(json!({ "no_op": true, "already_open": true, "channel": { "id": room.id } }));
    }
    let users = arguments.list("users");
    if users.is_empty() {
        return refuse("users_list_not_supplied");
    }
    if users.len() > 8 {
        return refuse("too_many_users");
    }
    let mut members = BTreeSet::from([caller.user.clone()]);
    for user in users.into_iter().map(UserId::from) {
        if state.member(&user)?.person.deleted {
            return refuse("user_disabled");
        }
        members.insert(user);
    }
    let known = state.rooms.len();
    let id = state.open_among(&caller.team, members)?;
    let room = state.room(&id)?;
    let channel = if whole { room.json(&caller.user) } else { json!({ "id": id }) };
    match state.rooms.len() > known {
        true => Ok(json!({ "channel": channel })),
        false => Ok(json!({ "no_op": true, "already_open": true, "channel": channel })),
    }
}

pub(crate) fn close(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    if matches!(room.kind, ChannelKind::Public | ChannelKind::Private) {
        return refuse("method_not_supported_for_channel_type");
    }
    let was_open = std::mem::replace(&mut state.room_mut(&channel)?.is_open, false);
    Ok(if was_open { json!({}) } else { json!({ "no_op": true, "already_closed": true }) })
}
