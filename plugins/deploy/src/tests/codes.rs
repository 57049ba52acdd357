//! The codes that programs branch on are written down for them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const KINDS: [&str; 3] = ["refused.", "already.", "provider."];

#[test]
fn every_code_is_in_the_readme() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(here.join("README.md")).unwrap();
    let sources: String = sources(&here.join("src")).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let quoted = sources.split('"').filter(|text| KINDS.iter().any(|kind| text.starts_with(kind)) && !text.contains(' '));
    let unknown: BTreeSet<&str> = quoted.filter(|code| !readme.contains(&format!("`{code}`"))).collect();
    assert!(unknown.is_empty(), "nobody is told of {unknown:#?}");
}

/// What is not a test.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("tests"));
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}
