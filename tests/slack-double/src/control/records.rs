//! What happened.

use serde_json::json;

use super::{Body, Command, Done, done};
use crate::{Double, state::Refused};

pub(super) const COMMANDS: &[Command] = &[
    Command { path: "messages", example: "?channel=general", does: "The channel's messages, oldest first.", run: messages },
    Command { path: "ephemerals", example: "?user=ada", does: "What only this person was shown.", run: ephemerals },
    Command { path: "views", example: "?user=ada", does: "The modals that the person has open, the topmost last.", run: views },
    Command { path: "home", example: "?user=ada", does: "The person's Home tab.", run: home },
    Command { path: "calls", example: "", does: "Every call of the Web API.", run: calls },
    Command { path: "acks", example: "", does: "Every ack.", run: acks },
    Command { path: "deliveries", example: "", does: "Every envelope sent.", run: deliveries },
    Command { path: "complaints", example: "", does: "What the client did wrong.", run: complaints },
    Command { path: "counts", example: "", does: "How much happened.", run: counts },
    Command { path: "forget", example: "{}", does: "Forgets every record; the world stays.", run: forget },
    Command {
        path: "reset",
        example: "{}",
        does: "Forgets every record, message, view and file, takes back all faults and limits, and cuts every socket; workspaces, apps, people and channels stay.",
        run: reset,
    },
];

fn messages(double: &Double, body: &Body) -> Refused<Done> {
    done(json!(double.messages(&body.channel(double)?)))
}

fn ephemerals(double: &Double, body: &Body) -> Refused<Done> {
    done(json!(double.ephemerals(&body.user(double)?)))
}

fn views(double: &Double, body: &Body) -> Refused<Done> {
    done(json!(double.views(&body.user(double)?)))
}

fn home(double: &Double, body: &Body) -> Refused<Done> {
    done(json!(double.home_view(&body.app(double)?, &body.user(double)?)))
}

fn calls(double: &Double, _: &Body) -> Refused<Done> {
    done(json!(double.calls()))
}

fn acks(double: &Double, _: &Body) -> Refused<Done> {
    done(json!(double.acks()))
}

fn deliveries(double: &Double, _: &Body) -> Refused<Done> {
    done(json!(double.deliveries()))
}

fn complaints(double: &Double, _: &Body) -> Refused<Done> {
    done(json!(double.complaints()))
}

fn counts(double: &Double, _: &Body) -> Refused<Done> {
    done(json!(double.counts()))
}

fn forget(double: &Double, _: &Body) -> Refused<Done> {
    double.forget();
    done(json!({}))
}

fn reset(double: &Double, _: &Body) -> Refused<Done> {
    double.shared.state().reset();
    done(json!({}))
}
