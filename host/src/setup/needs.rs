//! What the bot needs from Slack: events and scopes, each with whoever wants it.
//!
//! The fewer, the sooner an administrator approves: what only a plugin wants is there only while that plugin is.

use crate::plugins::grants::Grants;
use crate::router::HOME_OPENED;
use hatstand_common::declaration::Description;
use std::collections::BTreeMap;

/// Names by Slack, and for each the reasons: "eggs: pattern `ship`".
pub type Reasons = BTreeMap<&'static str, Vec<String>>;

/// Events to subscribe to, and scopes to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub events: Reasons,
    pub scopes: Reasons,
}

/// The events that can be needed, each with the scopes without which Slack refuses the subscription: from the events' own pages.
const EVENTS: [(&str, &[&str]); 22] = [
    ("app_home_opened", &[]),
    ("app_mention", &["app_mentions:read"]),
    ("app_uninstalled", &[]),
    ("channel_archive", &["channels:read"]),
    ("channel_deleted", &["channels:read"]),
    ("channel_rename", &["channels:read"]),
    ("channel_unarchive", &["channels:read"]),
    ("group_archive", &["groups:read"]),
    ("group_deleted", &["groups:read"]),
    ("group_rename", &["groups:read"]),
    ("group_unarchive", &["groups:read"]),
    ("member_joined_channel", &["channels:read", "groups:read"]),
    ("member_left_channel", &["channels:read", "groups:read"]),
    ("message.channels", &["channels:history"]),
    ("message.groups", &["groups:history"]),
    ("message.im", &["im:history"]),
    ("message.mpim", &["mpim:history"]),
    ("reaction_added", &["reactions:read"]),
    ("reaction_removed", &["reactions:read"]),
    ("team_join", &["users:read"]),
    ("tokens_revoked", &[]),
    ("user_change", &["users:read"]),
];

const PEOPLE: &[&str] = &["team_join", "user_change"];
const CHANNELS: &[&str] = &[
    "channel_archive",
    "channel_deleted",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_rename",
    "group_unarchive",
];
const MEMBERS: &[&str] = &["member_joined_channel", "member_left_channel"];
const MESSAGES: &[&str] = &["message.channels", "message.groups", "message.mpim"];

/// What the host itself wants to hear, whatever is loaded.
const HEARD: [(&[&str], &str); 7] = [
    (&["app_mention"], "hears what is said to it in channels"),
    (&["message.im"], "hears what is said to it in direct messages"),
    (&["app_home_opened"], "shows a page of its own"),
    (PEOPLE, "knows people by name, time zone and role"),
    (CHANNELS, "knows channels by name"),
    (MEMBERS, "knows who belongs to a channel"),
    (&["app_uninstalled", "tokens_revoked"], "notices that it was removed"),
];

/// What the host itself does, whatever is loaded.
const DONE: [(&[&str], &str); 6] = [
    (&["chat:write"], "answers"),
    (&["commands"], "has a slash command"),
    (&["im:read"], "knows whom a direct message is with"),
    (&["im:write"], "answers in private where a place has no room for it"),
    (&["reactions:write"], "adds the reactions of plugins"),
    (&["channels:history", "groups:history", "im:history"], "looks whether a message is out before it repeats one"),
];

