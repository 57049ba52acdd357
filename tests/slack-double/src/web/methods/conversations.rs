//! Channels, looked at: `conversations.list`, `info`, `members` and `users.conversations`.

use serde_json::{Value, json};

use crate::{
    ChannelKind, UserId,
    state::{Refusal, Refused, State, refuse, room::Room},
    web::{
        arguments::Arguments,
        method::Caller,
        page::{self, Page},
    },
};

fn wanted_kinds(arguments: &Arguments) -> Refused<Vec<ChannelKind>> {
    let named = arguments.list("types");
    if named.is_empty() {
        return Ok(vec![ChannelKind::Public]);
    }
    let kind = |name: &String| match name.as_str() {
        "public_channel" => Ok(ChannelKind::Public),
        "private_channel" => Ok(ChannelKind::Private),
        "im" => Ok(ChannelKind::Direct),
        "mpim" => Ok(ChannelKind::Group),
        _ => refuse("invalid_types"),
    };
    named.iter().map(kind).collect()
}

/// Each kind of channel has a scope of its own ("Permission scopes").
pub(super) fn check_kind(state: &State, caller: &Caller, kind: ChannelKind, what: &str) -> Refused<()> {
    let family = match kind {
        ChannelKind::Public => "channels",
        ChannelKind::Private => "groups",
        ChannelKind::Direct => "im",
        ChannelKind::Group => "mpim",
    };
    let (app, needed) = (state.app(&caller.app)?, format!("{family}:{what}"));
    if app.grants(&needed) {
        return Ok(());
    }
    Err(Refusal::named("missing_scope").with("needed", json!(needed)).with("provided", json!(app.scopes())))
}

fn answer(page: &Page<&Room>, user: &UserId) -> Value {
    let channels: Vec<Value> = page.items.iter().map(|room| room.json(user)).collect();
    json!({ "channels": channels, "response_metadata": page.metadata() })
}

pub(crate) fn list(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let kinds = wanted_kinds(arguments)?;
    kinds.iter().try_for_each(|kind| check_kind(state, caller, *kind, "read"))?;
    let without_archived = arguments.flag("exclude_archived", false);
    let listed = |room: &&Room| {
        room.team == caller.team
            && kinds.contains(&room.kind)
            && (room.kind == ChannelKind::Public || room.members.contains(&caller.user))
            && !(without_archived && room.is_archived)
    };
    let page = page::page(state.rooms.values().filter(listed).collect(), arguments, |room| room.id.to_string())?;
    Ok(answer(&page, &caller.user))
}

pub(crate) fn of_user(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let kinds = wanted_kinds(arguments)?;
    let user = arguments.text("user").map_or_else(|| caller.user.clone(), UserId::from);
    state.member(&user)?;
    let without_archived = arguments.flag("exclude_archived", false);
    let listed = |room: &&Room| {
        let seen = room.kind == ChannelKind::Public || room.members.contains(&caller.user);
        kinds.contains(&room.kind) && room.members.contains(&user) && seen && !(without_archived && room.is_archived)
    };
    let page = page::page(state.rooms.values().filter(listed).collect(), arguments, |room| room.id.to_string())?;
    Ok(answer(&page, &caller.user))
}

pub(crate) fn info(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    check_kind(state, caller, room.kind, "read")?;
    let mut json = room.json(&caller.user);
    if room.members.contains(&caller.user) {
        json["last_read"] = json!(room.last_read.map_or_else(|| "0000000000.000000".to_owned(), |ts| ts.to_string()));
    }
    if arguments.flag("include_num_members", false) {
        json["num_members"] = json!(room.members.len());
    }
    Ok(json!({ "channel": json }))
}

pub(crate) fn members(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = arguments.channel()?;
    let room = state.readable(&channel, &caller.user)?;
    check_kind(state, caller, room.kind, "read")?;
    let page = page::page(room.members.iter().collect(), arguments, ToString::to_string)?;
    Ok(json!({ "members": page.items, "response_metadata": page.metadata() }))
}
