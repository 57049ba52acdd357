//! Playing with words.

/// Alternates the case by index, beginning with lower case; what has no case counts too.
pub(crate) fn memeify(text: &str) -> String {
    let letters = text.chars().enumerate();
    letters.flat_map(|(index, c)| if index % 2 == 0 { c.to_lowercase().collect::<Vec<_>>() } else { c.to_uppercase().collect() }).collect()
}

/// What somebody chooses from: separated by `or` and commas, or else by blanks.
pub(crate) fn options(text: &str) -> Vec<&str> {
    let options: Vec<&str> =
        text.split(',').flat_map(|part| part.split(" or ")).map(without_or).filter(|option| !option.is_empty()).collect();
    if options.len() > 1 { options } else { text.split_whitespace().collect() }
}

/// The last of `tea, milk, or coffee`.
fn without_or(option: &str) -> &str {
    let option = option.trim();
    option.strip_prefix("or ").unwrap_or(option).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_alternates_by_index() {
        assert_eq!(memeify("ship it on friday"), "sHiP It oN FrIdAy");
        assert_eq!(memeify("Großer Maß"), "gRoSSeR MaSS");
        assert_eq!(memeify(""), "");
    }

    #[test]
    fn options_are_separated_by_what_is_there() {
        assert_eq!(options("tea or green tea or coffee"), ["tea", "green tea", "coffee"]);
        assert_eq!(options("tea, green tea, or coffee"), ["tea", "green tea", "coffee"]);
        assert_eq!(options("tea, green tea"), ["tea", "green tea"]);
        assert_eq!(options("tea coffee"), ["tea", "coffee"]);
        assert_eq!(options("tea"), ["tea"]);
    }
}
