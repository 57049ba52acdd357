//! What is asked before something is done that cannot be taken back.

use super::{of_run, refusal::of};
use crate::apps::Environment;
use crate::lock::{Spot, Waiting};
use crate::run::Run;
use hatstand_plugin::prelude::*;
use manners::words::{because, together};

/// Before it is deployed, to whoever asked for it.
pub fn confirm(run: &Run, difference: Option<&str>, until: Instant) -> Question {
    let message = say!("Really deploy {} of {}?{}", of_run(run), of(run), warned(run, difference));
    Question::new(format!("confirm:{}", run.id), &run.by, &run.place, message, until).choice("Deploy", "yes").choice("Leave it", "no")
}

/// Before it is deployed, to anybody but whoever asked for it.
pub fn approve(run: &Run, difference: Option<&str>, until: Instant) -> Message {
    let because = because(run.ask.reason.as_deref());
    let button = |label: &str, word: &str| Button::new(label).presses(format!("approve:{} {word}", run.id)).until(until);
    say!(
        "{} wants to deploy {} of {}{because}. Somebody else has to say yes until {until}.{}",
        run.by,
        of_run(run),
        of(run),
        warned(run, difference)
    )
    .button(button("Approve", "yes").primary())
    .button(button("Reject", "no"))
}

/// The second factor.
pub fn prove(run: &Run, environment: &Environment, until: Instant) -> Message {
    let button = |label: &str, word: &str| Button::new(label).presses(format!("prove:{} {word}", run.id)).only(&run.by).until(until);
    say!("Is it you who deploys {} of {}? *{}* wants to hear it here as well, until {until}.", of_run(run), of(run), environment.name)
        .button(button("It is me", "yes").primary())
        .button(button("It is not", "no").danger())
}

/// It is somebody's turn.
pub fn turn(spot: &Spot, person: &User, waiting: &Waiting, until: Instant) -> Question {
    let Waiting { ask, place } = waiting;
    let what = ask.git_ref.as_deref().map(|git_ref| say!(" `{git_ref}`"));
    let message = say!("{}: *{}* of *{}* is yours until {until}. Deploy{what} now?", person.mention(), spot.environment, spot.app);
    Question::new(format!("turn:{}", spot.carried()), person, place, message, until).choice("Deploy", "yes").choice("Not any more", "no")
}

fn warned(run: &Run, difference: Option<&str>) -> Option<Message> {
    let warnings = run.warnings.iter().map(|warning| say!(" ⚠ {warning}"));
    let difference = difference.map(|url| say!(" {}", super::link("What changes", url)));
    together(warnings.chain(difference), "")
}
