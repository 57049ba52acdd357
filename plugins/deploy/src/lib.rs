//! Deploy: `deploy web to production`, with a lock, a queue, a confirmation, and a result where it was asked for.
//!
//! What people type and press is in this file. The path of a deploy:
//!
//! 1. [`ask`] is what somebody typed, [`apps`] what the operator has configured, and [`checks`] say whether the one may become the other.
//! 2. [`journey`] takes the [`run`] from step to step: to the commit, through the checks, to a yes, to the provider and to its end. Each
//!    step that needs the outside is a request, and the next one begins with its answer, in another invocation.
//! 3. [`providers`] say which requests those are and what their answers mean; [`lock`] and [`locks`] whose turn it is, by the rules of the
//!    crate `turns`.
//! 4. Everything is kept on the [`shelf`], and said in the words of [`texts`].
//!
//! [`locking`] and [`viewing`] are what else people can ask for.
//!
//! [`rights`] has the actions that the operator's rules are about. Each is asked about where it is done, with the canonical names of app and
//! environment, so no alias, button or queue leads around a rule.

mod apps;
mod ask;
mod checks;
mod journey;
mod lock;
mod locking;
mod locks;
mod providers;
mod rights;
mod run;
mod settings;
mod shelf;
#[cfg(test)]
mod tests;
mod texts;
mod viewing;
mod voice;

use apps::{Kind, Unlock};
use ask::{Ask, Purpose, checked};
use hatstand_plugin::directory::Person;
use hatstand_plugin::prelude::*;
use journey::Journey;
use lock::Spot;
use rights::Act;
use run::RunId;
use settings::Config;
use texts::{lock as lock_texts, refusal, view};

/// So many apps can be deployed at once.
const MOST: usize = 8;

/// Deploys apps: with locks, confirmation, and one message that tells how it goes.
#[derive(Debug, Plugin)]
#[plugin(wants("http", "chat:direct", "chat:channels"), settings(Config), actions(Act))]
struct Deploy;

#[commands]
impl Deploy {
    /// How to go about it.
    #[command("deploy", "deploy help")]
    fn help(_cx: &mut Context) -> Reply {
        Reply::whisper(view::help())
    }

