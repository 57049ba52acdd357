//! What an event meets: everything that its route depends on, as it is known at this moment.

use super::Invoker;
use crate::directory::Actor;
use crate::ledger::{self, Said};
use crate::model::{self, Event, PluginName, What, WorkspaceId};
use crate::permissions::{Authority, RoleName, Standing};
use crate::router::{self, Call, Route, Situation};
use hatstand_common::value::{Channel, ChannelId, Instant, PersonId, Place};
use std::borrow::Cow;
use std::collections::BTreeSet;

impl Invoker {
    /// Who is concerned, if it happens at this moment. The questions that stand are looked up only for what the host would answer by itself:
    /// a command is no answer.
    pub async fn route(&self, event: &Event, at: Instant, situation: Situation<'_>) -> Route {
        let route = router::route(event, situation);
        if !matches!(route, Route::Host(_)) {
            return route;
        }
        match self.asked(event, at).await {
            Some(asked) => router::route(event, Situation { asked: Some(&asked), ..situation }),
            None => route,
        }
    }

    /// Who hears what people say to each other, matched where nothing else waits for it.
    pub async fn overheard(&self, event: &Event, said: &model::Said, only: Option<&PluginName>) -> Vec<Call> {
        let registry = self.plugins.registry_at(&event.workspace, event.place.as_ref());
        let (said, only) = (said.clone(), only.cloned());
        let matched = tokio::task::spawn_blocking(move || router::overheard(&registry, &said, only.as_ref())).await;
        matched.inspect_err(|why| tracing::error!(%why, "a message was not matched")).unwrap_or_default()
    }

    /// What somebody with these roles may do where it happened.
    pub(super) async fn authority(&self, event: &Event, roles: BTreeSet<RoleName>) -> Authority<'_> {
        let rules = self.rights.permissions.rules.as_slice();
        let channel = match &event.place {
            Some(place) if rules.iter().any(|rule| rule.channel.is_some()) => Some(self.channel(&event.workspace, &place.channel).await),
            _ => None,
        };
        Authority::Of(Standing { rules, roles, channel })
    }

    /// A channel as it is known, or by its id alone: a rule that names a channel may then mean it.
    async fn channel(&self, workspace: &WorkspaceId, id: &ChannelId) -> Channel {
        let known = self.directory.known_channel(workspace, id).await;
        known.unwrap_or_else(|| Channel { id: id.clone(), name: String::new(), direct: false, archived: false })
    }

    /// The event with what the adapter did not wait for: the names of who came and went and of what changed, and which message of the bot
    /// is meant.
    pub(super) async fn as_known_now<'e>(&self, event: &'e Event) -> Cow<'e, Event> {
        let workspace = &event.workspace;
        let what = match &event.what {
            What::Said(said) => match self.directory.named(workspace, &said.line).await {
                Some(line) => What::Said(model::Said { line, ..said.clone() }),
                None => return Cow::Borrowed(event),
            },
            What::Joined { person, channel } => {
                let (person, channel) = self.directory.known(workspace, person, channel).await;
                What::Joined { person, channel }
            }
            What::Left { person, channel } => {
                let (person, channel) = self.directory.known(workspace, person, channel).await;
                What::Left { person, channel }
            }
            What::ChannelChanged(channel) if channel.name == channel.id.0 => match self.directory.channel(workspace, &channel.id).await {
                Some(known) => What::ChannelChanged(Channel { archived: channel.archived, ..known }),
                None => return Cow::Borrowed(event),
            },
            What::Reacted { message, emoji, added } => match self.ledger.called(workspace, &message.0).await {
                Ok(Some(message)) => What::Reacted { message, emoji: emoji.clone(), added: *added },
                _ => return Cow::Borrowed(event),
            },
            _ => return Cow::Borrowed(event),
        };
        Cow::Owned(Event { what, ..event.clone() })
    }

    /// The message whose button was pressed.
    pub async fn pressed(&self, event: &Event) -> Option<Said> {
        let What::Pressed { message, .. } = &event.what else { return None };
        let said = self.ledger.message(&event.workspace, message).await;
        said.inspect_err(|why| tracing::error!(%why, "a message cannot be read")).ok().flatten()
    }

    /// The question that a press or a line may answer: the one that the message asks; or the newest that this person can answer by text,
    /// of those asked in that channel, or of all in the direct conversation.
    async fn asked(&self, event: &Event, now: Instant) -> Option<ledger::Asked> {
        let asked = match (&event.what, &event.person, &event.place) {
            (What::Pressed { message, .. }, ..) => self.ledger.question(&event.workspace, message).await,
            (What::Said(said), Some(person), Some(place)) if said.addressed => self.asked_at(&event.workspace, person, place, now).await,
            _ => return None,
        };
        asked.inspect_err(|why| tracing::error!(%why, "questions cannot be read")).ok().flatten()
    }

    async fn asked_at(
        &self,
        workspace: &WorkspaceId,
        person: &PersonId,
        place: &Place,
        now: Instant,
    ) -> ledger::Result<Option<ledger::Asked>> {
        let mut asked = self.ledger.questions_to(workspace, person).await?;
        asked.retain(|asked| asked.question.deadline >= now);
        if asked.is_empty() {
            return Ok(None);
        }
        let direct = self.directory.is_direct(workspace, &place.channel);
        Ok(asked.into_iter().find(|asked| direct || asked.question.at.channel == place.channel))
    }

    /// Who did it, as known now.
    pub(super) async fn actor(&self, event: &Event) -> Actor {
        match &event.person {
            Some(id) => self.directory.actor(&event.workspace, id).await,
            None => Actor::default(),
        }
    }

    /// What the channel is called now.
    pub(super) fn channel_name(&self, event: &Event) -> String {
        event.place.as_ref().map(|place| self.directory.channel_name(&event.workspace, &place.channel)).unwrap_or_default()
    }
}
