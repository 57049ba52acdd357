//! Dibs: whoever calls it has it, the others wait in line. A staging server, a meeting room, the duty of this week: whatever people
//! name.
//!
//! What people type and press is in this file. The path of a command:
//!
//! 1. [`place`] finds the channel whose things are meant, and [`lookup`] the thing that a [name](names) means.
//! 2. [`board`] loads it from the [`shelf`] and lets happen what is due. The rules are those of the crate `turns`; the operator bends
//!    them for all things in [`settings`], and people for one in its [`policy`].
//! 3. What was asked is done by one of [`taking`], [`stealing`], [`groups`], [`watching`], [`managing`] and
//!    [`viewing`]; for programs by [`programs`].
//! 4. The board makes it last, sets the timer of each [`thing`], writes its log, and tells everybody concerned in the words of [`texts`].
//!    How, is the same as for everything that people take turns with: the crate `manners`.
//!
//! [`person`] goes through everything of one person, in all channels. [`migration`] makes what an earlier build kept that of this one.
//! [`button`] knows what a button carries, [`state`] what programs are told.

mod board;
mod button;
mod groups;
mod lookup;
mod managing;
mod migration;
mod names;
mod person;
mod place;
mod policy;
mod programs;
mod rights;
mod settings;
mod shelf;
mod state;
mod stealing;
mod taking;
#[cfg(test)]
mod tests;
mod texts;
mod thing;
mod viewing;
mod watching;

use board::Board;
use button::{About, Again};
use hatstand_plugin::Other;
use hatstand_plugin::calls::Abandoned;
use hatstand_plugin::directory::{Channel as KnownChannel, Person};
use hatstand_plugin::prelude::*;
use managing::Change;
use manners::homes::Intent;
use manners::numbers::Window;
use manners::{limits, said};
use names::Names;
use policy::{Aspect, Flag, Overrides, Period};
use programs::{Held, Waiting};
use settings::{Config, Handoff, Who};
use taking::Want;
use texts::refusal::No;
use texts::{configured, view};
use thing::ThingId;
use turns::{Request, Wish};

/// More of one thing is more than anybody can tell apart.
const MOST: u32 = 100;

/// Takes turns with anything that has a name: whoever calls dibs on it has it, the others wait in line.
#[derive(Debug, Plugin)]
#[plugin(wants("chat:direct", "chat:channels"), settings(Config), actions(rights::Act))]
struct Dibs;

#[commands]
impl Dibs {
    /// What you have, what you wait for, and how to go about it.
    #[command("dibs", "dibs help")]
    fn dibs(cx: &mut Context) -> Result<Reply> {
        let mut board = enter(cx, Intent::Read, &[])?;
        let help = view::help(&board.show_mine(1)?);
        Ok(board.leave()?.and(Reply::whisper(said::fitted(help))))
    }

    /// Take something, or wait for it if somebody has it.
    ///
    /// `dibs on staging for 2 hours because of the demo`, or `until 17:30`. Several at once: `dibs on staging, web`; all of them or none:
    /// `dibs on staging + web`. `"in quotes"` a name may have any words. Who waits already changes what they asked for, and keeps the place.
    #[command("dibs on <names...> [for <period>] [until <end>] [because <reason...>]")]
    fn on(cx: &mut Context, names: String, period: Option<Duration>, end: Option<Instant>, reason: Option<String>) -> Result<Reply> {
        on(cx, &names, Asked { period, end, reason, ..Asked::default() })
    }

    /// Wait for another turn after the one that you have.
    #[command("dibs on <names...> again [for <period>] [until <end>] [because <reason...>]")]
    fn again(cx: &mut Context, names: String, period: Option<Duration>, end: Option<Instant>, reason: Option<String>) -> Result<Reply> {
        on(cx, &names, Asked { period, end, reason, again: true, repeat: false })
    }

