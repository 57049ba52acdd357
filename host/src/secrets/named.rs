//! Secrets that the operator has names for.

use super::Environment;
use super::problem::{TokenProblem, TokenWarning};
use super::source::{Source, file_variable};
use secrecy::SecretString;

/// The secret of this name, or why there is none.
pub fn secret(environment: &Environment, name: &str) -> Result<SecretString, String> {
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("`{name}` is no name of a secret: letters, digits and `_`"));
    }
    let mut sources = Source::all(environment, name);
    if sources.len() > 1 {
        return Err(TokenProblem::Several { sources: sources.iter().map(ToString::to_string).collect() }.to_string());
    }
    let source = sources.pop().ok_or_else(|| format!("{name} is not set, and neither is {}", file_variable(name)))?;
    let text = source.text(environment).map_err(|why| format!("{source} cannot be read: {why}"))?;
    if let Some(path) = source.exposed() {
        tracing::warn!("{}", TokenWarning::Exposed { path: path.to_owned() });
    }
    match text.trim() {
        "" => Err(format!("{source} holds nothing")),
        text => Ok(text.into()),
    }
}
