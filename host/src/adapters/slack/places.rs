//! How places and messages of Slack are called in the host.
//!
//! A channel is called as Slack calls it. Two kinds of places have no id of Slack's at hand: the conversation with a person, `@U1`, and
//! a person's page of the bot, `home/U1`. A message is `C1/1700000000.000100`: times are unique in a channel only.

use hatstand_common::value::{ChannelId, MessageId, PersonId, Place};

/// Where a place is, for whoever talks to Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    Channel(ChannelId),
    DirectWith(PersonId),
    HomeOf(PersonId),
}

pub fn locate(channel: &ChannelId) -> Where {
    match (channel.0.strip_prefix('@'), channel.0.strip_prefix("home/")) {
        (Some(person), _) => Where::DirectWith(person.into()),
        (_, Some(person)) => Where::HomeOf(person.into()),
        _ => Where::Channel(channel.clone()),
    }
}

/// Does it reach one person only? Slack's own ids of direct conversations begin with a `D`.
pub fn is_direct(channel: &ChannelId) -> bool {
    match locate(channel) {
        Where::Channel(id) => id.0.starts_with('D'),
        Where::DirectWith(_) | Where::HomeOf(_) => true,
    }
}

/// The conversation with a person.
pub fn direct_with(person: &PersonId) -> Place {
    Place { channel: ChannelId(format!("@{person}")), thread: None }
}

/// A person's page of the bot.
pub fn home_of(person: &PersonId) -> Place {
    Place { channel: ChannelId(format!("home/{person}")), thread: None }
}

/// A message by where and when it was posted.
pub fn message_id(channel: &ChannelId, ts: &str) -> MessageId {
    MessageId(format!("{channel}/{ts}"))
}

/// Channel and times of what was posted: a long message has several parts.
pub fn posted(channel: &str, times: &[String]) -> String {
    format!("{channel}/{}", times.join(","))
}

/// Channel and times of something posted, from how it is called.
pub fn read_posted(id: &str) -> Option<(ChannelId, Vec<String>)> {
    let (channel, times) = id.split_once('/')?;
    Some((channel.into(), times.split(',').map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_again() {
        assert_eq!(locate(&"C1".into()), Where::Channel("C1".into()));
        assert_eq!(locate(&direct_with(&"U1".into()).channel), Where::DirectWith("U1".into()));
        assert_eq!(locate(&home_of(&"U1".into()).channel), Where::HomeOf("U1".into()));
    }

    #[test]
    fn messages_are_found_again() {
        let times = ["1.2".to_owned(), "1.3".to_owned()];
        assert_eq!(read_posted(&posted("C1", &times)), Some(("C1".into(), times.to_vec())));
        assert_eq!(read_posted(&message_id(&"C1".into(), "1.2").0), Some(("C1".into(), vec!["1.2".to_owned()])));
        assert_eq!(read_posted("12.hat.0"), None);
    }
}
