//! How GitHub refuses ("Troubleshooting the REST API").

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// What every refusal points to.
pub(super) const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// A refusal: a status, a message, and sometimes the errors in it.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    errors: Option<Value>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: None }
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(super) fn bad_credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Bad credentials")
    }

    /// "Invalid request": a parameter is left out, or is of the wrong type.
    pub(super) fn invalid(what: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("Invalid request.\n\n{what}"))
    }

    /// "Validation Failed", with the field and the code of what did.
    pub(super) fn failed_validation(resource: &str, field: &str, code: &str) -> Self {
        let errors = json!([{ "resource": resource, "field": field, "code": code }]);
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Validation Failed").with(errors)
    }

    pub(super) fn with(mut self, errors: Value) -> Self {
        self.errors = Some(errors);
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "message": self.message, "documentation_url": DOCUMENTATION, "status": self.status.as_str() });
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        (self.status, Json(body)).into_response()
    }
}
