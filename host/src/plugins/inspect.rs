//! What a file is and wants, read without running or compiling anything.

use super::rejection::Rejection;
use crate::capabilities::SERVED;
use serde::Deserialize;
use wasmparser::{Encoding, Parser, Payload};

/// The version of the contract that this host speaks: all of this series, up to this patch.
pub const CONTRACT: &str = "0.1.0";
const PACKAGE: &str = "hatstand:plugin/";
const SECTION: &str = "hatstand:plugin";

/// Interfaces of the contract that later versions of the host serve.
const LATER: [&str; 2] = ["http", "queue"];
/// Interfaces of the contract that hold types only.
const TYPES: [&str; 3] = ["types", "events", "description"];
/// What of WASI a program needs to start; no way out of the sandbox.
const HARMLESS: [&str; 4] = ["wasi:io/", "wasi:cli/", "wasi:clocks/", "wasi:random/"];

/// A component that can be compiled and linked, as far as its outside tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspection {
    pub imports: Vec<String>,
    pub exports: Vec<String>,
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
    let inspection = walk(bytes)?;
    check_contract(&inspection)?;
    check_imports(&inspection.imports)?;
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
        Rejection::Damaged(message.to_owned())
    }
}

fn check_contract(inspection: &Inspection) -> Result<(), Rejection> {
    let ours = |name: &&String| name.starts_with(PACKAGE);
    if !inspection.exports.iter().any(|name| name.starts_with("hatstand:plugin/plugin@")) {
        return Err(Rejection::NoExports(inspection.exports.clone()));
    }
    let versions = inspection.imports.iter().chain(&inspection.exports).filter(ours).filter_map(|name| version_of(name));
    match versions.filter(|theirs| !fits(theirs)).max() {
        Some(theirs) => Err(Rejection::OtherContract { theirs: theirs.to_owned(), ours: CONTRACT }),
        None => Ok(()),
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
    let own: Vec<&str> = ours.iter().map(|name| interface_of(name)).collect();
    reject_any(own.iter().filter(|name| LATER.contains(name)), Rejection::NotServed)?;
    reject_any(own.iter().filter(|name| !SERVED.contains(name) && !TYPES.contains(name)), Rejection::Unknown)?;
    let others = others.iter().filter(|name| !HARMLESS.iter().any(|prefix| name.starts_with(prefix)));
    let (wasi, unknown): (Vec<&&String>, Vec<&&String>) = others.partition(|name| name.starts_with("wasi:"));
    reject_any(wasi.iter(), Rejection::Ambient)?;
    reject_any(unknown.iter(), Rejection::Unknown)
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
    fn names_what_an_import_asks_for() {
        let import = |name: &str| check_imports(&[name.to_owned()]);
        assert_eq!(import("hatstand:plugin/store@0.1.7"), Ok(()));
        assert_eq!(import("hatstand:plugin/types@0.1.0"), Ok(()));
        assert_eq!(import("wasi:cli/stderr@0.2.6"), Ok(()));
        assert_eq!(import("hatstand:plugin/http@0.1.0"), Err(Rejection::NotServed(vec!["http".to_owned()])));
        assert_eq!(import("hatstand:plugin/mind@0.1.9"), Err(Rejection::Unknown(vec!["mind".to_owned()])));
        let sockets = "wasi:sockets/tcp@0.2.6";
        assert_eq!(import(sockets), Err(Rejection::Ambient(vec![sockets.to_owned()])));
        let other = "acme:db/query@1.0.0";
        assert_eq!(import(other), Err(Rejection::Unknown(vec![other.to_owned()])));
    }

    #[test]
    fn another_series_of_the_contract_is_named() {
        let inspection = Inspection { exports: vec!["hatstand:plugin/plugin@0.2.0".to_owned()], ..Inspection::default() };
        let rejection = Rejection::OtherContract { theirs: "0.2.0".to_owned(), ours: CONTRACT };
        assert_eq!(check_contract(&inspection), Err(rejection));
    }
}
