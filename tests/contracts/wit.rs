//! What was published of the contract stays as it was. The files of a published version are beside the plugins that were built against it;
//! everything in them, but for the comments, is in today's `wit/` too.

use crate::built::folder;
use crate::support::source;
use hatstand::plugins::check::parse_version;
use hatstand::plugins::inspect::CONTRACT;
use hatstand::plugins::interfaces::INTERFACES;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A function, a type, an import or an export of the contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    /// The interface or world.
    of: String,
    /// As it is declared, on one line.
    text: String,
}

impl Item {
    /// The version that brought it.
    fn since(&self) -> Option<&str> {
        self.text.strip_prefix("@since(version = ")?.split_once(')').map(|(version, _)| version)
    }

    /// The name, if it is a function.
    fn function(&self) -> Option<String> {
        let (_, declared) = self.text.split_once(") ")?;
        let (name, kind) = declared.split_once(": ")?;
        kind.starts_with("func(").then(|| format!("{}.{name}", self.of))
    }
}

#[test]
fn nothing_that_was_published_has_changed() {
    let (published, today) = (items(&folder().join("wit")), today());
    let changed: Vec<&Item> = published.difference(&today).collect();
    assert!(changed.is_empty(), "no more as it was in 0.1.0: {changed:#?}");
}

#[test]
fn nothing_was_added_to_what_was_published() {
    let published = items(&folder().join("wit"));
    let (today, begun) = (today(), |item: &&Item| item.since() == Some("0.1.0"));
    let added: Vec<&Item> = today.difference(&published).filter(begun).collect();
    assert!(added.is_empty(), "not in 0.1.0, whatever `@since` says: {added:#?}");
}

#[test]
fn the_contract_is_as_new_as_its_newest_addition() {
    let (today, numbered) = (today(), |item: &Item| item.since().and_then(parse_version));
    let undated: Vec<&Item> = today.iter().filter(|item| item.of != "hatstand-plugin" && numbered(item).is_none()).collect();
    assert!(undated.is_empty(), "does not say since when it is there: {undated:#?}");
    assert_eq!(today.iter().filter_map(numbered).max(), parse_version(CONTRACT), "the newest `@since`, and what this host offers");
    let world = fs::read_to_string(source().join("wit/world.wit")).expect("it is there");
    assert!(world.contains(&format!("\npackage hatstand:plugin@{CONTRACT};\n")), "the version of the package");
}

#[test]
fn the_host_knows_every_function_of_the_contract() {
    let declared: BTreeSet<String> = today().iter().filter(|item| item.of != "plugin").filter_map(Item::function).collect();
    let known = INTERFACES.iter().flat_map(|interface| interface.functions.iter().map(|function| format!("{}.{function}", interface.name)));
    assert_eq!(declared, known.collect());
}

/// The contract as it stands.
fn today() -> BTreeSet<Item> {
    items(&source().join("wit"))
}

fn items(folder: &Path) -> BTreeSet<Item> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "wit"));
    let items: BTreeSet<Item> = files.flat_map(|path| items_of(&fs::read_to_string(path).expect("it can be read"))).collect();
    assert!(!items.is_empty(), "{} has a contract", folder.display());
    items
}

/// The items of a file, which holds one interface or the world.
fn items_of(file: &str) -> Vec<Item> {
    let code: Vec<&str> = file.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    let code = code.join(" ");
    let (head, body) = code.split_once('{').expect("an interface or a world");
    let of = head.split_whitespace().last().expect("it has a name").to_owned();
    let body = body.trim_end().strip_suffix('}').expect("it ends with its brace");
    let texts = split(body).into_iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    texts.filter(|text| !text.is_empty() && !text.starts_with("use ")).map(|text| Item { of: of.clone(), text }).collect()
}

/// Splits after each `;` and each `}` that is in no other braces.
fn split(body: &str) -> Vec<&str> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, sign) in body.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(sign, ';' | '}') {
            items.push(body[start..at].trim_matches([' ', ';']));
            start = at + 1;
        }
    }
    items
}
