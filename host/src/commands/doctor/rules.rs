//! Do the rules say who may do what there is, to people who are there?

use crate::config::Config;
use crate::setup::{Finding, Loaded};

const AREA: &str = "rules";
const FIX: &str = "correct [[rules]] or [roles] in the configuration; roles that were given in chat are not known here: `roles` lists them";

pub fn findings(config: &Config, loaded: &Result<Loaded, String>) -> Vec<Finding> {
    let Ok(loaded) = loaded else { return Vec::new() };
    let complaints = loaded.complaints(&config.permissions());
    if complaints.is_empty() && !config.rules.is_empty() {
        return vec![Finding::ok(AREA, format!("{} rules, each about something that is there", config.rules.len()))];
    }
    complaints.into_iter().map(|complaint| Finding::warning(AREA, complaint, FIX)).collect()
}
