//! What the API says of itself, and whether that is so.

use crate::client::{Request, Response};
use crate::desk::Desk;
use crate::problems::{Office, while_the_ledger_is_busy};
use jsonschema::{Validator, validator_for};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The description, and everything that was seen.
struct Witness {
    document: Value,
    seen: BTreeSet<(String, String)>,
}

impl Witness {
    fn of(desk: &Desk) -> Self {
        let response = desk.send(&Request::new("GET", "/api/v1/openapi.json"));
        assert_eq!(response.status, 200);
        Self { document: response.json(), seen: BTreeSet::new() }
    }

    /// The route of an address as the description has it; that of an undeclared command is described by no path.
    fn route<'a>(&self, path: &'a str) -> Option<&'a str> {
        let path = path.split('?').next().unwrap_or_default();
        self.document["paths"].get(path).map(|_| path)
    }

    /// The response is one of those that are described.
    fn sees(&mut self, request: &Request, response: &Response) {
        let Some(path) = self.route(&request.path) else { return };
        let operations = self.document["paths"][path].as_object().expect("operations");
        let operation = operations.values().next().expect("one operation");
        let status = response.status.to_string();
        let described = self.resolved(&operation["responses"][&status]);
        assert!(!described.is_null(), "{status} of {path} is not described: {response:?}");
        let kind = response.header("content-type").expect("a type");
        let schema = &described["content"][kind]["schema"];
        assert!(!schema.is_null(), "{kind} of {status} of {path} is not described");
        self.check(schema, &response.json());
        for header in described["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
            assert!(response.header(&header.to_lowercase()).is_some(), "{header} of {status} of {path} is missing");
        }
        // Each plugin's commands are one route.
        let route = if path.starts_with("/api/v1/plugins/") { "/api/v1/plugins" } else { path };
        self.seen.insert((route.to_owned(), status));
    }

    fn resolved(&self, value: &Value) -> Value {
        match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            Some(pointer) => self.document.pointer(pointer).expect("it is there").clone(),
            None => value.clone(),
        }
    }

    #[track_caller]
    fn check(&self, schema: &Value, instance: &Value) {
        let errors: Vec<String> = self.validator(schema).iter_errors(instance).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}: {instance}");
    }

    /// A schema with what it refers to.
    fn validator(&self, schema: &Value) -> Validator {
        let mut schema = schema.clone();
        schema["components"] = self.document["components"].clone();
        validator_for(&schema).expect("it is a schema")
    }

    fn body(&self, path: &str) -> Validator {
        self.validator(&self.document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"])
    }

    /// Every status that is described, of every route.
    fn described(&self) -> BTreeSet<(String, String)> {
        let mut described = BTreeSet::new();
        for (path, operations) in self.document["paths"].as_object().expect("paths") {
            let route = if path.starts_with("/api/v1/plugins/") { "/api/v1/plugins" } else { path };
            for operation in operations.as_object().expect("operations").values() {
                let responses = operation["responses"].as_object().expect("responses");
                described.extend(responses.keys().map(|status| (route.to_owned(), status.clone())));
            }
        }
        described
    }
}

#[test]
fn every_response_is_described_and_every_description_is_seen() {
    let office = Office::open();
    let desk = &office.desk;
    let mut witness = Witness::of(desk);
    let call = |plugin, command, arguments| Request::call(&office.token, plugin, command, arguments);
    let by_path = |request: &Request, command: &str| Request { path: format!("/api/v1/plugins/{command}"), ..request.clone() };
    let wait = call("waiter", "wait", json!({ "door": "x" }));
    let greet = call("greeter", "greet", json!({}));
    let mut requests: Vec<Request> = office.problems().into_iter().map(|(_, request)| request).collect();
    // What is wrong with a request as such is wrong with it everywhere.
    let sent_elsewhere: Vec<Request> = requests.iter().map(|request| by_path(request, "greeter/greet")).collect();
    requests.extend(sent_elsewhere);
    requests.extend([
        Request::line(&office.token, "greet"),
        Request::line(&office.token, "wait at x"),
        call("greeter", "nobody", json!({})),
        call("panicker", "panic", json!({})),
        greet.clone().with("channel", "no channel"),
        greet.clone().with("channel", "dev"),
        greet.clone().key("x"),
        call("greeter", "greet", json!({ "who": "@jane" })).key("x"),
        greet.clone(),
        wait,
        Request::new("GET", "/api/v1/openapi.json"),
        Request::new("POST", "/api/v1/openapi.json"),
    ]);
    for request in &requests {
        witness.sees(request, &desk.send(request));
    }
    for request in [Request::line(&office.token, "greet"), greet] {
        witness.sees(&request, &while_the_ledger_is_busy(&office, &request));
    }
    asks_too_much(&mut witness);
    assert_eq!(witness.seen, witness.described());
}

fn asks_too_much(witness: &mut Witness) {
    let settings = hatstand::config::Http { rate: 1.try_into().expect("it is some"), ..hatstand::config::Http::default() };
    let desk = Desk::open(&["greeter"], settings);
    let token = desk.token("ci", &["*"]);
    for _ in 0..10 {
        for request in [Request::line(&token, "greetings"), Request::call(&token, "greeter", "greetings", json!({}))] {
            witness.sees(&request, &desk.send(&request));
        }
    }
}

