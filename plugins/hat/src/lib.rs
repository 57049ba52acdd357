//! The hat of a channel: whoever wears it may deploy, the others wait, or ride along.
//!
//! What people type and press is in this file. The path of a command:
//!
//! 1. [`home`] finds the channel whose hat is meant.
//! 2. [`room`] loads that hat and lets happen what is due. The rules are those of the crate `turns`; the operator bends them in
//!    [`settings`].
//! 3. The room does what was asked, sets its timers, writes its log, and tells everybody concerned in the words of [`texts`]. How, is
//!    the same as for everything that people take turns with: the crate `manners`.
//!
//! Beside that path: [`person`] for the hats of one person in all channels, [`migration`] for what an earlier build kept, [`force`] for taking the hat off somebody, [`programs`] for those who come by the HTTP API, and [`tips`]. [`button`]
//! knows what a button carries, [`state`] what programs are told.

mod button;
mod force;
mod home;
mod migration;
mod person;
mod programs;
mod rights;
mod room;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod texts;
mod tips;

use button::About;
use hatstand_plugin::Other;
use hatstand_plugin::calls::Abandoned;
use hatstand_plugin::directory::{Channel as KnownChannel, Person};
use hatstand_plugin::prelude::*;
use manners::homes::Intent;
use manners::numbers::{self, Window};
use manners::{limits, said};
use rights::Act;
use room::Room;
use settings::Config;
use texts::refusal::ARCHIVE;
use texts::view;
use turns::{Request, Resource, Wish};

/// Takes turns with the hat of a channel: whoever wears it may deploy.
#[derive(Debug, Plugin)]
#[plugin(wants("chat:direct", "chat:channels"), settings(Config), actions(Act))]
struct Hat;

#[commands]
impl Hat {
    /// Put the hat on.
    ///
    /// `hat on for 2 hours because the release is due`, or `hat on until 17:30`. Without an end you wear it until `hat off`.
    #[command("[hat] on [for <period>] [because <reason...>]", "[hat] on until <end> [because <reason...>]")]
    fn on(cx: &mut Context, period: Option<Duration>, end: Option<Instant>, reason: Option<String>) -> Result<Reply> {
        let period = period.or(end.map(|end| end.since(cx.now())));
        ask(cx, &Request::Take(wish(period, reason)?))
    }

