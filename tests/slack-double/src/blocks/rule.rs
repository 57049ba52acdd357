//! What a value has to be like, and the walk that checks it.

use serde_json::Value;

use super::{
    problems::Problems,
    shapes::{self, Field, Shape},
};

/// What a value has to be like. A number is the most characters, items or the like that it may have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    /// A string, which may be empty.
    Text(usize),
    /// A string that is not empty.
    Filled(usize),
    Flag,
    Number,
    /// Nothing that the double looks into.
    Any,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A `plain_text` object.
    Plain(usize),
    /// A `mrkdwn` object.
    Marked(usize),
    /// Either of them.
    Worded(usize),
    /// An object of this shape.
    Shaped(Shape),
    /// Objects of this shape, at least one.
    Several(usize, Shape),
    /// Items that each follow this rule, at least one.
    List(usize, &'static Rule),
    /// Any block.
    Block,
    /// An element of one of these kinds.
    Element(&'static [&'static str]),
}

/// Checks one value.
pub(super) fn check(value: &Value, rule: Rule, path: &str, problems: &mut Problems) {
    match rule {
        Rule::Text(most) => check_string(value, 0, most, path, problems),
        Rule::Filled(most) => check_string(value, 1, most, path, problems),
        Rule::Flag if !value.is_boolean() => problems.add(path, "must be a boolean"),
        Rule::Number if !value.is_number() => problems.add(path, "must be a number"),
        Rule::Flag | Rule::Number | Rule::Any => {}
        Rule::Word(words) => check_word(value, words, path, problems),
        Rule::Plain(most) => check_text(value, &["plain_text"], most, path, problems),
        Rule::Marked(most) => check_text(value, &["mrkdwn"], most, path, problems),
        Rule::Worded(most) => check_text(value, &["plain_text", "mrkdwn"], most, path, problems),
        Rule::Shaped(shape) => check_fields(value, shape, path, problems),
        Rule::Several(most, shape) => check_list(value, most, Rule::Shaped(shape), path, problems),
        Rule::List(most, rule) => check_list(value, most, *rule, path, problems),
        Rule::Block => check_kind(value, shapes::block, path, problems),
        Rule::Element(kinds) => check_element(value, kinds, path, problems),
    }
}

fn check_string(value: &Value, least: usize, most: usize, path: &str, problems: &mut Problems) {
    let Some(text) = value.as_str() else { return problems.add(path, "must be a string") };
    let length = text.chars().count();
    if length < least {
        problems.add(path, "must be more than 0 characters");
    }
    if length > most {
        problems.add(path, format!("must be less than {} characters", most + 1));
    }
}

fn check_word(value: &Value, words: &[&str], path: &str, problems: &mut Problems) {
    if !value.as_str().is_some_and(|word| words.contains(&word)) {
        problems.add(path, format!("unsupported value, expected one of: {}", words.join(", ")));
    }
}

fn check_text(value: &Value, kinds: &[&str], most: usize, path: &str, problems: &mut Problems) {
    let kind = value["type"].as_str().unwrap_or_default();
    if !kinds.contains(&kind) {
        return problems.add(&format!("{path}/type"), format!("unsupported type: {kind}"));
    }
    check_string(&value["text"], 1, most, &format!("{path}/text"), problems);
    // "Text object": `emoji` is for plain text, `verbatim` for the other kind.
    let own = if kind == "plain_text" { "emoji" } else { "verbatim" };
    for name in value.as_object().into_iter().flat_map(serde_json::Map::keys) {
        if !["type", "text", own].contains(&name.as_str()) {
            problems.add(path, format!("invalid additional property: {name}"));
        }
    }
}

fn check_list(value: &Value, most: usize, rule: Rule, path: &str, problems: &mut Problems) {
    let Some(items) = value.as_array() else { return problems.add(path, "must be an array") };
    if items.is_empty() {
        problems.add(path, "must have at least 1 item");
    }
    if items.len() > most {
        problems.add(path, format!("no more than {most} items allowed"));
    }
    for (index, item) in items.iter().enumerate() {
        check(item, rule, &format!("{path}/{index}"), problems);
    }
}

fn check_element(value: &Value, kinds: &[&str], path: &str, problems: &mut Problems) {
    let kind = value["type"].as_str().unwrap_or_default();
    if kinds.contains(&kind) {
        check_kind(value, shapes::element, path, problems);
    } else {
        problems.add(&format!("{path}/type"), format!("unsupported type: {kind}"));
    }
}

fn check_kind(value: &Value, shape: fn(&str) -> Option<Shape>, path: &str, problems: &mut Problems) {
    let Some(kind) = value["type"].as_str() else { return problems.add(path, "missing required field: type") };
    match shape(kind) {
        None => problems.add(&format!("{path}/type"), format!("unsupported type: {kind}")),
        Some(fields) => {
            check_fields(value, fields, path, problems);
            for (needed, what) in shapes::either(kind).filter(|(names, _)| !names.iter().any(|name| value.get(*name).is_some())) {
                problems.add(path, format!("{what}: {}", needed.join(", ")));
            }
        }
    }
}

/// Checks an object's fields: those it has to have, what each is like, and that there is no other.
pub(super) fn check_fields(value: &Value, shape: Shape, path: &str, problems: &mut Problems) {
    let Some(fields) = value.as_object() else { return problems.add(path, "must be an object") };
    for Field { name, .. } in shape.iter().filter(|field| field.required && fields.get(field.name).is_none_or(Value::is_null)) {
        problems.add(path, format!("missing required field: {name}"));
    }
    for (name, value) in fields.iter().filter(|(name, _)| !matches!(name.as_str(), "type" | "block_id")) {
        match shape.iter().find(|field| field.name == name) {
            Some(_) if value.is_null() => {}
            Some(field) => check(value, field.rule, &format!("{path}/{name}"), problems),
            None => problems.add(path, format!("invalid additional property: {name}")),
        }
    }
    if let Some(id) = fields.get("block_id") {
        check(id, Rule::Text(255), &format!("{path}/block_id"), problems);
    }
}
