//! News from where software is made and run: one message per change, build, deploy or alert, which is edited as it goes.
//!
//! What people type is in this file. The path of a webhook:
//!
//! 1. [`senders`] read it as [`news`], each sender in a file of its own.
//! 2. The [`desk`] adds the news to the [`story`] of its subject, which comes out the same in whatever order, and however often, news
//!    arrives, and to the [`series`] of builds that follow each other.
//! 3. It looks which [`listener`]s want to know: channels with [`subscription`]s, [`mute`]s, and perhaps a [`digest`].
//! 4. It says or edits the message about the story, in the words of [`texts`]. In a [`rush`], it gathers many stories in one.
//!
//! Beside that path: [`subscribing`] for what people ask of a channel, [`arrivals`] for those who ask why nothing arrives. [`shelf`] knows
//! what is kept, and for how long. [`glob`] and [`moment`] read patterns and times.

mod arrivals;
mod desk;
mod digest;
mod glob;
mod listener;
mod moment;
mod mute;
mod news;
mod rush;
mod senders;
mod series;
mod settings;
mod shelf;
mod story;
mod subscribing;
mod subscription;
#[cfg(test)]
mod tests;
mod texts;

use arrivals::Came;
use desk::Desk;
use digest::Rhythm;
use hatstand_plugin::directory::Channel as KnownChannel;
use hatstand_plugin::prelude::*;
use news::Source;
use senders::Unread;
use settings::Config;
use shelf::Shelf;
use subscribing::{DIGEST, Wish};
use subscription::Only;
use texts::view;

/// Tells channels what is pushed, built, tested, deployed, released, and on fire.
#[derive(Debug, Plugin)]
#[plugin(wants("chat:channels", "chat:direct"), settings(Config))]
struct Notify;