    /// Take something over and over: when your turn is over you wait again.
    #[command("dibs on <names...> [for <period>] [until <end>] repeat [because <reason...>]")]
    fn repeat(cx: &mut Context, names: String, period: Option<Duration>, end: Option<Instant>, reason: Option<String>) -> Result<Reply> {
        on(cx, &names, Asked { period, end, reason, again: false, repeat: true })
    }

    /// Take whichever of a group is free, or wait for the first that is.
    #[command("dibs on any <group...> [for <period>] [until <end>] [because <reason...>]")]
    fn any(cx: &mut Context, group: String, period: Option<Duration>, end: Option<Instant>, reason: Option<String>) -> Result<Reply> {
        let want = Asked { period, end, reason, ..Asked::default() }.want(cx)?;
        change(cx, &group, |board, names| {
            for name in &names.names {
                if let Some(group) = board.find_group(name)? {
                    board.on_any(group, want.wish.clone())?;
                }
            }
            Ok(())
        })
    }

    /// Give something back, or wait for it no longer.
    ///
    /// Without a name: the only thing that you have.
    #[command("dibs off [names...]")]
    fn off(cx: &mut Context, names: Option<String>) -> Result<Reply> {
        let Some(names) = names else {
            let mut board = enter(cx, Intent::Change, &[])?;
            board.off_only()?;
            return board.leave();
        };
        change(cx, &names, |board, names| board.off(names, &Request::Release { hold: None }))
    }

    /// Give something back and leave its roster.
    #[command("dibs off <names...> for good")]
    fn retire(cx: &mut Context, names: String) -> Result<Reply> {
        change(cx, &names, |board, names| board.off(names, &Request::Retire))
    }

    /// Who has it, and who waits?
    ///
    /// Without a name: everything there is.
    #[command("dibs q [names...]", "dibs queue [names...]", "dibs q page <page>", "dibs queue page <page>")]
    fn q(cx: &mut Context, names: Option<String>, page: Option<u16>) -> Result<Reply> {
        let Some(names) = names else { return read_all(cx, |board| board.show_all(page.unwrap_or(1).into())) };
        let names = named(cx, &names)?;
        let mut board = enter(cx, Intent::Read, &names.names)?;
        let queues = board.show_queues(&names)?;
        board.tell(queues)
    }

    /// What do you have, and what do you wait for?
    #[command("dibs mine", "dibs mine page <page>")]
    fn mine(cx: &mut Context, page: Option<u16>) -> Result<Reply> {
        let mut board = enter(cx, Intent::Read, &[])?;
        let mine = board.show_mine(page.unwrap_or(1).into())?;
        Ok(board.leave()?.and(Reply::whisper(said::fitted(mine))))
    }

    /// What can be had at once?
    #[command("dibs free", "dibs free page <page>")]
    fn free(cx: &mut Context, page: Option<u16>) -> Result<Reply> {
        read_all(cx, |board| board.show_free(page.unwrap_or(1).into()))
    }

    /// What is known of something?
    #[command("dibs info <name...>")]
    fn info(cx: &mut Context, name: String) -> Result<Reply> {
        read(cx, &name, Board::show_info)
    }

    /// Have something for longer.
    #[command("dibs extend <name...> <period>", "dibs extend <name...> for <period>", "dibs extend <name...> until <end>")]
    fn extend(cx: &mut Context, name: String, period: Option<Duration>, end: Option<Instant>) -> Result<Reply> {
        each(cx, &name, |board, id| {
            let asker = board.cx.user()?;
            let since = board.thing(id).resource().held_by(asker).map_or(board.cx.now(), |hold| hold.since);
            let retimed = end.map(|end| Request::Retime { hold: None, duration: end.since(since) });
            let extended = period.map(|by| Request::Extend { hold: None, by });
            let request = extended.or(retimed).ok_or_else(|| Error::usage("Say for how long, or until when."))?;
            board.request(id, &request)
        })
    }

