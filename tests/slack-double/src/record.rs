//! What happened, for assertions. Everything is in the order it happened in, and numbered across all kinds of records.

use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{AppId, BotId, ChannelId, Double, EnvelopeId, EventId, SocketId, Ts, UserId, ViewId, double::must};

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The person, or the bot's user; none for old integrations.
    pub user: Option<UserId>,
    /// The bot.
    pub bot: Option<BotId>,
    /// The app.
    pub app: Option<AppId>,
}

/// An emoji under a message, and who put it there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reaction {
    /// Without colons.
    pub name: String,
    /// In the order they did.
    pub users: Vec<UserId>,
}

/// A message as it is now.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Its place among everything that happened; grows by posting, not by editing.
    pub seq: u64,
    /// When it was posted, since the double's start.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// Where.
    pub channel: ChannelId,
    /// Its time and identity.
    pub ts: Ts,
    /// Who wrote it.
    pub author: Author,
    /// `bot_message`, `me_message`, `channel_join`, …
    pub subtype: Option<String>,
    /// The text as stored: a bot's as it sent it, a person's as Slack encodes it.
    pub text: String,
    /// The blocks as the bot sent them.
    pub blocks: Option<Value>,
    /// The attachments as the bot sent them.
    pub attachments: Option<Value>,
    /// The thread it is in; its own `ts` if it has replies.
    pub thread_ts: Option<Ts>,
    /// Whether a reply is shown in the channel too.
    pub broadcast: bool,
    /// When it was last edited.
    pub edited: Option<Ts>,
    /// What is under it.
    pub reactions: Vec<Reaction>,
    /// The metadata, `{event_type, event_payload}`.
    pub metadata: Option<Value>,
    /// The name that the bot gave itself for this message.
    pub username: Option<String>,
    /// The icon that it gave itself, `{emoji}` or `{image_…}`.
    pub icons: Option<Value>,
    /// Files, as Slack describes them.
    pub files: Vec<Value>,
    /// Whether it was deleted; kept here all the same.
    pub deleted: bool,
}

/// A message that one person was shown.
#[derive(Clone, Debug, Serialize)]
pub struct Ephemeral {
    /// Its place among everything that happened.
    pub seq: u64,
    /// When it was shown.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// Where.
    pub channel: ChannelId,
    /// To whom.
    pub user: UserId,
    /// What to press its buttons by.
    pub ts: Ts,
    /// By which bot.
    pub author: Author,
    /// The text.
    pub text: String,
    /// The blocks.
    pub blocks: Option<Value>,
    /// The thread it was shown in.
    pub thread_ts: Option<Ts>,
    /// Whether the bot took it back (`delete_original`).
    pub deleted: bool,
}

/// Where a view is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewPlace {
    /// Over the window.
    Modal,
    /// In the app's Home tab.
    Home,
}

/// A view that a person has open.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// Which one.
    pub id: ViewId,
    /// Whose it is.
    pub app: AppId,
    /// Who sees it.
    pub user: UserId,
    /// Where.
    pub place: ViewPlace,
    /// The view that it lies upon.
    pub below: Option<ViewId>,
    /// As the app made it, with Slack's additions (`id`, `hash`, `state`, …).
    pub content: Value,
    /// What is said under its inputs, by `block_id`, since the last `response_action: errors`.
    pub errors: Option<Value>,
}

/// What a call was signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Nothing, or something that is no token of the double's.
    None,
    /// `xapp-…`
    App,
    /// `xoxb-…`
    Bot,
}

/// One call of the Web API.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Its place among everything that happened.
    pub seq: u64,
    /// When it came in, since the double's start.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// The method, `chat.postMessage`; also `response_url` and `upload`.
    pub method: String,
    /// `GET` or `POST`.
    pub verb: String,
    /// Without its parameters.
    pub content_type: Option<String>,
    /// As understood; tokens are cut to their prefix.
    pub arguments: Value,
    /// What it was signed with.
    pub token: TokenKind,
    /// By which app.
    pub app: Option<AppId>,
    /// The status answered; 0 if the connection was cut.
    pub status: u16,
    /// The error answered, if one was.
    pub error: Option<String>,
    /// The answer's body.
    pub answer: Value,
}

/// One ack.
#[derive(Clone, Debug, Serialize)]
pub struct Ack {
    /// Its place among everything that happened.
    pub seq: u64,
    /// When it came in, since the double's start.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// Of which envelope.
    pub envelope: EnvelopeId,
    /// Of which event, if it was one.
    pub event: Option<EventId>,
    /// The socket it came in on.
    pub socket: SocketId,
    /// The socket the envelope went out on.
    pub sent_on: SocketId,
    /// How long the envelope had been out.
    #[serde(serialize_with = "seconds")]
    pub after: Duration,
    /// Which delivery of the event it was; 0 is the first.
    pub attempt: u32,
    /// Whether it came after its time.
    pub late: bool,
    /// What it carried.
    pub payload: Option<Value>,
}

