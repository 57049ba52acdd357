//! Why something is not deployed: what is, and what can be done about it. Each reason has a code for programs, which never changes.

use super::{bold, link, listed, nearby, of_run, short, target, what};
use crate::apps::{App, Environment, Origin, nearest};
use crate::lock::{Spot, Standing};
use crate::providers::{Check, Verdict};
use crate::run::{Run, Stage};
use crate::shelf::Freeze;
use hatstand_plugin::prelude::*;
use manners::words::{age, because, because_short, together};
use turns::Hold;

/// Somebody has the lock, or will have it.
pub const LOCKED: &str = "refused.locked";

/// Another deploy goes on.
pub const BUSY: &str = "refused.busy";

/// Why not.
#[derive(Clone, Debug, PartialEq)]
pub struct No {
    pub message: Message,
    pub code: &'static str,
}

impl No {
    fn new(code: &'static str, message: impl Into<Message>) -> Self {
        Self { message: message.into(), code }
    }

    /// Is all that is in the way somebody who has the lock, or deploys?
    pub fn is_about_others(&self) -> bool {
        matches!(self.code, LOCKED | BUSY)
    }

    pub fn reply(self) -> Reply {
        Reply::whisper(self.message).code(self.code)
    }
}

pub fn unconfigured() -> No {
    No::new("refused.unconfigured", "There is nothing to deploy yet: whoever operates me has to set `apps`.")
}

pub fn misconfigured(why: &str) -> No {
    No::new("refused.misconfigured", say!("The setting `apps` cannot be used: {why}. Whoever operates me has to mend it."))
}

pub fn app(name: &str, near: &[&str]) -> No {
    let near = nearby(near);
    No::new("refused.app", say!("I know no app `{name}`.{near} `deploy where` lists them all."))
}

pub fn room(app: &str, rooms: &[&str]) -> No {
    No::new("refused.room", say!("*{app}* is not deployed from here, but from {}.", listed(rooms)))
}

pub fn person(app: &str, environment: Option<&Environment>) -> No {
    let to = environment.map(|environment| say!(" to *{}*", environment.name));
    No::new("refused.person", say!("You may not deploy *{app}*{to}. Whoever operates me says who may: `deployers` of that environment."))
}

pub fn environment(app: &App, name: &str) -> No {
    let near = app.nearest(name);
    let near = nearby(&near);
    No::new("refused.environment", say!("*{}* has no environment `{name}`.{near} There are {}.", app.name, environments(app)))
}

/// Of all apps together.
pub fn environment_of_any(name: &str, near: &[&str]) -> No {
    let near = nearby(near);
    No::new("refused.environment", say!("No app has an environment `{name}`.{near}"))
}

pub fn environment_missing(app: &App) -> No {
    let example = app.environments.first().map(|environment| format!("deploy {} to {}", app.name, environment.name)).unwrap_or_default();
    No::new("refused.environment-missing", say!("Say where *{}* goes: {}. For example `{example}`.", app.name, environments(app)))
}

pub fn host(environment: &Environment, name: &str) -> No {
    if environment.hosts.is_empty() {
        return No::new("refused.host", say!("*{}* has no hosts to choose from.", environment.name));
    }
    let near = nearest(name, environment.hosts.iter().map(String::as_str));
    let near = nearby(&near);
    No::new("refused.host", say!("*{}* has no host `{name}`.{near} There are {}.", environment.name, listed(&environment.hosts)))
}

pub fn task(app: &App, name: &str) -> No {
    let known = if app.tasks.is_empty() { say!("no tasks") } else { say!("{}", listed(&app.tasks)) };
    No::new("refused.task", say!("*{}* has no task `{name}`: there are {known}.", app.name))
}

pub fn list_with_refs() -> No {
    let sentence = "Several apps at once are deployed as their default refs say: for another ref name one app alone.";
    No::new("refused.parse", sentence)
}

pub fn too_many(most: usize) -> No {
    No::new("refused.parse", say!("At most {most} apps at once, please."))
}

/// A provider hides what it does not show to everybody.
pub fn git_ref(git_ref: &str, origin: &Origin, may_be_hidden: bool) -> No {
    let hidden = may_be_hidden.then(|| say!(", or does not show *{}* to me", origin.what));
    No::new("refused.ref", say!("{} knows no `{git_ref}` in *{}*{hidden}.", origin.name(), origin.what))
}

pub fn frozen(environment: &str, freeze: &Freeze) -> No {
    let Freeze { by, until, reason } = freeze;
    let sentence =
        say!("*{environment}* is frozen until {until} by {by}, because {reason}. Whoever may say `deploy thaw {environment}` ends it.");
    No::new("refused.frozen", sentence)
}

pub fn window(environment: &str, over: Instant, why: Option<&str>) -> No {
    let because = because(why);
    let sentence = say!("Nothing is deployed to *{environment}* until {over}{because}. The operator has set that window.");
    No::new("refused.frozen", sentence)
}