    /// Leave something to the next in line.
    #[command("dibs bump <name...>")]
    fn bump(cx: &mut Context, name: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.bump(name)))
    }

    /// Let the next in line go first, and be the one after.
    #[command("dibs yield <name...>")]
    fn r#yield(cx: &mut Context, name: String) -> Result<Reply> {
        each(cx, &name, |board, id| board.request(id, &Request::Yield))
    }

    /// Hand something to somebody.
    #[command("dibs give <name...> <who>", "dibs give <name...> to <who>")]
    fn give(cx: &mut Context, name: String, who: User) -> Result<Reply> {
        each(cx, &name, |board, id| board.request(id, &Request::Pass { to: who.clone() }))
    }

    /// Let an offer go by.
    #[command("dibs decline <name...>")]
    fn decline(cx: &mut Context, name: String) -> Result<Reply> {
        each(cx, &name, |board, id| board.request(id, &Request::Decline { offer: None }))
    }

    /// Wait in front of all others, and say why.
    #[command("dibs jump <name...> [because <reason...>]")]
    fn jump(cx: &mut Context, name: String, reason: Option<String>) -> Result<Reply> {
        let wish = Asked { reason, ..Asked::default() }.want(cx)?.wish;
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.jump(name, wish.clone())))
    }

    /// Take something from whoever has it, and say why.
    ///
    /// You are asked once more, and they are told that it was you.
    #[command("dibs steal <name...> [for <period>] [until <end>] [because <reason...>]")]
    fn steal(cx: &mut Context, name: String, period: Option<Duration>, end: Option<Instant>, reason: Option<String>) -> Result<Reply> {
        let wish = Asked { period, end, reason, ..Asked::default() }.want(cx)?.wish;
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.steal(name, wish.clone())))
    }

    /// Put somebody out of something, or out of everything.
    #[command("dibs kick <who> [from <names...>]")]
    fn kick(cx: &mut Context, who: User, names: Option<String>) -> Result<Reply> {
        let Some(names) = names else {
            let mut board = enter(cx, Intent::Change, &[])?;
            board.kick(&who, None)?;
            return board.leave();
        };
        change(cx, &names, |board, names| board.kick(&who, Some(names)))
    }

    /// Be told when something is free, without waiting in line.
    #[command("dibs watch <name...>")]
    fn watch(cx: &mut Context, name: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.watch(name)))
    }

    /// Be told no longer.
    #[command("dibs unwatch <name...>")]
    fn unwatch(cx: &mut Context, name: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.unwatch(name)))
    }

    /// Let only approved names be had, and approve these.
    #[command("dibs approve <names...>")]
    fn approve(cx: &mut Context, names: String) -> Result<Reply> {
        change(cx, &names, Board::approve)
    }

    /// Withdraw an approval.
    #[command("dibs unapprove <names...>")]
    fn unapprove(cx: &mut Context, names: String) -> Result<Reply> {
        change(cx, &names, Board::unapprove)
    }

    /// Give something another name, which means the same.
    #[command("dibs alias <alias...> = <name...>")]
    fn alias(cx: &mut Context, alias: String, name: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.alias(&alias, name)))
    }

    /// Call something otherwise from now on.
    #[command("dibs rename <name...> to <new...>")]
    fn rename(cx: &mut Context, name: String, new: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.rename(name, &new)))
    }

    /// Make a group of things of which any will do.
    #[command("dibs group <group...> = <members...>")]
    fn group(cx: &mut Context, group: String, members: String) -> Result<Reply> {
        let members = names::typed(cx.line(), &members);
        change(cx, &group, |board, names| names.names.iter().try_for_each(|name| board.make_group(name, &members)))
    }

    /// Make something a roster (`repeat`), draw who is next (`random`), name nobody (`secret`), or `enforce` an end.
    ///
    /// More to set: `capacity 2`, `timer 2h`, `max 1d`, `warn 10m`, `handoff grant|offer|notify`, `steal anyone|admins|never`. `dibs unset`
    /// undoes it.
    #[command("dibs set <names...> <flag> [state]")]
    fn set(cx: &mut Context, names: String, flag: Flag, state: Option<bool>) -> Result<Reply> {
        let state = state.unwrap_or(true);
        set(cx, &names, flag.word(), if state { "yes" } else { "no" }, &|overrides| overrides.set_flag(flag, state))
    }

    /// How many can have something at once.
    #[command("dibs set <names...> capacity <capacity>")]
    fn set_capacity(cx: &mut Context, names: String, capacity: u32) -> Result<Reply> {
        if !(1..=MOST).contains(&capacity) {
            return Err(Error::usage(format!("Between 1 and {MOST} people can have something at once.")));
        }
        set(cx, &names, "capacity", say!("{capacity}"), &|overrides| overrides.capacity = Some(capacity))
    }

    /// How long people have something who do not say, how long at most, and how long before the end they are warned.
    #[command("dibs set <names...> <which> <period>")]
    fn set_period(cx: &mut Context, names: String, which: Period, period: Duration) -> Result<Reply> {
        set(cx, &names, which.word(), say!("{period}"), &|overrides| overrides.set_period(which, period))
    }

    /// What happens when something is given back while people wait.
    #[command("dibs set <names...> handoff <handoff>")]
    fn set_handoff(cx: &mut Context, names: String, handoff: Handoff) -> Result<Reply> {
        set(cx, &names, "handoff", say!("{}", handoff.word()), &|overrides| overrides.handoff = Some(handoff))
    }

    /// Who may take something from others.
    #[command("dibs set <names...> steal <who>")]
    fn set_steal(cx: &mut Context, names: String, who: Who) -> Result<Reply> {
        set(cx, &names, "steal", say!("{}", who.word()), &|overrides| overrides.steal = Some(who))
    }

    /// Undo what was set.
    #[command("dibs unset <names...> <aspect>")]
    fn unset(cx: &mut Context, names: String, aspect: Aspect) -> Result<Reply> {
        change(cx, &names, |board, names| board.unset(names, aspect))
    }

    /// Put everybody out of something.
    #[command("dibs clear <name...>")]
    fn clear(cx: &mut Context, name: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.clear(name)))
    }

    /// Take something away. It does not come back by being asked for.
    #[command("dibs remove <name...>")]
    fn remove(cx: &mut Context, name: String) -> Result<Reply> {
        change(cx, &name, |board, names| names.names.iter().try_for_each(|name| board.take_away(name)))
    }

    /// Take everything away.
    #[command("dibs nuke", admins)]
    fn nuke(cx: &mut Context) -> Result<Reply> {
        let mut board = enter(cx, Intent::Change, &[])?;
        board.ask_before_nuking()?;
        board.leave()
    }

    /// Let nobody have something for a while; whoever has it keeps it.
    #[command("dibs freeze <name...> [because <reason...>]", admins)]
    fn freeze(cx: &mut Context, name: String, reason: Option<String>) -> Result<Reply> {
        let reason = Asked { reason, ..Asked::default() }.want(cx)?.wish.reason;
        each(cx, &name, |board, id| board.request(id, &Request::Freeze { reason: reason.clone() }))
    }

    /// Undo a freeze.
    #[command("dibs thaw <name...>", admins)]
    fn thaw(cx: &mut Context, name: String) -> Result<Reply> {
        each(cx, &name, |board, id| board.request(id, &Request::Thaw))
    }

    /// The last turns with something.
    #[command("dibs history <name...>")]
    fn history(cx: &mut Context, name: String) -> Result<Reply> {
        read(cx, &name, Board::show_history)
    }

    /// Who had something `today`, or this `week`, and for how long?
    #[command("dibs stats <name...> [window]")]
    fn stats(cx: &mut Context, name: String, window: Option<Window>) -> Result<Reply> {
        read(cx, &name, |board, name| board.show_stats(name, window.unwrap_or(Window::Today)))
    }

    /// For programs: take something, or a place in its queue.
    ///
    /// `held` comes with a `release_key`, `queued` with a `position`. With `wait 10 minutes` the call stays open: it is answered `held`
    /// when the turn comes, `timeout` when that time is up, and then the place is given up, and `cancelled` when others took it away. Asked
    /// again, it tells how things stand.
    #[command("dibs seize <resource...> [for <period>] [wait <wait>] [because <reason...>]", hidden)]
    fn seize(
        cx: &mut Context,
        resource: String,
        period: Option<Duration>,
        wait: Option<Duration>,
        reason: Option<String>,
    ) -> Result<Reply> {
        let wish = Asked { period, reason, ..Asked::default() }.want(cx)?.wish;
        change(cx, &resource, |board, names| names.names.iter().try_for_each(|name| board.seize(name, wish.clone(), wait)))
    }

    /// For programs: give something back.
    ///
    /// A key releases its own hold and no later one. Used again, or when the time was up, it answers `already.released`.
    #[command("dibs release <key>", hidden)]
    fn release(cx: &mut Context, key: String) -> Result<Reply> {
        with_key(cx, &key, Board::release)
    }

    /// For programs: take something from whoever has it, without asking.
    #[command("dibs force release <resource...>", hidden)]
    fn force_release(cx: &mut Context, resource: String) -> Result<Reply> {
        change(cx, &resource, |board, names| names.names.iter().try_for_each(|name| board.force_release(name)))
    }

    /// For programs: have for longer what a key belongs to.
    #[command("dibs extend hold <key> <period>", hidden)]
    fn extend_hold(cx: &mut Context, key: String, period: Duration) -> Result<Reply> {
        with_key(cx, &key, |board, held| board.extend_held(held, period))
    }

    /// For programs: how something stands, or everything.
    #[command("dibs status [resource...]", "dibs status page <page>", hidden)]
    fn status(cx: &mut Context, resource: Option<String>, page: Option<u16>) -> Result<Reply> {
        let names = resource.as_deref().map(|name| named(cx, name)).transpose()?.unwrap_or_default();
        let mut board = enter(cx, Intent::Read, &names.names)?;
        let status = board.status(names.names.first().map(String::as_str), page.unwrap_or(1).into())?;
        let reply = board.leave()?;
        Ok(match status {
            Some(status) => reply.and(Reply::whisper(said::fitted(status))),
            None => reply,
        })
    }

    /// For programs: wait no longer.
    #[command("dibs leave <resource...>", hidden)]
    fn leave(cx: &mut Context, resource: String) -> Result<Reply> {
        each(cx, &resource, |board, id| board.request(id, &Request::Leave))
    }

    #[on("call-abandoned")]
    fn abandoned(cx: &mut Context, abandoned: Other) -> Result<Reply> {
        let Abandoned { key } = abandoned.json()?;
        let waiting = Waiting::read(&key).ok_or_else(|| Error::broken(format_args!("a call is called `{key}`")))?;
        let mut board = Board::open(cx, waiting.channel.clone())?;
        board.abandon(&waiting)?;
        board.leave()
    }

    #[press("off")]
    fn press_off(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about, _| Request::Release { hold: Some(about.id) })
    }

    #[press("leave")]
    fn press_leave(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |_, _| Request::Leave)
    }

    #[press("extend")]
    fn press_extend(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about, _| Request::Extend { hold: Some(about.id), by: about.period.unwrap_or_default() })
    }

    #[press("retime")]
    fn press_retime(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about, board| {
            let hold = board.thing(about.thing).resource().hold(about.id);
            let since = hold.map_or(board.cx.now(), |hold| hold.since);
            Request::Retime { hold: Some(about.id), duration: about.moment.unwrap_or_default().since(since) }
        })
    }

    #[press("take")]
    fn press_take(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |_, _| Request::Take(Wish::default()))
    }

    #[press("on")]
    fn press_on(cx: &mut Context, again: String) -> Result<Reply> {
        let Again { channel, thing, name } = Again::read(&again)?;
        let mut board = Board::open(cx, channel)?;
        let id = if board.enter(thing)? { Some(thing) } else { board.find_or_create(&name)? };
        if let Some(id) = id {
            board.on_one(id, &Want::default())?;
        }
        board.leave()
    }

    #[press("decline")]
    fn press_decline(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about, _| Request::Decline { offer: Some(about.id) })
    }

    #[press("steal")]
    fn press_steal(cx: &mut Context, about: String) -> Result<Reply> {
        pressed(cx, &about, Board::steal_confirmed)
    }

    #[press("nuke")]
    fn press_nuke(cx: &mut Context, channel: String) -> Result<Reply> {
        let mut board = Board::open(cx, channel.into())?;
        if board.is_admin() {
            board.nuke()?;
        } else {
            board.refuse(&No::NotAllowed { what: "remove everything", who: Who::Admins });
        }
        board.leave()
    }

    #[timer("alarm")]
    fn alarm(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let about = timer.rest().split_once(' ').and_then(|(channel, id)| Some((channel, ThingId(id.parse().ok()?))));
        let (channel, id) = about.ok_or_else(|| Error::broken(format_args!("a timer is called `{}`", timer.key)))?;
        let mut board = Board::open(cx, channel.into())?;
        if board.enter(id)? {
            // It has fired: the host has it no longer.
            board.thing_mut(id).kept.timers.clear();
        }
        board.leave()
    }

    #[on("home-opened")]
    fn page_opened(cx: &mut Context, _opened: Other) -> Result<Reply> {
        person::page(cx)
    }

    #[on(person_changed)]
    fn person_changed(cx: &mut Context, person: Person) -> Result<Reply> {
        person::changed(cx, &person.id, person.active)
    }

    #[timer("account")]
    fn account(cx: &mut Context, timer: Timer) -> Result<Reply> {
        person::go_on(cx, timer.payload()?)
    }

    #[on(channel_changed)]
    fn channel_changed(cx: &mut Context, channel: KnownChannel) -> Result<Reply> {
        let mut board = Board::open(cx, channel.id)?;
        if board.scope.last == 0 || board.scope.archived == channel.archived {
            // Most channels have no things, and most changes are none of the archive.
            return Ok(Reply::nothing());
        }
        board.scope.archived = channel.archived;
        if channel.archived {
            // Each thing is frozen when something is about to happen to it.
            return board.leave();
        }
        board.announce(None, configured::thawed(), "thawed");
        board.thaw(ThingId(0))?;
        board.leave()
    }

    #[timer("thaw")]
    fn thaw_more(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let mut board = Board::open(cx, timer.rest().into())?;
        board.thaw(timer.payload()?)?;
        board.leave()
    }

    /// What people have a part in is listed by person, and what can be had by name.
    #[migration(1)]
    fn list(cx: &mut Context) -> Result<Reply> {
        migration::go_on(cx, migration::Stage::default())
    }

    #[timer("list")]
    fn list_more(cx: &mut Context, timer: Timer) -> Result<Reply> {
        migration::go_on(cx, timer.payload()?)
    }
}