    /// Take the hat off.
    ///
    /// The first who rides along with you gets it, else the next in the queue.
    #[command("[hat] off")]
    fn off(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::Release { hold: None })
    }

    /// Who wears the hat, since when, and who is next?
    #[command("[hat] who")]
    fn who(cx: &mut Context) -> Result<Reply> {
        read(cx, |room, _| Ok(view::who(&room.scene(None))))
    }

    /// Wait for the hat.
    ///
    /// The period begins when your turn comes. Say it again to change period and reason; you keep your place.
    #[command("[hat] queue [for <period>] [because <reason...>]")]
    fn queue(cx: &mut Context, period: Option<Duration>, reason: Option<String>) -> Result<Reply> {
        ask(cx, &Request::Join(wish(period, reason)?))
    }

    /// Wait no longer.
    #[command("[hat] dequeue")]
    fn dequeue(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::Leave)
    }

    /// Who waits for the hat?
    #[command("[hat] queued")]
    fn queued(cx: &mut Context) -> Result<Reply> {
        read(cx, |room, _| Ok(view::queue(&room.scene(None))))
    }

    /// Let an offer of the hat go by.
    #[command("[hat] decline")]
    fn decline(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::Decline { offer: None })
    }

    /// Ride along with whoever wears the hat.
    #[command("[hat] pool")]
    fn pool(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::JoinCrew)
    }

    /// Ride along no longer.
    #[command("[hat] unpool")]
    fn unpool(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::LeaveCrew)
    }

    /// Wear the hat for longer.
    #[command("[hat] extend <period>", "[hat] extend until <end>")]
    fn extend(cx: &mut Context, period: Option<Duration>, end: Option<Instant>) -> Result<Reply> {
        let room = enter(cx, Intent::Change)?;
        let since = room.hat().held_by(cx.user()?).map_or(cx.now(), |hold| hold.since);
        let retimed = end.map(|end| Request::Retime { hold: None, duration: end.since(since) });
        let extended = period.map(|by| Request::Extend { hold: None, by });
        let request = extended.or(retimed).ok_or_else(|| Error::usage("Say for how long, or until when."))?;
        room.request(cx, &request)
    }

    /// Put the hat on somebody else.
    #[command("[hat] pass <who>")]
    fn pass(cx: &mut Context, who: User) -> Result<Reply> {
        ask(cx, &Request::Pass { to: who })
    }

    /// Let the next in the queue go first, and be the one after.
    #[command("[hat] yield")]
    fn r#yield(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::Yield)
    }

    /// Wait in front of all others, and say why.
    #[command("[hat] jump because <reason...>")]
    fn jump(cx: &mut Context, reason: String) -> Result<Reply> {
        ask(cx, &Request::Jump(wish(None, Some(reason))?))
    }

    /// Take the hat off whoever wears it.
    ///
    /// You are asked once more, and they are told that it was you.
    #[command("[hat] force off [because <reason...>]")]
    fn force_off(cx: &mut Context, reason: Option<String>) -> Result<Reply> {
        let reason = wish(None, reason)?.reason;
        force::off(cx, enter(cx, Intent::Change)?, reason)
    }

    /// Take somebody out of the queue or off the crew.
    #[command("[hat] kick <who>")]
    fn kick(cx: &mut Context, who: User) -> Result<Reply> {
        force::kick(cx, enter(cx, Intent::Change)?, who)
    }

    /// Who wore the hat `today`, or this `week`, and for how long?
    #[command("[hat] stats [window]")]
    fn stats(cx: &mut Context, window: Option<Window>) -> Result<Reply> {
        read(cx, |room, _| {
            let (begin, tallies) = numbers::stats(cx, room.channel.as_str(), window.unwrap_or(Window::Today))?;
            Ok(view::stats(begin, &tallies))
        })
    }

    /// What somebody has to do with the hat.
    #[command("[hat] info [who]")]
    fn info(cx: &mut Context, who: Option<User>) -> Result<Reply> {
        read(cx, |room, asker| {
            let person = who.as_ref().unwrap_or(asker);
            let (tally, tips) = (numbers::tally(cx, room.channel.as_str(), person)?, tips::received(cx, person)?);
            Ok(view::info(&room.scene(None), person, tally.as_ref(), tips))
        })
    }

    /// The last turns with the hat.
    #[command("[hat] history")]
    fn history(cx: &mut Context) -> Result<Reply> {
        read(cx, |room, _| Ok(view::history(&room.scene(None), &numbers::history(cx, room.channel.as_str())?)))
    }

    /// Thank somebody.
    #[command("[hat] tip <who>")]
    fn tip(cx: &mut Context, who: User) -> Result<Reply> {
        tips::tip(cx, &who, false)
    }

    /// Thank somebody from the heart.
    #[command("[hat] bless <who>")]
    fn bless(cx: &mut Context, who: User) -> Result<Reply> {
        tips::tip(cx, &who, true)
    }

    /// Let nobody have the hat for a while; whoever wears it keeps it.
    #[command("[hat] freeze [because <reason...>]", admins)]
    fn freeze(cx: &mut Context, reason: Option<String>) -> Result<Reply> {
        let reason = wish(None, reason)?.reason;
        ask(cx, &Request::Freeze { reason })
    }

    /// Undo a freeze.
    #[command("[hat] thaw", admins)]
    fn thaw(cx: &mut Context) -> Result<Reply> {
        ask(cx, &Request::Thaw)
    }

    /// For programs: put the hat on, or wait for it.
    ///
    /// `held` comes with a `release_key`, `queued` with a `position`. With `wait 10 minutes` the call stays open: it is answered `held`
    /// when the turn comes, `timeout` when that time is up, and then the place is given up, and `cancelled` when others took it away. Asked
    /// again, it tells how things stand.
    #[command("hat seize [for <period>] [wait <wait>] [because <reason...>]", hidden)]
    fn seize(cx: &mut Context, period: Option<Duration>, wait: Option<Duration>, reason: Option<String>) -> Result<Reply> {
        programs::seize(cx, wish(period, reason)?, wait)
    }

    /// For programs: give the hat back.
    ///
    /// A key releases its own turn and no later one. Used again, or when the time was up, it answers `already.released`.
    #[command("hat release <key>", hidden)]
    fn release(cx: &mut Context, key: String) -> Result<Reply> {
        programs::release(cx, &key)
    }

    /// For programs: how things stand.
    #[command("hat status", hidden)]
    fn status(cx: &mut Context) -> Result<Reply> {
        let room = enter(cx, Intent::Read)?;
        cx.rights().within(&room.channel).check(&Act::Read, &[])?;
        let who = view::who(&room.scene(None));
        Ok(room.leave(cx)?.and(Reply::whisper(who).code("ok")))
    }

    #[on("call-abandoned")]
    fn abandoned(cx: &mut Context, abandoned: Other) -> Result<Reply> {
        let Abandoned { key } = abandoned.json()?;
        programs::abandon(cx, &key)
    }

    #[press("decline")]
    fn press_decline(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about| Request::Decline { offer: Some(about.id) })
    }

    #[press("off")]
    fn press_off(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about| Request::Release { hold: Some(about.id) })
    }

    #[press("extend")]
    fn press_extend(cx: &mut Context, about: String) -> Result<Reply> {
        let by = |about: &About| Duration::from_secs(60 * about.minutes.unwrap_or_default());
        press(cx, &about, |about| Request::Extend { hold: Some(about.id), by: by(about) })
    }

    #[press("accept")]
    fn press_accept(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about| Request::AnswerCrew { request: about.id, accept: true })
    }

    #[press("refuse")]
    fn press_refuse(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |about| Request::AnswerCrew { request: about.id, accept: false })
    }

    #[press("queue")]
    fn press_queue(cx: &mut Context, about: String) -> Result<Reply> {
        press(cx, &about, |_| Request::Join(Wish::default()))
    }

    #[press("force")]
    fn press_force(cx: &mut Context, about: String) -> Result<Reply> {
        force::confirmed(cx, &About::read(&about)?)
    }

    #[timer("alarm")]
    fn alarm(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let about = timer.rest().split_once(' ');
        let (channel, _) = about.ok_or_else(|| Error::broken(format_args!("a timer is called `{}`", timer.key)))?;
        let mut room = Room::enter(cx, channel.into())?;
        room.fired(&timer.key);
        room.leave(cx)
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

    /// What people have a part in is listed by person, and the channels that have a hat by themselves.
    #[migration(1)]
    fn list(cx: &mut Context) -> Result<Reply> {
        migration::go_on(cx, None)
    }

    #[timer("list")]
    fn list_more(cx: &mut Context, timer: Timer) -> Result<Reply> {
        migration::go_on(cx, Some(&timer.payload()?))
    }

    #[on(channel_changed)]
    fn channel_changed(cx: &mut Context, channel: KnownChannel) -> Result<Reply> {
        let mut room = Room::enter(cx, channel.id)?;
        let frozen_by = room.hat().frozen.as_ref().map(|freeze| freeze.by.as_str());
        let change = match (channel.archived, frozen_by) {
            // Most channels never had a hat.
            (true, None) if *room.hat() != Resource::default() => Request::Freeze { reason: None },
            (false, Some(ARCHIVE)) => Request::Thaw,
            // An administrator's freeze is as good as that of the archive, and outlives it.
            _ => return Ok(Reply::nothing()),
        };
        match room.ask(cx, &ARCHIVE.into(), &change) {
            Ok(()) => room.leave(cx),
            Err(_) => Ok(Reply::nothing()),
        }
    }
}

