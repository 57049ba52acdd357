//! What came with a command, read as Slack's nouns: by id or by name.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    AppId, ChannelId, Double, SocketId, TeamId, Ts, UserId, ViewId,
    state::{Refusal, Refused, refuse},
};

pub(super) struct Body(pub(super) Map<String, Value>);

impl Body {
    pub(super) fn text(&self, name: &str) -> Refused<&str> {
        self.maybe(name).ok_or_else(|| Refusal::saying("invalid_arguments", vec![format!("{name} is missing")]))
    }

    pub(super) fn maybe(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true",
            _ => default,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Any structure; what is absent has its default.
    pub(super) fn parsed<T: DeserializeOwned + Default>(&self, name: &str) -> Refused<T> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(T::default()),
            Some(value) => parse(value.clone()),
        }
    }

    /// The whole body as one structure.
    pub(super) fn whole<T: DeserializeOwned>(&self) -> Refused<T> {
        parse(Value::Object(self.0.clone()))
    }

    pub(super) fn ts(&self, name: &str) -> Refused<Ts> {
        self.text(name)?.parse().or_else(|_| refuse("invalid_ts"))
    }

    pub(super) fn maybe_ts(&self, name: &str) -> Refused<Option<Ts>> {
        self.maybe(name).map(|_| self.ts(name)).transpose()
    }

    pub(super) fn socket(&self) -> Refused<SocketId> {
        self.number("socket").map(SocketId).ok_or_else(|| Refusal::saying("invalid_arguments", vec!["socket is missing".into()]))
    }

    pub(super) fn view(&self) -> Refused<ViewId> {
        Ok(self.text("view")?.into())
    }

    pub(super) fn channel(&self, double: &Double) -> Refused<ChannelId> {
        let named = self.text("channel")?;
        let name = named.strip_prefix('#').unwrap_or(named);
        let state = double.shared.state();
        let found = state.rooms.values().find(|room| room.id.as_str() == named || !name.is_empty() && room.name == name);
        found.map_or_else(|| refuse("channel_not_found"), |room| Ok(room.id.clone()))
    }

    pub(super) fn user(&self, double: &Double) -> Refused<UserId> {
        user_named(double, self.text("user")?)
    }

    pub(super) fn users(&self, double: &Double, name: &str) -> Refused<Vec<UserId>> {
        let named: Vec<String> = self.parsed(name)?;
        named.iter().map(|named| user_named(double, named)).collect()
    }

    pub(super) fn app(&self, double: &Double) -> Refused<AppId> {
        let state = double.shared.state();
        let wanted = self.maybe("app");
        let found = state.apps.values().find(|app| wanted.is_none_or(|wanted| app.id.as_str() == wanted || app.app.name == wanted));
        found.map_or_else(|| refuse("app_not_found"), |app| Ok(app.id.clone()))
    }

    pub(super) fn team(&self, double: &Double) -> Refused<TeamId> {
        let state = double.shared.state();
        let wanted = self.maybe("team");
        let found = state.teams.values().find(|team| wanted.is_none_or(|wanted| team.id.as_str() == wanted || team.name == wanted));
        found.map_or_else(|| refuse("team_not_found"), |team| Ok(team.id.clone()))
    }
}

fn user_named(double: &Double, named: &str) -> Refused<UserId> {
    let name = named.strip_prefix('@').unwrap_or(named);
    let state = double.shared.state();
    let found = state.members.values().find(|member| member.id.as_str() == named || member.person.name == name);
    found.map_or_else(|| refuse("user_not_found"), |member| Ok(member.id.clone()))
}

fn parse<T: DeserializeOwned>(value: Value) -> Refused<T> {
    serde_json::from_value(value).map_err(|error| Refusal::saying("invalid_arguments", vec![error.to_string()]))
}
