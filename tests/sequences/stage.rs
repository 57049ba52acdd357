//! Where a sequence takes place: a folder, a wall, a service, a clock, and a bot that comes and goes.

use crate::bot::{Bot, Door};
use crate::record::Record;
use crate::service::Service;
use crate::step::{Step, Words};
use crate::support::noted;
use crate::vocabulary::Vocabulary;
use crate::wall::{Wall, workspace};
use hatstand::clock::Clock;
use hatstand::ledger::Sqlite;
use hatstand::model::{Event, Said, Say, What};
use hatstand_common::message::Action;
use hatstand_common::transcript::{Pressable, START, typed};
use hatstand_common::value::{ChannelId, Instant, MessageId, PersonId, Place};
use proptest::sample::Index;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// What may be in the middle of something when the next thing happens; more of it is waited for.
const UNDER_WAY: usize = 24;

#[derive(Debug)]
pub struct Stage {
    pub vocabulary: Vocabulary,
    home: PathBuf,
    door: Door,
    clock: Clock,
    pub wall: Arc<Wall>,
    service: Service,
    /// None only while it is being started anew.
    bot: Option<Bot>,
    under_way: JoinSet<()>,
    /// How many things people did here, or how often the plugin was swapped: each gets a number that no other has.
    number: usize,
}

/// No mistakes.
pub fn no_door(ledger: Arc<Sqlite>) -> Arc<dyn hatstand::ledger::Ledger> {
    ledger
}

impl Stage {
    /// In this folder, going on from whatever took place in it before.
    pub fn open(home: &Path, vocabulary: Vocabulary, door: Door) -> Self {
        let stage = Self {
            vocabulary,
            home: home.to_owned(),
            door,
            clock: Clock::still(left_at(home).unwrap_or(START)),
            wall: Wall::open(&home.join("wall")),
            service: Service::open(&home.join("service")),
            bot: None,
            under_way: JoinSet::new(),
            number: 0,
        };
        stage.begin()
    }

    fn begin(mut self) -> Self {
        let happened = self.service.happened();
        self.number = happened.iter().map(|event| event.key.parse().expect("a number")).max().unwrap_or_default();
        if !self.plugin().exists() {
            fs::create_dir_all(self.home.join("plugins")).expect("a folder");
            self.put(&(self.vocabulary.bytes)());
        }
        self.start();
        self
    }

    /// Does one thing, and does not wait for what comes of it unless the step says so.
    pub fn play(&mut self, step: Step) {
        match step {
            Step::Say(words) => words.into_iter().for_each(|words| self.say(&words)),
            Step::Press { who, which } => self.press(who, which),
            Step::Repeat { what, times } => self.repeat(what, times),
            Step::Pass(time) => self.pass(time),
            Step::Swap => self.swap(),
            Step::Rest => self.rest(),
            Step::Restart { killed, acknowledged, after } => self.restart(killed, acknowledged, after),
        }
        while self.under_way.len() > UNDER_WAY {
            self.wait_for_one();
        }
    }

    /// Returns once there is nothing left to do.
    pub fn rest(&mut self) {
        while !self.under_way.is_empty() {
            self.wait_for_one();
        }
        self.bot().settled();
    }

    /// What is on disk, and what people have seen and done.
    pub fn record(&self) -> Record {
        let ledger = Arc::clone(&self.bot().host().ledger);
        let plugin = self.vocabulary.plugin.into();
        self.bot().runtime().block_on(Record::read(
            &self.home.join("ledger.db"),
            &*ledger,
            &plugin,
            self.service.happened(),
            self.wall.said(),
        ))
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn bot(&self) -> &Bot {
        self.bot.as_ref().expect("it is there")
    }
}

/// What people and the service do.
impl Stage {
    fn say(&mut self, words: &Words) {
        let key = self.new_key();
        let said = Said { line: typed(&words.text), addressed: true, message: MessageId(key.clone()) };
        self.happens(key, words.channel, words.who, What::Said(said));
    }

    fn press(&mut self, who: &str, which: Index) {
        let said = self.wall.said();
        let pressable: Vec<_> = said.iter().rev().flat_map(|say| pressables(&self.vocabulary, say, who)).collect();
        if pressable.is_empty() {
            return;
        }
        // Half of the time something among the newest eight.
        let place = which.index(2 * pressable.len());
        let (say, number) = pressable[if place < pressable.len() { place } else { place % pressable.len().min(8) }];
        let channel = say.how.place().map_or_else(|| format!("@{who}"), |place| place.channel.0.clone());
        let what = What::Pressed { message: say.id.clone(), number, seen: None };
        let key = self.new_key();
        self.happens(key, &channel, who, what);
    }

