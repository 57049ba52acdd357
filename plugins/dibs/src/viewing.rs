//! Telling how things stand.

use crate::board::Board;
use crate::names::{self, Names};
use crate::rights::Act;
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
        if !self.may(&[Act::Read], id)? {
            return Ok(None);
        }
        self.see(id);
        Ok(Some(view::queue(&self.seen(id))))
    }

    /// A page of everything there is, in a line each.
    pub fn show_all(&mut self, page: usize) -> Result<Message> {
        let page = Page::of(&self.stored()?, page, LISTED);
        let things = self.enter_all(page.items.iter().copied())?;
        let things = self.permitted_of(Act::Read, things)?;
        if things.is_empty() {
            return Ok(no(&page.nothing()));
        }
        things.iter().for_each(|id| self.see(*id));
        let gone = page.items.len() - things.len();
        Ok(view::all(&self.scenes(&things), page.all - gone, page.next()))
    }

    /// What is free of a page of everything there is.
    pub fn show_free(&mut self, page: usize) -> Result<Message> {
        let page = Page::of(&self.stored()?, page, LOOKED_AT);
        let things = self.enter_all(page.items.iter().copied())?;
        let mut things = self.permitted_of(Act::Read, things)?;
        things.retain(|id| self.thing(*id).is_free());
        things.iter().for_each(|id| self.see(*id));
        Ok(view::free(&self.scenes(&things), page.next()))
    }

    /// A page of what somebody has and waits for.
    pub fn show_mine(&mut self, page: usize) -> Result<Message> {
        let asker = self.cx.user()?;
        let page = Page::of(&self.parts_of(asker, None)?, page, LISTED);
        let things = self.enter_parts(asker, page.items.iter().copied())?;
        things.iter().for_each(|id| self.see(*id));
        Ok(view::mine(&self.scenes(&things), asker, page.next()))
    }

    pub fn show_info(&mut self, name: &str) -> Result<Option<Message>> {
        let Some(id) = self.find_known(name)? else { return Ok(None) };
        if !self.may(&[Act::Read], id)? {
            return Ok(None);
        }
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
        let answer = answer.map(|answer| said::fitted(if is_away { said::about(&self.channel, answer) } else { answer }));
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
        if !self.may(&[Act::Read], id)? {
            return Ok(None);
        }
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

/// So many things are listed on one page.
const LISTED: usize = 20;

/// So many things are looked at for those that are free.
const LOOKED_AT: usize = 60;

/// Some of many things.
struct Page {
    number: usize,
    items: Vec<ThingId>,
    /// How many there are on all pages, and on this one and those before it.
    all: usize,
    shown: usize,
}

/// What is left for the pages after one.
#[derive(Clone, Copy, Debug)]
pub struct Next {
    pub page: usize,
    pub more: usize,
}

impl Page {
    /// A page of these things, counted from 1.
    fn of<'a>(things: impl IntoIterator<Item = &'a ThingId>, number: usize, length: usize) -> Self {
        let things: Vec<ThingId> = things.into_iter().copied().collect();
        let number = number.max(1);
        let items: Vec<ThingId> = things.iter().copied().skip((number - 1).saturating_mul(length)).take(length).collect();
        Self { number, shown: number.saturating_mul(length), all: things.len(), items }
    }

    fn next(&self) -> Option<Next> {
        let more = self.all.saturating_sub(self.shown);
        (more > 0).then_some(Next { page: self.number + 1, more })
    }

    fn nothing(&self) -> No<'static> {
        if self.number > 1 { No::EmptyPage { page: self.number } } else { No::NothingHere }
    }
}
