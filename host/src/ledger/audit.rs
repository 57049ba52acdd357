//! Who did what, and what came of it: written with whatever it tells of, and chained, so that a change afterwards shows.

use crate::model::{EventId, PluginName, WorkspaceId};
use hatstand_common::value::{Instant, PersonId, Place};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Who did what, where, with which build of which plugin, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub reference: String,
    pub at: Instant,
    pub workspace: WorkspaceId,
    pub place: Option<Place>,
    /// What the channel was called at that time; empty if nobody knew.
    pub channel: String,
    pub person: Option<PersonId>,
    /// What the person was called at that time; empty if nobody knew.
    pub called: String,
    pub plugin: PluginName,
    /// Version and digest of the build; empty for the host itself.
    pub build: String,
    /// The event that this came of, if there was one.
    pub event: Option<EventId>,
    /// The command as it was typed, shortened; empty for what was not addressed to the bot.
    pub line: String,
    /// What was asked, shortly: the command's name, `timer expire`, ...
    pub what: String,
    /// Which permission decided.
    pub rule: String,
    /// A stable word: `ok`, `held`, `refused`, `trapped`, ...
    pub outcome: String,
    /// For the operator; empty unless something went wrong.
    pub detail: String,
    /// More about the outcome, for programs: a JSON object, or empty.
    pub data: String,
    /// What it was about, as the plugin said, such as `deploy 17`; empty if it said nothing.
    pub about: String,
    pub took: Duration,
}

/// Of a longer line the rest is not kept, in characters.
pub const LONGEST_LINE: usize = 300;

/// The same for a word, such as an outcome.
const LONGEST_WORD: usize = 100;

/// The same for what went wrong.
const LONGEST_DETAIL: usize = 1_000;

/// Longer data is left out, because a part of it would be no JSON; in bytes.
pub const LONGEST_DATA: usize = 4_096;

impl AuditEntry {
    /// A line as it is kept.
    pub fn shortened(line: &str) -> String {
        line.chars().take(LONGEST_LINE).collect()
    }

    /// The entry as it is kept: rows stay for ever, so nothing that others write makes one large.
    pub fn bounded(self) -> Self {
        Self {
            reference: cut(self.reference, LONGEST_WORD),
            channel: cut(self.channel, LONGEST_LINE),
            called: cut(self.called, LONGEST_LINE),
            line: cut(self.line, LONGEST_LINE),
            what: cut(self.what, LONGEST_LINE),
            rule: cut(self.rule, LONGEST_LINE),
            outcome: cut(self.outcome, LONGEST_WORD),
            detail: cut(self.detail, LONGEST_DETAIL),
            about: cut(self.about, LONGEST_LINE),
            data: if self.data.len() > LONGEST_DATA { Self::left_out(&self.data) } else { self.data },
            ..self
        }
    }

    pub(super) fn has_long_data(&self) -> bool {
        self.data.len() > LONGEST_DATA
    }

    /// Stands for data that is too long.
    pub(super) fn left_out(data: &str) -> String {
        format!("{{\"left-out-bytes\":{}}}", data.len())
    }
}

/// The beginning of a text that is too long, with a sign that it is not all.
fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text,
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Which entries are wanted: those to which everything fits that is said here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    pub workspace: Option<WorkspaceId>,
    pub since: Option<Instant>,
    pub until: Option<Instant>,
    /// By id, or by name; the name of a token finds all that it was used for.
    pub person: Option<String>,
    pub plugin: Option<PluginName>,
    /// By id, or by name.
    pub channel: Option<String>,
    /// What the outcome begins with.
    pub outcome: Option<String>,
    /// What it was about, as the plugin said.
    pub about: Option<String>,
    /// At most so many, the newest.
    pub limit: usize,
}

impl AuditQuery {
    /// The newest of all.
    pub fn newest(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }
}

/// The last row of the audit: whoever kept it finds out later whether anything before it was changed or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub number: i64,
    pub hash: [u8; 32],
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.number)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "it is a number, `:` and 64 hexadecimal digits, as `hatstand audit --head` prints them".to_owned();
        let (number, digits) = text.split_once(':').ok_or_else(wrong)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut hash = [0; 32];
        for (byte, digits) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self { number, hash })
    }
}

/// What came of going through the whole audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row fits, and every redacted one was redacted by an entry that tells of it. No head if there is no row.
    Sound { rows: u64, redacted: u64, head: Option<Head> },
    /// The first row that does not fit: it, or what was before it, was changed, put in, cleared or taken away.
    Changed { row: i64 },
    /// The rows from here on were taken away; an older backup that was restored looks the same.
    Cut { row: i64 },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_text_is_cut_and_says_so() {
        assert_eq!(cut("äöü".to_owned(), 3), "äöü");
        assert_eq!(cut("äöüß".to_owned(), 3), "äö…");
    }

    #[test]
    fn a_head_is_read_as_it_is_printed() {
        let head = Head { number: 12, hash: [0xa5; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        let hash = "a5".repeat(32);
        for wrong in
            ["", "12", "12:a5", &format!("x:{hash}"), &format!("0:{hash}"), &format!("-1:{hash}"), &format!("1:{}", "é".repeat(32))]
        {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
