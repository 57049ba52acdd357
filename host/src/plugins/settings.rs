//! The values of a plugin's settings: what was set in chat, over what the operator's file says, over what the build itself says.

use hatstand_common::declaration::{Kind, Setting};
use hatstand_common::grammar::{self, Circumstances};
use hatstand_common::value::{Instant, Value};
use std::collections::{BTreeMap, HashMap};

pub type Values = HashMap<String, Value>;

/// Something that was set and is not what this build takes: kept for one that takes it, and not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    pub setting: String,
    pub value: String,
    pub why: String,
}

/// What the file set, else the default.
pub fn values(declared: &[Setting], set: &BTreeMap<String, String>) -> Result<Values, Vec<String>> {
    let unknown = set.keys().filter(|name| declared.iter().all(|setting| setting.name != **name));
    let mut problems: Vec<String> = unknown.map(|name| format!("it has no setting `{name}`")).collect();
    let mut values = HashMap::new();
    for setting in declared {
        let text = set.get(&setting.name).unwrap_or(&setting.default).as_str();
        match read(setting, text) {
            Ok(Some(value)) => drop(values.insert(setting.name.clone(), value)),
            Ok(None) => {}
            Err(why) => problems.push(format!("setting `{}`: {why}", setting.name)),
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// These values with what was set in chat over them, and what of that does not fit.
pub fn over<'c>(values: &Values, declared: &[Setting], in_chat: impl IntoIterator<Item = (&'c str, &'c str)>) -> (Values, Vec<Misfit>) {
    let mut values = values.clone();
    let mut misfits = Vec::new();
    for (name, text) in in_chat {
        let setting = declared.iter().find(|setting| setting.name == name);
        match setting.ok_or_else(|| "It has no such setting.".to_owned()).and_then(|setting| read(setting, text)) {
            Ok(Some(value)) => drop(values.insert(name.to_owned(), value)),
            Ok(None) => {}
            Err(why) => misfits.push(Misfit { setting: name.to_owned(), value: text.to_owned(), why }),
        }
    }
    (values, misfits)
}

/// Those of other values that this build takes, over its own.
pub fn over_as_they_fit(values: &Values, declared: &[Setting], others: &Values) -> Values {
    let fitting = declared.iter().filter_map(|setting| {
        let value = others.get(&setting.name).filter(|value| fits(&setting.kind, value))?;
        Some((setting.name.clone(), value.clone()))
    });
    values.iter().map(|(name, value)| (name.clone(), value.clone())).chain(fitting).collect()
}

fn fits(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Choice(words), Value::Choice(word)) => words.contains(word),
        (Kind::Text, Value::Text(_))
        | (Kind::Integer, Value::Integer(_))
        | (Kind::Boolean, Value::Boolean(_))
        | (Kind::Person, Value::Person(_))
        | (Kind::Channel, Value::Channel(_))
        | (Kind::Duration, Value::Duration(_))
        | (Kind::Instant, Value::Instant(_)) => true,
        _ => false,
    }
}

/// A value as it is typed; nothing is none. The error is a sentence.
pub fn read(setting: &Setting, text: &str) -> Result<Option<Value>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let circumstances = Circumstances { now: Instant(0), zone: "UTC".to_owned() };
    grammar::read(&setting.kind, &text.into(), &circumstances).map(Some).map_err(|misread| misread.sentence())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &str, kind: Kind, default: &str) -> Setting {
        Setting { name: name.to_owned(), kind, default: default.to_owned(), summary: String::new() }
    }

    #[test]
    fn what_is_set_in_chat_is_over_the_file_and_the_file_over_the_default() {
        let declared = [setting("a", Kind::Integer, "1"), setting("b", Kind::Integer, "1"), setting("c", Kind::Integer, "1")];
        let of_file = values(&declared, &[("b", "2"), ("c", "2")].map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let (all, misfits) = over(&of_file.expect("it fits"), &declared, [("c", "3")]);
        let numbers = ["a", "b", "c"].map(|name| all[name].clone());
        assert_eq!(numbers, [Value::Integer(1), Value::Integer(2), Value::Integer(3)]);
        assert_eq!(misfits, []);
    }

    #[test]
    fn of_another_builds_values_those_count_that_fit() {
        let words = |words: &[&str]| Kind::Choice(words.iter().map(|word| (*word).to_owned()).collect());
        let declared = [setting("a", Kind::Integer, "1"), setting("b", words(&["plain", "grand"]), "plain")];
        let own = values(&declared, &BTreeMap::new()).expect("it fits");
        let others = |a, b: &str| {
            Values::from([("a".to_owned(), a), ("b".to_owned(), Value::Choice(b.to_owned())), ("c".to_owned(), Value::Integer(3))])
        };
        assert_eq!(over_as_they_fit(&own, &declared, &others(Value::Text("1".to_owned()), "loud")), own);
        let fitting = over_as_they_fit(&own, &declared, &others(Value::Integer(2), "grand"));
        assert_eq!(fitting, Values::from([("a".to_owned(), Value::Integer(2)), ("b".to_owned(), Value::Choice("grand".to_owned()))]));
    }

    #[test]
    fn what_does_not_fit_is_named_and_changes_nothing() {
        let declared = [setting("a", Kind::Integer, "1")];
        let of_build = values(&declared, &BTreeMap::new()).expect("it fits");
        let (all, misfits) = over(&of_build, &declared, [("a", "many"), ("gone", "1")]);
        assert_eq!(all, of_build);
        let told: Vec<String> = misfits.iter().map(|misfit| format!("{} = {}: {}", misfit.setting, misfit.value, misfit.why)).collect();
        assert_eq!(told, ["a = many: `many` is not a whole number: write it in digits, such as `3`.", "gone = 1: It has no such setting."]);
    }
}
