//! Who and what there is.

use crate::host::directory as host;
use hatstand_common::value::{ChannelId, Instant, PersonId};

pub use hatstand_common::value::{Channel, Person};

/// Who and what there is, as the host knows it; that may be minutes old.
///
/// To *show* somebody or a channel nothing needs to be looked up: `say!("{user}")` shows the name that is current when it is read.
///
/// ```
/// # use hatstand_plugin::prelude::*;
/// # fn example(cx: &Context, whom: User) -> Result<()> {
/// let person = cx.directory().person(&whom).ok_or_else(|| Error::refused("They are not here any more."))?;
/// let offset = cx.directory().zone_offset(&person.zone, cx.now());
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Directory(pub(crate) ());

impl Directory {
    /// A person by identity; none if nobody has it.
    pub fn person(&self, id: &PersonId) -> Option<Person> {
        host::person(id.as_str()).map(Into::into)
    }

    /// A channel by identity; none if there is none.
    pub fn channel(&self, id: &ChannelId) -> Option<Channel> {
        host::channel(id.as_str()).map(Into::into)
    }

    /// Seconds to add to UTC for the clock time of a zone, an IANA name such as `Europe/Berlin`, at a moment; none if there is no such
    /// zone.
    pub fn zone_offset(&self, zone: &str, at: Instant) -> Option<i32> {
        host::zone_offset(zone, at.millis())
    }
}