    fn repeat(&mut self, what: Index, times: usize) {
        let happened = self.service.happened();
        if !happened.is_empty() {
            let event = &happened[what.index(happened.len())];
            (0..times).for_each(|_| self.deliver(event.clone()));
        }
    }

    fn happens(&mut self, key: String, channel: &str, who: &str, what: What) {
        let place = Place { channel: ChannelId::from(channel), thread: None };
        let event = Event { workspace: workspace(), key, at: self.now(), place: Some(place), person: Some(PersonId::from(who)), what };
        self.service.happens(&event);
        self.deliver(event);
    }

    fn deliver(&mut self, event: Event) {
        let (intake, service) = (self.bot().host().intake.clone(), self.service.clone());
        let runtime = self.bot().runtime().handle().clone();
        let delivery = async move {
            if intake.take(event.clone()).await.is_ok() {
                service.acknowledged(&event);
            }
        };
        self.under_way.spawn_on(delivery, &runtime);
    }

    fn new_key(&mut self) -> String {
        self.number += 1;
        self.number.to_string()
    }
}

/// What happens to the bot.
impl Stage {
    fn start(&mut self) {
        self.bot = Some(Bot::start(&self.home, self.clock.clone(), &self.wall, self.door, self.vocabulary.policies()));
        self.check_the_plugin();
        for event in self.service.unacknowledged() {
            self.deliver(event);
        }
    }

    /// Without it nothing would go wrong either.
    fn check_the_plugin(&self) {
        let plugins = &self.bot().host().plugins;
        let is_live = plugins.registry().present().any(|name| name.0 == self.vocabulary.plugin);
        assert!(is_live, "{} is not there: {:?}", self.vocabulary.plugin, plugins.files());
    }

    fn pass(&mut self, time: Duration) {
        // Written down first: time never goes back.
        self.write_whole(&self.home.join("clock"), (self.now() + time).0.to_string().as_bytes());
        self.clock.advance(time);
    }

    fn restart(&mut self, killed: bool, acknowledged: usize, after: Duration) {
        for _ in 0..acknowledged.min(self.under_way.len()) {
            self.wait_for_one();
        }
        let bot = self.bot.take().expect("it is there");
        if killed {
            bot.kill();
        } else {
            bot.stop();
        }
        self.under_way = JoinSet::new();
        self.pass(after);
        self.start();
    }

    fn swap(&mut self) {
        self.number += 1;
        self.put(&noted((self.vocabulary.bytes)(), &format!("build {}", self.number)));
        let keeper = Arc::clone(&self.bot().host().keeper);
        let runtime = self.bot().runtime().handle().clone();
        self.under_way.spawn_on(async move { keeper.look().await }, &runtime);
    }

    fn put(&self, bytes: &[u8]) {
        self.write_whole(&self.plugin(), bytes);
    }

    /// Whoever is killed meanwhile has written all of it, or nothing.
    fn write_whole(&self, path: &Path, bytes: &[u8]) {
        let new = self.home.join("new");
        fs::write(&new, bytes).expect("written");
        fs::rename(new, path).expect("renamed");
    }

    fn plugin(&self) -> PathBuf {
        self.home.join("plugins").join(self.vocabulary.plugin).with_extension("wasm")
    }

    fn wait_for_one(&mut self) {
        let Self { bot, under_way, .. } = self;
        if let Some(done) = bot.as_ref().expect("it is there").runtime().block_on(under_way.join_next()) {
            done.expect("it does not panic");
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.stop();
        }
    }
}

/// What somebody can press in a message, by its number in it. A button that says something is as good as somebody who says it.
fn pressables<'s>(vocabulary: &Vocabulary, say: &'s Say, who: &str) -> Vec<(&'s Say, usize)> {
    let is_seen = say.how.only_seen_by().is_none_or(|person| person.0 == who);
    let Some(message) = say.how.message().filter(|_| is_seen) else { return Vec::new() };
    let is_known = |pressable: &Pressable<'_>| matches!(pressable.action, Action::Press(value) if (vocabulary.pressed)(value).is_some());
    let all = Pressable::all(message).into_iter().enumerate();
    all.filter(|(_, pressable)| is_known(pressable)).map(|(number, _)| (say, number)).collect()
}

fn left_at(home: &Path) -> Option<Instant> {
    let clock = fs::read_to_string(home.join("clock")).ok()?;
    Some(Instant(clock.parse().expect("a moment")))
}
