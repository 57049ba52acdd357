//! Short texts that Slack shows exactly as they are: on buttons, in menus, as titles.

use serde_json::{Value, json};

/// A `plain_text` object with at most so many characters ("Text object"). It cannot mention, link or format, and `:hat:` stays as it is.
pub fn label(text: &str, most: usize) -> Value {
    json!({ "type": "plain_text", "text": shortened(text, most), "emoji": false })
}

/// The text in one line, with `…` for what is too long. Never empty, because Slack refuses what is.
pub fn shortened(text: &str, most: usize) -> String {
    let line = text.split(char::is_control).collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some(_) => line.chars().take(most - 1).chain(['…']).collect(),
        None if line.trim().is_empty() => "…".to_owned(),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut() {
        for (text, shown) in [("Queue", "Queue"), ("Queue!", "Queu…"), ("a\nb", "a b"), ("äöüßé", "äöüßé"), ("", "…"), (" ", "…")]
        {
            assert_eq!(shortened(text, 5), shown, "{text:?}");
        }
    }
}
