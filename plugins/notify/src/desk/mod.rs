//! Where news is taken in and told: all stories and channels that one invocation has to do with.
//!
//! - [`sight`]: what of a story a channel wants to know.
//! - [`telling`]: saying it, in a message for each story.
//! - [`gathering`]: saying it in one message for many stories.
//! - [`drawer`]: stories and the like, read once and kept once.

mod drawer;
mod gathering;
mod sight;
mod telling;

use crate::arrivals::{self, Came};
use crate::listener::Listener;
use crate::news::{News, Source};
use crate::rush::Gathering;
use crate::series::Series;
use crate::settings::Config;
use crate::shelf::{self, Shelf};
use crate::story::Story;
use crate::texts;
use drawer::Drawer;
use hatstand_plugin::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// So many subjects of a channel wait to be told, at most: as many as surely fit into a value of the store.
const WAITING: usize = 500;

/// The name of the timer for what is told later.
const LATER: &str = "later";

/// All stories and channels that one invocation has to do with.
///
/// [`take`](Desk::take) takes news in, [`tell`](Desk::tell) says it where it is wanted, and [`close`](Desk::close) makes all of it last.
#[derive(Debug)]
pub struct Desk<'a> {
    cx: &'a Context,
    config: Config,
    listeners: BTreeMap<Channel, Listener>,
    listeners_before: BTreeMap<Channel, Listener>,
    stories: Drawer<Story>,
    series: Drawer<Series>,
    gatherings: Drawer<Gathering>,
    /// What is to be told in each channel.
    wanted: BTreeMap<Channel, BTreeSet<String>>,
    /// Messages about several stories, one of which has changed.
    stale: BTreeSet<(Channel, MessageId)>,
    /// What is too much for this invocation.
    later: BTreeMap<Channel, BTreeSet<String>>,
    /// Where nothing can be said, as was seen in this invocation.
    shut: BTreeSet<Channel>,
    /// How much was said.
    said: usize,
    /// How much was looked at to see whether it is to be said.
    seen: usize,
}

impl<'a> Desk<'a> {
    pub fn open(cx: &'a Context) -> Result<Self> {
        let listeners: BTreeMap<Channel, Listener> = shelf::listeners(cx)?.into_iter().collect();
        Ok(Self {
            cx,
            config: cx.settings()?,
            listeners_before: listeners.clone(),
            listeners,
            stories: Drawer::new(),
            series: Drawer::new(),
            gatherings: Drawer::new(),
            wanted: BTreeMap::new(),
            stale: BTreeSet::new(),
            later: BTreeMap::new(),
            shut: BTreeSet::new(),
            said: 0,
            seen: 0,
        })
    }

    fn shelf(&self) -> Shelf<'a> {
        Shelf { cx: self.cx, keep: self.config.keep }
    }

    /// Takes news in, whatever of it is known already.
    pub fn take(&mut self, source: Source, news: Vec<News>) -> Result<()> {
        let mut came = Vec::new();
        for news in news {
            let listeners = self.take_one(&news)?;
            came.push((Came::News(Box::new(news)), listeners));
        }
        arrivals::note(self.cx, source, came)
    }

    /// Takes one piece of news in. For how many channels is it?
    fn take_one(&mut self, news: &News) -> Result<usize> {
        let (shelf, key) = (self.shelf(), shelf::story_key(news));
        let is_told_otherwise = self.take_outcome(&key, news)?;
        let is_new = self.stories.open(shelf, &key)?.take(news.clone());
        if is_new {
            self.stories.change(shelf, &key)?;
        }
        let about = self.listeners.iter().filter(|(_, listener)| listener.is_about(news));
        let about: Vec<Channel> = about.map(|(channel, _)| channel.clone()).collect();
        if is_new || is_told_otherwise {
            about.iter().for_each(|channel| self.want(channel, &key));
        }
        Ok(about.len())
    }

    /// Remembers how it went. What came after it may have to be told in other words.
    fn take_outcome(&mut self, story: &str, news: &News) -> Result<bool> {
        let Some(failed) = news.outcome() else { return Ok(false) };
        let (shelf, key) = (self.shelf(), shelf::series_key(news));
        let series = self.series.open(shelf, &key)?;
        if !series.take(story, &news.occasion(), news.at, failed) {
            return Ok(false);
        }
        let after: Vec<String> = series.after(news.at).filter(|other| *other != story).map(str::to_owned).collect();
        self.series.change(shelf, &key)?;
        for later in after {
            for channel in self.told_of(&later)? {
                self.want(&channel, &later);
            }
        }
        Ok(true)
    }

    /// A story is to be told in a channel.
    fn want(&mut self, channel: &Channel, key: &str) {
        self.wanted.entry(channel.clone()).or_default().insert(key.to_owned());
    }

    /// Nobody is told anything any more in a channel that is gone.
    pub fn drop_listener(&mut self, channel: &Channel) {
        let Some(listener) = self.listeners.get_mut(channel) else { return };
        let number = texts::count(listener.subscriptions.len(), "subscription", "subscriptions");
        self.cx.log().warn(format_args!("the channel {channel} is gone, and with it {number}"));
        *listener = Listener::default();
    }

    /// Takes up what could not be said before.
    pub fn take_later(&mut self) -> Result<()> {
        let channels: Vec<Channel> = self.listeners.keys().cloned().collect();
        for channel in channels {
            let drawer = shelf::later_key(&channel);
            let Some(keys) = self.cx.store().get::<Vec<String>>(&drawer)? else { continue };
            self.cx.store().delete(&drawer)?;
            keys.iter().for_each(|key| self.want(&channel, key));
        }
        Ok(())
    }

    /// Makes everything last.
    pub fn close(mut self) -> Result<()> {
        let shelf = self.shelf();
        self.stories.close(shelf)?;
        self.series.close(shelf)?;
        self.gatherings.close(shelf)?;
        for (channel, listener) in &self.listeners {
            if self.listeners_before.get(channel) != Some(listener) {
                shelf::set_listener(self.cx, channel, listener)?;
            }
        }
        self.put_off_rest()
    }

    /// What is too much for this invocation is said at once in another.
    fn put_off_rest(&self) -> Result<()> {
        if self.later.is_empty() {
            return Ok(());
        }
        for (channel, keys) in &self.later {
            self.add_later(channel, keys)?;
        }
        Ok(self.cx.timers().set(LATER, self.cx.now(), &())?)
    }

    fn add_later(&self, channel: &Channel, keys: &BTreeSet<String>) -> Result<()> {
        let drawer = shelf::later_key(channel);
        let mut waiting: Vec<String> = self.cx.store().get(&drawer)?.unwrap_or_default();
        waiting.extend(keys.iter().cloned());
        if waiting.len() > WAITING {
            self.cx.log().error(format_args!("{} subjects are not told in {channel}: they are too many", waiting.len() - WAITING));
            waiting.truncate(WAITING);
        }
        Ok(self.cx.store().set(&drawer, &waiting)?)
    }
}
