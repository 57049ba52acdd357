//! Transcripts, played on a room.

use super::Room;
use hatstand_common::transcript::{self, Directive, Line, Stage};

impl Stage for Room {
    fn say(&mut self, room: &transcript::Room, who: &str, text: &str) -> Result<Vec<Line>, String> {
        Ok(self.typed(room, who, text))
    }

    fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String> {
        match directive {
            Directive::At(moment) => self.begin_at(*moment),
            Directive::Later(time) => return Ok(self.later(*time)),
            Directive::Restart { after } | Directive::Kill { after } => return Ok(self.be_down(*after)),
            // It is there from the beginning.
            Directive::AddPlugin(plugin) if self.is(plugin) => {}
            Directive::Set { plugin, setting, value } if self.is(plugin) => self.try_set(setting, value)?,
            Directive::Grant { grant, plugin } if self.is(plugin) => self.grant(grant),
            Directive::Revoke { grant, plugin } if self.is(plugin) => self.revoke(grant),
            Directive::Admin(person) => self.admin(person.as_str()),
            Directive::Zone { person, zone } => self.zone(person.as_str(), zone),
            other => return Err(format!("`{other}` concerns more than this plugin: play it with `hatstand plugin test`")),
        }
        Ok(Vec::new())
    }
}
