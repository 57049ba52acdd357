//! Two sequences side by side: what is in both, and what is in one only.

/// One place of two sequences side by side, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    Both(usize, usize),
    /// Something else stands in its place.
    Instead(usize, usize),
    Old(usize),
    New(usize),
}

/// Puts two sequences side by side so that as much as possible is in both.
pub(super) fn align<A, B>(old: &[A], new: &[B], same: impl Fn(&A, &B) -> bool) -> Vec<Pair> {
    let common = common(old, new, &same);
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if same(&old[i], &new[j]) {
            pairs.push(Pair::Both(i, j));
            (i, j) = (i + 1, j + 1);
        } else if common[i + 1][j] >= common[i][j + 1] {
            pairs.push(Pair::Old(i));
            i += 1;
        } else {
            pairs.push(Pair::New(j));
            j += 1;
        }
    }
    pairs.extend((i..old.len()).map(Pair::Old));
    pairs.extend((j..new.len()).map(Pair::New));
    pairs.chunk_by(|a, b| is_both(a) == is_both(b)).flat_map(replace).collect()
}

/// How much the rest of `old` from `i` and the rest of `new` from `j` have in common, as `[i][j]`.
fn common<A, B>(old: &[A], new: &[B], same: impl Fn(&A, &B) -> bool) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = match same(&old[i], &new[j]) {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    common
}

fn is_both(pair: &Pair) -> bool {
    matches!(pair, Pair::Both(..))
}

/// Between two places that are in both, the first of the old stands for the first of the new, and so on.
fn replace(run: &[Pair]) -> Vec<Pair> {
    if run.iter().all(is_both) {
        return run.to_vec();
    }
    let old: Vec<usize> = run.iter().filter_map(|pair| if let Pair::Old(i) = pair { Some(*i) } else { None }).collect();
    let new: Vec<usize> = run.iter().filter_map(|pair| if let Pair::New(j) = pair { Some(*j) } else { None }).collect();
    let both = old.len().min(new.len());
    let instead = old.iter().zip(&new).map(|(i, j)| Pair::Instead(*i, *j));
    instead.chain(old[both..].iter().copied().map(Pair::Old)).chain(new[both..].iter().copied().map(Pair::New)).collect()
}

#[cfg(test)]
mod tests {
    use super::Pair::{Both, Instead, New, Old};
    use super::*;

    fn aligned(old: &str, new: &str) -> Vec<Pair> {
        let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
        align(&old, &new, |a, b| a == b)
    }

    #[test]
    fn as_much_as_possible_is_in_both() {
        assert_eq!(aligned("abc", "abc"), [Both(0, 0), Both(1, 1), Both(2, 2)]);
        assert_eq!(aligned("abcd", "acxd"), [Both(0, 0), Old(1), Both(2, 1), New(2), Both(3, 3)]);
        assert_eq!(aligned("xab", "ab"), [Old(0), Both(1, 0), Both(2, 1)]);
    }

    #[test]
    fn what_differs_at_the_same_place_is_instead() {
        assert_eq!(aligned("abc", "axc"), [Both(0, 0), Instead(1, 1), Both(2, 2)]);
        assert_eq!(aligned("ab", "xyz"), [Instead(0, 0), Instead(1, 1), New(2)]);
        assert_eq!(aligned("abc", "x"), [Instead(0, 0), Old(1), Old(2)]);
    }

    #[test]
    fn one_may_be_empty() {
        assert_eq!(aligned("", ""), []);
        assert_eq!(aligned("a", ""), [Old(0)]);
        assert_eq!(aligned("", "a"), [New(0)]);
    }
}
