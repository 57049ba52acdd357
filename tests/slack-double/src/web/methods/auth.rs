//! `api.test`, `auth.*`, `oauth.v2.access` and `apps.connections.open`.

use serde_json::{Value, json};

use crate::{
    AppId,
    state::{Refused, State, refuse},
    web::{arguments::Arguments, method::Caller},
};

pub(crate) fn api_test(_: &mut State, arguments: &Arguments) -> Refused<Value> {
    let mut echoed = arguments.0.clone();
    echoed.remove("token");
    match arguments.text("error") {
        Some(error) => Err(crate::state::Refusal::named(error.to_owned()).with("args", Value::Object(echoed))),
        None => Ok(json!({ "args": echoed })),
    }
}

pub(crate) fn test(state: &mut State, caller: &Caller, _: &Arguments) -> Refused<Value> {
    let team = state.team(&caller.team)?;
    let user = state.member(&caller.user)?;
    Ok(json!({
        "url": format!("https://{}.slack.com/", team.domain), "team": team.name, "user": user.person.name, "team_id": team.id,
        "user_id": caller.user, "bot_id": caller.bot, "is_enterprise_install": false,
    }))
}

pub(crate) fn revoke(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let test = arguments.flag("test", false);
    if !test {
        let token = state.install_of(&caller.app, &caller.team).map(|install| install.token.clone());
        if let Some(token) = token.and_then(|token| state.tokens.get_mut(&token)) {
            token.revoked = true;
        }
    }
    Ok(json!({ "revoked": !test }))
}

/// The exchange of a code for a bot token. The double's codes are the ids of its workspaces: whoever installs, installs there.
pub(crate) fn oauth_access(state: &mut State, arguments: &Arguments) -> Refused<Value> {
    let Ok(code) = arguments.required("code") else { return refuse("invalid_code") };
    let Some(team) = state.teams.get(code).cloned() else { return refuse("invalid_code") };
    let client = arguments.text("client_id").unwrap_or_default();
    let Some(app) = state.apps.get(client).or(state.apps.values().next()).map(|app| app.id.clone()) else {
        return refuse("bad_client_secret");
    };
    let tokens = state.install(&app, &team.id)?;
    let installer = state.members_of(&team.id).find(|member| !member.person.is_bot).map(|member| member.id.clone());
    Ok(json!({
        "access_token": tokens.bot, "token_type": "bot", "scope": state.app(&app)?.scopes(), "bot_user_id": tokens.user,
        "app_id": app, "team": { "name": team.name, "id": team.id }, "enterprise": null, "is_enterprise_install": false,
        "authed_user": { "id": installer },
    }))
}

pub(crate) fn open_connection(state: &mut State, app: &AppId) -> Refused<Value> {
    Ok(json!({ "url": state.ticket(app)? }))
}
