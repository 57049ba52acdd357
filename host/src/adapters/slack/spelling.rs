//! How people, channels and moments are written for Slack.

use super::rich::What;
use hatstand_common::message::Span;
use hatstand_common::value::{ChannelId, Instant, PersonId};
use jiff::Timestamp;
use std::fmt::Debug;

/// What people and channels are called. Asked while text is written or read, so everything must be known beforehand.
pub trait Names: Debug {
    /// What a person is called, without a leading `@`.
    fn person(&self, id: &PersonId) -> String;

    /// What a channel is called, without a leading `#`. Asked only where Slack does not say it by itself.
    fn channel(&self, id: &ChannelId) -> String;
}

/// What must be known to write a message.
#[derive(Clone, Copy, Debug)]
pub struct Spelling<'n> {
    pub names: &'n dyn Names,
    /// When the message is said for the first time: Slack shows it beside the message, so that times near it need no date.
    pub now: Instant,
}

/// What stands for a typed span, in rich text and where there can be nothing but text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelled {
    pub what: What,
    pub literal: String,
}

/// Times within this many milliseconds are told by the clock alone: whatever zone the reader is in, only one moment can be meant.
const NEAR: u64 = 12 * 60 * 60 * 1000;

/// The last second that calendars can show in every zone, in the year 9999.
const LAST: u64 = 253_402_207_200;

impl Spelling<'_> {
    /// How a span is written; none for Markdown, which is not one thing.
    pub fn spell(&self, span: &Span) -> Option<Spelled> {
        Some(match span {
            Span::Markdown(_) => return None,
            Span::Plain(text) => Spelled::text(text.clone()),
            Span::Name(id) => Spelled::text(self.names.person(id)),
            Span::Mention(id) => {
                let user = || What::User { user_id: id.0.clone() };
                Spelled::named(&id.0, format!("@{}", self.names.person(id)), user)
            }
            Span::Channel(id) => {
                let channel = || What::Channel { channel_id: id.0.clone() };
                Spelled::named(&id.0, format!("#{}", self.names.channel(id)), channel)
            }
            Span::Time(at) => self.moment(*at),
            Span::Everybody => Spelled { what: What::Broadcast { range: "channel" }, literal: "@channel".to_owned() },
        })
    }

    /// The clock time, with as much of the date as is needed to understand it when the message is read.
    fn moment(&self, at: Instant) -> Spelled {
        let timestamp = (at.millis() / 1000).min(LAST);
        let near = at.millis().abs_diff(self.now.millis()) < NEAR;
        let (format, pattern) = match near {
            true => ("{time}", "%H:%M UTC"),
            false => ("{date_short_pretty} {time}", "%-d %b %Y %H:%M UTC"),
        };
        let time = i64::try_from(timestamp).ok().and_then(|seconds| Timestamp::from_second(seconds).ok()).unwrap_or(Timestamp::MAX);
        let fallback = time.strftime(pattern).to_string();
        Spelled { what: What::Date { timestamp, format, fallback: fallback.clone() }, literal: fallback }
    }
}

impl Spelled {
    fn text(text: String) -> Self {
        Self { what: What::Text { text: text.clone() }, literal: text }
    }

    /// Something that Slack names, if the identity can be one of Slack's: anything else would make it refuse the whole message, or get
    /// out of the brackets around a mention.
    fn named(id: &str, literal: String, what: impl FnOnce() -> What) -> Self {
        if is_id(id) { Self { what: what(), literal } } else { Self::text(literal) }
    }
}

/// Does this look like an identity that Slack gave?
pub fn is_id(id: &str) -> bool {
    (2..=32).contains(&id.len()) && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Knows `U1` as jane, `U2` as andre, and `C1` as dev; everybody else is called like their identity.
    #[derive(Debug)]
    pub struct Known;

    impl Names for Known {
        fn person(&self, id: &PersonId) -> String {
            let known = [("U1", "jane"), ("U2", "andre"), ("UBOT", "hatstand")];
            known.iter().find(|(known, _)| *known == id.0).map_or_else(|| id.0.clone(), |(_, name)| (*name).to_owned())
        }

        fn channel(&self, id: &ChannelId) -> String {
            if id.0 == "C1" { "dev".to_owned() } else { id.0.clone() }
        }
    }

    /// Monday 2026-01-05 10:00 UTC.
    pub const NOW: Instant = Instant(1_767_607_200_000);

    pub const SPELLING: Spelling<'static> = Spelling { names: &Known, now: NOW };

    fn moment(hours: i64) -> (&'static str, String) {
        let at = Instant(NOW.0.saturating_add_signed(hours * 3_600_000));
        match SPELLING.spell(&Span::Time(at)).map(|spelled| spelled.what) {
            Some(What::Date { format, fallback, .. }) => (format, fallback),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_time_nearby_needs_no_date() {
        assert_eq!(moment(2), ("{time}", "12:00 UTC".to_owned()));
        assert_eq!(moment(-11), ("{time}", "23:00 UTC".to_owned()));
        assert_eq!(moment(12), ("{date_short_pretty} {time}", "5 Jan 2026 22:00 UTC".to_owned()));
        assert_eq!(moment(-24), ("{date_short_pretty} {time}", "4 Jan 2026 10:00 UTC".to_owned()));
    }

    #[test]
    fn no_moment_is_too_far() {
        let what = SPELLING.spell(&Span::Time(Instant(u64::MAX))).map(|spelled| spelled.what);
        assert!(matches!(what, Some(What::Date { timestamp: LAST, fallback, .. }) if fallback == "30 Dec 9999 22:00 UTC"));
    }

    #[test]
    fn an_identity_that_is_none_is_only_shown() {
        for id in ["", "U", "jane", "U1> <!channel", "U 1"] {
            let spelled = SPELLING.spell(&Span::Mention(id.into()));
            assert_eq!(spelled, Some(Spelled::text(format!("@{id}"))), "{id:?}");
        }
    }
}