impl Needs {
    /// What the host and these plugins want, as far as it was granted.
    pub fn of<'p>(plugins: impl IntoIterator<Item = (&'p Description, &'p Grants)>) -> Self {
        let mut needs = Self::default();
        needs.add_host();
        for (description, grants) in plugins {
            needs.add_plugin(description, grants);
        }
        needs
    }

    fn add_host(&mut self) {
        for (events, why) in HEARD {
            self.events(events, &format!("hatstand {why}"));
        }
        for (scopes, why) in DONE {
            self.scopes(scopes, &format!("hatstand {why}"));
        }
    }

    fn add_plugin(&mut self, description: &Description, grants: &Grants) {
        let name = &description.name;
        if grants.allow("hear") {
            for pattern in &description.patterns {
                self.events(MESSAGES, &format!("{name}: pattern `{}`", pattern.name));
            }
        }
        for kind in &description.subscriptions {
            self.events(events_of(kind), &format!("{name}: subscription `{kind}`"));
        }
        if grants.allow("chat:direct") {
            self.scopes(&["im:write"], &format!("{name}: grant `chat:direct`"));
        }
    }

    fn events(&mut self, events: &[&'static str], why: &str) {
        for event in events {
            add(&mut self.events, event, why);
            self.scopes(scopes_of(event), why);
        }
    }

    fn scopes(&mut self, scopes: &[&'static str], why: &str) {
        for scope in scopes {
            add(&mut self.scopes, scope, why);
        }
    }

    /// Those of the scopes that are not among the granted ones, with the reasons.
    pub fn missing(&self, granted: impl Fn(&str) -> bool) -> impl Iterator<Item = (&'static str, &[String])> {
        self.scopes.iter().filter(move |(scope, _)| !granted(scope)).map(|(scope, why)| (*scope, why.as_slice()))
    }
}

fn add(reasons: &mut Reasons, name: &'static str, why: &str) {
    let reasons = reasons.entry(name).or_default();
    if !reasons.iter().any(|known| known == why) {
        reasons.push(why.to_owned());
    }
}

/// What Slack calls what a plugin subscribes to. What the host makes up itself, Slack is not asked for.
fn events_of(subscription: &str) -> &'static [&'static str] {
    match subscription {
        "member-joined" => &["member_joined_channel"],
        "member-left" => &["member_left_channel"],
        "person-changed" => PEOPLE,
        "channel-changed" => CHANNELS,
        "message" => MESSAGES,
        "reaction" => &["reaction_added", "reaction_removed"],
        HOME_OPENED => &["app_home_opened"],
        _ => &[],
    }
}

fn scopes_of(event: &str) -> &'static [&'static str] {
    EVENTS.iter().find(|(name, _)| *name == event).map_or(&[], |(_, scopes)| *scopes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::check::SUBSCRIPTIONS;
    use crate::plugins::grants::Offer;
    use hatstand_common::declaration::Pattern;
    use std::collections::BTreeSet;

    fn plugin(name: &str) -> Description {
        Description { name: name.to_owned(), wants: vec!["hear".to_owned(), "chat:direct".to_owned()], ..Description::default() }
    }

    fn granted(description: &Description) -> Grants {
        Grants::new(&description.wants, &Offer::All, &BTreeSet::new())
    }

    #[test]
    fn of_the_host_alone_are_few() {
        let needs = Needs::of([]);
        let scopes: Vec<&str> = needs.scopes.keys().copied().collect();
        assert_eq!(
            scopes,
            [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "groups:history",
                "groups:read",
                "im:history",
                "im:read",
                "im:write",
                "reactions:write",
                "users:read"
            ]
        );
        assert!(needs.events.keys().all(|event| !MESSAGES.contains(event)), "nobody wants to hear everything");
    }

    #[test]
    fn grow_with_what_a_plugin_was_granted() {
        let pattern = Pattern { name: "ship".to_owned(), expression: "ship ?it".to_owned() };
        let eggs = Description { patterns: vec![pattern], ..plugin("eggs") };
        assert_eq!(Needs::of([(&eggs, &Grants::default())]), Needs::of([]), "what is not granted is not heard");
        let needs = Needs::of([(&eggs, &granted(&eggs))]);
        assert_eq!(needs.events["message.channels"], ["eggs: pattern `ship`"]);
        assert_eq!(needs.scopes["mpim:history"], ["eggs: pattern `ship`"]);
        assert_eq!(needs.scopes["channels:history"].len(), 2, "the host wants it too");
        assert_eq!(needs.scopes["im:write"].last().map(String::as_str), Some("eggs: grant `chat:direct`"));
    }

    #[test]
    fn every_subscription_is_either_slack_s_or_ours() {
        for kind in SUBSCRIPTIONS {
            let own = ["installed", "upgraded", "migrate", "call-abandoned"].contains(&kind);
            assert_eq!(events_of(kind).is_empty(), own, "{kind}");
        }
    }

    #[test]
    fn every_event_has_its_scopes() {
        let all = Description { subscriptions: SUBSCRIPTIONS.map(str::to_owned).to_vec(), ..plugin("nosy") };
        let needs = Needs::of([(&all, &granted(&all))]);
        for event in needs.events.keys() {
            assert!(EVENTS.iter().any(|(name, _)| name == event), "{event}");
            assert!(scopes_of(event).iter().all(|scope| needs.scopes.contains_key(scope)), "{event}");
        }
    }

    #[test]
    fn missing_ones_are_told_all_at_once() {
        let needs = Needs::of([]);
        let missing: Vec<&str> = needs.missing(|scope| scope.starts_with("im:")).map(|(scope, _)| scope).collect();
        assert_eq!(missing.len(), needs.scopes.len() - 3);
    }
}
