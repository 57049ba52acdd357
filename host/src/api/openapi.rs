//! OpenAPI 3.1: what the API is, from its routes and from what the plugins declare.

use super::arguments::usages;
use super::outcome::FAILURES;
use super::problem::CONTENT;
use super::request::{LONGEST_BODY, LONGEST_WAIT};
use crate::plugins::Registry;
use hatstand_common::declaration::{Access, Command, Kind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The description of everything that a program can do.
pub(super) fn document(registry: &Registry) -> Value {
    let mut paths = Map::new();
    paths.insert("/api/v1/commands".to_owned(), json!({ "post": any_command() }));
    for (plugin, command) in registry.commands().iter().filter(|(_, command)| is_offered(command)) {
        let path = format!("/api/v1/plugins/{plugin}/{}", command.name);
        paths.insert(path, json!({ "post": one_command(&plugin.0, command) }));
    }
    paths.insert("/api/v1/openapi.json".to_owned(), json!({ "get": description() }));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Hatstand",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Give the bot's commands from a program.",
            "description": format!(
                "A command that is left open is answered later: ask with `wait`, at most {} minutes, and again with the same `Idempotency-Key`. \
                 The same key with the same request never does anything twice; what came of it is remembered for 30 days. \
                 A body has at most {} KiB.",
                LONGEST_WAIT.as_secs() / 60,
                LONGEST_BODY / 1024
            ),
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "Made with `hatstand token create`." } },
            "parameters": { "wait": wait(), "key": key() },
            "schemas": { "Outcome": outcome(), "Problem": problem() },
            "responses": responses(),
        },
    })
}

/// Hidden commands are not told of, and no program is an administrator.
fn is_offered(command: &Command) -> bool {
    !command.hidden && command.access == Access::Everybody
}

fn any_command() -> Value {
    let line = json!({ "type": "string", "minLength": 1, "description": "A line as people type it, without the bot's name." });
    let as_typed = body(&[("command", line)], &["command"]);
    let by_name = body(
        &[
            ("plugin", json!({ "type": "string" })),
            ("command", json!({ "type": "string", "description": "The command's own name, as in the other addresses here." })),
            ("arguments", json!({ "type": "object" })),
        ],
        &["plugin", "command"],
    );
    operation("giveCommand", "Give a command.", &json!({ "oneOf": [as_typed, by_name] }))
}

fn one_command(plugin: &str, command: &Command) -> Value {
    let arguments = arguments(command);
    let required: &[&str] = if arguments["required"].as_array().is_some_and(|names| !names.is_empty()) { &["arguments"] } else { &[] };
    let schema = body(&[("arguments", arguments)], required);
    let mut operation = operation(&format!("{plugin}.{}", command.name), &command.summary, &schema);
    operation["tags"] = json!([plugin]);
    let usages: Vec<String> = command.shown_usages().iter().map(|usage| format!("`{usage}`")).collect();
    operation["description"] = json!(format!("In chat: {}\n\n{}", usages.join(" or "), command.help).trim());
    operation
}

fn description() -> Value {
    json!({
        "operationId": "describe",
        "summary": "Describe this API.",
        "security": [],
        "responses": {
            "200": { "description": "This document.", "content": { "application/json": { "schema": { "type": "object" } } } },
            "405": reference("responses", "405"),
        },
    })
}

fn operation(id: &str, summary: &str, schema: &Value) -> Value {
    let statuses = responses();
    let responses: Map<String, Value> = statuses.keys().map(|status| (status.clone(), reference("responses", status))).collect();
    json!({
        "operationId": id,
        "summary": summary,
        "parameters": [reference("parameters", "wait"), reference("parameters", "key")],
        "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
        "responses": responses,
    })
}

