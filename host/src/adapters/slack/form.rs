//! Forms as modals, and what comes back from them. See Slack's pages "Modals" and "`view_submission` payload".

use super::label::{label, shortened};
use super::limits;
use crate::model::{Form, Input, InputKind, PluginName};
use hatstand_common::value::Place;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The `callback_id` of every form: what comes back with another is not ours.
pub const CALLBACK: &str = "hatstand-form";

/// A form that a person sent in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub plugin: PluginName,
    pub key: String,
    /// Where the form was asked for.
    pub place: Place,
    /// Names and values in the order of the inputs, of those that were filled in.
    pub values: Vec<(String, String)>,
}

/// Why Slack cannot show a form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("a form in Slack has 1-{most} inputs, not {0}", most = limits::VIEW_BLOCKS)]
    Inputs(usize),
    #[error("the input `{0}` has no name that Slack takes: 1-{most} characters", most = limits::ID)]
    Name(String),
    #[error("a choice in Slack has 1-{most} words of 1-{longest} characters: `{0}` has others", most = limits::OPTIONS,
        longest = limits::OPTION_VALUE)]
    Choices(String),
    #[error("Slack fills at most {most} characters into an input: `{0}` has more", most = limits::INITIAL)]
    Initial(String),
    #[error("the form's key is too long for Slack")]
    Key,
}

/// What a view carries for us and gives back: which form it was.
#[derive(Serialize, Deserialize)]
struct Origin {
    plugin: PluginName,
    key: String,
    place: Place,
}

/// The view that shows a form.
///
/// # Errors
///
/// If Slack cannot show it, and nothing can be left out without losing something.
pub fn view(form: &Form, plugin: &PluginName, place: &Place) -> Result<Value, Unfit> {
    if !(1..=limits::VIEW_BLOCKS).contains(&form.inputs.len()) {
        return Err(Unfit::Inputs(form.inputs.len()));
    }
    let blocks = form.inputs.iter().enumerate().map(|(index, input)| block(index, input)).collect::<Result<Vec<Value>, Unfit>>()?;
    Ok(json!({
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": metadata(form, plugin, place)?,
        "title": label(&form.title, limits::TITLE),
        "submit": label("Send", limits::TITLE),
        "close": label("Cancel", limits::TITLE),
        "blocks": blocks,
    }))
}

/// What was sent in, from the `view` of a `view_submission`; none if it is no form of ours.
pub fn sent(view: &Value) -> Option<Sent> {
    if view["callback_id"] != CALLBACK {
        return None;
    }
    let Origin { plugin, key, place } = serde_json::from_str(view["private_metadata"].as_str()?).ok()?;
    let mut inputs: Vec<(usize, &Map<String, Value>)> =
        view["state"]["values"].as_object()?.iter().filter_map(|(index, input)| Some((index.parse().ok()?, input.as_object()?))).collect();
    inputs.sort_by_key(|(index, _)| *index);
    let values = inputs.into_iter().flat_map(|(_, input)| input).filter_map(|(name, state)| Some((name.clone(), value(state)?))).collect();
    Some(Sent { plugin, key, place, values })
}

fn metadata(form: &Form, plugin: &PluginName, place: &Place) -> Result<String, Unfit> {
    let origin = Origin { plugin: plugin.clone(), key: form.key.clone(), place: place.clone() };
    let metadata = serde_json::to_string(&origin).map_err(|_| Unfit::Key)?;
    if metadata.chars().count() > limits::METADATA { Err(Unfit::Key) } else { Ok(metadata) }
}

/// The block is known by the place of the input, and what is in it by the input's name.
fn block(index: usize, input: &Input) -> Result<Value, Unfit> {
    if !(1..=limits::ID).contains(&input.name.chars().count()) {
        return Err(Unfit::Name(shortened(&input.name, limits::LABEL)));
    }
    let mut element = element(input)?;
    element["action_id"] = input.name.as_str().into();
    Ok(json!({
        "type": "input",
        "block_id": index.to_string(),
        "label": label(&input.label, limits::INPUT_LABEL),
        "element": element,
        "optional": !input.required,
    }))
}

fn element(input: &Input) -> Result<Value, Unfit> {
    let initial = Some(input.initial.as_str()).filter(|initial| !initial.is_empty());
    if initial.is_some_and(|initial| initial.chars().count() > limits::INITIAL) {
        return Err(Unfit::Initial(input.name.clone()));
    }
    let (mut element, key) = match &input.kind {
        InputKind::Line => (json!({ "type": "plain_text_input" }), "initial_value"),
        InputKind::Paragraph => (json!({ "type": "plain_text_input", "multiline": true }), "initial_value"),
        InputKind::Choice(words) => return choice(input, words),
        InputKind::Person => (json!({ "type": "users_select" }), "initial_user"),
        InputKind::Channel => (json!({ "type": "conversations_select" }), "initial_conversation"),
    };
    if let Some(initial) = initial {
        element[key] = initial.into();
    }
    Ok(element)
}

fn choice(input: &Input, words: &[String]) -> Result<Value, Unfit> {
    let fits = |word: &String| (1..=limits::OPTION_VALUE).contains(&word.chars().count());
    if !(1..=limits::OPTIONS).contains(&words.len()) || !words.iter().all(fits) {
        return Err(Unfit::Choices(input.name.clone()));
    }
    let option = |word: &String| json!({ "text": label(word, limits::LABEL), "value": word });
    let mut element = json!({ "type": "static_select", "options": words.iter().map(option).collect::<Vec<_>>() });
    if let Some(initial) = words.iter().find(|word| **word == input.initial) {
        element["initial_option"] = option(initial);
    }
    Ok(element)
}

