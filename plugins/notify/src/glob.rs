//! Patterns such as `acme/*`.

/// Is this a text that the pattern stands for? `*` stands for any characters, `?` for one; case does not matter.
pub fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t) = (0, 0);
    // After the last `*`, and how much of the text it stands for so far: only the last one needs to be tried again.
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((after, taken)) = star else { return false };
                star = Some((after, taken + 1));
                (p, t) = (after, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_stand_for_texts() {
        for (pattern, text) in [
            ("acme/web", "Acme/Web"),
            ("acme/*", "acme/web"),
            ("acme/*", "acme/group/web"),
            ("*", ""),
            ("*", "anything"),
            ("web-??", "web-01"),
            ("*-db*-1", "eu-db-main-db-1"),
            ("release/*", "release/1.2"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("acme/web", "acme/webs"), ("acme/*", "acm/web"), ("", "a"), ("?", ""), ("*a", "ab"), ("a*b*c", "acb")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    /// As slow as it is plain.
    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|taken| plainly(rest, &text[taken..])),
            ['?', rest @ ..] => !text.is_empty() && plainly(rest, &text[1..]),
            [first, rest @ ..] => text.first() == Some(first) && plainly(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn it_is_what_it_says(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            prop_assert_eq!(matches(&pattern, &text), plainly(&chars(&pattern), &chars(&text)));
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_long_time() {
        assert!(!matches(&"*a".repeat(100), &"a".repeat(99)));
    }
}