/// A body with these fields beside those that every command has.
fn body(fields: &[(&str, Value)], required: &[&str]) -> Value {
    let mut properties: Map<String, Value> = fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let name = |what: &str| json!({ "type": "string", "minLength": 1, "maxLength": 100, "description": what });
    properties.insert("channel".to_owned(), name("Where, by id or name. Can be left out with a token for exactly one channel."));
    properties.insert("for".to_owned(), name("For whom or what the token acts, such as `pipeline 12`: each is somebody of its own."));
    properties
        .insert("wait".to_owned(), json!({ "type": "string", "description": "As the parameter in the address.", "examples": ["60s"] }));
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// The arguments of a command. Required is what every way to type it requires.
fn arguments(command: &Command) -> Value {
    let usages = usages(command);
    let is_required =
        |name: &str| usages.iter().all(|usage| usage.parameters().iter().any(|mentioned| mentioned.name == name && mentioned.required));
    let names = command.parameters.iter().map(|parameter| parameter.name.as_str());
    let required: Vec<&str> = names.filter(|name| is_required(name)).collect();
    let properties: BTreeMap<&str, Value> =
        command.parameters.iter().map(|parameter| (parameter.name.as_str(), value(&parameter.kind))).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn value(kind: &Kind) -> Value {
    let text = |what: &str, example: &str| json!({ "type": "string", "description": what, "examples": [example] });
    match kind {
        Kind::Text => json!({ "type": "string", "minLength": 1 }),
        Kind::Integer => json!({ "type": "integer", "format": "int64" }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Person => text("A person, by id or `@name`.", "@jane"),
        Kind::Channel => text("A channel, by id or `#name`.", "#dev"),
        Kind::Duration => text("A length of time, in ISO 8601 or as people type it.", "PT2H"),
        Kind::Instant => text("A moment, in RFC 3339 or as people type it; then in UTC.", "2026-03-01T12:00:00Z"),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
    }
}

fn wait() -> Value {
    json!({
        "name": "wait",
        "in": "query",
        "description": "How long to wait for a command that is left open.",
        "schema": { "type": "string" },
        "example": "60s",
    })
}

fn key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names the request: repeated with it, the request finds what came of the first.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 100 },
    })
}

fn outcome() -> Value {
    json!({
        "type": "object",
        "properties": {
            "outcome": { "type": "string", "description": "A stable word.", "examples": ["held"] },
            "data": { "type": "object", "description": "More about the outcome." },
            "messages": { "type": "array", "items": { "type": "string" }, "description": "What was said to the program and to everybody." },
            "reference": { "type": "string", "description": "Names it in log and audit." },
            "event": { "type": "integer" },
        },
        "required": ["outcome", "data", "messages", "reference", "event"],
        "additionalProperties": false,
    })
}

/// RFC 9457, with what came of the command if it was given.
fn problem() -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "type": "string", "pattern": "^urn:hatstand:problem:" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What was wrong, what to do next, and whether anything was changed." },
            "code": { "type": "string", "description": "A stable word." },
            "reference": { "type": "string", "description": "Names it in log and audit." },
            "event": { "type": "integer" },
            "data": { "type": "object" },
            "messages": { "type": "array", "items": { "type": "string" } },
        },
        "required": ["type", "title", "status", "detail", "code", "reference"],
        "additionalProperties": false,
    })
}

/// Every status that a request for a command can end with.
fn responses() -> Map<String, Value> {
    let outcome =
        |what: &str| json!({ "description": what, "content": { "application/json": { "schema": reference("schemas", "Outcome") } } });
    let problem = |what: &str| json!({ "description": what, "content": { CONTENT: { "schema": reference("schemas", "Problem") } } });
    let mut responses = Map::new();
    let mut add = |status: &str, response: Value| responses.insert(status.to_owned(), response);
    add("200", outcome("The command was given; this came of it."));
    add("202", outcome("The command is left open; this is how things stand. Ask again with the same `Idempotency-Key`."));
    add("400", problem("The request makes no sense. Nothing was changed."));
    add("401", with_header(problem("No token, or one that does not count."), "WWW-Authenticate"));
    add("403", problem("The token is not for this, or the person may not do it. Nothing was changed."));
    add("404", problem("There is no such command, plugin or channel. Nothing was changed."));
    add("405", problem("Another method is needed."));
    add("409", problem(&format!("It cannot be done as things stand: {}. Nothing was changed.", words(409))));
    add("413", problem("The body is too long. Nothing was changed."));
    add("415", problem("The body is no JSON by its type. Nothing was changed."));
    add("422", problem("The `Idempotency-Key` came with another request before. Nothing was changed."));
    add("429", with_header(problem("The token asks too much. Nothing was changed."), "Retry-After"));
    add("500", problem(&format!("The plugin failed: {}. Nothing was changed.", words(500))));
    add("503", problem("The request could not be kept, or was not answered in time."));
    responses
}

fn with_header(mut response: Value, name: &str) -> Value {
    response["headers"] = json!({ name: { "schema": { "type": "string" } } });
    response
}

/// The outcomes that end with this status.
fn words(status: u16) -> String {
    let words = FAILURES.iter().filter(|(failure, _, _)| failure.as_u16() == status).flat_map(|(_, _, words)| *words);
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}
