//! What exists.

use serde_json::{Value, json};

use super::{Body, Command, Done, done};
use crate::{App, Channel, ChannelKind, Double, Person, state::Refused};

pub(super) const COMMANDS: &[Command] = &[
    Command { path: "world", example: "", does: "Everything there is: workspaces, apps with their tokens, people, channels.", run: world },
    Command { path: "workspace", example: r#"{"name":"Second"}"#, does: "Opens a workspace.", run: workspace },
    Command {
        path: "app",
        example: r#"{"name":"Other","scopes":["chat:write"],"events":["app_mention"],"commands":["/other"],"team":"Second"}"#,
        does: "Registers an app and installs it; everything is granted, heard and owned that is not listed. Answers with its tokens.",
        run: app,
    },
    Command { path: "install", example: r#"{"app":"Hatstand","team":"Second"}"#, does: "Installs an app in a workspace.", run: install },
    Command {
        path: "uninstall",
        example: r#"{"app":"Hatstand","team":"Second"}"#,
        does: "Takes an app out of a workspace.",
        run: uninstall,
    },
    Command {
        path: "configure",
        example: r#"{"app":"Hatstand","scopes":["chat:write"],"events":["app_mention"],"commands":["/hatstand"]}"#,
        does: "Sets what an app is granted, hears and owns; null is everything.",
        run: configure,
    },
    Command { path: "revoke", example: r#"{"token":"xoxb-…"}"#, does: "Revokes a token.", run: revoke },
    Command {
        path: "person",
        example: r#"{"name":"dan","real_name":"Dan","tz":"Asia/Tokyo","tz_offset":32400,"is_admin":false}"#,
        does: "Adds a person.",
        run: person,
    },
    Command {
        path: "change-person",
        example: r#"{"user":"dan","deleted":true}"#,
        does: "Changes a person: any field of the command above, deleted, is_restricted.",
        run: change_person,
    },
    Command {
        path: "channel",
        example: r#"{"name":"ops","kind":"private","members":["ada","hatstand"],"is_ext_shared":false}"#,
        does: "Adds a channel; it is public and empty unless told otherwise.",
        run: channel,
    },
    Command { path: "rename", example: r#"{"channel":"ops","name":"operations"}"#, does: "Renames a channel.", run: rename },
    Command { path: "archive", example: r#"{"channel":"ops","user":"ada"}"#, does: "Archives a channel.", run: archive },
    Command { path: "unarchive", example: r#"{"channel":"ops","user":"ada"}"#, does: "Opens it again.", run: unarchive },
    Command { path: "delete-channel", example: r#"{"channel":"ops","user":"ada"}"#, does: "Deletes a channel.", run: delete_channel },
    Command { path: "event", example: r#"{"event":{"type":"…"}}"#, does: "Sends an app an event of your own making.", run: event },
];

fn world(double: &Double, _: &Body) -> Refused<Done> {
    let state = double.shared.state();
    let teams: Vec<Value> = state.teams.values().map(|team| json!({ "id": team.id, "name": team.name, "domain": team.domain })).collect();
    let installs: Vec<Value> = state
        .installs
        .iter()
        .map(|install| {
            let app = state.apps.get(&install.app);
            json!({
                "app": install.app, "name": app.map(|app| &app.app.name), "team": install.team, "user": install.user, "bot_id": install.bot,
                "app_token": app.map(|app| &app.token), "bot_token": install.token, "active": install.active,
            })
        })
        .collect();
    let people: Vec<Value> =
        state.members.values().map(|member| json!({ "id": member.id, "team": member.team, "person": member.person })).collect();
    let channels: Vec<Value> = state
        .rooms
        .values()
        .map(|room| json!({ "id": room.id, "team": room.team, "name": room.name, "kind": room.kind, "members": room.members, "is_archived": room.is_archived }))
        .collect();
    done(json!({ "workspaces": teams, "installs": installs, "people": people, "channels": channels }))
}

fn workspace(double: &Double, body: &Body) -> Refused<Done> {
    done(json!({ "team": double.add_workspace(body.text("name")?) }))
}

fn app(double: &Double, body: &Body) -> Refused<Done> {
    let team = body.team(double)?;
    let (scopes, events, commands) = (body.parsed("scopes")?, body.parsed("events")?, body.parsed("commands")?);
    let app = double.add_app(App { scopes, events, commands, ..App::named(body.text("name")?) });
    let tokens = double.shared.state().install(&app, &team)?;
    done(json!({ "app": app, "tokens": tokens }))
}

fn install(double: &Double, body: &Body) -> Refused<Done> {
    let (app, team) = (body.app(double)?, body.team(double)?);
    let tokens = double.shared.state().install(&app, &team)?;
    done(json!({ "tokens": tokens }))
}

fn uninstall(double: &Double, body: &Body) -> Refused<Done> {
    let (app, team) = (body.app(double)?, body.team(double)?);
    double.shared.state().uninstall(&app, &team)?;
    done(json!({}))
}

fn configure(double: &Double, body: &Body) -> Refused<Done> {
    let id = body.app(double)?;
    let mut state = double.shared.state();
    let app = &mut state.app_mut(&id)?.app;
    for (name, setting) in [("scopes", &mut app.scopes), ("events", &mut app.events), ("commands", &mut app.commands)] {
        if body.0.contains_key(name) {
            *setting = body.parsed(name)?;
        }
    }
    done(json!({}))
}

fn revoke(double: &Double, body: &Body) -> Refused<Done> {
    double.revoke(body.text("token")?);
    done(json!({}))
}

fn person(double: &Double, body: &Body) -> Refused<Done> {
    let team = body.team(double)?;
    let person: Person = body.whole()?;
    let user = double.shared.state().add_person(&team, person)?;
    done(json!({ "user": user }))
}

fn change_person(double: &Double, body: &Body) -> Refused<Done> {
    let user = body.user(double)?;
    let mut fields = json!(double.shared.state().member(&user)?.person);
    for (name, value) in &body.0 {
        fields[name] = value.clone();
    }
    let Value::Object(fields) = fields else { return done(json!({})) };
    let person: Person = Body(fields).whole()?;
    double.shared.state().change_person(&user, |known| *known = person)?;
    done(json!({}))
}

fn channel(double: &Double, body: &Body) -> Refused<Done> {
    let team = body.team(double)?;
    let kind = body.parsed::<Option<ChannelKind>>("kind")?.unwrap_or(ChannelKind::Public);
    let (is_ext_shared, is_archived) = (body.flag("is_ext_shared", false), body.flag("is_archived", false));
    let channel = Channel { name: body.text("name")?.into(), kind, members: body.users(double, "members")?, is_ext_shared, is_archived };
    let id = double.shared.state().add_channel(&team, channel)?;
    done(json!({ "channel": id }))
}

fn rename(double: &Double, body: &Body) -> Refused<Done> {
    let channel = body.channel(double)?;
    double.shared.state().rename_channel(&channel, body.text("name")?)?;
    done(json!({}))
}

fn archive(double: &Double, body: &Body) -> Refused<Done> {
    set_archived(double, body, true)
}

fn unarchive(double: &Double, body: &Body) -> Refused<Done> {
    set_archived(double, body, false)
}

fn set_archived(double: &Double, body: &Body, archived: bool) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    double.shared.state().set_archived(&channel, &user, archived)?;
    done(json!({}))
}

fn delete_channel(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    double.shared.state().delete_channel(&channel, &user)?;
    done(json!({}))
}

fn event(double: &Double, body: &Body) -> Refused<Done> {
    let (app, team) = (body.app(double)?, body.team(double)?);
    let event: Value = body.parsed("event")?;
    let id = double.shared.state().make_event(&app, &team, &event)?;
    done(json!({ "event_id": id }))
}
