//! What an operator can see of a built plugin: it imports what it uses and nothing else, and says who it is without being run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasmparser::{Parser, Payload};

/// The example `greet`, which keeps a value and replies.
#[test]
fn a_component_has_what_the_plugin_uses_and_nothing_else() {
    let component = std::fs::read(build("greet")).expect("the component was built");
    let Seen { imports, exports, section } = look(&component);

    let (own, wasi): (Vec<&str>, Vec<&str>) = imports.iter().map(String::as_str).partition(|name| name.starts_with("hatstand:"));
    let mut own: Vec<&str> = own.into_iter().map(|name| name.trim_start_matches("hatstand:plugin/")).collect();
    own.sort_unstable();
    // The last three for their types only.
    assert_eq!(own, ["chat@0.1.2", "description@0.1.2", "events@0.1.2", "store@0.1.2", "types@0.1.2"]);
    for name in wasi {
        assert!(["wasi:io/", "wasi:cli/", "wasi:clocks/", "wasi:random/"].iter().any(|allowed| name.starts_with(allowed)), "{name}");
    }
    assert_eq!(exports, ["hatstand:plugin/plugin@0.1.2"]);
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(section, format!(r#"{{"contract":"0.1.2","name":"greet","version":"{version}","wants":[]}}"#));
}

struct Seen {
    imports: Vec<String>,
    exports: Vec<String>,
    /// What the section `hatstand:plugin` holds.
    section: String,
}

fn look(component: &[u8]) -> Seen {
    let mut seen = Seen { imports: Vec::new(), exports: Vec::new(), section: String::new() };
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload.expect("the component can be read") {
            Payload::ComponentImportSection(imports) if depth == 0 => {
                seen.imports.extend(imports.into_iter().map(|import| import.expect("an import").name.name.to_owned()));
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                seen.exports.extend(exports.into_iter().map(|export| export.expect("an export").name.name.to_owned()));
            }
            Payload::CustomSection(section) if section.name() == "hatstand:plugin" => {
                seen.section = String::from_utf8_lossy(section.data()).into_owned();
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            _ => {}
        }
    }
    seen
}

/// Builds an example as a component, in a folder of its own: two cargos in one would wait for each other.
fn build(example: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("components");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--target", "wasm32-wasip2", "--example", example])
        .arg("--target-dir")
        .arg(&target);
    for (name, _) in env::vars() {
        // What was meant for this build, and not for that one.
        let outer = ["RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CLIPPY_ARGS"].contains(&name.as_str());
        if outer || name.starts_with("CARGO_ENCODED") || name.starts_with("CARGO_BUILD_") || name.starts_with("CARGO_PROFILE_") {
            cargo.env_remove(name);
        }
    }
    let built = cargo.status().expect("cargo can be run");
    assert!(built.success(), "the example is built: does `rustup target add wasm32-wasip2` help?");
    target.join("wasm32-wasip2/debug/examples").join(format!("{example}.wasm"))
}
