//! Repositories: commits, and the branches and tags that point to them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::signature::hex;

/// The length of a whole SHA.
const WHOLE: usize = 40;
/// The shortest abbreviation that is looked up (git's own least).
const SHORTEST: usize = 4;

/// A repository.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    pub(crate) id: u64,
    /// `acme/web`.
    pub(crate) path: String,
    /// The first branch that it had.
    pub(crate) default_branch: String,
    pub(crate) branches: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Branches that cannot be merged with the default branch.
    pub(crate) conflicts: BTreeSet<String>,
    commits: BTreeMap<String, Commit>,
}

/// A commit.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) sha: String,
    pub(crate) parents: Vec<String>,
    pub(crate) message: String,
    pub(crate) at: Timestamp,
    /// Its place in the order in which they were made.
    number: usize,
}

/// What one commit has that another has not.
#[derive(Debug)]
pub(crate) struct Comparison<'a> {
    pub(crate) base: &'a Commit,
    pub(crate) head: &'a Commit,
    pub(crate) merge_base: Option<&'a Commit>,
    /// What the head has and the base has not, the oldest first.
    pub(crate) ahead: Vec<&'a Commit>,
    /// What the base has and the head has not.
    pub(crate) behind: Vec<&'a Commit>,
}

impl Comparison<'_> {
    /// `identical`, `ahead`, `behind` or `diverged`.
    pub(crate) fn status(&self) -> &'static str {
        match (self.ahead.is_empty(), self.behind.is_empty()) {
            (true, true) => "identical",
            (false, true) => "ahead",
            (true, false) => "behind",
            (false, false) => "diverged",
        }
    }
}

impl Repository {
    pub(crate) fn new(id: u64, path: &str, default_branch: &str) -> Self {
        Self {
            id,
            path: path.to_owned(),
            default_branch: default_branch.to_owned(),
            branches: BTreeMap::new(),
            tags: BTreeMap::new(),
            conflicts: BTreeSet::new(),
            commits: BTreeMap::new(),
        }
    }

    /// The part before the slash.
    pub(crate) fn owner(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(owner, _)| owner)
    }

    /// The part after the slash.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// Lets a branch point to a commit, which is made if it is not there: after what the branch, or else the default branch, had.
    /// Gives what the branch pointed to before.
    pub(crate) fn set_branch(&mut self, branch: &str, sha: &str, message: Option<&str>, now: Timestamp) -> Option<String> {
        let before = self.branches.get(branch).cloned();
        let parent = before.clone().or_else(|| self.branches.get(&self.default_branch).cloned());
        self.make(sha, parent.into_iter().collect(), message, now);
        self.branches.insert(branch.to_owned(), sha.to_owned());
        before
    }

    /// Lets a tag point to a commit.
    pub(crate) fn set_tag(&mut self, tag: &str, sha: &str, now: Timestamp) {
        let parent = self.branches.get(&self.default_branch).cloned();
        self.make(sha, parent.into_iter().collect(), None, now);
        self.tags.insert(tag.to_owned(), sha.to_owned());
    }

    /// Merges the default branch into another, and gives the merge commit.
    pub(crate) fn merge_default_into(&mut self, branch: &str, now: Timestamp) -> Option<String> {
        let (ours, theirs) = (self.branches.get(branch)?.clone(), self.branches.get(&self.default_branch)?.clone());
        let sha = whole(&hex(&Sha256::digest(format!("{ours} {theirs}")))[..SHORTEST * 2]).ok()?;
        let message = format!("Merge {} into {branch}", self.default_branch);
        self.make(&sha, vec![ours, theirs], Some(&message), now);
        self.branches.insert(branch.to_owned(), sha.clone());
        Some(sha)
    }

    /// The commit that a branch, a tag or a SHA, whole or abbreviated, stands for.
    pub(crate) fn resolve(&self, reference: &str) -> Option<&Commit> {
        let reference = reference.strip_prefix("refs/").unwrap_or(reference);
        let branch = self.branches.get(reference.strip_prefix("heads/").unwrap_or(reference));
        let tag = || self.tags.get(reference.strip_prefix("tags/").unwrap_or(reference));
        match branch.or_else(tag) {
            Some(sha) => self.commits.get(sha),
            None => self.abbreviated(reference),
        }
    }

    /// The whole SHA that a line means: of the commit that begins like it, or of one that is still to be made.
    pub(crate) fn meant(&self, sha: &str) -> Result<String, String> {
        match self.abbreviated(sha) {
            Some(commit) => Ok(commit.sha.clone()),
            None => whole(sha),
        }
    }

    pub(crate) fn commit(&self, sha: &str) -> Option<&Commit> {
        self.commits.get(sha)
    }

    /// What the head has that the base has not, and the other way round.
    pub(crate) fn compare<'a>(&'a self, base: &'a Commit, head: &'a Commit) -> Comparison<'a> {
        let (of_base, of_head) = (self.history(base), self.history(head));
        let only = |of: &[&'a Commit], other: &[&'a Commit]| {
            let mut only: Vec<&Commit> = of.iter().filter(|commit| other.iter().all(|known| known.sha != commit.sha)).copied().collect();
            only.sort_by_key(|commit| commit.number);
            only
        };
        let merge_base = of_head.iter().find(|commit| of_base.iter().any(|known| known.sha == commit.sha)).copied();
        Comparison { base, head, merge_base, ahead: only(&of_head, &of_base), behind: only(&of_base, &of_head) }
    }

    fn make(&mut self, sha: &str, parents: Vec<String>, message: Option<&str>, now: Timestamp) {
        if self.commits.contains_key(sha) {
            return;
        }
        let message = message.map_or_else(|| format!("Change {}", &sha[..7]), str::to_owned);
        let commit = Commit { sha: sha.to_owned(), parents, message, at: now, number: self.commits.len() };
        self.commits.insert(sha.to_owned(), commit);
    }

    fn abbreviated(&self, sha: &str) -> Option<&Commit> {
        if sha.len() < SHORTEST {
            return None;
        }
        let sha = sha.to_ascii_lowercase();
        let mut found = self.commits.range(sha.clone()..).map(|(_, commit)| commit).take_while(|commit| commit.sha.starts_with(&sha));
        let first = found.next()?;
        // Two that begin like it are none: git calls that ambiguous.
        if found.next().is_some() { None } else { Some(first) }
    }

    /// A commit and all before it, the nearest first.
    fn history<'a>(&'a self, from: &'a Commit) -> Vec<&'a Commit> {
        let (mut history, mut open) = (vec![from], VecDeque::from([from]));
        while let Some(commit) = open.pop_front() {
            for parent in commit.parents.iter().filter_map(|sha| self.commits.get(sha)) {
                if history.iter().all(|known| known.sha != parent.sha) {
                    history.push(parent);
                    open.push_back(parent);
                }
            }
        }
        history
    }
}