/// The hat that somebody means.
fn enter(cx: &Context, intent: Intent) -> Result<Room> {
    Room::enter(cx, home::meant(cx, intent)?)
}

/// Does what somebody asks of the hat that they mean.
fn ask(cx: &Context, request: &Request) -> Result<Reply> {
    enter(cx, Intent::Change)?.request(cx, request)
}

/// Does what a button asks of the hat that it is about.
fn press(cx: &Context, about: &str, request: impl Fn(&About) -> Request) -> Result<Reply> {
    let about = About::read(about)?;
    let request = request(&about);
    Room::enter(cx, about.channel)?.request(cx, &request)
}

/// Tells what somebody wants to know about the hat that they mean.
fn read(cx: &Context, view: impl FnOnce(&Room, &User) -> Result<Message>) -> Result<Reply> {
    let room = enter(cx, Intent::Read)?;
    cx.rights().within(&room.channel).check(&Act::Read, &[])?;
    let answer = view(&room, cx.user()?)?;
    let answer = if room.is_away(cx) { said::about(&room.channel, answer) } else { answer };
    Ok(room.leave(cx)?.and(Reply::say(said::fitted(answer)).code("ok")))
}

/// What somebody wants the hat for.
fn wish(duration: Option<Duration>, reason: Option<String>) -> Result<Wish> {
    let wish = Wish { duration, reason, ..Wish::default() };
    limits::check(&wish)?;
    Ok(wish)
}