/// Somebody else has the lock, or will have it.
pub fn locked(run: &Run, spot: &Spot, standing: &Standing, waits: usize, now: Instant) -> No {
    let place = super::lock::place(spot);
    let waits = (waits > 0).then(|| say!(" Waiting: {waits}."));
    let message = match standing {
        Standing::Theirs(hold) => say!("{place} is locked: {}.{waits}", having(hold, now)),
        Standing::Promised { to, until } => say!("{place} is kept for {to} until {until}.{waits}"),
        Standing::OtherChange(hold) => return other_change(run, hold, now),
        Standing::Free | Standing::Mine => say!("{place} is locked."),
    };
    let (ask, until) = (&run.ask, None::<Instant>);
    let queue = button("Queue", ask.typed("deploy queue join", Some(&run.git_ref), &run.environment), &run.by, until);
    let message = match standing {
        _ if spot.is_everything() => {
            say!("{message} Only {} or an administrator opens it: `{}`.", owner(standing), super::lock::opened(spot))
        }
        Standing::Theirs(_) if !run.is_rollback() => {
            let steal = button("Steal and deploy", ask.typed("deploy steal", Some(&run.git_ref), &run.environment), &run.by, until);
            message.button(steal.danger()).button(queue)
        }
        _ if !run.is_rollback() => message.button(queue),
        _ => message,
    };
    No::new(LOCKED, message)
}

pub fn unreadable_lock(app: &str, environment: &str) -> No {
    let sentence = say!(
        "I cannot read the lock of *{environment}* of *{app}*, so it counts as locked. An administrator opens it: `unlock \
            {environment} on {app}`."
    );
    No::new(LOCKED, sentence)
}

/// The lock belongs to a change, and not merely to a person.
fn other_change(run: &Run, hold: &Hold, now: Instant) -> No {
    let (app, environment) = (&run.app, &run.environment);
    let note = hold.wish.note.as_deref().unwrap_or_default();
    let age = age(now.since(hold.since));
    let sentence = say!(
        "You have locked *{environment}* of *{app}* for `{note}` ({age}), and this is `{}`. A lock belongs to one change.",
        run.git_ref
    );
    let unlock = Button::new("Unlock").says(format!("unlock {environment} on {app}")).only(&run.by);
    No::new("refused.other-change", sentence.button(unlock))
}

pub fn running(run: &Run, going: &Run) -> No {
    let by = if run.by == going.by { say!("You do") } else { say!("{} does", going.by) };
    let sentence =
        say!("{by} that already: deploy {} of *{}* {} to *{}*, {}.", going.id, going.app, of_run(going), going.environment, stage(going));
    No::new("already.running", sentence)
}

pub fn busy(run: &Run, going: &Run) -> No {
    let sentence = say!("Deploy {} of {} to *{}* by {} goes on, {}.", going.id, of_run(going), going.environment, going.by, stage(going));
    let queue = run.ask.typed("deploy queue join", Some(&run.git_ref), &run.environment);
    let message = if run.by == going.by { sentence } else { sentence.button(Button::new("Queue").says(queue).only(&run.by)) };
    No::new(BUSY, message)
}

pub fn order(run: &Run, before: &Environment) -> No {
    let say_it = format!("deploy {}@{} to {}", run.app, run.what(), before.name);
    let sentence =
        say!("{} of *{}* has not been on *{}* yet, which comes before *{}*.", of_run(run), run.app, before.name, run.environment);
    No::new("refused.order", sentence.button(Button::new(format!("Deploy to {}", before.name)).says(say_it).only(&run.by)))
}

/// What CI lacks. Whoever may deploys anyway.
pub fn ci(run: &Run, wanted: &[String], checks: &[Check]) -> No {
    let state = |context: &String| match checks.iter().find(|check| check.context == *context).map(|check| check.verdict) {
        Some(Verdict::Passed) => None,
        Some(Verdict::Pending) => Some(say!("`{context}` is not done yet")),
        Some(Verdict::Failed) => Some(say!("`{context}` failed")),
        None => Some(say!("`{context}` has not begun")),
    };
    let missing = together(wanted.iter().filter_map(state), ", ").unwrap_or_default();
    let anyway = Button::new("Deploy anyway?").says(run.ask.typed("deploy!", Some(run.what()), &run.environment)).only(&run.by).danger();
    No::new("refused.ci", say!("CI has not passed for {} of *{}*: {missing}.", of_run(run), run.app).button(anyway))
}

pub fn ci_changed(run: &Run, wanted: &[String], checks: &[Check]) -> No {
    let No { message, .. } = ci(run, wanted, checks);
    No::new("refused.ci-changed", start_over(run, say!("CI changed meanwhile. {message}")))
}

pub fn behind(run: &Run, base: &str, commits: u64, difference: Option<&str>) -> No {
    let difference = difference.map(|url| say!(" {}", link("What it lacks", url)));
    let sentence = say!("{} lacks {} of `{base}`: bring it up to date first.{difference}", of_run(run), commits_in_words(commits));
    No::new("refused.behind", sentence)
}

pub fn commits_in_words(commits: u64) -> String {
    manners::words::count(usize::try_from(commits).unwrap_or(usize::MAX), "commit", "commits")
}