    /// Deploy something.
    ///
    /// `deploy web@branch to staging/web1,web2 size=2 because of the demo`. Without a ref the default one is deployed, without an
    /// environment it goes to the default one. `key=value` goes to whoever does the work; `--noop` only says what would happen.
    #[command(
        "deploy <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] [because <reason...>]",
        "deploy <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] <options...> [because <reason...>]"
    )]
    fn deploy(
        cx: &mut Context,
        app: String,
        r#ref: Option<String>,
        environment: Option<String>,
        hosts: Option<String>,
        options: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        begin(cx, Ask::new(app, r#ref).to(environment, hosts).with(options.as_deref(), reason)?)
    }

    /// Deploy several apps at once: `deploy web, api to staging`.
    #[command("deploy <app...> [(to|in|on) <environment>[/<hosts>]] [because <reason...>]")]
    fn deploy_several(
        cx: &mut Context,
        app: String,
        environment: Option<String>,
        hosts: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        begin_all(cx, &app, &Ask::default().to(environment, hosts).with(None, reason)?)
    }

    /// Deploy something, whatever CI says of it. All else is checked as ever.
    #[command(
        "deploy! <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] [because <reason...>]",
        "deploy! <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] <options...> [because <reason...>]"
    )]
    fn force(
        cx: &mut Context,
        app: String,
        r#ref: Option<String>,
        environment: Option<String>,
        hosts: Option<String>,
        options: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        let ask = Ask::new(app, r#ref).to(environment, hosts).with(options.as_deref(), reason)?;
        begin(cx, Ask { force: true, ..ask })
    }

    /// Do another task than to deploy, such as `deploy:migrate web to staging`.
    #[command(
        "deploy:<task> <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] [because <reason...>]",
        "deploy:<task> <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] <options...> [because <reason...>]"
    )]
    #[expect(clippy::too_many_arguments, reason = "each is an argument that people type")]
    fn task(
        cx: &mut Context,
        task: String,
        app: String,
        r#ref: Option<String>,
        environment: Option<String>,
        hosts: Option<String>,
        options: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        let ask = Ask::new(app, r#ref).to(environment, hosts).with(options.as_deref(), reason)?;
        begin(cx, Ask { task: Some(task), ..ask })
    }

    /// What would happen if it was deployed?
    #[command(
        "plan <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] [because <reason...>]",
        "noop <app>[(@|/)<ref>] [(to|in|on) <environment>[/<hosts>]] [because <reason...>]"
    )]
    fn plan(
        cx: &mut Context,
        app: String,
        r#ref: Option<String>,
        environment: Option<String>,
        hosts: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        let ask = Ask::new(app, r#ref).to(environment, hosts).with(None, reason)?;
        begin(cx, Ask { purpose: Purpose::Plan, ..ask })
    }

    /// Take the lock from whoever has it, and deploy.
    #[command(
        "deploy steal <app>[(@|/)<ref>] (to|in|on) <environment>[/<hosts>] [because <reason...>]",
        "deploy steal <app>[(@|/)<ref>] (to|in|on) <environment>[/<hosts>] <options...> [because <reason...>]"
    )]
    fn steal(
        cx: &mut Context,
        app: String,
        r#ref: Option<String>,
        environment: String,
        hosts: Option<String>,
        options: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        let ask = Ask::new(app, r#ref).to(Some(environment), hosts).with(options.as_deref(), reason)?;
        begin(cx, Ask { steal: true, ..ask })
    }

    /// Wait for the lock, and deploy when it is your turn.
    #[command(
        "deploy queue join <app>[(@|/)<ref>] (to|in|on) <environment>[/<hosts>] [because <reason...>]",
        "deploy queue join <app>[(@|/)<ref>] (to|in|on) <environment>[/<hosts>] <options...> [because <reason...>]"
    )]
    fn join_queue(
        cx: &mut Context,
        app: String,
        r#ref: Option<String>,
        environment: String,
        hosts: Option<String>,
        options: Option<String>,
        reason: Option<String>,
    ) -> Result<Reply> {
        let ask = Ask::new(app, r#ref).to(Some(environment), hosts).with(options.as_deref(), reason)?;
        with(cx, |journey| {
            let (spot, _) = match journey.spot(Act::Deploy, &ask.app, ask.environment.as_deref().unwrap_or_default())? {
                Ok(spot) => spot,
                Err(no) => return Ok(no.reply()),
            };
            let kept = journey.locks().look(&spot)?;
            let is_free = kept.is_some_and(|kept| kept.resource.holds.is_empty() && kept.resource.queue.is_empty());
            if is_free {
                return journey.begin(ask);
            }
            Ok(journey.join_queue(&ask, &spot, cx.user()?, cx.here()?)?.reply())
        })
    }

    /// Wait for the lock no longer.
    #[command("deploy queue leave <app> (to|in|on) <environment>")]
    fn leave_queue(cx: &mut Context, app: String, environment: String) -> Result<Reply> {
        with_spot(cx, Act::Read, &app, &environment, |journey, spot, _| journey.leave_queue(spot))
    }

    /// Who waits to deploy?
    #[command("deploy queue")]
    fn queue(cx: &mut Context) -> Result<Reply> {
        with(cx, |journey| Ok(Reply::whisper(view::queues(&journey.visible_locks()?, cx.now()))))
    }

    /// Where can something be deployed, and how does it stand there?
    #[command("deploy where [app]", "where can i deploy <app>", "wcid [app]")]
    fn r#where(cx: &mut Context, app: Option<String>) -> Result<Reply> {
        with(cx, |journey| journey.places(app.as_deref()))
    }

    /// What was deployed of an app?
    #[command("deploys <app>[@<ref>] [(to|in|on) <environment>]")]
    fn deploys(cx: &mut Context, app: String, r#ref: Option<String>, environment: Option<String>) -> Result<Reply> {
        with(cx, |journey| journey.deploys(&app, r#ref.as_deref(), environment.as_deref()))
    }

    /// What of an app is where?
    #[command("deploy latest <app>")]
    fn latest(cx: &mut Context, app: String) -> Result<Reply> {
        with(cx, |journey| journey.latest(&app))
    }

    /// How does a deploy go?
    #[command("deploy status <id>")]
    fn status(cx: &mut Context, id: u64) -> Result<Reply> {
        with(cx, |journey| journey.status(RunId(id)))
    }

    /// What was deployed last?
    #[command("deploy history [app]")]
    fn history(cx: &mut Context, app: Option<String>) -> Result<Reply> {
        with(cx, |journey| journey.history(app.as_deref()))
    }

    /// What would change?
    #[command("deploy diff <app>[(@|/)<ref>] [(to|in|on) <environment>]")]
    fn diff(cx: &mut Context, app: String, r#ref: Option<String>, environment: Option<String>) -> Result<Reply> {
        begin(cx, Ask { purpose: Purpose::Diff, ..Ask::new(app, r#ref).to(environment, None) })
    }

    /// Deploy again what was there before.
    ///
    /// Neither CI nor the order of the environments is asked: it was there already.
    #[command("deploy rollback [app] [(to|in|on) <environment>] [because <reason...>]", "deploy rollback <app> <environment>")]
    fn rollback(cx: &mut Context, app: Option<String>, environment: Option<String>, reason: Option<String>) -> Result<Reply> {
        let ask = Ask::default().to(environment, None).with(None, reason)?;
        with(cx, |journey| match app.or_else(|| journey.only_app()) {
            Some(app) => journey.begin(Ask { purpose: Purpose::Rollback, app, ..ask }),
            None => Err(Error::usage("Say which app.")),
        })
    }

    /// Stop a deploy.
    #[command("deploy cancel <id>")]
    fn cancel(cx: &mut Context, id: u64) -> Result<Reply> {
        with(cx, |journey| journey.cancel(RunId(id)))
    }

    /// Let nobody deploy to an environment for a time, whatever the app.
    #[command("deploy freeze <environment> until <end> because <reason...>")]
    fn freeze(cx: &mut Context, environment: String, end: Instant, reason: String) -> Result<Reply> {
        let reason = checked(Some(reason))?.unwrap_or_default();
        with(cx, |journey| journey.freeze(&environment, end, reason))
    }

    /// Let people deploy to an environment again.
    #[command("deploy thaw <environment>")]
    fn thaw(cx: &mut Context, environment: String) -> Result<Reply> {
        with(cx, |journey| journey.thaw(&environment))
    }

    /// Who wears the deploy hat of this channel?
    #[command("deploy hat")]
    fn hat(cx: &mut Context) -> Result<Reply> {
        with(cx, |journey| {
            let wearer = journey.locks().wearer(&cx.here()?.channel)?;
            Ok(Reply::whisper(wearer.map_or_else(lock_texts::hat_free, |wearer| lock_texts::hat_on(&wearer))))
        })
    }

    /// Wear the deploy hat of this channel.
    #[command("deploy hat on")]
    fn hat_on(cx: &mut Context) -> Result<Reply> {
        with(cx, |journey| journey.hat(true))
    }

    /// Take the deploy hat off.
    #[command("deploy hat off")]
    fn hat_off(cx: &mut Context) -> Result<Reply> {
        with(cx, |journey| journey.hat(false))
    }

    /// Let nobody else deploy an app to an environment.
    #[command(
        "lock <environment> on <app> [for <period>] [because <reason...>]",
        "lock <environment> on <app>: <reason...> [for <period>]"
    )]
    fn lock(cx: &mut Context, environment: String, app: String, period: Option<Duration>, reason: Option<String>) -> Result<Reply> {
        with_spot(cx, Act::Lock, &app, &environment, |journey, spot, known| {
            journey.lock(spot, period.or(known.lock_for), checked(reason)?, false)
        })
    }

    /// Take a lock from whoever has it.
    #[command(
        "lock! <environment> on <app> [for <period>] [because <reason...>]",
        "lock! <environment> on <app>: <reason...> [for <period>]"
    )]
    fn steal_lock(cx: &mut Context, environment: String, app: String, period: Option<Duration>, reason: Option<String>) -> Result<Reply> {
        with_spot(cx, Act::Steal, &app, &environment, |journey, spot, known| {
            journey.lock(spot, period.or(known.lock_for), checked(reason)?, true)
        })
    }

    /// Let nobody deploy anything, or anything of an app.
    #[command("lock everything [on <app>] [for <period>] [because <reason...>]")]
    fn lock_everything(cx: &mut Context, app: Option<String>, period: Option<Duration>, reason: Option<String>) -> Result<Reply> {
        with_everything(cx, app.as_deref(), |journey, spot| match journey.may_everywhere(Act::Lock, spot)? {
            Ok(()) => journey.lock(spot, period, checked(reason)?, false),
            Err(no) => Ok(no.reply()),
        })
    }

    /// Open a lock.
    #[command("unlock <environment> on <app>")]
    fn unlock(cx: &mut Context, environment: String, app: String) -> Result<Reply> {
        with_spot(cx, Act::Read, &app, &environment, |journey, spot, known| journey.unlock(spot, known.unlock))
    }

    /// Open the lock of everything, or of everything of an app: one's own, or an administrator any.
    #[command("unlock everything [on <app>]")]
    fn unlock_everything(cx: &mut Context, app: Option<String>) -> Result<Reply> {
        with_everything(cx, app.as_deref(), |journey, spot| journey.unlock(spot, Unlock::Admins))
    }

    /// Open all of your locks.
    #[command("unlock all")]
    fn unlock_all(cx: &mut Context) -> Result<Reply> {
        with(cx, Journey::unlock_all)
    }

    /// Whose is a lock, and who waits for it?
    #[command("check <environment> on <app>")]
    fn check(cx: &mut Context, environment: String, app: String) -> Result<Reply> {
        with_spot(cx, Act::Read, &app, &environment, |journey, spot, _| {
            Ok(Reply::whisper(match journey.locks().look(spot)? {
                Some(kept) => lock_texts::check(spot, &kept, cx.now()),
                None => lock_texts::unreadable(spot),
            }))
        })
    }

    /// What is locked?
    #[command("locks")]
    fn locks(cx: &mut Context) -> Result<Reply> {
        with(cx, |journey| {
            let locks = journey.locks();
            Ok(Reply::whisper(lock_texts::all(&journey.visible_locks()?, &locks.unreadable()?, cx.now())))
        })
    }

    /// Does the credential of an app's provider work? In direct messages only.
    #[command("deploy-token verify <app>")]
    fn verify_token(cx: &mut Context, app: String) -> Result<Reply> {
        if !cx.directory().channel(&cx.here()?.channel).is_some_and(|channel| channel.direct) {
            return Ok(Reply::whisper(view::direct_only()).code("refused.direct-only"));
        }
        with(cx, |journey| journey.verify(&app))
    }

    /// Tokens are not set here: this says where.
    #[command("deploy-token (set|reset) [words...]", hidden)]
    fn set_token(_cx: &mut Context, words: Option<String>) -> Reply {
        // Whatever was written here is none of the bot's business.
        drop(words);
        Reply::whisper(view::no_tokens()).code("refused.no-tokens")
    }

    #[answer("confirm")]
    fn confirmed(cx: &mut Context, answer: Answer) -> Result<Reply> {
        let id = run_id(answer.rest())?;
        with(cx, |journey| {
            match answer.answered {
                Answered::Chosen(choice) => journey.confirmed(id, cx.user()?, choice == "yes")?,
                _ => journey.unconfirmed(id)?,
            }
            Ok(journey.came())
        })
    }

    #[press("approve")]
    fn approve(cx: &mut Context, press: Press) -> Result<Reply> {
        let (id, yes) = decision(press.rest())?;
        with(cx, |journey| journey.approve(id, yes))
    }

    #[press("prove")]
    fn prove(cx: &mut Context, press: Press) -> Result<Reply> {
        let (id, yes) = decision(press.rest())?;
        with(cx, |journey| {
            journey.proved(id, yes)?;
            Ok(journey.came())
        })
    }

    #[answer("turn")]
    fn turn(cx: &mut Context, answer: Answer) -> Result<Reply> {
        let spot = Spot::read(answer.rest())?;
        with(cx, |journey| journey.take_turn(&spot, &answer.answered))
    }

    #[press("keep")]
    fn keep_waiting(cx: &mut Context, rest: String) -> Result<Reply> {
        let id = run_id(&rest)?;
        with(cx, |journey| journey.keep_waiting(id))
    }

    #[response("run")]
    fn answered(cx: &mut Context, response: Response) -> Result<Reply> {
        let (id, step) = response.rest().split_once(' ').ok_or_else(|| Error::broken("a response is to nothing"))?;
        let (id, step) = (run_id(id)?, step.to_owned());
        later(cx, |journey| journey.answered(id, &step, response))
    }

    #[response("verify")]
    fn verified(cx: &mut Context, response: Response) -> Result<Reply> {
        let (app, who) = response.rest().split_once(' ').ok_or_else(|| Error::broken("a response is to nothing"))?;
        let (app, who) = (app.to_owned(), User::from(who));
        later(cx, |journey| journey.verified(&app, &who, response))
    }

    #[webhook("github")]
    fn github(cx: &mut Context, webhook: Webhook) -> Result<Reply> {
        later(cx, |journey| journey.heard(Kind::Github, &webhook))
    }

    #[webhook("gitlab")]
    fn gitlab(cx: &mut Context, webhook: Webhook) -> Result<Reply> {
        later(cx, |journey| journey.heard(Kind::Gitlab, &webhook))
    }

    #[webhook("jenkins")]
    fn jenkins(cx: &mut Context, webhook: Webhook) -> Result<Reply> {
        later(cx, |journey| journey.heard(Kind::Jenkins, &webhook))
    }

    #[webhook("generic")]
    fn generic(cx: &mut Context, webhook: Webhook) -> Result<Reply> {
        later(cx, |journey| journey.heard(Kind::Generic, &webhook))
    }

    #[timer("lock")]
    fn rings(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let spot = Spot::read(timer.rest())?;
        later(cx, |journey| journey.locks().look(&spot).map(drop))
    }

    #[timer("held")]
    fn held(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let spot = Spot::read(timer.rest())?;
        later(cx, |journey| journey.take_held(&spot))
    }

    #[timer("waits")]
    fn waits(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let spot = Spot::read(timer.rest())?;
        later(cx, |journey| journey.waits_long(&spot))
    }

    #[timer("late")]
    fn late(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let id = run_id(timer.rest())?;
        later(cx, |journey| journey.unconfirmed(id))
    }

    #[timer("pickup")]
    fn pickup(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let id = run_id(timer.rest())?;
        later(cx, |journey| journey.not_picked_up(id))
    }

    #[timer("limit")]
    fn limit(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let id = run_id(timer.rest())?;
        later(cx, |journey| journey.over_limit(id))
    }

    #[timer("read")]
    fn read(cx: &mut Context, timer: Timer) -> Result<Reply> {
        let id = run_id(timer.rest())?;
        later(cx, |journey| journey.look(id))
    }

    #[on(upgraded)]
    fn upgraded(cx: &mut Context) -> Result<Reply> {
        later(cx, Journey::look_at_all)
    }

    #[on(person_changed)]
    fn person_changed(cx: &mut Context, person: Person) -> Result<Reply> {
        later(cx, |journey| journey.locks().account(&person.id, person.active))
    }
}

