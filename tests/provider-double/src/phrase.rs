//! The little language: forms such as `deployment ID is STATE [saying TEXT...]`, and what they fit.
//!
//! A word in capitals stands for one word of the line, `TEXT...` for all that is left, brackets for what may be left out. A plural and
//! its singular are the same word, and a colon or a comma after a word does not count.

use jiff::Timestamp;

use crate::delivery::Sending;

/// What a line came to: what is to be sent, or why the step fails.
pub(crate) type Done = Result<Vec<Sending>, String>;

/// A form, and what it does.
pub(crate) struct Phrase<S> {
    pub(crate) form: &'static str,
    pub(crate) deed: fn(&mut S, &Said) -> Done,
}

/// What was said in the places of a form.
#[derive(Debug)]
pub(crate) struct Said {
    slots: Vec<(&'static str, String)>,
    pub(crate) now: Timestamp,
}

impl Said {
    /// The text in a place that the form has.
    pub(crate) fn text(&self, slot: &str) -> &str {
        self.maybe(slot).unwrap_or_default()
    }

    /// The text in a place that may be left out.
    pub(crate) fn maybe(&self, slot: &str) -> Option<&str> {
        self.slots.iter().find(|(name, _)| *name == slot).map(|(_, text)| text.as_str())
    }

    /// A number, or `no` for none.
    pub(crate) fn count(&self, slot: &str) -> Result<u64, String> {
        let text = self.text(slot);
        if text == "no" {
            return Ok(0);
        }
        text.trim_start_matches('#').parse().map_err(|_| format!("`{text}` is no number"))
    }

    /// A number that may be left out.
    pub(crate) fn maybe_count(&self, slot: &str) -> Result<Option<u64>, String> {
        self.maybe(slot).map(|_| self.count(slot)).transpose()
    }

    /// One of these words.
    pub(crate) fn one_of(&self, slot: &str, known: &[&'static str]) -> Result<&'static str, String> {
        choose(self.text(slot), known)
    }
}

/// The word among these that is meant.
pub(crate) fn choose(text: &str, known: &[&'static str]) -> Result<&'static str, String> {
    known.iter().find(|word| **word == text).copied().ok_or_else(|| format!("`{text}` is none of {}", known.join(", ")))
}

/// What a line says in the places of a form, if it has that form.
pub(crate) fn fit(form: &'static str, line: &str, now: Timestamp) -> Option<Said> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let parts = parts(form);
    let mut slots = Vec::new();
    fits(&parts.iter().collect::<Vec<_>>(), &words, &mut slots).then_some(Said { slots, now })
}

/// The form that is most like a line.
pub(crate) fn nearest<'a>(forms: impl IntoIterator<Item = &'a str>, line: &str) -> Option<&'a str> {
    let words: Vec<&str> = line.split_whitespace().map(bare).collect();
    let mut best = None;
    for form in forms {
        let likeness = likeness(form, &words);
        if best.is_none_or(|(_, known)| likeness > known) {
            best = Some((form, likeness));
        }
    }
    best.map(|(form, _)| form)
}

enum Part {
    Word(&'static str),
    Slot(&'static str),
    Rest(&'static str),
    Optional(Vec<Part>),
}

fn parts(form: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut optional: Option<Vec<Part>> = None;
    for token in form.split_whitespace() {
        if token.starts_with('[') {
            optional = Some(Vec::new());
        }
        let part = part(token.trim_matches(['[', ']']));
        optional.as_mut().unwrap_or(&mut parts).push(part);
        if token.ends_with(']') {
            parts.extend(optional.take().map(Part::Optional));
        }
    }
    parts
}

fn part(token: &'static str) -> Part {
    if let Some(name) = token.strip_suffix("...") {
        return Part::Rest(name);
    }
    if is_slot(token) { Part::Slot(token) } else { Part::Word(token) }
}

fn is_slot(token: &str) -> bool {
    token.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

fn fits(parts: &[&Part], words: &[&str], slots: &mut Vec<(&'static str, String)>) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return words.is_empty();
    };
    let before = slots.len();
    let fitted = match part {
        Part::Word(word) => words.first().is_some_and(|said| same(said, word)) && fits(rest, &words[1..], slots),
        Part::Slot(name) => words.first().is_some_and(|said| {
            slots.push((name, said.trim_end_matches([':', ',']).to_owned()));
            fits(rest, &words[1..], slots)
        }),
        Part::Rest(name) => {
            slots.push((name, words.join(" ")));
            !words.is_empty() && rest.is_empty()
        }
        Part::Optional(inner) => {
            let with: Vec<&Part> = inner.iter().chain(rest.iter().copied()).collect();
            fits(&with, words, slots) || fits(rest, words, slots)
        }
    };
    if !fitted {
        slots.truncate(before);
    }
    fitted
}

fn same(said: &str, word: &str) -> bool {
    let (said, word) = (bare(said), bare(word));
    said == word || said.trim_end_matches('s') == word.trim_end_matches('s')
}

fn bare(word: &str) -> &str {
    word.trim_end_matches([':', ','])
}

fn likeness(form: &str, words: &[&str]) -> f64 {
    let fixed: Vec<&str> =
        form.split_whitespace().filter(|token| !token.contains(['[', ']']) && !token.ends_with("...") && !is_slot(token)).collect();
    let like = |word: &str| words.iter().map(|said| strsim::jaro_winkler(said, word)).fold(0.0, f64::max);
    let found: f64 = fixed.iter().map(|word| like(word)).sum();
    let apart = words.len().abs_diff(form.split_whitespace().count());
    found / fixed.len().max(1) as f64 - 0.05 * apart as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(form: &'static str, line: &str) -> Option<Vec<(&'static str, String)>> {
        fit(form, line, Timestamp::UNIX_EPOCH).map(|said| said.slots)
    }

    #[test]
    fn what_may_be_left_out_may_be_said() {
        let form = "answers STATUS [COUNT times] [retry after SECONDS]";
        assert_eq!(slots(form, "answers 500"), Some(vec![("STATUS", "500".into())]));
        assert_eq!(slots(form, "answers 429 retry after 5"), Some(vec![("STATUS", "429".into()), ("SECONDS", "5".into())]));
        let all = vec![("STATUS", "429".into()), ("COUNT", "1".into()), ("SECONDS", "5".into())];
        assert_eq!(slots(form, "answers 429 1 time retry after 5"), Some(all));
        assert_eq!(slots(form, "answers 429 twice"), None);
    }

    #[test]
    fn the_rest_is_kept_and_must_not_be_empty() {
        let form = "deployment ID is STATE [saying TEXT...]";
        let said = slots(form, "deployment 1 is failure saying out of  disk: full").unwrap();
        assert_eq!(said[2], ("TEXT", "out of disk: full".into()));
        assert_eq!(slots(form, "deployment 1 is failure saying"), None);
    }

    #[test]
    fn the_nearest_form_is_named() {
        let forms = ["is down", "has COUNT deployments", "deployment ID is STATE [saying TEXT...]"];
        assert_eq!(nearest(forms, "deploment 1 ist success"), Some(forms[2]));
        assert_eq!(nearest(forms, "is dwon"), Some(forms[0]));
    }
}