#[test]
fn what_is_declared_is_what_is_described() {
    let desk = Desk::with(&["greeter", "waiter"]);
    let witness = Witness::of(&desk);
    assert_eq!(witness.document["openapi"], "3.1.0");
    let paint = witness.body("/api/v1/plugins/waiter/paint");
    let right = json!({ "channel": "ops", "arguments": { "door": "x", "colour": "red", "coats": 2, "wet": true, "time": "PT1H" } });
    assert!(paint.is_valid(&right));
    for wrong in [
        json!({}),
        json!({ "arguments": { "door": "x" } }),
        json!({ "arguments": { "door": "x", "colour": "green" } }),
        json!({ "arguments": { "door": "x", "colour": "red", "coats": "two" } }),
        json!({ "arguments": { "door": "x", "colour": "red", "paint": "x" } }),
        json!({ "arguments": { "door": "x", "colour": "red" }, "chanel": "ops" }),
    ] {
        assert!(!paint.is_valid(&wrong), "{wrong}");
    }
    let any = witness.body("/api/v1/commands");
    assert!(any.is_valid(&json!({ "command": "greet", "for": "x" })));
    assert!(any.is_valid(&json!({ "plugin": "greeter", "command": "greet", "arguments": {} })));
    assert!(!any.is_valid(&json!({ "channel": "ops" })));
    // What no program may do is not offered.
    assert_eq!(witness.document["paths"].get("/api/v1/plugins/greeter/forget"), None);
    assert_eq!(witness.document["paths"].get("/api/v1/plugins/hatstand/plugins"), None);
    assert!(witness.document["paths"].get("/api/v1/plugins/hatstand/help").is_some());
}

#[test]
fn it_is_a_document_as_the_standard_has_it() {
    let desk = Desk::with(&["greeter", "waiter"]);
    let witness = Witness::of(&desk);
    let document = &witness.document;
    witness.check(&openapi(), document);
    let mut ids = BTreeSet::new();
    walk(document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference} is nowhere");
        }
        if let Some(id) = value["operationId"].as_str() {
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
        }
        if let Some(schema) = value.get("schema") {
            witness.validator(schema);
        }
    });
    assert!(ids.len() > 5);
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(fields) => {
            visit(value);
            fields.values().for_each(|field| walk(field, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

/// Of the standard (OpenAPI 3.1.1, section 4) what a document of ours has, and nothing that the standard does not have.
fn openapi() -> Value {
    let text = json!({ "type": "string" });
    let closed = |required: Value, properties: Value| json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false });
    let map = |values: Value| json!({ "type": "object", "additionalProperties": values });
    let schema = json!({ "type": "object" });
    let reference = closed(json!(["$ref"]), json!({ "$ref": { "type": "string", "pattern": "^#/components/" } }));
    let or_reference = |value: &Value| json!({ "oneOf": [value, reference] });
    let content = map(closed(json!([]), json!({ "schema": schema })));
    let header = closed(json!(["schema"]), json!({ "schema": schema, "description": text }));
    let response = closed(json!(["description"]), json!({ "description": text, "content": content, "headers": map(header) }));
    let parameter = closed(
        json!(["name", "in", "schema"]),
        json!({ "name": text, "in": { "enum": ["query", "header"] }, "description": text, "schema": schema, "example": {} }),
    );
    let requirement = map(json!({ "type": "array", "items": text }));
    let security = json!({ "type": "array", "items": requirement });
    let responses = json!({
        "type": "object",
        "minProperties": 1,
        "patternProperties": { "^[1-5][0-9][0-9]$": or_reference(&response) },
        "additionalProperties": false,
    });
    let operation = closed(
        json!(["operationId", "responses"]),
        json!({
            "operationId": text,
            "summary": text,
            "description": text,
            "tags": { "type": "array", "items": text },
            "parameters": { "type": "array", "items": or_reference(&parameter) },
            "requestBody": closed(json!(["content"]), json!({ "required": { "type": "boolean" }, "content": content })),
            "responses": responses,
            "security": security,
        }),
    );
    let path = closed(json!([]), json!({ "get": operation, "post": operation }));
    let scheme = closed(json!(["type", "scheme"]), json!({ "type": { "const": "http" }, "scheme": text, "description": text }));
    let components = json!({
        "securitySchemes": map(scheme),
        "parameters": map(or_reference(&parameter)),
        "schemas": map(schema),
        "responses": map(or_reference(&response)),
    });
    closed(
        json!(["openapi", "info", "paths"]),
        json!({
            "openapi": { "type": "string", "pattern": "^3\\.1\\.[0-9]+$" },
            "info": closed(json!(["title", "version"]), json!({ "title": text, "version": text, "summary": text, "description": text })),
            "security": security,
            "paths": { "type": "object", "patternProperties": { "^/": path }, "additionalProperties": false },
            "components": closed(json!([]), components),
        }),
    )
}
