//! What changed since a manifest was written: a new plugin may want a new scope.

use super::manifest::Manifest;
use super::needs::{Needs, Reasons};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

const SCOPES: &str = "/oauth_config/scopes/bot";
const EVENTS: &str = "/settings/event_subscriptions/bot_events";

/// The difference between a manifest that was written and what is needed now. Prints as a list, one line for each difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Each a kind, a name and the reasons.
    wanted: Vec<(&'static str, String, Vec<String>)>,
    unwanted: Vec<(&'static str, String)>,
    /// Something beside scopes and events is different.
    otherwise: bool,
}

impl Changes {
    /// Compares what was written with what would be written now.
    pub fn between(written: &Value, manifest: &Manifest, needs: &Needs) -> Self {
        let mut changes = Self::default();
        changes.compare("scope", &listed(written, SCOPES), &needs.scopes);
        changes.compare("event", &listed(written, EVENTS), &needs.events);
        let now = serde_json::to_value(manifest).expect("it is made of names");
        changes.otherwise = without_lists(written.clone()) != without_lists(now);
        changes
    }

    fn compare(&mut self, kind: &'static str, written: &BTreeSet<String>, needed: &Reasons) {
        let wanted = needed.iter().filter(|(name, _)| !written.contains(**name));
        self.wanted.extend(wanted.map(|(name, why)| (kind, (*name).to_owned(), why.clone())));
        let unwanted = written.iter().filter(|name| !needed.contains_key(name.as_str()));
        self.unwanted.extend(unwanted.map(|name| (kind, name.clone())));
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, name, why) in &self.wanted {
            writeln!(f, "+ {kind} {name} ({})", why.join(", "))?;
        }
        for (kind, name) in &self.unwanted {
            writeln!(f, "- {kind} {name} (nobody wants it any more)")?;
        }
        if self.otherwise {
            writeln!(f, "~ the app's name, pages or settings")?;
        }
        Ok(())
    }
}

fn listed(manifest: &Value, place: &str) -> BTreeSet<String> {
    let list = manifest.pointer(place).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn without_lists(mut manifest: Value) -> Value {
    for place in [SCOPES, EVENTS] {
        if let Some(list) = manifest.pointer_mut(place) {
            *list = Value::Null;
        }
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::grants::Grants;
    use hatstand_common::declaration::Description;

    #[test]
    fn name_what_is_new_and_who_wants_it() {
        let before = Needs::of([]);
        let written = serde_json::to_value(Manifest::new("hatstand", &before)).expect("JSON");
        assert!(Changes::between(&written, &Manifest::new("hatstand", &before), &before).is_empty());

        let cheer = Description { name: "cheer".to_owned(), subscriptions: vec!["reaction".to_owned()], ..Description::default() };
        let needs = Needs::of([(&cheer, &Grants::default())]);
        let changes = Changes::between(&written, &Manifest::new("ops-bot", &needs), &needs);
        assert_eq!(
            changes.to_string(),
            "+ scope reactions:read (cheer: subscription `reaction`)\n\
             + event reaction_added (cheer: subscription `reaction`)\n\
             + event reaction_removed (cheer: subscription `reaction`)\n\
             ~ the app's name, pages or settings\n"
        );

        let written = serde_json::to_value(Manifest::new("hatstand", &needs)).expect("JSON");
        let changes = Changes::between(&written, &Manifest::new("hatstand", &before), &before);
        assert!(changes.to_string().starts_with("- scope reactions:read (nobody wants it any more)\n"), "{changes}");
    }
}
