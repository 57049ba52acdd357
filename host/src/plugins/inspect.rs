//! What a file is and wants, read without running or compiling anything.

use super::check::parse_version;
use super::interfaces::{TYPES, interface};
use super::rejection::{Rejection, readable};
use crate::capabilities::SERVED;
use serde::Deserialize;
use wasmparser::component_types::ComponentEntityType;
use wasmparser::types::TypesRef;
use wasmparser::{Encoding, Parser, Payload, Validator};

/// The version of the contract that this host speaks: all of this series, up to this patch.
pub const CONTRACT: &str = "0.1.2";
const PACKAGE: &str = "hatstand:plugin/";
const SECTION: &str = "hatstand:plugin";

/// What of WASI a program needs to start; no way out of the sandbox.
const HARMLESS: [&str; 4] = ["wasi:io/", "wasi:cli/", "wasi:clocks/", "wasi:random/"];

/// A component that can be compiled and linked, as far as its outside tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    pub imports: Vec<String>,
    pub exports: Vec<String>,
    /// What it calls of our interfaces, such as `store.get`.
    pub calls: Vec<String>,
    /// What the SDK wrote into it; none if it was built without.
    pub label: Option<Label>,
}

/// What the SDK writes into a component, to be read without running it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Label {
    pub contract: String,
    pub name: String,
    pub version: String,
    pub wants: Vec<String>,
}

/// Looks at the bytes of a file from the outside.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Rejection> {
    check_header(bytes)?;
    let mut inspection = walk(bytes)?;
    check_contract(&inspection)?;
    check_imports(&inspection.imports)?;
    inspection.calls = calls(bytes, &inspection.imports)?;
    check_known(&inspection)?;
    Ok(inspection)
}

fn check_header(bytes: &[u8]) -> Result<(), Rejection> {
    const MAGIC: &[u8] = b"\0asm";
    if bytes.is_empty() {
        return Err(Rejection::Empty);
    }
    if bytes.len() < 8 && MAGIC.starts_with(&bytes[..bytes.len().min(4)]) {
        return Err(Rejection::CutOff(bytes.len()));
    }
    if !bytes.starts_with(MAGIC) {
        return Err(Rejection::NotWasm(beginning(bytes)));
    }
    Ok(())
}

/// The first few characters, for people.
fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(24)]);
    text.chars().take_while(|c| !c.is_control()).take(16).collect()
}

fn walk(bytes: &[u8]) -> Result<Inspection, Rejection> {
    let mut inspection = Inspection::default();
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|why| damage(bytes, &why))? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => return Err(Rejection::CoreModule),
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    inspection.imports.push(import.map_err(|why| damage(bytes, &why))?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    inspection.exports.push(export.map_err(|why| damage(bytes, &why))?.name.name.to_owned());
                }
            }
            Payload::CustomSection(section) if section.name() == SECTION => {
                inspection.label = serde_json::from_slice(section.data()).ok();
            }
            Payload::UnknownSection { id, .. } => return Err(Rejection::Damaged(format!("there is no section {id}"))),
            _ => {}
        }
    }
    Ok(inspection)
}

fn damage(bytes: &[u8], why: &wasmparser::BinaryReaderError) -> Rejection {
    let message = why.message();
    if message.contains("unexpected end") || message.contains("out of bounds") {
        Rejection::CutOff(bytes.len())
    } else {
        Rejection::Damaged(readable(message))
    }
}

/// What it calls of our interfaces. All of it is validated for that, so what is damaged within goes no further either.
fn calls(bytes: &[u8], imports: &[String]) -> Result<Vec<String>, Rejection> {
    let types = Validator::new().validate_all(bytes).map_err(|why| damage(bytes, &why))?;
    let ours = imports.iter().filter(|name| name.starts_with(PACKAGE));
    Ok(ours.flat_map(|import| calls_of(types.as_ref(), import)).collect())
}

fn calls_of<'a>(types: TypesRef<'a>, import: &'a str) -> impl Iterator<Item = String> + 'a {
    let instance = types.component_item_for_import(import).and_then(|item| match item.ty {
        ComponentEntityType::Instance(instance) => types.get(instance),
        _ => None,
    });
    let exports = instance.into_iter().flat_map(|instance| &instance.exports);
    let functions = exports.filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)));
    functions.map(move |(function, _)| format!("{}.{function}", interface_of(import)))
}

fn check_contract(inspection: &Inspection) -> Result<(), Rejection> {
    if !inspection.exports.iter().any(|name| name.starts_with("hatstand:plugin/plugin@")) {
        return Err(Rejection::NoExports(inspection.exports.clone()));
    }
    match inspection.versions().find(|theirs| !fits(theirs)) {
        Some(theirs) => Err(Rejection::OtherContract { theirs: readable(theirs), ours: CONTRACT }),
        None => Ok(()),
    }
}

impl Inspection {
    /// The versions of the contract that it names, the newest first.
    fn versions(&self) -> impl Iterator<Item = &str> {
        let ours = self.imports.iter().chain(&self.exports).filter(|name| name.starts_with(PACKAGE));
        let mut versions: Vec<&str> = ours.filter_map(|name| version_of(name)).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(parse_version(version)));
        versions.into_iter()
    }
}

fn version_of(name: &str) -> Option<&str> {
    name.split_once('@').map(|(_, version)| version)
}

/// Additions stay within a minor version, so a plugin of the same series fits unless it uses something added later; that shows in its
/// imports.
fn fits(theirs: &str) -> bool {
    series(theirs) == series(CONTRACT)
}

fn series(version: &str) -> Vec<&str> {
    version.split('.').take(2).collect()
}

