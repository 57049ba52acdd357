//! `views.*`

use serde_json::{Value, json};

use crate::{
    ViewId, blocks,
    state::{Refused, State, refuse},
    web::{
        arguments::{Arguments, missing},
        method::Caller,
    },
};

fn content(arguments: &Arguments) -> Refused<Value> {
    let content = match arguments.structure("view") {
        None => return Err(missing("view")),
        Some(Err(())) => return refuse("invalid_arguments"),
        Some(Ok(content)) => content,
    };
    blocks::check_view(&content)?;
    Ok(content)
}

fn trigger(arguments: &Arguments) -> Refused<&str> {
    let given = arguments.text("trigger_id").or_else(|| arguments.text("interactivity_pointer"));
    given.ok_or_else(|| missing("trigger_id"))
}

pub(crate) fn open(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let content = content(arguments)?;
    let trigger = state.exchange(trigger(arguments)?, &caller.app)?;
    Ok(json!({ "view": state.push_view(&caller.app, &trigger.user, &content, None)?.content }))
}

/// Only what a person did in a modal can put another one over it.
pub(crate) fn push(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let content = content(arguments)?;
    let trigger = state.exchange(trigger(arguments)?, &caller.app)?;
    let Some(below) = trigger.view else { return refuse("invalid_trigger_id") };
    Ok(json!({ "view": state.push_view(&caller.app, &trigger.user, &content, Some(&below))?.content }))
}

pub(crate) fn update(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let content = content(arguments)?;
    let id = addressed(state, caller, arguments)?;
    let hash = arguments.text("hash");
    Ok(json!({ "view": state.change_view(&id, &content, hash)?.content }))
}

/// The view of that `view_id` or `external_id`, if it is the caller's.
fn addressed(state: &State, caller: &Caller, arguments: &Arguments) -> Refused<ViewId> {
    let external = arguments.text("external_id");
    let id = match (arguments.text("view_id"), external) {
        (None, None) => return Err(missing("view_id")),
        (Some(id), _) => ViewId::from(id),
        (None, Some(external)) => {
            let named = state.views.values().find(|opened| opened.open && opened.view.content["external_id"] == external);
            named.map(|opened| opened.view.id.clone()).map_or_else(|| refuse("not_found"), Ok)?
        }
    };
    let own = state.open_view(id.as_str())?.view.app == caller.app;
    if own { Ok(id) } else { refuse("not_found") }
}

pub(crate) fn publish(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let user = arguments.required("user_id")?.into();
    let content = content(arguments)?;
    state.member(&user)?;
    let hash = arguments.text("hash");
    Ok(json!({ "view": state.publish_view(&caller.app, &user, &content, hash)?.content }))
}