#[commands]
impl Notify {
    /// Tell this channel what happens to a project, a job or a host.
    ///
    /// `notify subscribe acme/web builds, pushes on main only failures mention @ann`. `*` stands for anything: `acme/*`, `nagios:db*`, or
    /// `severity=critical` for a label of alerts. Topics are pushes, changes (pull and merge requests), builds, tests (single checks and
    /// jobs), deploys, releases and alerts; without any it is all but tests. Say it again to change it.
    #[command(
        "notify subscribe <what> [on <branch>] [only <only>] [mention <mention>]",
        "notify subscribe <what> <topics...> [on <branch>] [only <only>] [mention <mention>]"
    )]
    fn subscribe(
        cx: &mut Context,
        what: String,
        topics: Option<String>,
        branch: Option<String>,
        only: Option<Only>,
        mention: Option<User>,
    ) -> Result<Reply> {
        subscribing::subscribe(cx, Wish { what, topics, branch, only, mention })
    }

    /// Tell this channel no more of it, or of `everything`.
    #[command("notify unsubscribe <what>")]
    fn unsubscribe(cx: &mut Context, what: String) -> Result<Reply> {
        subscribing::unsubscribe(cx, &what)
    }

    /// What is this channel told?
    #[command("notify subscriptions")]
    fn subscriptions(cx: &mut Context) -> Result<Reply> {
        let listener = shelf::listener(cx, &cx.here()?.channel)?;
        let next = listener.digest.as_ref().map(|digest| digest.next(cx));
        Ok(Reply::say(view::subscriptions(&listener, next, cx.now())))
    }

    /// Do not tell this channel for a while: of a project, a host or an alert, a sender such as `nagios`, or a topic such as `alerts`.
    #[command("notify mute <what> [for <period>]")]
    fn mute(cx: &mut Context, what: String, period: Option<Duration>) -> Result<Reply> {
        subscribing::mute(cx, &what, period)
    }

    /// Tell this channel again what was muted, or `everything`.
    #[command("notify unmute <what>")]
    fn unmute(cx: &mut Context, what: String) -> Result<Reply> {
        subscribing::unmute(cx, &what)
    }

    /// Gather what is new, and tell this channel all at once: `daily`, `hourly`, or `off`.
    ///
    /// `notify digest daily at 9am`. Whoever a subscription mentions is called at once all the same.
    #[command("notify digest <rhythm> [at <time>]")]
    fn digest(cx: &mut Context, rhythm: Rhythm, time: Option<Instant>) -> Result<Reply> {
        let reply = subscribing::digest(cx, rhythm, time)?;
        if rhythm == Rhythm::Off {
            let channel = cx.here()?.channel.clone();
            at_desk(cx, |desk| desk.tell_digest(&channel))?;
        }
        Ok(reply)
    }

    /// What came in last, of all senders or of one?
    #[command("notify recent [source]")]
    fn recent(cx: &mut Context, source: Option<Source>) -> Result<Reply> {
        let mut arrivals = arrivals::all(cx)?;
        arrivals.retain(|(other, _)| source.is_none_or(|source| source == *other));
        Ok(Reply::say(view::recent(&arrivals)))
    }

    /// What came in to which nobody subscribed, or could not be read?
    #[command("notify unknown")]
    fn unknown(cx: &mut Context) -> Result<Reply> {
        Ok(Reply::say(view::unknown(&arrivals::all(cx)?)))
    }

    #[webhook("github")]
    fn github(cx: &mut Context, webhook: Webhook) -> Result<()> {
        receive(cx, Source::Github, &webhook)
    }

    #[webhook("gitlab")]
    fn gitlab(cx: &mut Context, webhook: Webhook) -> Result<()> {
        receive(cx, Source::Gitlab, &webhook)
    }

    #[webhook("jenkins")]
    fn jenkins(cx: &mut Context, webhook: Webhook) -> Result<()> {
        receive(cx, Source::Jenkins, &webhook)
    }

    #[webhook("nagios")]
    fn nagios(cx: &mut Context, webhook: Webhook) -> Result<()> {
        receive(cx, Source::Nagios, &webhook)
    }

    #[webhook("alertmanager")]
    fn alertmanager(cx: &mut Context, webhook: Webhook) -> Result<()> {
        receive(cx, Source::Alertmanager, &webhook)
    }

    #[timer("digest")]
    fn digest_due(cx: &mut Context, timer: Timer) -> Result<()> {
        let channel = Channel::from(timer.rest());
        let Some(digest) = shelf::listener(cx, &channel)?.digest else { return Ok(()) };
        cx.timers().set(&timer.key, digest.next(cx), &())?;
        at_desk(cx, |desk| desk.tell_digest(&channel))
    }

    #[timer("later")]
    fn later(cx: &mut Context) -> Result<()> {
        at_desk(cx, |desk| {
            desk.take_later()?;
            desk.tell()
        })
    }

    #[schedule("40 3 * * *")]
    fn forget(cx: &mut Context) -> Result<()> {
        forget(cx)
    }

    #[timer("forget")]
    fn forget_more(cx: &mut Context) -> Result<()> {
        forget(cx)
    }

    #[on(channel_changed)]
    fn channel_changed(cx: &mut Context, channel: KnownChannel) -> Result<()> {
        if !channel.archived {
            return Ok(());
        }
        cx.timers().cancel(&format!("{DIGEST}:{}", channel.id))?;
        at_desk(cx, |desk| {
            desk.drop_listener(&channel.id);
            Ok(())
        })
    }
}

/// Takes in what a sender sent. What cannot be read is in the log, and changes nothing else.
fn receive(cx: &Context, source: Source, webhook: &Webhook) -> Result<()> {
    let came = match senders::read(source, webhook, cx.now()) {
        Ok(news) => {
            if let Some(first) = news.first() {
                cx.log().about(format_args!("{} {}", first.project, first.subject));
            }
            return at_desk(cx, |desk| {
                desk.take(source, news)?;
                desk.tell()
            });
        }
        Err(Unread::Ignored(what)) => {
            cx.log().info(format_args!("{} sent what is told nobody: {what}", source.word()));
            Came::Ignored(what)
        }
        Err(Unread::Unreadable(why)) => {
            cx.log().error(format_args!("{} sent what cannot be read: {why}", source.word()));
            Came::Unreadable(why)
        }
    };
    arrivals::note(cx, source, [(came, 0)])
}

fn at_desk<'a>(cx: &'a Context, act: impl FnOnce(&mut Desk<'a>) -> Result<()>) -> Result<()> {
    let mut desk = Desk::open(cx)?;
    act(&mut desk)?;
    desk.close()
}

fn forget(cx: &Context) -> Result<()> {
    let shelf = Shelf { cx, keep: cx.settings::<Config>()?.keep };
    if !shelf.forget()? {
        cx.timers().set("forget", cx.now(), &())?;
    }
    Ok(())
}
