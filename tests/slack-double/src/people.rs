//! What people do: they talk, react, come and go, and use what the bot put in front of them.

use serde_json::Value;

use crate::{AppId, ChannelId, Double, EventId, Input, Interaction, TeamId, Ts, UserId, ViewId, double::must, state::press::Done};

/// Talk.
impl Double {
    /// A person types into the channel. What they type is encoded as Slack does ("Formatting text for app surfaces"): `&`,
    /// `<` and `>` are escaped, `@name` and `#channel` become entities, addresses are wrapped.
    pub fn post(&self, channel: &ChannelId, user: &UserId, text: &str) -> Ts {
        must(self.shared.state().type_in(channel, user, text, None))
    }

    /// As [`post`](Self::post), in the thread under `parent`.
    pub fn reply(&self, channel: &ChannelId, user: &UserId, parent: Ts, text: &str) -> Ts {
        must(self.shared.state().type_in(channel, user, text, Some(parent)))
    }

    /// A person's message whose text arrives exactly as given.
    pub fn post_raw(&self, channel: &ChannelId, user: &UserId, text: &str, thread: Option<Ts>) -> Ts {
        must(self.shared.state().say(channel, user, text.into(), thread))
    }

    /// A message by another app or an old integration: `subtype: bot_message`, no `user`.
    pub fn post_as_bot(&self, channel: &ChannelId, name: &str, text: &str) -> Ts {
        must(self.shared.state().say_as_bot(channel, name, text))
    }

    /// A person edits a message of theirs: `message_changed`.
    pub fn edit(&self, channel: &ChannelId, ts: Ts, text: &str) {
        must(self.shared.state().edit(channel, ts, text));
    }

    /// A person deletes a message: `message_deleted`.
    pub fn delete(&self, channel: &ChannelId, ts: Ts) {
        must(self.shared.state().delete_message(channel, ts));
    }

    /// A person puts an emoji under a message; the name is without colons.
    pub fn react(&self, channel: &ChannelId, ts: Ts, user: &UserId, emoji: &str) {
        must(self.shared.state().react(channel, ts, user, emoji));
    }

    /// A person takes their emoji back.
    pub fn unreact(&self, channel: &ChannelId, ts: Ts, user: &UserId, emoji: &str) {
        must(self.shared.state().unreact(channel, ts, user, emoji));
    }

    /// A person, or a bot's user, comes into the channel.
    pub fn join(&self, channel: &ChannelId, user: &UserId) {
        must(self.shared.state().join(channel, user, None));
    }

    /// A person, or a bot's user, leaves the channel.
    pub fn leave(&self, channel: &ChannelId, user: &UserId) {
        must(self.shared.state().leave(channel, user));
    }

    /// A person uploads a file into the channel: `file_share`.
    pub fn upload(&self, channel: &ChannelId, user: &UserId, name: &str, content: &[u8]) -> Ts {
        must(self.shared.state().upload_as(channel, user, name, content))
    }
}

/// What the bot put in front of them. Each of these is one envelope to the app whose button, view or command it is; its
/// [`Interaction`] tells how the app answered. None is sent twice.
impl Double {
    /// A person sends a slash command: `slash(&general, &ada, "/hatstand", "hold staging")`.
    pub fn slash(&self, channel: &ChannelId, user: &UserId, command: &str, text: &str) -> Interaction {
        let (number, trigger_id, url) = must(self.shared.state().slash(channel, user, command, text));
        self.interaction((number, trigger_id, Some(url)))
    }

    /// A person presses a button of a message, which may be one that only they see.
    pub fn press(&self, channel: &ChannelId, ts: Ts, action_id: &str, user: &UserId) -> Interaction {
        self.choose(channel, ts, action_id, Input::Press, user)
    }

    /// A person uses any element of a message: a menu, a picker, a group of boxes.
    #[expect(clippy::needless_pass_by_value, reason = "a call reads better without a borrow of what is made for it")]
    pub fn choose(&self, channel: &ChannelId, ts: Ts, action_id: &str, input: Input, user: &UserId) -> Interaction {
        let done = must(self.shared.state().choose(channel, ts, action_id, &input, user));
        self.interaction(done)
    }

    /// A person uses an element of a modal or of the Home tab that tells the app at once.
    #[expect(clippy::needless_pass_by_value, reason = "a call reads better without a borrow of what is made for it")]
    pub fn choose_in_view(&self, view: &ViewId, action_id: &str, input: Input) -> Interaction {
        let done = must(self.shared.state().choose_in_view(view, action_id, &input));
        self.interaction(done)
    }

    /// A person types into a menu whose options the app serves (`block_suggestion`).
    pub fn suggest(&self, channel: &ChannelId, ts: Ts, action_id: &str, typed: &str, user: &UserId) -> Interaction {
        let done = must(self.shared.state().suggest(channel, ts, action_id, typed, user));
        self.interaction(done)
    }

    /// A person fills a modal's inputs, by `action_id`, and sends it (`view_submission`). Inputs that are not named keep their
    /// initial values. A `response_action` in the ack takes effect: errors, another view, or the end of all of them.
    pub fn submit(&self, view: &ViewId, inputs: &[(&str, Input)]) -> Interaction {
        let done = must(self.shared.state().submit(view, inputs));
        self.interaction(done)
    }

    /// A person closes a modal (`view_closed`, if the view asked to be told); `None` if the app is not told.
    pub fn close_view(&self, view: &ViewId) -> Option<Interaction> {
        let done = must(self.shared.state().close_view(view));
        done.map(|done| self.interaction(done))
    }

    /// A person opens the app's Home tab (`app_home_opened`).
    pub fn open_home(&self, app: &AppId, user: &UserId) {
        must(self.shared.state().open_home(app, user));
    }

    /// A person picks a global shortcut.
    pub fn shortcut(&self, app: &AppId, user: &UserId, callback_id: &str) -> Interaction {
        let done = must(self.shared.state().shortcut(app, user, callback_id));
        self.interaction(done)
    }

    /// A person picks a shortcut from a message's menu (`message_action`).
    pub fn message_shortcut(&self, app: &AppId, channel: &ChannelId, ts: Ts, user: &UserId, callback_id: &str) -> Interaction {
        let done = must(self.shared.state().message_shortcut(app, channel, ts, user, callback_id));
        self.interaction(done)
    }

    /// Sends the app an inner event of the test's own making, in the usual wrapping.
    #[expect(clippy::needless_pass_by_value, reason = "a call reads better without a borrow of what is made for it")]
    pub fn event(&self, app: &AppId, team: &TeamId, event: Value) -> EventId {
        must(self.shared.state().make_event(app, team, &event))
    }

    pub(crate) fn interaction(&self, (number, trigger_id, response_url): Done) -> Interaction {
        Interaction { double: self.clone(), number, trigger_id, response_url }
    }
}
