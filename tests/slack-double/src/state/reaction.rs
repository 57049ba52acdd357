//! Emoji under messages.

use serde_json::json;

use super::{Refused, State, refuse};
use crate::{ChannelId, Reaction, Ts, UserId};

/// A name of an emoji, perhaps with a skin tone; Slack knows the names, the double only their letters.
fn check_emoji(name: &str) -> Refused<()> {
    let base = name.split("::").next().unwrap_or_default();
    let fits = |letter: char| letter.is_alphanumeric() && !letter.is_uppercase() || matches!(letter, '_' | '-' | '+' | '\'');
    if !base.is_empty() && base.chars().all(fits) { Ok(()) } else { refuse("invalid_name") }
}

impl State {
    pub(crate) fn react(&mut self, id: &ChannelId, ts: Ts, user: &UserId, emoji: &str) -> Refused<()> {
        check_emoji(emoji)?;
        if self.room(id)?.is_archived {
            return refuse("is_archived");
        }
        let message = self.message_mut(id, ts)?;
        match message.reactions.iter_mut().find(|reaction| reaction.name == emoji) {
            Some(reaction) if reaction.users.contains(user) => return refuse("already_reacted"),
            Some(reaction) => reaction.users.push(user.clone()),
            None => message.reactions.push(Reaction { name: emoji.into(), users: vec![user.clone()] }),
        }
        self.announce_reaction("reaction_added", id, ts, user, emoji);
        Ok(())
    }

    pub(crate) fn unreact(&mut self, id: &ChannelId, ts: Ts, user: &UserId, emoji: &str) -> Refused<()> {
        check_emoji(emoji)?;
        let message = self.message_mut(id, ts)?;
        let mine = |reaction: &&mut Reaction| reaction.name == emoji && reaction.users.contains(user);
        let Some(reaction) = message.reactions.iter_mut().find(mine) else { return refuse("no_reaction") };
        reaction.users.retain(|other| other != user);
        message.reactions.retain(|reaction| !reaction.users.is_empty());
        self.announce_reaction("reaction_removed", id, ts, user, emoji);
        Ok(())
    }

    fn announce_reaction(&mut self, kind: &str, id: &ChannelId, ts: Ts, user: &UserId, emoji: &str) {
        let at = self.event_ts();
        let author = self.message(id, ts).ok().and_then(|message| message.author.user.clone());
        self.announce_in_room(id, kind, || {
            json!({
                "type": kind, "user": user, "reaction": emoji, "item_user": author, "event_ts": at,
                "item": { "type": "message", "channel": id, "ts": ts },
            })
        });
    }
}
