//! Hat and dibs with the bot around them, checked exhaustively: three people say whatever they can, and everything goes wrong that can
//! go wrong between them and the engine.
//!
//! What happens to the resource is decided by the real `turns`. Around it is a model of what the host does: an [inbox](ledger::Ledger)
//! that knows repeats, timers as rows that are replaced and cancelled, an outbox that looks before it repeats, and a
//! [process](scene::Scene) that may end between any two of these steps. Every order of these steps is tried, for so many commands:
//!
//! ```text
//! cargo test -p turns --test model                       three, in seconds
//! MODEL_COMMANDS=4 cargo test -p turns --test model      four, in minutes; five take as long as a night
//! ```
//!
//! Each test prints how many states it looked at. What has to hold is in [`watch`] and [`laws`]. That it would be noticed if it did not is shown by
//! bots with a [`Flaw`](flaw::Flaw): for each of them a counter-example has to be found, by the very same properties.

mod flaw;
mod laws;
mod ledger;
mod manners;
mod plugin;
mod scene;
mod size;
mod watch;

use flaw::Flaw;
use manners::Manners;
use scene::Scenes;
use stateright::{Checker, HasDiscoveries, Model, Path};
use std::thread;

#[test]
fn nothing_goes_wrong_with_the_hat() {
    holds(Manners::hat());
}

#[test]
fn nothing_goes_wrong_with_dibs() {
    holds(Manners::dibs(1));
}

#[test]
fn nothing_goes_wrong_with_dibs_on_one_of_two() {
    holds(Manners::dibs(2));
}

#[test]
fn a_bot_that_forgets_what_it_heard_is_found() {
    for manners in [Manners::hat(), Manners::dibs(1)] {
        is_found(manners, Flaw::ForgetsRepeats, &[watch::ONCE]);
    }
}

#[test]
fn a_timer_that_acts_on_whatever_stands_is_found() {
    for manners in [Manners::hat(), Manners::dibs(1)] {
        is_found(manners, Flaw::TrustsTimers, &[watch::STALE, watch::HEAD]);
    }
}

#[test]
fn a_bot_that_repeats_what_it_said_without_looking_is_found() {
    is_found(Manners::dibs(1), Flaw::RepeatsUnasked, &[watch::ANNOUNCED]);
}

#[test]
fn a_bot_that_acknowledges_before_it_has_written_down_is_found() {
    is_found(Manners::dibs(1), Flaw::AcknowledgesEarly, &[watch::KEPT]);
}

/// Looks at every state that can be, and finds nothing wrong in any.
fn holds(manners: Manners) {
    let name = manners.name;
    let commands = size::commands();
    let checker = Scenes { manners, flaw: None, commands }.checker().threads(threads()).spawn_bfs().join();
    let (states, depth) = (checker.unique_state_count(), checker.max_depth());
    println!("{name}: {states} states, up to {depth} steps, {commands} commands");
    checker.assert_properties();
}

/// Looks for what is wrong, and finds it by each of these properties.
fn is_found(manners: Manners, flaw: Flaw, by: &[&'static str]) {
    let name = manners.name;
    let scenes = Scenes { manners, flaw: Some(flaw), commands: size::commands() };
    // One thread finds the shortest.
    let checker = scenes.checker().finish_when(HasDiscoveries::AllOf(by.iter().copied().collect())).spawn_bfs().join();
    for property in by {
        let path = checker.discovery(property).unwrap_or_else(|| panic!("{name}: {flaw:?} is not against \"{property}\""));
        let steps = steps(path);
        println!("{name}, {flaw:?}: against \"{property}\" after {} steps: {}", steps.len(), steps.join(", "));
    }
}

fn steps(path: Path<scene::Scene, scene::Step>) -> Vec<String> {
    path.into_actions().iter().map(ToString::to_string).collect()
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}