/// Begins a deploy of one app.
fn begin(cx: &Context, ask: Ask) -> Result<Reply> {
    with(cx, |journey| if ask.app.contains(',') { begin_each(journey, &ask.app, &ask) } else { journey.begin(ask) })
}

/// Begins a deploy of several apps.
fn begin_all(cx: &Context, apps: &str, ask: &Ask) -> Result<Reply> {
    if !apps.contains(',') {
        return Err(Error::usage("Say where it goes with `to`. Several apps have commas between them."));
    }
    with(cx, |journey| begin_each(journey, apps, ask))
}

/// Each app by itself, in the order of their names: whoever deploys the same apps meets the same locks in the same order.
fn begin_each(journey: &Journey<'_>, apps: &str, ask: &Ask) -> Result<Reply> {
    let mut names: Vec<&str> = apps.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    if ask.git_ref.is_some() || names.iter().any(|name| name.contains(['@', '/'])) {
        return Ok(refusal::list_with_refs().reply());
    }
    if names.len() > MOST {
        return Ok(refusal::too_many(MOST).reply());
    }
    let begun = names.iter().map(|name| journey.begin(Ask { app: (*name).to_owned(), ..ask.clone() }));
    begun.reduce(|all, next| Ok(all?.and(next?).code("several"))).unwrap_or_else(|| Err(Error::usage("Name at least one app.")))
}