/// What somebody who says `dibs on` says beside the names.
#[derive(Default)]
struct Asked {
    period: Option<Duration>,
    end: Option<Instant>,
    reason: Option<String>,
    again: bool,
    repeat: bool,
}

impl Asked {
    fn want(self, cx: &Context) -> Result<Want> {
        let Self { period, end, reason, again, repeat } = self;
        if period.is_some() && end.is_some() {
            return Err(Error::refused(texts::refusal::no(&No::BothEnds)));
        }
        let duration = period.or(end.map(|end| end.since(cx.now())));
        let wish = Wish { duration, reason, repeat, ..Wish::default() };
        limits::check(&wish)?;
        Ok(Want { wish, again })
    }
}

fn on(cx: &Context, names: &str, asked: Asked) -> Result<Reply> {
    let want = asked.want(cx)?;
    change(cx, names, |board, names| board.on(names, &want))
}

/// The things of the channel that somebody means.
fn enter<'a>(cx: &'a Context, intent: Intent, names: &[String]) -> Result<Board<'a>> {
    Board::open(cx, place::meant(cx, intent, names)?)
}

/// Does what somebody asks of the things that they name.
fn change<'a>(cx: &'a Context, names: &str, change: impl FnOnce(&mut Board<'a>, &Names) -> Result<()>) -> Result<Reply> {
    let names = named(cx, names)?;
    let mut board = enter(cx, Intent::Change, &names.names)?;
    change(&mut board, &names)?;
    board.leave()
}

