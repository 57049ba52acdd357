//! `[..]`: any text within a line.

const ANY: &str = "[..]";

/// Is `got` what `expected` describes?
pub(super) fn matches(expected: &str, got: &str) -> bool {
    let Some((start, rest)) = expected.split_once(ANY) else { return expected == got };
    let (middle, end) = rest.rsplit_once(ANY).unwrap_or(("", rest));
    let Some(got) = got.strip_prefix(start).and_then(|got| got.strip_suffix(end)) else { return false };
    contains_in_order(got, middle.split(ANY))
}

fn contains_in_order<'p>(text: &str, mut parts: impl Iterator<Item = &'p str>) -> bool {
    parts.try_fold(text, |rest, part| rest.split_once(part).map(|(_, rest)| rest)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_wildcard_only_the_same_matches() {
        assert!(matches("a.b", "a.b"));
        assert!(!matches("a.b", "a.b "));
    }

    #[test]
    fn a_wildcard_is_any_text() {
        for got in ["(ref )", "(ref 7f3a)", "(ref ))"] {
            assert!(matches("(ref [..])", got), "{got}");
        }
        for got in ["(ref 7f3a", "ref 7f3a)", "(ref"] {
            assert!(!matches("(ref [..])", got), "{got}");
        }
    }

    #[test]
    fn several_wildcards_match_in_order() {
        assert!(matches("[..] has [..] until [..].", "jane has the hat until 10:00."));
        assert!(!matches("[..] until [..] has [..].", "jane has the hat until 10:00."));
        assert!(!matches("aba[..]aba", "aba"));
    }
}
