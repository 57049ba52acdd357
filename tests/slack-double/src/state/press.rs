//! People use elements of messages and views (`block_actions`, `block_suggestion`, `view_submission`, `view_closed`, shortcuts).

use serde_json::{Value, json};

use super::{
    Refusal, Refused, State,
    interaction::{Effect, Question},
    refuse,
};
use crate::{AppId, Author, ChannelId, Input, TriggerId, Ts, UserId, ViewId, ViewPlace, element};

/// What came of something a person did: the number of the interaction, and what was handed out with it.
pub(crate) type Done = (u64, TriggerId, Option<String>);

/// A message that a person can press something in, seen by all or by them alone.
struct Pressable {
    app: AppId,
    blocks: Value,
    /// None for one that only they see.
    json: Option<Value>,
    thread: Option<Ts>,
}

impl State {
    fn pressable(&self, channel: &ChannelId, ts: Ts, user: &UserId) -> Refused<Pressable> {
        let app = |author: &Author| author.app.clone().ok_or_else(|| Refusal::named("not_an_app_message"));
        let shown = self.ephemerals.iter().find(|one| one.ts == ts && one.channel == *channel && one.user == *user && !one.deleted);
        if let Some(one) = shown {
            let blocks = one.blocks.clone().unwrap_or_default();
            return Ok(Pressable { app: app(&one.author)?, blocks, json: None, thread: one.thread_ts });
        }
        let message = self.message(channel, ts)?;
        let json = Some(self.message_json(channel, message));
        let blocks = message.blocks.clone().unwrap_or_default();
        Ok(Pressable { app: app(&message.author)?, blocks, json, thread: message.thread_ts })
    }

    fn in_message(&self, payload: &mut Value, channel: &ChannelId, ts: Ts, message: &Pressable) -> Refused<()> {
        let room = self.room(channel)?;
        let hidden = message.json.is_none();
        payload["channel"] = json!({ "id": channel, "name": room.payload_name() });
        payload["container"] = json!({ "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": hidden });
        if let Some(thread) = message.thread {
            payload["container"]["thread_ts"] = json!(thread);
        }
        if let Some(json) = &message.json {
            payload["message"] = json.clone();
        }
        Ok(())
    }

    pub(crate) fn choose(&mut self, channel: &ChannelId, ts: Ts, action_id: &str, input: &Input, user: &UserId) -> Refused<Done> {
        let message = self.pressable(channel, ts, user)?;
        let action = self.action(&message.blocks, action_id, input)?;
        let app = message.app.clone();
        let mut payload = self.payload("block_actions", &app, user)?;
        self.in_message(&mut payload, channel, ts, &message)?;
        let mut state = element::state_of(&message.blocks, &Value::Null);
        put_state(&mut state, &action);
        payload["state"] = json!({ "values": state });
        payload["actions"] = json!([action]);
        let url = self.response_url("actions", &app, user, channel, Some(ts))?;
        payload["response_url"] = json!(url);
        let trigger = self.trigger(&app, user, None);
        payload["trigger_id"] = json!(trigger);
        let number = self.ask(Question { app, kind: "interactive", payload, takes_payload: true, effect: Effect::None });
        Ok((number, trigger, Some(url)))
    }

    /// What `actions` says: the element with what was chosen in it.
    fn action(&mut self, blocks: &Value, action_id: &str, input: &Input) -> Refused<Value> {
        let (block_id, element) = element::find(blocks, action_id).ok_or_else(|| Refusal::named("action_not_found"))?;
        let mut action = element::fill(element, input).map_err(|why| Refusal::saying("invalid_input", vec![why]))?;
        for key in ["text", "value", "style", "url", "placeholder", "confirm"] {
            if let (Some(value), true) = (element.get(key), action.get(key).is_none()) {
                action[key] = value.clone();
            }
        }
        action["action_id"] = json!(action_id);
        action["block_id"] = json!(block_id);
        action["action_ts"] = json!(self.event_ts());
        Ok(action)
    }

    pub(crate) fn choose_in_view(&mut self, id: &ViewId, action_id: &str, input: &Input) -> Refused<Done> {
        let view = self.open_view(id.as_str())?.view.clone();
        let action = self.action(&view.content["blocks"], action_id, input)?;
        put_state(&mut self.view_mut(id)?.view.content["state"]["values"], &action);
        let content = self.open_view(id.as_str())?.view.content.clone();
        let mut payload = self.payload("block_actions", &view.app, &view.user)?;
        payload["container"] = json!({ "type": "view", "view_id": id });
        payload["view"] = content;
        payload["actions"] = json!([action]);
        let modal = (view.place == ViewPlace::Modal).then_some(id);
        let trigger = self.trigger(&view.app, &view.user, modal);
        payload["trigger_id"] = json!(trigger);
        let number = self.ask(Question { app: view.app, kind: "interactive", payload, takes_payload: true, effect: Effect::None });
        Ok((number, trigger, None))
    }

    pub(crate) fn suggest(&mut self, channel: &ChannelId, ts: Ts, action_id: &str, typed: &str, user: &UserId) -> Refused<Done> {
        let message = self.pressable(channel, ts, user)?;
        let found = element::find(&message.blocks, action_id).ok_or_else(|| Refusal::named("action_not_found"))?;
        let mut payload = self.payload("block_suggestion", &message.app, user)?;
        payload["action_id"] = json!(action_id);
        payload["block_id"] = json!(found.0);
        payload["value"] = json!(typed);
        self.in_message(&mut payload, channel, ts, &message)?;
        let trigger = self.trigger(&message.app, user, None);
        let app = message.app;
        let number = self.ask(Question { app, kind: "interactive", payload, takes_payload: true, effect: Effect::None });
        Ok((number, trigger, None))
    }