/// One envelope that was sent.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Its place among everything that happened.
    pub seq: u64,
    /// When it was sent, since the double's start.
    #[serde(serialize_with = "seconds")]
    pub at: Duration,
    /// To which app.
    pub app: AppId,
    /// `events_api`, `slash_commands` or `interactive`.
    pub kind: String,
    /// Its id.
    pub envelope: EnvelopeId,
    /// The event in it.
    pub event: Option<EventId>,
    /// The socket it went out on.
    pub socket: SocketId,
    /// 0 is the first.
    pub attempt: u32,
    /// Whether it was acked so far.
    pub acked: bool,
}

/// Something the client did that Slack does not allow, or would suffer in silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Complaint {
    /// Its place among everything that happened.
    pub seq: u64,
    /// Which rule: `double_ack`, `unknown_envelope`, `unwelcome_payload`, `unknown_method`, `not_allowed_token_type`, …
    pub rule: String,
    /// What exactly.
    pub detail: String,
}

/// How much happened, without the what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Messages posted by apps.
    pub posted: u64,
    /// Web API calls.
    pub calls: u64,
    /// Envelopes sent, retries included.
    pub sent: u64,
    /// Of these, retries.
    pub retried: u64,
    /// Acks of known envelopes.
    pub acked: u64,
    /// Acks that came after their time.
    pub late: u64,
    /// Events given up after the last retry.
    pub lost: u64,
    /// Events that wait for a socket.
    pub waiting: u64,
    /// Envelopes that are out and not acked yet, within their time.
    pub outstanding: u64,
    /// Complaints.
    pub complaints: u64,
}

impl Double {
    /// The channel's messages, oldest first, deleted ones included.
    pub fn messages(&self, channel: &ChannelId) -> Vec<Message> {
        must(self.shared.state().room(channel)).messages.values().cloned().collect()
    }

    /// One message.
    pub fn message(&self, channel: &ChannelId, ts: Ts) -> Option<Message> {
        must(self.shared.state().room(channel)).messages.get(&ts).cloned()
    }

    /// What only this person was shown.
    pub fn ephemerals(&self, user: &UserId) -> Vec<Ephemeral> {
        self.shared.state().ephemerals.iter().filter(|shown| shown.user == *user).cloned().collect()
    }

    /// The modals that the person has open, the topmost last.
    pub fn views(&self, user: &UserId) -> Vec<View> {
        self.shared.state().modals_of(user)
    }

    /// The person's Home tab of the app, once published.
    pub fn home_view(&self, app: &AppId, user: &UserId) -> Option<View> {
        self.shared.state().home_of(app, user).map(|opened| opened.view.clone())
    }

    /// A view by its id, also a closed one.
    pub fn view(&self, view: &ViewId) -> Option<View> {
        self.shared.state().views.get(view).map(|opened| opened.view.clone())
    }

    /// Every call of the Web API.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.state().records.calls.iter().cloned().collect()
    }

    /// Every ack of a known envelope.
    pub fn acks(&self) -> Vec<Ack> {
        self.shared.state().records.acks.iter().cloned().collect()
    }

    /// Every envelope sent.
    pub fn deliveries(&self) -> Vec<Delivery> {
        let state = self.shared.state();
        let acked = |delivery: &Delivery| Delivery { acked: state.is_acked(&delivery.envelope), ..delivery.clone() };
        state.records.deliveries.iter().map(acked).collect()
    }

    /// What the client did wrong.
    pub fn complaints(&self) -> Vec<Complaint> {
        self.shared.state().records.complaints.iter().cloned().collect()
    }

    /// How much happened; cheap.
    pub fn counts(&self) -> Counts {
        self.shared.state().records.counts
    }

    /// Every message that an app posts from here on, in order; cheap enough for a benchmark.
    pub fn follow(&self) -> mpsc::UnboundedReceiver<Message> {
        let (follower, followed) = mpsc::unbounded_channel();
        self.shared.state().records.followers.push(follower);
        followed
    }

    /// Forgets every record; the world stays.
    pub fn forget(&self) {
        let mut state = self.shared.state();
        state.records.forget();
        state.ephemerals.clear();
    }

    /// Returns when anything has changed since the call.
    pub async fn changed(&self) {
        // The double holds the sender for as long as `self` lives.
        let _alive = self.shared.changes().changed().await;
    }

    /// Looks at the double now and after every change, until `look` finds what it wants; `None` if it has not within `timeout`.
    pub async fn until<T>(&self, timeout: Duration, mut look: impl FnMut(&Double) -> Option<T>) -> Option<T> {
        let mut changes = self.shared.changes();
        let found = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(self) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout(timeout, found).await.ok().flatten()
    }
}

/// In seconds, as Slack's own numbers are.
pub(crate) fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}
