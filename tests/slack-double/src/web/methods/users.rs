//! `users.*` and `bots.info`.

use serde_json::{Value, json};

use crate::{
    UserId,
    state::{Refused, State, member::Member, refuse},
    web::{arguments::Arguments, method::Caller, page},
};

fn sees_emails(state: &State, caller: &Caller) -> bool {
    state.app(&caller.app).is_ok_and(|app| app.grants("users:read.email"))
}

/// A member of the caller's workspace, or somebody who is in a shared channel with the caller; others are not visible.
fn visible<'a>(state: &'a State, caller: &Caller, user: &UserId) -> Refused<&'a Member> {
    let member = state.member(user)?;
    let meet = || state.rooms.values().any(|room| room.is_ext_shared && [user, &caller.user].iter().all(|one| room.members.contains(*one)));
    if !member.person.is_hidden && (member.team == caller.team || meet()) { Ok(member) } else { refuse("user_not_visible") }
}

pub(crate) fn info(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let member = visible(state, caller, &arguments.user()?)?;
    Ok(json!({ "user": member.json(sees_emails(state, caller)) }))
}

pub(crate) fn list(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let members: Vec<&Member> = state.members_of(&caller.team).collect();
    // "users.list method": without a limit, Slack tries to deliver everyone.
    let page = match arguments.number("limit") {
        None | Some(0) => page::Page { items: members, cursor: String::new() },
        Some(_) => page::page(members, arguments, |member| member.id.to_string())?,
    };
    let emails = sees_emails(state, caller);
    let shown: Vec<Value> = page.items.iter().map(|member| member.json(emails)).collect();
    Ok(json!({ "members": shown, "cache_ts": state.clock.seconds(), "response_metadata": page.metadata() }))
}

pub(crate) fn by_email(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let email = arguments.required("email")?;
    let found = state.members_of(&caller.team).find(|member| !member.person.deleted && member.person.email.eq_ignore_ascii_case(email));
    match found {
        Some(member) => Ok(json!({ "user": member.json(true) })),
        None => refuse("users_not_found"),
    }
}

pub(crate) fn profile(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let user = arguments.text("user").map_or_else(|| caller.user.clone(), UserId::from);
    Ok(json!({ "profile": visible(state, caller, &user)?.profile(sees_emails(state, caller)) }))
}

pub(crate) fn presence(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let user = arguments.text("user").map_or_else(|| caller.user.clone(), UserId::from);
    let member = visible(state, caller, &user)?;
    let presence = if member.away || member.person.deleted { "away" } else { "active" };
    let mut answer = json!({ "presence": presence });
    if user == caller.user {
        answer["online"] = json!(true);
        answer["auto_away"] = json!(false);
        answer["manual_away"] = json!(member.away);
        answer["connection_count"] = json!(state.sockets_of(&caller.app).len());
    }
    Ok(answer)
}

pub(crate) fn set_presence(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let away = match arguments.required("presence")? {
        "auto" => false,
        "away" => true,
        _ => return refuse("invalid_presence"),
    };
    if let Some(member) = state.members.get_mut(&caller.user) {
        member.away = away;
    }
    Ok(json!({}))
}

pub(crate) fn bot_info(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let wanted = arguments.text("bot").unwrap_or(caller.bot.as_str());
    let Some(install) = state.installs.iter().find(|install| install.bot.as_str() == wanted && install.team == caller.team) else {
        return refuse("bot_not_found");
    };
    let name = &state.app(&install.app)?.app.name;
    let updated = state.member(&install.user)?.updated;
    Ok(json!({ "bot": {
        "id": install.bot, "deleted": !install.active, "name": name, "updated": updated, "app_id": install.app, "user_id": install.user,
        "icons": { "image_36": "", "image_48": "", "image_72": "" },
    } }))
}
