//! Transcripts, played on a room.

use super::Room;
use super::due::plan;
use super::happening::{Pressed, direct};
use crate::testing::people::{BOT, sees};
use hatstand_common::transcript::{self, Directive, Line, Pressable, Stage, addressed, typed};
use hatstand_common::value::{Instant, PersonId, Place};
use std::time::Duration;

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

impl Room {
    /// Is this the plugin?
    fn is(&self, plugin: &str) -> bool {
        self.plugin.name == plugin
    }

    /// Somebody types this: presses something, or says something to the bot or not.
    fn typed(&mut self, room: &transcript::Room, who: &str, text: &str) -> Vec<Line> {
        let (place, private) = match room {
            transcript::Room::Channel(channel) => (Place { channel: channel.as_str().into(), thread: None }, false),
            transcript::Room::Direct => (direct(who), true),
        };
        let newest = self
            .state
            .posts
            .iter()
            .rev()
            .find(|post| post.place.channel == place.channel && sees(&post.audience, who) && !Pressable::all(&post.message).is_empty());
        let pressed = newest.and_then(|post| Some(Pressed::new(post, &Pressable::chosen(text, &post.message)?)));
        let person = PersonId::from(who);
        match (pressed, addressed(text, BOT)) {
            (Some(pressed), _) => self.press(&person, pressed),
            (None, Some(line)) => self.command(place, &person, &line),
            (None, None) if private => self.command(place, &person, &typed(text)),
            (None, None) => self.overhear(place, &person, text),
        }
        std::mem::take(&mut self.unheard)
    }

    fn begin_at(&mut self, moment: Instant) {
        self.now = moment;
        self.schedules = plan(&self.plugin.schedules, moment);
    }

    /// Time passes, and what comes due on the way happens at its moment.
    fn later(&mut self, time: Duration) -> Vec<Line> {
        self.pass(time);
        std::mem::take(&mut self.unheard)
    }

    /// Time passes while the host is down: what came due happens at its start.
    fn be_down(&mut self, time: Duration) -> Vec<Line> {
        self.now = self.now + time;
        self.pass(Duration::ZERO);
        std::mem::take(&mut self.unheard)
    }
}