/// The same, of each thing by itself.
fn each(cx: &Context, names: &str, mut ask: impl FnMut(&mut Board<'_>, ThingId) -> Result<()>) -> Result<Reply> {
    change(cx, names, |board, names| {
        board.in_lines = names.names.len() > 1;
        for name in &names.names {
            if let Some(id) = board.find_known(name)? {
                ask(board, id)?;
            }
        }
        Ok(())
    })
}

fn set(cx: &Context, names: &str, what: &'static str, to: impl Into<Message>, apply: &dyn Fn(&mut Overrides)) -> Result<Reply> {
    let change = Change { what, to: Some(to.into()), apply };
    self::change(cx, names, |board, names| board.set(names, &change))
}

/// Does what a button asks of the thing that it is about.
fn press(cx: &Context, about: &str, request: impl FnOnce(&About, &Board<'_>) -> Request) -> Result<Reply> {
    pressed(cx, about, |board, about| {
        let request = request(about, board);
        board.request(about.thing, &request)
    })
}

fn pressed<'a>(cx: &'a Context, about: &str, press: impl FnOnce(&mut Board<'a>, &About) -> Result<()>) -> Result<Reply> {
    let about = About::read(about)?;
    let mut board = Board::open(cx, about.channel.clone())?;
    if board.enter(about.thing)? {
        press(&mut board, &about)?;
    } else {
        board.refuse(&No::Gone);
    }
    board.leave()
}

/// Does something with the hold that a key belongs to.
fn with_key<'a>(cx: &'a Context, key: &str, act: impl FnOnce(&mut Board<'a>, &Held) -> Result<()>) -> Result<Reply> {
    match Held::read(key) {
        Some(held) => {
            let mut board = Board::open(cx, held.channel.clone())?;
            act(&mut board, &held)?;
            board.leave()
        }
        None => Ok(Reply::whisper(texts::refusal::no(&No::ForeignKey)).code(No::ForeignKey.code())),
    }
}

/// Tells what somebody wants to know about one thing.
fn read<'a>(cx: &'a Context, name: &str, view: impl FnOnce(&mut Board<'a>, &str) -> Result<Option<Message>>) -> Result<Reply> {
    let names = named(cx, name)?;
    let [name] = names.names.as_slice() else { return Err(Error::usage("One thing at a time, please.")) };
    let mut board = enter(cx, Intent::Read, &names.names)?;
    let answer = view(&mut board, name)?;
    board.tell(answer)
}

/// Tells what somebody wants to know about everything.
fn read_all<'a>(cx: &'a Context, view: impl FnOnce(&mut Board<'a>) -> Result<Message>) -> Result<Reply> {
    let mut board = enter(cx, Intent::Read, &[])?;
    let answer = view(&mut board)?;
    board.tell(Some(answer))
}

/// The names that somebody wrote, of which there is at least one.
fn named(cx: &Context, text: &str) -> Result<Names> {
    let names = names::typed(cx.line(), text);
    match names.names.len() {
        0 => Err(Error::refused(texts::refusal::no(&No::Nameless))),
        many if many > names::MOST => Err(Error::refused(texts::refusal::no(&No::TooMany))),
        _ => Ok(names),
    }
}
