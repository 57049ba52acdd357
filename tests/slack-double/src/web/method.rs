//! The table of the Web API's methods: what each is called, what it takes to call it, and who does it.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::Value;

use super::{arguments::Arguments, methods::*};
use crate::{
    AppId, BotId, TeamId, UserId,
    state::{Refused, State},
};

/// A bot that calls.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) app: AppId,
    pub(crate) team: TeamId,
    pub(crate) user: UserId,
    pub(crate) bot: BotId,
}

/// Who may call a method, and what does it.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Anyone.
    Open(fn(&mut State, &Arguments) -> Refused<Value>),
    /// An app-level token.
    App(fn(&mut State, &AppId) -> Refused<Value>),
    /// A bot token.
    Bot(fn(&mut State, &Caller, &Arguments) -> Refused<Value>),
}

pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) handler: Handler,
    /// Any one of these will do; none is needed if empty.
    pub(crate) scopes: &'static [&'static str],
    /// The tier ("Rate limits"); none for methods with a limit of their own.
    pub(crate) a_minute: Option<u32>,
}

pub(crate) fn find(name: &str) -> Option<&'static Method> {
    static BY_NAME: LazyLock<HashMap<&str, &Method>> = LazyLock::new(|| METHODS.iter().map(|method| (method.name, method)).collect());
    BY_NAME.get(name).copied()
}

type BotHandler = fn(&mut State, &Caller, &Arguments) -> Refused<Value>;

const fn bot(name: &'static str, handler: BotHandler, scopes: &'static [&'static str], a_minute: u32) -> Method {
    Method { name, handler: Handler::Bot(handler), scopes, a_minute: Some(a_minute) }
}

const NONE: &[&str] = &[];
const WRITE: &[&str] = &["chat:write"];
const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history", "mpim:history"];
const MANAGE: &[&str] = &["channels:manage", "groups:write", "im:write", "mpim:write"];
const JOIN: &[&str] = &["channels:join"];
const USERS: &[&str] = &["users:read"];
const FILES_READ: &[&str] = &["files:read"];
const FILES_WRITE: &[&str] = &["files:write"];

/// Scopes and tiers as on each method's page.
static METHODS: &[Method] = &[
    Method { name: "api.test", handler: Handler::Open(auth::api_test), scopes: NONE, a_minute: None },
    Method { name: "oauth.v2.access", handler: Handler::Open(auth::oauth_access), scopes: NONE, a_minute: None },
    Method { name: "apps.connections.open", handler: Handler::App(auth::open_connection), scopes: NONE, a_minute: None },
    Method { name: "chat.postMessage", handler: Handler::Bot(chat::post_message), scopes: WRITE, a_minute: None },
    bot("auth.test", auth::test, NONE, 500),
    bot("auth.revoke", auth::revoke, NONE, 50),
    bot("bots.info", users::bot_info, USERS, 50),
    bot("chat.delete", chat::delete, WRITE, 50),
    bot("chat.deleteScheduledMessage", schedule::delete, WRITE, 50),
    bot("chat.getPermalink", chat::permalink, NONE, 500),
    bot("chat.meMessage", chat::me_message, WRITE, 50),
    bot("chat.postEphemeral", chat::post_ephemeral, WRITE, 100),
    bot("chat.scheduleMessage", schedule::create, WRITE, 50),
    bot("chat.scheduledMessages.list", schedule::list, NONE, 50),
    bot("chat.update", chat::update, WRITE, 50),
    bot("conversations.archive", channels::archive, MANAGE, 20),
    bot("conversations.close", channels::close, MANAGE, 20),
    bot("conversations.create", channels::create, MANAGE, 20),
    bot("conversations.history", history::history, HISTORY, 50),
    bot("conversations.info", conversations::info, READ, 50),
    bot("conversations.invite", channels::invite, MANAGE, 50),
    bot("conversations.join", channels::join, JOIN, 50),
    bot("conversations.kick", channels::kick, MANAGE, 50),
    bot("conversations.leave", channels::leave, MANAGE, 50),
    bot("conversations.list", conversations::list, READ, 20),
    bot("conversations.mark", channels::mark, MANAGE, 50),
    bot("conversations.members", conversations::members, READ, 100),
    bot("conversations.open", channels::open, MANAGE, 50),
    bot("conversations.rename", channels::rename, MANAGE, 20),
    bot("conversations.replies", history::replies, HISTORY, 50),
    bot("conversations.setPurpose", channels::set_purpose, MANAGE, 20),
    bot("conversations.setTopic", channels::set_topic, MANAGE, 20),
    bot("conversations.unarchive", channels::unarchive, MANAGE, 20),
    bot("dnd.info", team::dnd, &["dnd:read"], 50),
    bot("emoji.list", team::emoji, &["emoji:read"], 20),
    bot("files.completeUploadExternal", files::complete, FILES_WRITE, 100),
    bot("files.delete", files::delete, FILES_WRITE, 50),
    bot("files.getUploadURLExternal", files::upload_url, FILES_WRITE, 100),
    bot("files.info", files::info, FILES_READ, 100),
    bot("files.list", files::list, FILES_READ, 50),
    bot("pins.add", pins::add, &["pins:write"], 20),
    bot("pins.list", pins::list, &["pins:read"], 20),
    bot("pins.remove", pins::remove, &["pins:write"], 20),
    bot("reactions.add", reactions::add, &["reactions:write"], 50),
    bot("reactions.get", reactions::get, &["reactions:read"], 50),
    bot("reactions.list", reactions::list, &["reactions:read"], 20),
    bot("reactions.remove", reactions::remove, &["reactions:write"], 20),
    bot("team.info", team::info, &["team:read"], 50),
    bot("usergroups.list", team::usergroups, &["usergroups:read"], 20),
    bot("users.conversations", conversations::of_user, READ, 50),
    bot("users.getPresence", users::presence, USERS, 50),
    bot("users.info", users::info, USERS, 100),
    bot("users.list", users::list, USERS, 20),
    bot("users.lookupByEmail", users::by_email, &["users:read.email"], 50),
    bot("users.profile.get", users::profile, &["users.profile:read"], 100),
    bot("users.setPresence", users::set_presence, &["users:write"], 20),
    bot("views.open", views::open, NONE, 100),
    bot("views.publish", views::publish, NONE, 100),
    bot("views.push", views::push, NONE, 100),
    bot("views.update", views::update, NONE, 100),
];