    pub(crate) fn submit(&mut self, id: &ViewId, inputs: &[(&str, Input)]) -> Refused<Done> {
        let view = self.open_view(id.as_str())?.view.clone();
        if view.place != ViewPlace::Modal {
            return refuse("not_a_modal");
        }
        for (action_id, input) in inputs {
            let action = self.action(&view.content["blocks"], action_id, input)?;
            put_state(&mut self.view_mut(id)?.view.content["state"]["values"], &action);
        }
        self.view_mut(id)?.view.errors = None;
        let content = self.open_view(id.as_str())?.view.content.clone();
        check_filled(&content)?;
        let mut payload = self.payload("view_submission", &view.app, &view.user)?;
        let trigger = self.trigger(&view.app, &view.user, Some(id));
        payload["trigger_id"] = json!(trigger);
        payload["view"] = content;
        payload["response_urls"] = json!([]);
        let effect = Effect::Form(id.clone());
        let number = self.ask(Question { app: view.app, kind: "interactive", payload, takes_payload: true, effect });
        Ok((number, trigger, None))
    }

    /// Closes a modal; the app is told if the modal asked for it.
    pub(crate) fn close_view(&mut self, id: &ViewId) -> Refused<Option<Done>> {
        let view = self.open_view(id.as_str())?.view.clone();
        self.close_one(id);
        if view.content["notify_on_close"] != true {
            return Ok(None);
        }
        let mut payload = self.payload("view_closed", &view.app, &view.user)?;
        payload["view"] = view.content;
        payload["is_cleared"] = json!(false);
        let trigger = TriggerId::from("");
        let number = self.ask(Question { app: view.app, kind: "interactive", payload, takes_payload: false, effect: Effect::None });
        Ok(Some((number, trigger, None)))
    }

    /// `app_home_opened`, in the direct messages with the app's bot.
    pub(crate) fn open_home(&mut self, app: &AppId, user: &UserId) -> Refused<()> {
        let team = self.member(user)?.team.clone();
        let channel = self.open_direct(app, user)?;
        let mut event = json!({ "type": "app_home_opened", "user": user, "channel": channel, "tab": "home", "event_ts": self.event_ts() });
        if let Some(home) = self.home_of(app, user) {
            event["view"] = home.view.content.clone();
        }
        self.announce_to(app, &team, "app_home_opened", event);
        Ok(())
    }

    pub(crate) fn shortcut(&mut self, app: &AppId, user: &UserId, callback_id: &str) -> Refused<Done> {
        let mut payload = self.payload("shortcut", app, user)?;
        let trigger = self.trigger(app, user, None);
        payload["callback_id"] = json!(callback_id);
        payload["trigger_id"] = json!(trigger);
        payload["action_ts"] = json!(self.event_ts());
        let number = self.ask(Question { app: app.clone(), kind: "interactive", payload, takes_payload: false, effect: Effect::None });
        Ok((number, trigger, None))
    }

    pub(crate) fn message_shortcut(&mut self, app: &AppId, channel: &ChannelId, ts: Ts, user: &UserId, callback_id: &str) -> Refused<Done> {
        let message = self.message_json(channel, self.message(channel, ts)?);
        let name = self.room(channel)?.payload_name().to_owned();
        let mut payload = self.payload("message_action", app, user)?;
        let trigger = self.trigger(app, user, None);
        let url = self.response_url("app", app, user, channel, Some(ts))?;
        payload["callback_id"] = json!(callback_id);
        payload["trigger_id"] = json!(trigger);
        payload["action_ts"] = json!(self.event_ts());
        payload["response_url"] = json!(url);
        payload["message_ts"] = json!(ts);
        payload["message"] = message;
        payload["channel"] = json!({ "id": channel, "name": name });
        let number = self.ask(Question { app: app.clone(), kind: "interactive", payload, takes_payload: false, effect: Effect::None });
        Ok((number, trigger, Some(url)))
    }
}

/// Puts what was chosen into the state of the inputs; buttons have none.
fn put_state(state: &mut Value, action: &Value) {
    let (Some(block_id), Some(action_id)) = (action["block_id"].as_str(), action["action_id"].as_str()) else { return };
    if state[block_id].get(action_id).is_none() {
        return;
    }
    let kept = ["type", "value", "rich_text_value", "files"];
    let fields = action.as_object().into_iter().flatten();
    let stated = fields.filter(|(key, _)| kept.contains(&key.as_str()) || key.starts_with("selected_"));
    state[block_id][action_id] = Value::Object(stated.map(|(key, value)| (key.clone(), value.clone())).collect());
}

/// Slack's clients do not send a form while a required input is empty.
fn check_filled(content: &Value) -> Refused<()> {
    for block in content["blocks"].as_array().into_iter().flatten() {
        if block["type"] != "input" || block["optional"] == true {
            continue;
        }
        let (block_id, action_id) = (&block["block_id"], &block["element"]["action_id"]);
        let value = &content["state"]["values"][block_id.as_str().unwrap_or_default()][action_id.as_str().unwrap_or_default()];
        let empty = |value: &Value| value.is_null() || value == "" || value.as_array().is_some_and(Vec::is_empty);
        let entered = value.as_object().into_iter().flatten().any(|(key, value)| key != "type" && !empty(value));
        if !entered {
            return Err(Refusal::saying("input_missing", vec![format!("{action_id} is required and empty")]));
        }
    }
    Ok(())
}
