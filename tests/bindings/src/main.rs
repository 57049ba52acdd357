//! Writes `plugin-sdk/src/bindings.rs` from the contract in `wit/`; with `--check` only says whether it is what would be written.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};
use wit_bindgen_rust::Opts;

fn main() -> ExitCode {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = workspace.join("plugin-sdk/src/bindings.rs");
    let generated = generate(&workspace.join("wit"));
    let current = fs::read_to_string(&file).unwrap_or_default();
    if current == generated {
        return ExitCode::SUCCESS;
    }
    if env::args().any(|argument| argument == "--check") {
        eprintln!("wit/ has changed: write the bindings anew with `cargo run --manifest-path tests/bindings/Cargo.toml`");
        return ExitCode::FAILURE;
    }
    fs::write(&file, generated).expect("the bindings can be written");
    ExitCode::SUCCESS
}

fn generate(contract: &Path) -> String {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(contract).expect("the contract can be read");
    let world = resolve.select_world(&[package], None).expect("the contract has one world");
    let options = Opts {
        format: true,
        generate_all: true,
        generate_unused_types: true,
        pub_export_macro: true,
        export_macro_name: Some("__export".to_owned()),
        default_bindings_module: Some("::hatstand_plugin::bindings".to_owned()),
        ..Opts::default()
    };
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files).expect("bindings can be generated");
    let (_, contents) = files.iter().next().expect("the bindings are one file");
    String::from_utf8(contents.to_vec()).expect("the bindings are text")
}