/// A SHA of full length; a short one is filled up, always to the same.
pub(crate) fn whole(sha: &str) -> Result<String, String> {
    let sha = sha.to_ascii_lowercase();
    if sha.is_empty() || sha.len() > WHOLE || !sha.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        return Err(format!("`{sha}` is no SHA: up to {WHOLE} hex digits"));
    }
    let filling = hex(&Sha256::digest(&sha));
    Ok(format!("{sha}{}", &filling[..WHOLE - sha.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        let mut repository = Repository::new(1, "acme/web", "main");
        for (branch, sha) in [("main", "aaaa1"), ("main", "aaaa2"), ("feature", "bbbb1"), ("main", "aaaa3")] {
            repository.set_branch(branch, &whole(sha).unwrap(), None, Timestamp::UNIX_EPOCH);
        }
        repository
    }

    #[test]
    fn a_short_sha_is_always_filled_up_to_the_same() {
        assert_eq!(whole("3f2a9c1").unwrap().len(), 40);
        assert_eq!(whole("3F2A9C1"), whole("3f2a9c1"));
        assert!(whole("3f2a9c1").unwrap().starts_with("3f2a9c1"));
        assert!(whole("main").is_err());
    }

    #[test]
    fn branches_that_grew_apart_are_diverged_until_they_are_merged() {
        let mut repository = repository();
        let compare = |repository: &Repository| {
            let found = |reference| repository.resolve(reference).unwrap();
            let comparison = repository.compare(found("main"), found("feature"));
            (comparison.status(), comparison.ahead.len(), comparison.behind.len(), comparison.merge_base.unwrap().sha[..5].to_owned())
        };
        assert_eq!(compare(&repository), ("diverged", 1, 1, "aaaa2".to_owned()));
        repository.merge_default_into("feature", Timestamp::UNIX_EPOCH);
        assert_eq!(compare(&repository), ("ahead", 2, 0, "aaaa3".to_owned()));
    }

    #[test]
    fn an_abbreviation_of_two_commits_stands_for_none() {
        let repository = repository();
        assert!(repository.resolve("aaaa").is_none());
        assert_eq!(repository.resolve("aaaa2").unwrap().sha, whole("aaaa2").unwrap());
        assert_eq!(repository.resolve("heads/main").unwrap().sha, repository.resolve("aaaa3").unwrap().sha);
    }
}
