//! `tree=`: only these fields, and of lists only these items ("Remote Access API", controlling the amount of data).

use serde_json::{Map, Value};

/// What is left of a value: `name,builds[number,url]{0,2}`.
pub(super) fn prune(value: &Value, tree: &str) -> Value {
    match value {
        Value::Object(fields) => {
            let mut kept = Map::new();
            kept.extend(fields.get_key_value("_class").map(|(name, class)| (name.clone(), class.clone())));
            for branch in branches(tree) {
                if let Some(field) = fields.get(branch.name) {
                    kept.insert(branch.name.to_owned(), branch.cut(field));
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(|item| prune(item, tree)).collect(),
        other => other.clone(),
    }
}

struct Branch<'a> {
    name: &'a str,
    /// What is in brackets after it.
    below: Option<&'a str>,
    /// From where to where, before the end.
    range: Option<(usize, usize)>,
}

impl Branch<'_> {
    fn cut(&self, field: &Value) -> Value {
        let items = match (field, self.range) {
            (Value::Array(items), Some((from, to))) => Value::Array(items.iter().take(to).skip(from).cloned().collect()),
            _ => field.clone(),
        };
        self.below.map_or(items.clone(), |below| prune(&items, below))
    }
}

fn branches(tree: &str) -> Vec<Branch<'_>> {
    let (mut branches, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, letter) in tree.char_indices() {
        match letter {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(branch(&tree[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.push(branch(&tree[start..]));
    branches
}

fn branch(text: &str) -> Branch<'_> {
    let name = &text[..text.find(['[', '{']).unwrap_or(text.len())];
    let below = text.find('[').zip(text.rfind(']')).and_then(|(from, to)| text.get(from + 1..to));
    let after = &text[text.rfind(']').unwrap_or(0)..];
    let range = after.split_once('{').and_then(|(_, range)| range.trim_end_matches('}').split_once(','));
    let number = |text: &str, otherwise| if text.is_empty() { Some(otherwise) } else { text.parse().ok() };
    Branch { name, below, range: range.and_then(|(from, to)| Some((number(from, 0)?, number(to, usize::MAX)?))) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_was_asked_for_is_left() {
        let job = json!({ "name": "web", "url": "u", "builds": [{ "number": 2, "a": [{ "n": 1, "v": 2 }] }, { "number": 1, "a": [] }] });
        let pruned = prune(&job, "name,builds[number,a[n]]{0,1}");
        assert_eq!(pruned, json!({ "name": "web", "builds": [{ "number": 2, "a": [{ "n": 1 }] }] }));
        assert_eq!(prune(&job, "builds[number]{1,}"), json!({ "builds": [{ "number": 1 }] }));
        assert_eq!(prune(&job, "nothing"), json!({}));
    }
}
