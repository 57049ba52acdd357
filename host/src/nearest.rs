//! What somebody may have meant who spelt a name wrongly.

/// More wrong letters than these, and it was meant to be something else.
const MOST: usize = 3;

/// No name is longer. Comparing costs the product of both lengths.
const LONGEST: usize = 60;

/// The nearest of the names, if one is near.
pub fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wrong: String = wrong.chars().take(LONGEST).collect();
    let distances = names.into_iter().map(|name| (strsim::osa_distance(name, &wrong), name));
    distances
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= MOST.min(name.chars().count() / 2))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant_and_nothing_far_away() {
        let names = ["handoff", "pool", "nag"];
        assert_eq!(nearest("hand-off", names), Some("handoff"));
        assert_eq!(nearest("pol", names), Some("pool"));
        assert_eq!(nearest("max", names), None);
        assert_eq!(nearest("x", []), None);
    }
}