/// Does something with what can be deployed, or says why nothing can.
fn with<'a>(cx: &'a Context, act: impl FnOnce(&Journey<'a>) -> Result<Reply>) -> Result<Reply> {
    match Journey::open(cx)? {
        Ok(journey) => act(&journey),
        Err(no) => Ok(no.reply()),
    }
}

/// The same where nobody is there to be told: the operator's log is.
fn later<'a>(cx: &'a Context, act: impl FnOnce(&Journey<'a>) -> Result<()>) -> Result<Reply> {
    match Journey::open(cx)? {
        Ok(journey) => act(&journey).map(|()| journey.came()),
        Err(no) => {
            cx.log().error("the setting `apps` cannot be used, and deploys go on that need it");
            Ok(Reply::nothing().code(no.code))
        }
    }
}

/// Does something with the lock of everything.
fn with_everything<'a>(cx: &'a Context, app: Option<&str>, act: impl FnOnce(&Journey<'a>, &Spot) -> Result<Reply>) -> Result<Reply> {
    with(cx, |journey| match journey.everything(app) {
        Ok(spot) => act(journey, &spot),
        Err(no) => Ok(no.reply()),
    })
}

/// Does something with the lock of an environment, if the person may.
fn with_spot<'a>(
    cx: &'a Context,
    right: Act,
    app: &str,
    environment: &str,
    act: impl FnOnce(&Journey<'a>, &Spot, &apps::Environment) -> Result<Reply>,
) -> Result<Reply> {
    with(cx, |journey| match journey.spot(right, app, environment)? {
        Ok((spot, environment)) => act(journey, &spot, environment),
        Err(no) => Ok(no.reply()),
    })
}

fn run_id(text: &str) -> Result<RunId> {
    text.trim().parse().map(RunId).map_err(|_| Error::broken(format_args!("`{text}` is the number of no deploy")))
}

/// What a button carries that says yes or no to a deploy.
fn decision(carried: &str) -> Result<(RunId, bool)> {
    let (id, word) = carried.split_once(' ').ok_or_else(|| Error::broken("a button is about no deploy"))?;
    Ok((run_id(id)?, word == "yes"))
}
