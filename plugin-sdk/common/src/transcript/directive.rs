//! What happens other than people talking.

use super::{Name, moment, period};
use crate::value::Instant;
use std::fmt;
use std::time::Duration;

/// When a transcript begins unless it says otherwise: Monday 2026-01-05 10:00 UTC.
pub const START: Instant = Instant(1_767_607_200_000);

/// A line that begins with `---`: what happens other than people talking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive {
    /// The transcript begins at this time instead of [`START`]. Nothing has happened before.
    At(Instant),
    /// The clock moves, and everything that comes due happens in its order.
    Later(Duration),
    /// The host stops in an orderly way, and starts again on the same ledger that much later.
    Restart { after: Duration },
    /// The host dies without any warning, and starts again on the same ledger that much later.
    Kill { after: Duration },
    /// A plugin's file is put into the folder.
    AddPlugin(String),
    /// A plugin's file is taken out of the folder.
    RemovePlugin(String),
    /// A plugin's file is replaced with another build.
    ReplacePlugin { plugin: String, with: String },
    /// The operator changes a setting of a plugin.
    Set { plugin: String, setting: String, value: String },
    /// The operator writes this into the configuration, in place of what is there under the same name, and starts the host anew.
    Configure(String),
    /// Something happens in the world outside of the chat, in the words of whatever stands for it there.
    Outside(String),
    /// The operator grants something to a plugin.
    Grant { grant: String, plugin: String },
    /// The operator takes a grant back.
    Revoke { grant: String, plugin: String },
    /// Somebody is an administrator of the bot from here on.
    Admin(Name),
    /// Somebody's time zone, as an IANA name, from here on.
    Zone { person: Name, zone: String },
}

impl Directive {
    /// Reads what follows `---`.
    pub(super) fn read(text: &str) -> Result<Directive, String> {
        if let Some(setting) = text.strip_prefix("set ") {
            return read_set(setting);
        }
        if let Some(settings) = text.strip_prefix("configure ") {
            return Ok(Directive::Configure(settings.trim().to_owned()));
        }
        if let Some(line) = text.strip_prefix("outside ") {
            return Ok(Directive::Outside(line.trim().to_owned()));
        }
        if let Some(duration) = text.strip_suffix(" later") {
            return period::read(duration).map(Directive::Later);
        }
        match *text.split_whitespace().collect::<Vec<_>>() {
            ["at", date, time] => moment::read(&format!("{date} {time}")).map(Directive::At),
            ["restart", ref after @ ..] => Ok(Directive::Restart { after: read_after(after)? }),
            ["kill", ref after @ ..] => Ok(Directive::Kill { after: read_after(after)? }),
            ["add", "plugin", plugin] => Ok(Directive::AddPlugin(plugin.to_owned())),
            ["remove", "plugin", plugin] => Ok(Directive::RemovePlugin(plugin.to_owned())),
            ["replace", "plugin", plugin, "with", with] => {
                Ok(Directive::ReplacePlugin { plugin: plugin.to_owned(), with: with.to_owned() })
            }
            ["grant", grant, "to", plugin] => Ok(Directive::Grant { grant: grant.to_owned(), plugin: plugin.to_owned() }),
            ["revoke", grant, "from", plugin] => Ok(Directive::Revoke { grant: grant.to_owned(), plugin: plugin.to_owned() }),
            ["admin", person] => read_name(person).map(Directive::Admin),
            ["zone", person, zone] => Ok(Directive::Zone { person: read_name(person)?, zone: zone.to_owned() }),
            _ => Err(format!("`--- {text}` is no directive: the module `transcript` lists them all")),
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("--- ")?;
        match self {
            Directive::At(moment) => write!(f, "at {}", moment::write(*moment)),
            Directive::Later(duration) => write!(f, "{} later", period::write(*duration)),
            Directive::Restart { after } => write!(f, "restart{}", write_after(*after)),
            Directive::Kill { after } => write!(f, "kill{}", write_after(*after)),
            Directive::AddPlugin(plugin) => write!(f, "add plugin {plugin}"),
            Directive::RemovePlugin(plugin) => write!(f, "remove plugin {plugin}"),
            Directive::ReplacePlugin { plugin, with } => write!(f, "replace plugin {plugin} with {with}"),
            Directive::Set { plugin, setting, value } => write!(f, "set {plugin} {setting} = {value}"),
            Directive::Configure(settings) => write!(f, "configure {settings}"),
            Directive::Outside(line) => write!(f, "outside {line}"),
            Directive::Grant { grant, plugin } => write!(f, "grant {grant} to {plugin}"),
            Directive::Revoke { grant, plugin } => write!(f, "revoke {grant} from {plugin}"),
            Directive::Admin(person) => write!(f, "admin {person}"),
            Directive::Zone { person, zone } => write!(f, "zone {person} {zone}"),
        }
    }
}

fn read_set(text: &str) -> Result<Directive, String> {
    let (subject, value) = text.split_once('=').unwrap_or((text, ""));
    match (subject.split_whitespace().collect::<Vec<_>>().as_slice(), value.trim()) {
        (_, "") => Err("a setting needs a value: `--- set hat handoff = notify`".to_owned()),
        (&[plugin, setting], value) => {
            Ok(Directive::Set { plugin: plugin.to_owned(), setting: setting.to_owned(), value: value.to_owned() })
        }
        _ => Err("a setting has a plugin and a name: `--- set hat handoff = notify`".to_owned()),
    }
}

fn read_after(words: &[&str]) -> Result<Duration, String> {
    match words {
        [] => Ok(Duration::ZERO),
        ["after", words @ ..] => period::read(&words.join(" ")),
        _ => Err("the host can be down for a while: `--- restart after 3 hours`".to_owned()),
    }
}

fn write_after(after: Duration) -> String {
    match after {
        Duration::ZERO => String::new(),
        _ => format!(" after {}", period::write(after)),
    }
}

fn read_name(text: &str) -> Result<Name, String> {
    Name::read(text).ok_or_else(|| format!("`{text}` is no person's name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_and_written_alike() {
        for text in [
            "at 2026-01-05 10:00",
            "2 hours later",
            "restart",
            "restart after 3 hours",
            "kill",
            "kill after 1 day 2 hours",
            "add plugin dibs",
            "remove plugin dibs",
            "replace plugin dibs with dibs-next",
            "set hat handoff = notify",
            "set hat greeting = see you = later",
            "configure rules = [{ command = \"greet\", allow = [\"nobody\"] }]",
            "outside github deployment 1 is success",
            "grant chat:direct to hat",
            "revoke chat:direct from hat",
            "admin jane",
            "zone jane Europe/Berlin",
        ] {
            let directive = Directive::read(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(directive.to_string(), format!("--- {text}"));
        }
    }

    #[test]
    fn what_is_no_directive_is_refused() {
        for text in [
            "",
            "later",
            "soon later",
            "restart in 2 hours",
            "restart after",
            "kill after lunch",
            "replace plugin dibs",
            "set hat handoff",
            "set hat handoff =",
            "set handoff = notify",
            "grant chat:direct",
            "admin jane)",
            "at noon",
            "wait 2 hours",
        ] {
            assert!(Directive::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_start_is_a_monday_morning() {
        assert_eq!(Directive::At(START).to_string(), "--- at 2026-01-05 10:00");
    }
}
