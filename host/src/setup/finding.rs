//! What a check found: whether it is well, in one sentence, and what to do if it is not.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at: `tokens`, `scopes`, `ledger`, ...
    pub area: &'static str,
    pub mark: Mark,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    Ok,
    /// The bot runs, but not as well as it should.
    Warning,
    /// The bot does not run.
    Failure,
}

impl Finding {
    pub fn ok(area: &'static str, text: impl Into<String>) -> Self {
        Self { area, mark: Mark::Ok, text: text.into(), fix: None }
    }

    pub fn warning(area: &'static str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { area, mark: Mark::Warning, text: text.into(), fix: Some(fix.into()) }
    }

    pub fn failure(area: &'static str, text: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { area, mark: Mark::Failure, text: text.into(), fix: Some(fix.into()) }
    }

    pub fn failed(&self) -> bool {
        self.mark == Mark::Failure
    }
}
