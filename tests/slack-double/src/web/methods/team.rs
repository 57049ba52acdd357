//! The workspace: `team.info`, and lists that are empty in the double's.

use serde_json::{Value, json};

use crate::{
    state::{Refused, State},
    web::{arguments::Arguments, method::Caller},
};

pub(crate) fn info(state: &mut State, caller: &Caller, _: &Arguments) -> Refused<Value> {
    let team = state.team(&caller.team)?;
    Ok(json!({ "team": {
        "id": team.id, "name": team.name, "domain": team.domain, "url": format!("https://{}.slack.com/", team.domain),
        "email_domain": "", "icon": { "image_default": true }, "is_verified": false,
    } }))
}

pub(crate) fn emoji(state: &mut State, _: &Caller, _: &Arguments) -> Refused<Value> {
    Ok(json!({ "emoji": {}, "cache_ts": state.clock.seconds().to_string() }))
}

pub(crate) fn usergroups(_: &mut State, _: &Caller, _: &Arguments) -> Refused<Value> {
    Ok(json!({ "usergroups": [] }))
}

pub(crate) fn dnd(_: &mut State, _: &Caller, _: &Arguments) -> Refused<Value> {
    Ok(json!({ "dnd_enabled": false, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1, "snooze_enabled": false }))
}
