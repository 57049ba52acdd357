//! Block Kit, checked before it is shown ("Blocks", "Block elements", "Composition objects", "View object").
//!
//! What a block or an element may hold is a table of fields in [`shapes`]; the walk along it is in [`rule`].

mod problems;
mod rule;
mod shapes;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::state::{Refusal, Refused};
use problems::Problems;
use rule::Rule;

/// "Blocks": up to 50 in a message, 100 in a modal or a Home tab.
const MOST_IN_MESSAGE: usize = 50;
const MOST_IN_VIEW: usize = 100;
/// Where messages with long blocks were seen to be refused with `msg_blocks_too_long`; Slack does not document it.
const LONGEST_TOGETHER: usize = 13_200;
/// "Markdown block": together in one message.
const LONGEST_MARKDOWN: usize = 12_000;
/// "views.open method", errors.
const LARGEST_VIEW: usize = 250_000;

/// Where blocks are shown; some belong to one place only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surface {
    Message,
    Modal,
    Home,
}

/// Checks the blocks of a message.
pub(crate) fn check_message(blocks: &Value) -> Refused<()> {
    let Some(list) = blocks.as_array() else { return Err(Refusal::named("invalid_blocks_format")) };
    let mut problems = Problems::default();
    check_blocks(list, MOST_IN_MESSAGE, Surface::Message, "/blocks", &mut problems);
    if !problems.is_empty() {
        return Err(Refusal::saying("invalid_blocks", problems.messages));
    }
    if list.iter().filter(|block| block["type"] == "table").count() > 1 {
        return Err(Refusal::saying("invalid_attachments", vec!["only_one_table_allowed".into()]));
    }
    let markdown: usize = list.iter().filter(|block| block["type"] == "markdown").map(text_length).sum();
    let together: usize = list.iter().filter(|block| block["type"] != "markdown").map(text_length).sum();
    if markdown > LONGEST_MARKDOWN || together > LONGEST_TOGETHER {
        return Err(Refusal::named("msg_blocks_too_long"));
    }
    Ok(())
}

/// Checks a modal or a Home tab.
pub(crate) fn check_view(view: &Value) -> Refused<()> {
    if view.to_string().len() > LARGEST_VIEW {
        return Err(Refusal::named("view_too_large"));
    }
    let mut problems = Problems::default();
    let (shape, surface) = match view["type"].as_str() {
        Some("modal") => (shapes::MODAL, Surface::Modal),
        Some("home") => (shapes::HOME, Surface::Home),
        _ => {
            problems.add("/view/type", "must be \"modal\" or \"home\"");
            return problems.refuse("invalid_arguments");
        }
    };
    rule::check_fields(view, shape, "/view", &mut problems);
    let blocks = view["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
    check_blocks(blocks, MOST_IN_VIEW, surface, "/view/blocks", &mut problems);
    if surface == Surface::Modal && view.get("submit").is_none() && blocks.iter().any(|block| block["type"] == "input") {
        problems.add("/view", "missing required field: submit");
    }
    problems.refuse("invalid_arguments")
}

fn check_blocks(blocks: &[Value], most: usize, surface: Surface, path: &str, problems: &mut Problems) {
    if blocks.len() > most {
        problems.add(path, format!("no more than {most} items allowed"));
    }
    for (index, block) in blocks.iter().enumerate() {
        let path = format!("{path}/{index}");
        rule::check(block, Rule::Block, &path, problems);
        check_surface(block, surface, &path, problems);
    }
    check_names(blocks, path, problems);
}

/// An alert is for modals, a table, a file and the like for messages ("Available in surfaces" on each block's page).
fn check_surface(block: &Value, surface: Surface, path: &str, problems: &mut Problems) {
    let kind = block["type"].as_str().unwrap_or_default();
    let fits = match kind {
        "alert" => surface == Surface::Modal,
        "table" | "markdown" | "file" | "context_actions" | "task_card" | "plan" => surface == Surface::Message,
        _ => true,
    };
    if !fits {
        problems.add(&format!("{path}/type"), format!("unsupported type: {kind}"));
    }
}

/// No two blocks, and no two elements of a block, have the same name.
fn check_names(blocks: &[Value], path: &str, problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for (index, block) in blocks.iter().enumerate() {
        if let Some(id) = block["block_id"].as_str().filter(|id| !id.is_empty())
            && !seen.insert(id)
        {
            problems.add(&format!("{path}/{index}/block_id"), format!("`block_id` already exists: {id}"));
        }
        let mut actions = BTreeSet::new();
        for (place, element) in block["elements"].as_array().into_iter().flatten().enumerate() {
            if let Some(id) = element["action_id"].as_str().filter(|id| !id.is_empty())
                && !actions.insert(id)
            {
                problems.add(&format!("{path}/{index}/elements/{place}/action_id"), format!("`action_id` already exists: {id}"));
            }
        }
    }
}

/// The characters of every text in a block.
fn text_length(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if name == "text" => text.chars().count(),
                other => text_length(other),
            })
            .sum(),
        Value::Array(items) => items.iter().map(text_length).sum(),
        _ => 0,
    }
}