fn check_imports(imports: &[String]) -> Result<(), Rejection> {
    let (ours, others): (Vec<_>, Vec<_>) = imports.iter().partition(|name| name.starts_with(PACKAGE));
    let own = ours.iter().map(|name| interface_of(name));
    reject_any(own.filter(|name| interface(name).is_some() && !SERVED.contains(name)), Rejection::NotServed)?;
    let others = others.iter().filter(|name| !HARMLESS.iter().any(|prefix| name.starts_with(prefix)));
    let (wasi, unknown): (Vec<&&String>, Vec<&&String>) = others.partition(|name| name.starts_with("wasi:"));
    reject_any(wasi.iter(), Rejection::Ambient)?;
    reject_any(unknown.iter(), Rejection::Unknown)
}

/// Interfaces and functions that this host does not know: of a later contract, or of none.
fn check_known(inspection: &Inspection) -> Result<(), Rejection> {
    let ours = inspection.imports.iter().filter(|name| name.starts_with(PACKAGE)).map(|name| interface_of(name));
    let interfaces = ours.filter(|name| interface(name).is_none() && !TYPES.contains(name));
    let functions = inspection.calls.iter().map(String::as_str).filter(|call| is_new_function(call));
    let needs: Vec<String> = interfaces.chain(functions).map(str::to_owned).collect();
    match inspection.versions().next().filter(|theirs| parse_version(theirs) > parse_version(CONTRACT)) {
        _ if needs.is_empty() => Ok(()),
        Some(theirs) => Err(Rejection::Later { needs, theirs: readable(theirs), ours: CONTRACT }),
        None => Err(Rejection::Unknown(needs)),
    }
}

/// A function that an interface we know does not have; of one that is new itself, all functions are, and it is enough to name it.
fn is_new_function(call: &str) -> bool {
    let (name, function) = call.split_once('.').unwrap_or((call, ""));
    interface(name).is_some_and(|interface| !interface.functions.contains(&function))
}

fn reject_any<T: ToString>(names: impl Iterator<Item = T>, why: fn(Vec<String>) -> Rejection) -> Result<(), Rejection> {
    let names: Vec<String> = names.map(|name| name.to_string()).collect();
    if names.is_empty() { Ok(()) } else { Err(why(names)) }
}

fn interface_of(name: &str) -> &str {
    let name = name.strip_prefix(PACKAGE).unwrap_or(name);
    name.split_once('@').map_or(name, |(interface, _)| interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_files_that_are_no_components_apart() {
        assert_eq!(inspect(b""), Err(Rejection::Empty));
        assert_eq!(inspect(b"hello world"), Err(Rejection::NotWasm("hello world".to_owned())));
        assert_eq!(inspect(b"\0as"), Err(Rejection::CutOff(3)));
        assert_eq!(inspect(b"\0asm\x01\0\0\0"), Err(Rejection::CoreModule));
        assert_eq!(inspect(b"\0asm\x0d\0\x01\0"), Err(Rejection::NoExports(vec![])));
    }

    #[test]
    fn damage_within_is_told_on_one_line() {
        let bad_module = b"\0asm\x0d\0\x01\0\x01\x08no\x1b[1m\n\n";
        let sentence = inspect(bad_module).expect_err("it is damaged").to_string();
        assert!(sentence.starts_with("is damaged (") && !sentence.chars().any(char::is_control), "{sentence:?}");
    }

    #[test]
    fn names_what_an_import_asks_for() {
        let import = |name: &str| check_imports(&[name.to_owned()]);
        assert_eq!(import("hatstand:plugin/store@0.1.7"), Ok(()));
        assert_eq!(import("hatstand:plugin/types@0.1.0"), Ok(()));
        assert_eq!(import("wasi:cli/stderr@0.2.6"), Ok(()));
        assert_eq!(import("hatstand:plugin/queue@0.1.0"), Err(Rejection::NotServed(vec!["queue".to_owned()])));
        let sockets = "wasi:sockets/tcp@0.2.6";
        assert_eq!(import(sockets), Err(Rejection::Ambient(vec![sockets.to_owned()])));
        let other = "acme:db/query@1.0.0";
        assert_eq!(import(other), Err(Rejection::Unknown(vec![other.to_owned()])));
    }

    #[test]
    fn names_what_a_later_contract_has_and_this_host_lacks() {
        let with = |imports: &[&str], calls: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            check_known(&Inspection { imports: owned(imports), calls: owned(calls), ..Inspection::default() })
        };
        let later = |needs: &[&str], theirs: &str| {
            let needs = needs.iter().map(|name| (*name).to_owned()).collect();
            Err(Rejection::Later { needs, theirs: theirs.to_owned(), ours: CONTRACT })
        };
        let store = "hatstand:plugin/store@0.1.9";
        assert_eq!(with(&[store], &["store.get"]), Ok(()));
        assert_eq!(with(&[store], &["store.get", "store.swap"]), later(&["store.swap"], "0.1.9"));
        let mind = "hatstand:plugin/mind@0.1.20";
        assert_eq!(with(&[store, mind], &["store.swap", "mind.read"]), later(&["mind", "store.swap"], "0.1.20"));
        assert_eq!(with(&["hatstand:plugin/mind@0.1.0"], &[]), Err(Rejection::Unknown(vec!["mind".to_owned()])));
    }

    #[test]
    fn another_series_of_the_contract_is_named() {
        let inspection = Inspection { exports: vec!["hatstand:plugin/plugin@0.2.0".to_owned()], ..Inspection::default() };
        let rejection = Rejection::OtherContract { theirs: "0.2.0".to_owned(), ours: CONTRACT };
        assert_eq!(check_contract(&inspection), Err(rejection));
    }
}
