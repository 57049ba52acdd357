//! What only people do with messages: typing, editing, uploading.

use serde_json::Value;

use super::{Refused, State, refuse};
use crate::{AppId, Author, ChannelId, EventId, TeamId, Ts, UserId, encode::encode};

impl State {
    /// A person types, and Slack encodes what they typed.
    pub(crate) fn type_in(&mut self, id: &ChannelId, user: &UserId, typed: &str, thread: Option<Ts>) -> Refused<Ts> {
        let text = encode(self, &self.room(id)?.team, typed);
        self.say(id, user, text, thread)
    }

    pub(crate) fn edit(&mut self, id: &ChannelId, ts: Ts, typed: &str) -> Refused<()> {
        let text = encode(self, &self.room(id)?.team, typed);
        self.change_message(id, ts, |message| message.text = text)
    }

    /// An old integration posts, which has no user.
    pub(crate) fn say_as_bot(&mut self, id: &ChannelId, name: &str, text: &str) -> Refused<Ts> {
        let author = Author { user: None, bot: Some(self.mint.id("B").into()), app: None };
        let draft = super::message::Draft {
            subtype: Some("bot_message".into()),
            text: text.into(),
            username: Some(name.into()),
            ..Default::default()
        };
        self.post_message(id, author, draft)
    }

    pub(crate) fn upload_as(&mut self, id: &ChannelId, user: &UserId, name: &str, content: &[u8]) -> Refused<Ts> {
        let (file, path) = self.announce_file(user, None, name, content.len() as u64);
        self.receive_upload(&path, content.to_vec());
        self.complete_file(file.as_str(), None)?;
        let author = Author { user: Some(user.clone()), bot: None, app: None };
        self.share_files(&[file], id, author, "", None)
    }

    /// Wraps an inner event of the test's own making.
    pub(crate) fn make_event(&mut self, app: &AppId, team: &TeamId, event: &Value) -> Refused<EventId> {
        let Some(install) = self.install_of(app, team).cloned() else { return refuse("app_not_found") };
        Ok(self.wrap_and_send(&install, &event.to_string(), false))
    }
}
