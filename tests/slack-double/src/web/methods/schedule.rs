//! Scheduled messages.

use serde_json::{Value, json};

use super::chat::destination;
use crate::{
    state::{Refused, State, message::Scheduled, refuse},
    web::{arguments::Arguments, draft, method::Caller, page},
};

/// At most 120 days ahead ("chat.scheduleMessage method").
const FARTHEST: u64 = 120 * 24 * 3600;

pub(crate) fn create(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let channel = destination(state, caller, arguments)?;
    let Some(post_at) = arguments.number("post_at").and_then(|at| u64::try_from(at).ok()) else { return refuse("invalid_time") };
    let now = state.clock.seconds();
    if post_at <= now {
        return refuse("time_in_past");
    }
    if post_at > now + FARTHEST {
        return refuse("time_too_far");
    }
    let draft = draft::from_arguments(arguments)?;
    let id = state.mint.id("Q");
    let message = json!({ "text": draft.text, "type": "delayed_message", "bot_id": caller.bot, "user": caller.user });
    let author = state.author_for(&caller.app, &caller.team)?;
    let (app, team) = (caller.app.clone(), caller.team.clone());
    state.schedule(Scheduled { id: id.clone(), app, team, channel: channel.clone(), post_at, created: now, author, draft });
    Ok(json!({ "channel": channel, "scheduled_message_id": id, "post_at": post_at, "message": message }))
}

pub(crate) fn list(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let mine = |one: &&Scheduled| {
        one.app == caller.app && one.team == caller.team && arguments.text("channel").is_none_or(|channel| one.channel.as_str() == channel)
    };
    let all = state.scheduled.iter().filter(mine).collect();
    let page = page::page(all, arguments, |one| one.id.clone())?;
    let metadata = page.metadata();
    let shown: Vec<Value> = page.items.iter().map(|one| {
        json!({ "id": one.id, "channel_id": one.channel, "post_at": one.post_at, "date_created": one.created, "text": one.draft.text })
    }).collect();
    Ok(json!({ "scheduled_messages": shown, "response_metadata": metadata }))
}

pub(crate) fn delete(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let id = arguments.required("scheduled_message_id")?;
    let before = state.scheduled.len();
    state.scheduled.retain(|one| one.id != id || one.app != caller.app);
    if state.scheduled.len() == before { refuse("invalid_scheduled_message_id") } else { Ok(json!({})) }
}