fn value(state: &Value) -> Option<String> {
    let value = match state["type"].as_str() {
        Some("static_select") => &state["selected_option"]["value"],
        Some("users_select") => &state["selected_user"],
        Some("conversations_select") => &state["selected_conversation"],
        _ => &state["value"],
    };
    value.as_str().filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, kind: InputKind, required: bool, initial: &str) -> Input {
        Input { name: name.to_owned(), label: format!("The {name}"), kind, required, initial: initial.to_owned() }
    }

    fn form(inputs: Vec<Input>) -> Form {
        Form { key: "deploy:42".to_owned(), title: "Deploy to production, all of it".to_owned(), inputs }
    }

    fn words(words: &[&str]) -> InputKind {
        InputKind::Choice(words.iter().map(|word| (*word).to_owned()).collect())
    }

    fn place() -> Place {
        Place { channel: "C1".into(), thread: Some("1.2".to_owned()) }
    }

    fn show(form: &Form) -> Result<Value, Unfit> {
        view(form, &"deploy".into(), &place())
    }

    #[test]
    fn a_form_with_everything() {
        let inputs = vec![
            input("what", InputKind::Line, true, "web"),
            input("why", InputKind::Paragraph, false, ""),
            input("where", words(&["staging", "production"]), true, "staging"),
            input("who", InputKind::Person, true, "U1"),
            input("room", InputKind::Channel, false, ""),
        ];
        let view = show(&form(inputs)).expect("it fits");
        assert_eq!(view["title"]["text"], "Deploy to production, a…");
        assert_eq!(view["callback_id"], CALLBACK);
        let elements: Vec<&Value> = view["blocks"].as_array().expect("blocks").iter().map(|block| &block["element"]).collect();
        let option = |word| json!({ "text": { "type": "plain_text", "text": word, "emoji": false }, "value": word });
        let expected = [
            json!({ "type": "plain_text_input", "action_id": "what", "initial_value": "web" }),
            json!({ "type": "plain_text_input", "action_id": "why", "multiline": true }),
            json!({
                "type": "static_select", "action_id": "where",
                "options": [option("staging"), option("production")], "initial_option": option("staging"),
            }),
            json!({ "type": "users_select", "action_id": "who", "initial_user": "U1" }),
            json!({ "type": "conversations_select", "action_id": "room" }),
        ];
        assert_eq!(elements, expected.iter().collect::<Vec<_>>());
        assert_eq!(view["blocks"][1]["optional"], true);
        assert_eq!(view["blocks"][0]["label"], json!({ "type": "plain_text", "text": "The what", "emoji": false }));
    }

    #[test]
    fn what_was_sent_in_is_read() {
        let mut view = show(&form(vec![input("what", InputKind::Line, true, "")])).expect("it fits");
        view["state"] = json!({ "values": {
            "10": { "room": { "type": "conversations_select", "selected_conversation": "C2" } },
            "0": { "what": { "type": "plain_text_input", "value": "web" } },
            "2": { "why": { "type": "plain_text_input", "value": null } },
            "3": { "where": { "type": "static_select", "selected_option": { "text": {}, "value": "staging" } } },
            "4": { "when": { "type": "static_select", "selected_option": null } },
            "5": { "who": { "type": "users_select", "selected_user": "U1" } },
        } });
        let values = [("what", "web"), ("where", "staging"), ("who", "U1"), ("room", "C2")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(sent(&view), Some(Sent { plugin: "deploy".into(), key: "deploy:42".to_owned(), place: place(), values }));
    }

    #[test]
    fn what_is_not_ours_is_nothing() {
        let ours = show(&form(vec![input("what", InputKind::Line, true, "")])).expect("it fits");
        let empty = json!({ "values": {} });
        for (key, value) in [("callback_id", json!("x")), ("private_metadata", json!("{}")), ("state", json!(null))] {
            let mut view = ours.clone();
            view["state"] = empty.clone();
            assert!(sent(&view).is_some());
            view[key] = value;
            assert_eq!(sent(&view), None, "{key}");
        }
    }

    #[test]
    fn what_slack_cannot_show_is_refused() {
        let long = "x".repeat(3_001);
        let many: Vec<Input> = (0..101).map(|number| input(&number.to_string(), InputKind::Line, true, "")).collect();
        for (inputs, why) in [
            (vec![], Unfit::Inputs(0)),
            (many, Unfit::Inputs(101)),
            (vec![input("", InputKind::Line, true, "")], Unfit::Name("…".to_owned())),
            (vec![input("what", InputKind::Line, true, &long)], Unfit::Initial("what".to_owned())),
            (vec![input("what", words(&[]), true, "")], Unfit::Choices("what".to_owned())),
            (vec![input("what", words(&["a", &long]), true, "")], Unfit::Choices("what".to_owned())),
        ] {
            assert_eq!(show(&form(inputs)), Err(why));
        }
        let long_key = Form { key: long, ..form(vec![input("what", InputKind::Line, true, "")]) };
        assert_eq!(show(&long_key), Err(Unfit::Key));
    }
}
