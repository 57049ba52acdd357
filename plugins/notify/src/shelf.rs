//! What is kept in the store, and for how long.
//!
//! | Key | What |
//! | --- | --- |
//! | `listener <channel>` | subscriptions, mutes and digest of a channel |
//! | `story <source> <project> <subject>` | what is known of a subject, and the messages about it |
//! | `series <source> <project> <part> <branch>` | how builds of one kind went, one after the other |
//! | `gathering <channel> <message>` | subjects that are told in one message |
//! | `digest <channel>` | subjects that wait for the next digest |
//! | `later <channel>` | subjects that are told as soon as the host allows more messages |
//! | `came <source>` | what came in of late |
//! | `until <day> <key>` | that what is under this key is forgotten on this day |
//! | `forgotten` | up to which day that was done |

use crate::listener::Listener;
use crate::news::{News, Topic};
use crate::rush::Gathering;
use crate::series::Series;
use crate::story::Story;
use hatstand_plugin::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

const DAY: u64 = 24 * 60 * 60 * 1000;

/// A key is cut when it is longer, in bytes: another key has to have room around it.
const LONGEST: usize = 400;

/// So much is forgotten at once, at most.
const AT_ONCE: usize = 400;

/// So many days are looked at when nothing was forgotten yet.
const AHEAD: u64 = 30;

/// What is kept until it was not touched for a while.
pub trait Fleeting: DeserializeOwned + Serialize + Default {
    /// How many times as long as the operator set.
    const PATIENCE: u64 = 1;

    /// The day on which it is forgotten.
    fn expires(&mut self) -> &mut u64;
}

impl Fleeting for Story {
    fn expires(&mut self) -> &mut u64 {
        &mut self.expires
    }
}

impl Fleeting for Series {
    /// A project may rest for a while.
    const PATIENCE: u64 = 6;

    fn expires(&mut self) -> &mut u64 {
        &mut self.expires
    }
}

impl Fleeting for Gathering {
    fn expires(&mut self) -> &mut u64 {
        &mut self.expires
    }
}

/// The way to what is kept.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a> {
    pub cx: &'a Context,
    /// How long something is kept that is not touched.
    pub keep: Duration,
}

impl Shelf<'_> {
    pub fn get<T: Fleeting>(self, key: &str) -> Result<Option<T>> {
        Ok(self.cx.store().get(key)?)
    }

    /// Keeps it, from now on for as long as it is kept untouched.
    pub fn keep<T: Fleeting>(self, key: &str, value: &mut T) -> Result<()> {
        let keep = u64::try_from(self.keep.as_millis()).unwrap_or(u64::MAX).saturating_mul(T::PATIENCE);
        let expires = self.cx.now().millis().saturating_add(keep) / DAY + 1;
        let before = std::mem::replace(value.expires(), expires);
        if before != expires {
            self.cx.store().delete(&until(before, key))?;
            self.cx.store().set(&until(expires, key), &())?;
        }
        Ok(self.cx.store().set(key, value)?)
    }

    /// Forgets what was not touched for long enough. False if there is more to forget.
    pub fn forget(self) -> Result<bool> {
        let store = self.cx.store();
        let today = self.cx.now().millis() / DAY;
        let mut left = AT_ONCE;
        let begin = store.get::<u64>("forgotten")?.unwrap_or(today.saturating_sub(AHEAD));
        for day in begin..=today {
            let prefix = until(day, "");
            let gone = store.scan::<()>(&prefix)?;
            for (key, ()) in gone.iter().take(left) {
                store.delete(&key[prefix.len()..])?;
                store.delete(key)?;
            }
            if gone.len() > left {
                store.set("forgotten", &day)?;
                return Ok(false);
            }
            left -= gone.len();
        }
        store.set("forgotten", &today)?;
        Ok(true)
    }
}

/// Channels in which somebody subscribed to something.
pub fn listeners(cx: &Context) -> Result<Vec<(Channel, Listener)>> {
    let listeners = cx.store().scan::<Listener>(LISTENER)?.into_iter();
    Ok(listeners.map(|(key, listener)| (key[LISTENER.len()..].into(), listener)).collect())
}

pub fn listener(cx: &Context, channel: &Channel) -> Result<Listener> {
    Ok(cx.store().get(&format!("{LISTENER}{channel}"))?.unwrap_or_default())
}

/// Keeps what a channel wants, or nothing if it wants nothing any more.
pub fn set_listener(cx: &Context, channel: &Channel, listener: &Listener) -> Result<()> {
    let key = format!("{LISTENER}{channel}");
    if !listener.is_idle() {
        return Ok(cx.store().set(&key, listener)?);
    }
    for key in [key, digest_key(channel), later_key(channel)] {
        cx.store().delete(&key)?;
    }
    Ok(())
}

const LISTENER: &str = "listener ";

pub fn story_key(news: &News) -> String {
    key(&["story", news.source.word(), &news.project, &news.subject])
}

pub fn series_key(news: &News) -> String {
    // Where something is deployed follows one after the other from whatever branch it comes.
    let branch = news.branch.as_deref().filter(|_| news.topic != Topic::Deploys);
    key(&["series", news.source.word(), &news.project, &news.part, branch.unwrap_or_default()])
}

pub fn gathering_key(channel: &Channel, message: &MessageId) -> String {
    format!("gathering {channel} {message}")
}

pub fn digest_key(channel: &Channel) -> String {
    format!("digest {channel}")
}

pub fn later_key(channel: &Channel) -> String {
    format!("later {channel}")
}

fn until(day: u64, key: &str) -> String {
    format!("until {day:06} {key}")
}

/// A key of these parts. Of one that is too long, the rest is a number.
fn key(parts: &[&str]) -> String {
    let whole = parts.join(" ");
    if whole.len() <= LONGEST {
        return whole;
    }
    let end = (0..=LONGEST - 20).rev().find(|end| whole.is_char_boundary(*end)).unwrap_or_default();
    format!("{} {:016x}", &whole[..end], number(whole.as_bytes()))
}

/// Bytes as a number, the same in every build: FNV-1a, <http://www.isthe.com/chongo/tech/comp/fnv/>.
pub fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |number, byte| (number ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_not_too_long_and_differ() {
        assert_eq!(key(&["story", "github", "acme/web"]), "story github acme/web");
        let long = |end: &str| key(&["story", &"é".repeat(300), end]);
        assert!(long("a").len() <= LONGEST && long("a") != long("b") && long("a").starts_with("story éé"));
    }
}
