//! Rules of a test about the actions of its plugin.

use super::people::People;
use crate::bindings::hatstand::plugin::rights::{Default as WireDefault, Operation, Subject};
use hatstand_common::declaration::{AccessDefault, Action};
use hatstand_common::message::Span;
use hatstand_common::texts;
use hatstand_common::value::PersonId;

/// The actions that a plugin declares, and what the test says of them: the last rule that fits decides.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) actions: Vec<Action>,
    pub(super) rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) action: String,
    /// Of every subject, if there is none.
    pub(super) value: Option<String>,
    /// About everybody, if there is none.
    pub(super) person: Option<PersonId>,
    pub(super) allow: bool,
}

impl Rules {
    /// The sentence for a person who may not do this; an error for a plugin that asks wrongly.
    pub(super) fn refusal(
        &self,
        operation: &Operation,
        subject: &Subject,
        person: Option<&PersonId>,
        people: &People,
    ) -> Result<Option<Vec<Span>>, String> {
        let action = self.actions.iter().find(|action| action.name == operation.action);
        let action = action.ok_or_else(|| format!("it declares no action `{}`", operation.action))?;
        let person = operation.person.as_deref().map(PersonId::from).or_else(|| person.cloned());
        let person = person.ok_or("no person did this: say on whose behalf it is done")?;
        let fits = |rule: &&Rule| {
            let is_about = rule.value.as_ref().is_none_or(|value| subject.iter().any(|part| part.value == *value));
            rule.action == action.name && is_about && rule.person.as_ref().is_none_or(|whom| *whom == person)
        };
        let default = operation.default.map_or(action.default, |default| match default {
            WireDefault::Everybody => AccessDefault::Everybody,
            WireDefault::Admins => AccessDefault::Admins,
            WireDefault::Nobody => AccessDefault::Nobody,
        });
        let (may, who) = match (self.rules.iter().rev().find(fits), default) {
            (Some(rule), _) => (rule.allow, "Nobody"),
            (None, AccessDefault::Everybody) => (true, ""),
            (None, AccessDefault::Admins) => (people.admins.contains(&person), "Only administrators"),
            (None, AccessDefault::Nobody) => (false, "Nobody"),
        };
        if may {
            return Ok(None);
        }
        let subject: Vec<(String, String)> = subject.iter().map(|part| (part.name.clone(), part.value.clone())).collect();
        let mut sentence = vec![Span::Markdown(format!("{who} may "))];
        sentence.extend(action.describe(&subject));
        let admins: Vec<PersonId> = people.admins.iter().cloned().collect();
        Ok(Some(texts::refused(sentence, &admins).text))
    }
}
