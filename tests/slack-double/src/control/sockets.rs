//! What happens to sockets and to calls.

use std::time::Duration;

use serde_json::json;

use super::{Body, Command, Done, done};
use crate::{
    Coverage, Double, Fault, Ids, Limits, Reason, Scatter,
    state::{Refusal, Refused, limit::Ordered},
};

pub(super) const COMMANDS: &[Command] = &[
    Command { path: "sockets", example: "?app=Hatstand", does: "The app's open sockets, oldest first.", run: sockets },
    Command {
        path: "coverage",
        example: "?since=0",
        does: "For how long no socket was open, since so many seconds after the start.",
        run: coverage,
    },
    Command {
        path: "refresh",
        example: r#"{"socket":1,"reason":"warning","then":10}"#,
        does: "Tells a socket to go (warning, refresh_requested, link_disabled, too_many_websockets, anything), and closes it after so many seconds, if told.",
        run: refresh,
    },
    Command { path: "cut", example: r#"{"socket":1}"#, does: "Drops the TCP connection without a word.", run: cut },
    Command {
        path: "silence",
        example: r#"{"socket":1}"#,
        does: "Makes a socket half-open: nothing is read, written or answered.",
        run: silence,
    },
    Command { path: "revive", example: r#"{"socket":1}"#, does: "Lets a silenced socket go on.", run: revive },
    Command { path: "refuse-connections", example: r#"{"on":true}"#, does: "Refuses new sockets with 503.", run: refuse_connections },
    Command { path: "withhold-hello", example: r#"{"times":1}"#, does: "Leaves so many new sockets without a hello.", run: withhold_hello },
    Command { path: "socket-mode", example: r#"{"on":false}"#, does: "Switches the app's Socket Mode off or on.", run: socket_mode },
    Command { path: "hold", example: r#"{"app":"Hatstand"}"#, does: "Keeps the app's events back.", run: hold },
    Command {
        path: "release",
        example: r#"{"copies":[1,5],"ids":"same","shuffle":true}"#,
        does: "Delivers what was kept back, repeated and shuffled as told; ids are the same or new.",
        run: release,
    },
    Command {
        path: "fail",
        example: r#"{"method":"chat.postMessage","fault":{"rate_limited":{"retry_after":2}},"times":1,"channel":"general"}"#,
        does: "Lets calls go wrong: {rate_limited: {retry_after}}, {status: 503}, {api_error: \"…\"}, {slow: milliseconds}, \"cut_body\", \"cut_before\", \"cut_after\", \"hang\", \"garbage\". The method may also be response_url, upload or *.",
        run: fail,
    },
    Command { path: "mend", example: r#"{}"#, does: "Takes back all faults that have not happened yet.", run: mend },
    Command {
        path: "limits",
        example: r#"{"post_burst":3,"tiers":true,"events_an_hour":30000}"#,
        does: "Limits rates as Slack does; what is not named is not limited.",
        run: limits,
    },
];

fn seconds(body: &Body, name: &str) -> Option<Duration> {
    let seconds = body.0.get(name).and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()))?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn sockets(double: &Double, body: &Body) -> Refused<Done> {
    done(json!(double.sockets(&body.app(double)?)))
}

fn coverage(double: &Double, body: &Body) -> Refused<Done> {
    let app = body.app(double)?;
    let state = double.shared.state();
    let since = seconds(body, "since").unwrap_or_default();
    done(json!(Coverage::of(&state.app(&app)?.gauge, since, state.clock.elapsed())))
}

fn refresh(double: &Double, body: &Body) -> Refused<Done> {
    double.refresh(body.socket()?, Reason::named(body.text("reason")?), seconds(body, "then"));
    done(json!({}))
}

fn cut(double: &Double, body: &Body) -> Refused<Done> {
    double.cut(body.socket()?);
    done(json!({}))
}

fn silence(double: &Double, body: &Body) -> Refused<Done> {
    double.silence(body.socket()?);
    done(json!({}))
}

fn revive(double: &Double, body: &Body) -> Refused<Done> {
    double.revive(body.socket()?);
    done(json!({}))
}

fn refuse_connections(double: &Double, body: &Body) -> Refused<Done> {
    double.refuse_connections(body.flag("on", true));
    done(json!({}))
}

fn withhold_hello(double: &Double, body: &Body) -> Refused<Done> {
    double.withhold_hello(body.number("times").unwrap_or(1) as usize);
    done(json!({}))
}

fn socket_mode(double: &Double, body: &Body) -> Refused<Done> {
    let app = body.app(double)?;
    double.shared.state().set_socket_mode(&app, body.flag("on", true))?;
    done(json!({}))
}

fn hold(double: &Double, body: &Body) -> Refused<Done> {
    double.hold(&body.app(double)?);
    done(json!({}))
}

fn release(double: &Double, body: &Body) -> Refused<Done> {
    let app = body.app(double)?;
    let (least, most) = body.parsed::<Option<(u32, u32)>>("copies")?.unwrap_or((1, 1));
    let ids = if body.maybe("ids") == Some("new") { Ids::New } else { Ids::Same };
    let scatter = Scatter { copies: least..=most.max(least), ids, shuffle: body.flag("shuffle", false) };
    let events = double.shared.state().release(&app, &scatter)?;
    done(json!({ "events": events }))
}

fn fail(double: &Double, body: &Body) -> Refused<Done> {
    let fault: Option<Fault> = body.parsed("fault")?;
    let fault = fault.ok_or_else(|| Refusal::saying("invalid_arguments", vec!["fault is missing".into()]))?;
    let channel = body.maybe("channel").map(|_| body.channel(double)).transpose()?;
    let times = body.number("times").unwrap_or(1) as usize;
    double.shared.state().faults.push_back(Ordered { method: body.text("method")?.into(), channel, fault, times });
    done(json!({}))
}

fn mend(double: &Double, _: &Body) -> Refused<Done> {
    double.mend();
    done(json!({}))
}

fn limits(double: &Double, body: &Body) -> Refused<Done> {
    let few = |name| body.number(name).and_then(|number| u32::try_from(number).ok());
    double.set_limits(Limits { post_burst: few("post_burst"), tiers: body.flag("tiers", false), events_an_hour: few("events_an_hour") });
    done(json!({}))
}