pub fn moved(run: &Run, before: Option<&str>) -> No {
    let was = before.map(|sha| say!(" from `{}`", short(sha)));
    let to = what(run.sha(), run.what());
    No::new("refused.moved", start_over(run, say!("`{}` moved meanwhile{was} to {to}. Nothing was deployed.", run.git_ref)))
}

/// The provider took another commit than the one that was checked.
pub fn taken_otherwise(run: &Run, sha: &str) -> Message {
    say!("It took `{}` instead of {}, because `{}` moved meanwhile.", short(sha), of_run(run), run.git_ref)
}

/// Something has changed while the question stood.
pub fn meanwhile(run: &Run, no: No) -> No {
    let message = say!("Meanwhile: {}", no.message);
    let message = Message { blocks: no.message.blocks, ..message };
    let code = if no.code == LOCKED { "refused.locked-meanwhile" } else { no.code };
    No::new(code, if message.blocks.is_empty() { start_over(run, message) } else { message })
}

pub fn declined(run: &Run) -> No {
    No::new("declined", say!("Nothing was deployed: {} stays as it is.", bold(&run.environment)))
}

pub fn late(run: &Run) -> No {
    No::new("refused.late", start_over(run, say!("Nobody confirmed deploy {} in time. Nothing was deployed.", run.id)))
}

pub fn nothing_deployed(app: &str, environment: &str) -> No {
    No::new("refused.nothing-deployed", say!("I know of nothing that was deployed of *{app}* to *{environment}*."))
}

pub fn nothing_before(app: &str, environment: &str) -> No {
    No::new("refused.nothing-before", say!("I know of nothing that was on *{environment}* of *{app}* before what is there now."))
}

pub fn no_such_run(id: u64) -> No {
    No::new("refused.unknown-run", say!("I know no deploy {id}. `deploy history` lists the last ones."))
}

pub fn over_already(run: &Run) -> No {
    No::new("refused.over", say!("Deploy {} is over: {}.", run.id, stage(run)))
}

pub fn not_yours(run: &Run) -> No {
    No::new("refused.not-yours", say!("Deploy {} is {}'s: they, whoever has the lock, or an administrator can cancel it.", run.id, run.by))
}

pub fn hat(wearer: Option<&User>) -> No {
    let message = match wearer {
        Some(wearer) => say!("Only whoever wears the deploy hat deploys from here, and that is {wearer}."),
        None => say!("Only whoever wears the deploy hat deploys from here. `deploy hat on` puts it on."),
    };
    No::new("refused.hat", message)
}

pub fn own_approval() -> No {
    No::new("refused.own-approval", "Somebody else has to say yes to that.")
}

pub fn settled(run: &Run) -> No {
    No::new("refused.settled", say!("That is settled already: deploy {} is {}.", run.id, stage(run)))
}

/// `ann has it for main since 10:00 (just now), because of the demo`.
pub fn having(hold: &Hold, now: Instant) -> Message {
    say!("{}{}", having_it(hold, now), because(hold.reason()))
}

/// The same where several are listed.
pub fn having_short(hold: &Hold, now: Instant) -> Message {
    say!("{}{}", having_it(hold, now), because_short(hold.reason()))
}

fn having_it(hold: &Hold, now: Instant) -> Message {
    let until = hold.ends().map(|end| say!(", until {end}"));
    let note = hold.wish.note.as_deref().map(|note| say!(" for `{}`", short(note)));
    say!("{} has it{note} since {} ({}){until}", hold.person, hold.since, age(now.since(hold.since)))
}

/// How far a run has come, in a half-sentence.
pub fn stage(run: &Run) -> Message {
    match &run.stage {
        Stage::Asking { until } | Stage::Proving { until } => say!("waiting for a yes until {until}"),
        Stage::Resolving | Stage::Checking { .. } | Stage::Comparing => "being checked".into(),
        Stage::Preparing | Stage::Starting | Stage::Finding { .. } => "about to begin".into(),
        Stage::Going(_) => match run.started {
            Some(started) => say!("running since {started}"),
            None => "running".into(),
        },
        Stage::Over(end) => say!("{}", end.code()),
    }
}

fn start_over(run: &Run, message: Message) -> Message {
    let again = run.ask.typed("deploy", None, &run.environment);
    message.button(Button::new("Start over").says(again).only(&run.by))
}

fn owner(standing: &Standing) -> Message {
    match standing {
        Standing::Theirs(hold) => say!("{}", hold.person),
        _ => "its owner".into(),
    }
}

fn environments(app: &App) -> Message {
    listed(app.environments.iter().map(|environment| &environment.name))
}

fn button(label: &str, line: String, only: &User, until: Option<Instant>) -> Button {
    let button = Button::new(label).says(line).only(only);
    match until {
        Some(until) => button.until(until),
        None => button,
    }
}

/// `*web* to *production*`, of a run.
pub fn of(run: &Run) -> Message {
    target(&run.app, &run.environment, &run.hosts)
}
