//! What people do.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Body, Command, Done, done};
use crate::{Double, Input, state::Refused};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        path: "post",
        example: r#"{"channel":"general","user":"ada","text":"@hatstand hi","thread":"1700000000.000100","raw":false}"#,
        does: "Types into a channel; raw text arrives as it is. Answers with its ts.",
        run: post,
    },
    Command { path: "edit", example: r#"{"channel":"general","ts":"…","text":"…"}"#, does: "Edits a message.", run: edit },
    Command { path: "delete", example: r#"{"channel":"general","ts":"…"}"#, does: "Deletes a message.", run: delete },
    Command {
        path: "react",
        example: r#"{"channel":"general","ts":"…","user":"ada","emoji":"thumbsup"}"#,
        does: "Puts an emoji under a message.",
        run: react,
    },
    Command {
        path: "unreact",
        example: r#"{"channel":"general","ts":"…","user":"ada","emoji":"thumbsup"}"#,
        does: "Takes the emoji back.",
        run: unreact,
    },
    Command { path: "join", example: r#"{"channel":"random","user":"hatstand"}"#, does: "Comes into a channel.", run: join },
    Command { path: "leave", example: r#"{"channel":"random","user":"ben"}"#, does: "Leaves a channel.", run: leave },
    Command {
        path: "upload",
        example: r#"{"channel":"general","user":"ada","name":"a.txt","content":"…"}"#,
        does: "Uploads a file into a channel.",
        run: upload,
    },
    Command { path: "direct", example: r#"{"user":"ada"}"#, does: "Opens the direct messages with the app's bot.", run: direct },
    Command {
        path: "slash",
        example: r#"{"channel":"general","user":"ada","command":"/hatstand","text":"help"}"#,
        does: "Sends a slash command.",
        run: slash,
    },
    Command {
        path: "press",
        example: r#"{"channel":"general","ts":"…","user":"ada","action":"take"}"#,
        does: "Presses a button of a message, by its action_id.",
        run: press,
    },
    Command {
        path: "choose",
        example: r#"{"channel":"general","ts":"…","user":"ada","action":"pick","input":{"option":"one"}}"#,
        does: "Uses any element of a message: \"press\", or {text, option, options, date, time, moment, entity, entities: …}.",
        run: choose,
    },
    Command {
        path: "choose-in-view",
        example: r#"{"view":"V…","action":"pick","input":{"option":"one"}}"#,
        does: "Uses an element of a modal or of the Home tab.",
        run: choose_in_view,
    },
    Command {
        path: "suggest",
        example: r#"{"channel":"general","ts":"…","user":"ada","action":"pick","typed":"o"}"#,
        does: "Types into a menu whose options the app serves.",
        run: suggest,
    },
    Command {
        path: "submit",
        example: r#"{"view":"V…","inputs":{"title":{"text":"Tea"}}}"#,
        does: "Fills a modal's inputs, by action_id, and sends it.",
        run: submit,
    },
    Command { path: "close-view", example: r#"{"view":"V…"}"#, does: "Closes a modal.", run: close_view },
    Command { path: "open-home", example: r#"{"user":"ada"}"#, does: "Opens the app's Home tab.", run: open_home },
    Command { path: "shortcut", example: r#"{"user":"ada","callback":"…"}"#, does: "Picks a global shortcut.", run: shortcut },
    Command {
        path: "message-shortcut",
        example: r#"{"channel":"general","ts":"…","user":"ada","callback":"…"}"#,
        does: "Picks a shortcut from a message's menu.",
        run: message_shortcut,
    },
];

fn post(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user, thread) = (body.channel(double)?, body.user(double)?, body.maybe_ts("thread")?);
    let text = body.text("text")?;
    let mut state = double.shared.state();
    let ts = match body.flag("raw", false) {
        true => state.say(&channel, &user, text.into(), thread)?,
        false => state.type_in(&channel, &user, text, thread)?,
    };
    done(json!({ "channel": channel, "ts": ts }))
}

fn edit(double: &Double, body: &Body) -> Refused<Done> {
    let channel = body.channel(double)?;
    double.shared.state().edit(&channel, body.ts("ts")?, body.text("text")?)?;
    done(json!({}))
}

fn delete(double: &Double, body: &Body) -> Refused<Done> {
    let channel = body.channel(double)?;
    double.shared.state().delete_message(&channel, body.ts("ts")?)?;
    done(json!({}))
}

fn react(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    double.shared.state().react(&channel, body.ts("ts")?, &user, body.text("emoji")?)?;
    done(json!({}))
}

fn unreact(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    double.shared.state().unreact(&channel, body.ts("ts")?, &user, body.text("emoji")?)?;
    done(json!({}))
}

fn join(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    let joined = double.shared.state().join(&channel, &user, None)?;
    done(json!({ "joined": joined }))
}

fn leave(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    let left = double.shared.state().leave(&channel, &user)?;
    done(json!({ "left": left }))
}

fn upload(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    let ts = double.shared.state().upload_as(&channel, &user, body.text("name")?, body.text("content")?.as_bytes())?;
    done(json!({ "channel": channel, "ts": ts }))
}

fn direct(double: &Double, body: &Body) -> Refused<Done> {
    let (app, user) = (body.app(double)?, body.user(double)?);
    let channel = double.shared.state().open_direct(&app, &user)?;
    done(json!({ "channel": channel }))
}

fn slash(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    let asked = double.shared.state().slash(&channel, &user, body.text("command")?, body.maybe("text").unwrap_or_default())?;
    Ok(Done::Asked(double.interaction((asked.0, asked.1, Some(asked.2)))))
}

fn press(double: &Double, body: &Body) -> Refused<Done> {
    use_element(double, body, &Input::Press)
}

fn choose(double: &Double, body: &Body) -> Refused<Done> {
    use_element(double, body, &body.parsed("input")?)
}

fn use_element(double: &Double, body: &Body, input: &Input) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    let asked = double.shared.state().choose(&channel, body.ts("ts")?, body.text("action")?, input, &user)?;
    Ok(Done::Asked(double.interaction(asked)))
}

fn choose_in_view(double: &Double, body: &Body) -> Refused<Done> {
    let asked = double.shared.state().choose_in_view(&body.view()?, body.text("action")?, &body.parsed("input")?)?;
    Ok(Done::Asked(double.interaction(asked)))
}

fn suggest(double: &Double, body: &Body) -> Refused<Done> {
    let (channel, user) = (body.channel(double)?, body.user(double)?);
    let asked = double.shared.state().suggest(&channel, body.ts("ts")?, body.text("action")?, body.text("typed")?, &user)?;
    Ok(Done::Asked(double.interaction(asked)))
}

fn submit(double: &Double, body: &Body) -> Refused<Done> {
    let inputs: BTreeMap<String, Input> = body.parsed("inputs")?;
    let inputs: Vec<(&str, Input)> = inputs.iter().map(|(action, input)| (action.as_str(), input.clone())).collect();
    let asked = double.shared.state().submit(&body.view()?, &inputs)?;
    Ok(Done::Asked(double.interaction(asked)))
}

fn close_view(double: &Double, body: &Body) -> Refused<Done> {
    match double.shared.state().close_view(&body.view()?)? {
        Some(asked) => Ok(Done::Asked(double.interaction(asked))),
        None => done(json!({ "told": false })),
    }
}

fn open_home(double: &Double, body: &Body) -> Refused<Done> {
    let (app, user) = (body.app(double)?, body.user(double)?);
    double.shared.state().open_home(&app, &user)?;
    done(json!({}))
}

fn shortcut(double: &Double, body: &Body) -> Refused<Done> {
    let (app, user) = (body.app(double)?, body.user(double)?);
    let asked = double.shared.state().shortcut(&app, &user, body.text("callback")?)?;
    Ok(Done::Asked(double.interaction(asked)))
}

fn message_shortcut(double: &Double, body: &Body) -> Refused<Done> {
    let (app, channel, user) = (body.app(double)?, body.channel(double)?, body.user(double)?);
    let asked = double.shared.state().message_shortcut(&app, &channel, body.ts("ts")?, &user, body.text("callback")?)?;
    Ok(Done::Asked(double.interaction(asked)))
}
