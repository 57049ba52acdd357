//! Did you mean?

use std::cmp::Reverse;

const MOST: usize = 3;

/// Between the words of a suggestion and what was typed, all together.
const FARTHEST: usize = 2;

/// Words up to this length resemble too many others to be off by more than one letter.
const SHORT_WORD: usize = 4;

/// The beginning of a command that resembles what was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    pub text: String,
    /// How many of the typed words it stands for.
    pub words: usize,
    distance: usize,
}

/// The openings, or beginnings of them, that resemble the typed words, the nearest first; only those of more than `known` words, because
/// so many were understood.
pub(super) fn suggestions<'a>(openings: impl Iterator<Item = &'a [String]>, typed: &[&str], known: usize) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = openings.filter_map(|opening| suggestion(opening, typed, known)).collect();
    // What explains more of the line is nearer; the sort keeps the order of declaration among equals.
    found.sort_by_key(|suggestion| (Reverse(suggestion.words), suggestion.distance));
    let mut kept: Vec<Suggestion> = Vec::new();
    for suggestion in found {
        if kept.len() < MOST && !kept.iter().any(|better| begins_with(&better.text, &suggestion.text)) {
            kept.push(suggestion);
        }
    }
    kept
}

/// The longest beginning of the opening that resembles the typed words without being them.
fn suggestion(opening: &[String], typed: &[&str], known: usize) -> Option<Suggestion> {
    let most = opening.len().min(typed.len());
    (known + 1..=most).rev().find_map(|words| {
        let distance = distance(&opening[..words], &typed[..words])?;
        (distance > 0).then(|| Suggestion { text: opening[..words].join(" "), words, distance })
    })
}

/// How far the words are from each other; none if too far.
fn distance(opening: &[String], typed: &[&str]) -> Option<usize> {
    let distances = opening.iter().zip(typed).map(|(word, typed)| word_distance(word, typed));
    distances.sum::<Option<usize>>().filter(|sum| *sum <= FARTHEST)
}

fn word_distance(word: &str, typed: &str) -> Option<usize> {
    let length = word.chars().count();
    let farthest = if length <= SHORT_WORD { 1 } else { FARTHEST };
    // Comparing costs the product of both lengths, and a typed word can be very long.
    let comparable = typed.chars().take(length + FARTHEST + 1).count().abs_diff(length) <= farthest;
    comparable.then(|| strsim::osa_distance(word, typed)).filter(|distance| *distance <= farthest)
}

fn begins_with(text: &str, beginning: &str) -> bool {
    text.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENINGS: &[&str] = &["hat on", "hat off", "hat queue", "hat dequeue", "hat who", "deploy", "dibs on", "dibs off", "dibs give"];

    fn suggest(typed: &str) -> Vec<String> {
        let openings: Vec<Vec<String>> = OPENINGS.iter().map(|opening| opening.split(' ').map(str::to_owned).collect()).collect();
        let typed: Vec<&str> = typed.split(' ').collect();
        suggestions(openings.iter().map(Vec::as_slice), &typed, 0).into_iter().map(|suggestion| suggestion.text).collect()
    }

    #[test]
    fn a_slip_of_two_letters_is_understood() {
        for (typed, suggested) in [
            ("hat quue", &["hat queue"][..]),
            ("hat qeuue", &["hat queue"]),
            ("dploy web", &["deploy"]),
            ("depoly", &["deploy"]),
            ("deplyo web to production", &["deploy"]),
            ("ht on", &["hat on"]),
            ("hat of", &["hat on", "hat off"]),
            ("dbis staging", &["dibs"]),
            ("dbis of", &["dibs on", "dibs off"]),
            ("hat whooo", &[]),
            ("hta ow", &["hat on"]),
            ("dpl", &[]),
            ("hello there", &[]),
            ("hat", &[]),
        ] {
            assert_eq!(suggest(typed), suggested, "{typed}");
        }
    }

    #[test]
    fn at_most_three_are_suggested() {
        let openings: Vec<Vec<String>> = ["ab", "ac", "ad", "ae"].map(|word| vec![word.to_owned()]).to_vec();
        assert_eq!(suggestions(openings.iter().map(Vec::as_slice), &["a"], 0).len(), 3);
    }

    #[test]
    fn a_very_long_word_is_not_compared() {
        assert_eq!(suggest(&"deploy".repeat(2000)), [""; 0]);
    }
}
