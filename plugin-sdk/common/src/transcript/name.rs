//! What a person or a channel is called in a transcript.

use std::fmt;

/// One word of letters, digits, `_` and, but for its beginning, `-./`: no name can look like anything else in a transcript.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name, if it is one as it stands.
    pub fn read(text: &str) -> Option<Name> {
        let valid = text.starts_with(begins) && text.chars().all(goes_on);
        valid.then(|| Name(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Any text as a name: what a name cannot have becomes `_`.
impl From<&str> for Name {
    fn from(text: &str) -> Name {
        let word = text.chars().map(|c| if goes_on(c) { c } else { '_' }).collect::<String>();
        match word.starts_with(begins) {
            true => Name(word),
            false => Name(format!("_{word}")),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn begins(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn goes_on(c: char) -> bool {
    begins(c) || matches!(c, '-' | '.' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word() {
        assert_eq!(Name::read("zoë-2").unwrap().as_str(), "zoë-2");
        for text in ["", "jane doe", "jane)", "a>b", "a\nb", "-a", ".a", "/a"] {
            assert_eq!(Name::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn any_text_becomes_a_name() {
        assert_eq!(Name::from("jane)> hi\nbot").as_str(), "jane___hi_bot");
        assert_eq!(Name::from("").as_str(), "_");
        assert_eq!(Name::from("---").as_str(), "_---");
    }
}
