//! Elements of Block Kit as people use them: found by `action_id`, filled in, read as state ("Block elements").

use serde_json::{Map, Value, json};

use crate::Input;

/// Names the blocks and the elements that the app left unnamed, as Slack does.
pub(crate) fn name_blocks(blocks: &mut Value) {
    for (index, block) in blocks.as_array_mut().into_iter().flatten().enumerate() {
        if block["block_id"].as_str().is_none_or(str::is_empty) {
            block["block_id"] = json!(format!("b{index}"));
        }
        name_elements(block, index);
    }
}

fn name_elements(block: &mut Value, index: usize) {
    let single = ["element", "accessory"];
    for element in single.iter().filter_map(|key| block.get(*key).is_some().then_some(*key)).collect::<Vec<_>>() {
        name_element(&mut block[element], index, 0);
    }
    for (place, element) in block["elements"].as_array_mut().into_iter().flatten().enumerate() {
        name_element(element, index, place);
    }
}

fn name_element(element: &mut Value, index: usize, place: usize) {
    let acts =
        element["type"].as_str().is_some_and(|kind| !matches!(kind, "mrkdwn" | "plain_text" | "image") && !kind.starts_with("rich_text"));
    if acts && element["action_id"].as_str().is_none_or(str::is_empty) {
        element["action_id"] = json!(format!("a{index}{place}"));
    }
}

/// The elements of a block, wherever it keeps them.
fn elements(block: &Value) -> impl Iterator<Item = &Value> {
    let single = ["element", "accessory"].into_iter().filter_map(|key| block.get(key));
    single.chain(block["elements"].as_array().into_iter().flatten())
}

/// The element of that `action_id`, with the `block_id` it is in.
pub(crate) fn find<'a>(blocks: &'a Value, action_id: &str) -> Option<(&'a str, &'a Value)> {
    let blocks = blocks.as_array().into_iter().flatten();
    blocks
        .flat_map(|block| elements(block).map(move |element| (block["block_id"].as_str().unwrap_or_default(), element)))
        .find(|(_, element)| element["action_id"] == action_id)
}

/// The state of all inputs: what was entered before, or what they were given initially.
pub(crate) fn state_of(blocks: &Value, previous: &Value) -> Value {
    let mut state = Map::new();
    for block in blocks.as_array().into_iter().flatten() {
        let block_id = block["block_id"].as_str().unwrap_or_default();
        for element in elements(block) {
            let (Some(action_id), Some(value)) = (element["action_id"].as_str(), initial(element)) else { continue };
            let before = &previous[block_id][action_id];
            let value = if before["type"] == value["type"] { before.clone() } else { value };
            let entry = state.entry(block_id).or_insert_with(|| json!({}));
            entry[action_id] = value;
        }
    }
    Value::Object(state)
}

/// What an element says before anyone touched it; nothing for those without a state.
fn initial(element: &Value) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let (from, to) = match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => ("initial_value", "value"),
        "rich_text_input" => ("initial_value", "rich_text_value"),
        "static_select" | "external_select" | "radio_buttons" => ("initial_option", "selected_option"),
        "multi_static_select" | "multi_external_select" | "checkboxes" => ("initial_options", "selected_options"),
        "users_select" => ("initial_user", "selected_user"),
        "multi_users_select" => ("initial_users", "selected_users"),
        "conversations_select" => ("initial_conversation", "selected_conversation"),
        "multi_conversations_select" => ("initial_conversations", "selected_conversations"),
        "channels_select" => ("initial_channel", "selected_channel"),
        "multi_channels_select" => ("initial_channels", "selected_channels"),
        "datepicker" => ("initial_date", "selected_date"),
        "timepicker" => ("initial_time", "selected_time"),
        "datetimepicker" => ("initial_date_time", "selected_date_time"),
        "file_input" => ("initial_files", "files"),
        _ => return None,
    };
    let several = matches!(to, "selected_options" | "selected_users" | "selected_conversations" | "selected_channels" | "files");
    let nothing = if several { json!([]) } else { Value::Null };
    Some(json!({ "type": kind, to: element.get(from).cloned().unwrap_or(nothing) }))
}

/// The element's state once the input is in it; an error if the element cannot take it.
pub(crate) fn fill(element: &Value, input: &Input) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let value = match (kind, input) {
        ("button" | "workflow_button" | "icon_button", Input::Press) => return Ok(json!({ "type": kind })),
        ("feedback_buttons", Input::Option(value)) => return Ok(json!({ "type": kind, "value": value })),
        ("overflow", Input::Option(value)) => json!({ "selected_option": option(element, value)? }),
        (_, Input::Nothing) => return initial(&json!({ "type": kind })).ok_or_else(|| format!("a {kind} cannot be cleared")),
        ("plain_text_input" | "email_text_input" | "url_text_input" | "number_input", Input::Text(text)) => json!({ "value": text }),
        ("rich_text_input", Input::Text(text)) => json!({ "rich_text_value": crate::encode::rich_text(text, "rich".into()) }),
        ("static_select" | "external_select" | "radio_buttons", Input::Option(value)) => {
            json!({ "selected_option": option(element, value)? })
        }
        ("multi_static_select" | "multi_external_select" | "checkboxes", Input::Options(values)) => {
            let options: Result<Vec<Value>, String> = values.iter().map(|value| option(element, value)).collect();
            json!({ "selected_options": options? })
        }
        ("datepicker", Input::Date(date)) => json!({ "selected_date": date }),
        ("timepicker", Input::Time(time)) => json!({ "selected_time": time }),
        ("datetimepicker", Input::Moment(moment)) => json!({ "selected_date_time": moment }),
        ("users_select", Input::Entity(id)) => json!({ "selected_user": id }),
        ("conversations_select", Input::Entity(id)) => json!({ "selected_conversation": id }),
        ("channels_select", Input::Entity(id)) => json!({ "selected_channel": id }),
        ("multi_users_select", Input::Entities(ids)) => json!({ "selected_users": ids }),
        ("multi_conversations_select", Input::Entities(ids)) => json!({ "selected_conversations": ids }),
        ("multi_channels_select", Input::Entities(ids)) => json!({ "selected_channels": ids }),
        _ => return Err(format!("a {kind} cannot take {input:?}")),
    };
    let mut filled = value;
    filled["type"] = json!(kind);
    Ok(filled)
}

/// The option of that value; options that the app serves itself are not in the element.
fn option(element: &Value, value: &str) -> Result<Value, String> {
    if matches!(element["type"].as_str(), Some("external_select" | "multi_external_select")) {
        return Ok(json!({ "text": { "type": "plain_text", "text": value, "emoji": true }, "value": value }));
    }
    let groups = element["option_groups"].as_array().into_iter().flatten().flat_map(|group| group["options"].as_array()).flatten();
    let mut all = element["options"].as_array().into_iter().flatten().chain(groups);
    all.find(|option| option["value"] == value).cloned().ok_or_else(|| format!("no option has the value {value:?}"))
}
