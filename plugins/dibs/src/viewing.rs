//! Telling how things stand.

use crate::board::Board;
use crate::names::{self, Names};
use crate::texts::refusal::{No, no};
use crate::texts::{Scene, view};
use crate::thing::{Kept, Thing, ThingId};
use hatstand_plugin::prelude::*;
use manners::numbers::{self, Window};
use manners::said;
use manners::words::together;

impl Board<'_> {
    /// Who has each of these, and who waits.
    pub fn show_queues(&mut self, names: &Names) -> Result<Option<Message>> {
        let mut queues = Vec::new();
        for name in &names.names {
            queues.extend(self.show_queue(name)?);
        }
        Ok(together(queues, "\n"))
    }

    fn show_queue(&mut self, name: &str) -> Result<Option<Message>> {
        let Some(id) = self.find_known(name)? else { return Ok(None) };
        self.see(id);
        Ok(Some(view::queue(&self.seen(id))))
    }

    /// Everything there is, in a line each.
    pub fn show_all(&mut self) -> Result<Message> {
        let things = self.enter_all()?;
        if things.is_empty() {
            return Ok(no(&No::NothingHere));
        }
        things.iter().for_each(|id| self.see(*id));
        Ok(view::all(&self.scenes(&things)))
    }

    pub fn show_free(&mut self) -> Result<Message> {
        let mut things = self.enter_all()?;
        things.retain(|id| self.thing(*id).is_free());
        things.iter().for_each(|id| self.see(*id));
        Ok(view::free(&self.scenes(&things)))
    }

    pub fn show_mine(&mut self) -> Result<Message> {
        let asker = self.cx.user()?;
        let mut things = self.enter_all()?;
        things.retain(|id| self.thing(*id).resource().involves(asker));
        things.iter().for_each(|id| self.see(*id));
        Ok(view::mine(&self.scenes(&things), asker))
    }

    pub fn show_info(&mut self, name: &str) -> Result<Option<Message>> {
        let Some(id) = self.find_known(name)? else { return Ok(None) };
        let members = self.enter_members(id)?;
        let mut groups = self.thing(id).kept.groups.clone();
        for group in &groups {
            self.enter(*group)?;
        }
        groups.retain(|group| self.is_entered(*group));
        self.see(id);
        let names = |things: Vec<ThingId>| things.iter().map(|id| self.thing(*id).kept.name.clone()).collect::<Vec<_>>();
        Ok(Some(view::info(&self.seen(id), &names(members), &names(groups))))
    }

    pub fn show_history(&mut self, name: &str) -> Result<Option<Message>> {
        self.read_log(name, |cx, scene| Ok(view::history(scene, &numbers::history(cx, &scene.kept.subject)?)))
    }

    pub fn show_stats(&mut self, name: &str, window: Window) -> Result<Option<Message>> {
        self.read_log(name, |cx, scene| {
            let (begin, tallies) = numbers::stats(cx, &scene.kept.subject, window)?;
            Ok(view::stats(scene, begin, &tallies))
        })
    }

    /// Leaves, having told something: what is secret only to who asked.
    pub fn tell(self, answer: Option<Message>) -> Result<Reply> {
        let here = self.cx.here()?;
        let is_away = here.channel != self.channel || here.thread.is_some();
        let is_secret = self.answers().iter().filter_map(|answer| answer.thing).any(|id| self.thing(id).kept.overrides.secret);
        let answer = answer.map(|answer| if is_away { said::about(&self.channel, answer) } else { answer });
        let reply = self.leave()?;
        Ok(match answer {
            Some(answer) if is_secret => reply.and(Reply::whisper(answer)),
            Some(answer) => reply.and(Reply::say(answer)),
            None => reply,
        })
    }

    /// The log of a thing is there as long as its name is known; of one that went with the last who had it, too.
    fn read_log(&mut self, name: &str, view: impl FnOnce(&Context, &Scene<'_>) -> Result<Message>) -> Result<Option<Message>> {
        let id = match self.find(name)? {
            Some(id) => id,
            None if self.has_log(name)? => self.create(name),
            None => return Ok(self.find_known(name)?.map(|_| Message::default())),
        };
        let Thing { kept: Kept { overrides, .. }, .. } = self.thing(id);
        if overrides.secret && !self.is_admin() {
            let refusal = view::secret_log(&self.thing(id).kept.name);
            self.answer(Some(id), refusal, "refused.not-allowed");
            return Ok(None);
        }
        self.see(id);
        Ok(Some(view(self.cx, &self.seen(id))?))
    }

    fn has_log(&self, name: &str) -> Result<bool> {
        let subject = names::subject(self.channel.as_str(), name);
        Ok(!numbers::history(self.cx, &subject)?.is_empty())
    }

    pub(crate) fn scenes(&self, things: &[ThingId]) -> Vec<Scene<'_>> {
        things.iter().map(|id| self.seen(*id)).collect()
    }

    /// A thing as it is shown: to everybody, or if it is secret to who asks.
    fn seen(&self, id: ThingId) -> Scene<'_> {
        let asker = self.cx.person().map(|person| &person.id);
        self.scene(id, asker.filter(|_| self.thing(id).kept.overrides.secret))
    }
}
