//! The original Hat Man as it is described: what its commands do, with the documented differences.

use proptest::prelude::*;

const PEOPLE: [&str; 4] = ["ann", "bob", "cid", "dan"];

/// What Hat Man's commands do to its three tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HatMan {
    holder: Option<&'static str>,
    pool: Vec<&'static str>,
    queue: Vec<&'static str>,
}

/// A command that changes something.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    On,
    Off,
    Queue,
    Dequeue,
    Pool,
    Unpool,
    ForceOff,
}

impl HatMan {
    pub(crate) fn hear(&mut self, who: &'static str, command: Command) {
        let wearing = self.holder == Some(who);
        match command {
            Command::On if self.holder.is_none() => self.wear(who),
            Command::Off if wearing => self.take_off(),
            // The first difference: behind nobody there is no queue.
            Command::Queue if self.holder.is_none() && self.queue.is_empty() => self.wear(who),
            Command::Queue if !wearing && !self.queue.contains(&who) => self.queue.push(who),
            Command::Dequeue => self.queue.retain(|other| *other != who),
            Command::Pool if self.holder.is_some() && !wearing && !self.pool.contains(&who) => {
                self.queue.retain(|other| *other != who);
                self.pool.push(who);
            }
            Command::Unpool => self.pool.retain(|other| *other != who),
            Command::ForceOff if wearing => self.take_off(),
            Command::ForceOff => {
                self.holder = None;
                self.pool.clear();
            }
            _ => {}
        }
    }

    fn wear(&mut self, who: &'static str) {
        self.holder = Some(who);
        self.queue.retain(|other| *other != who);
    }

    fn take_off(&mut self) {
        self.holder = None;
        if !self.pool.is_empty() {
            let heir = self.pool.remove(0);
            self.wear(heir);
        }
    }

    /// Whoever wears it with the crew, then the queue: `ann+bob | cid dan`.
    pub(crate) fn state(&self) -> String {
        let holder = self.holder.map(str::to_owned).into_iter();
        let wearers: Vec<_> = holder.chain(self.pool.iter().map(|&who| who.to_owned())).collect();
        format!("{} | {}", wearers.join("+"), self.queue.join(" ")).trim().to_owned()
    }
}

/// What some people say, one after another.
pub(crate) fn commands() -> impl Strategy<Value = Vec<(&'static str, Command)>> {
    let command = prop_oneof![
        Just(Command::On),
        Just(Command::Off),
        Just(Command::Queue),
        Just(Command::Dequeue),
        Just(Command::Pool),
        Just(Command::Unpool),
        Just(Command::ForceOff),
    ];
    prop::collection::vec((prop::sample::select(&PEOPLE[..]), command), 0..60)
}
