//! The bindings in `src/bindings.rs` are those of the contract in `wit/`.
//!
//! `UPDATE=1 cargo test -p hatstand-plugin --test bindings` writes them anew.

use std::path::Path;
use std::{env, fs};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator};
use wit_bindgen_rust::Opts;

#[test]
fn bindings_are_those_of_the_contract() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = package.join("src/bindings.rs");
    let generated = generate(&package.join("../wit"));
    if env::var_os("UPDATE").is_some_and(|update| update != "0") {
        fs::write(&file, generated).expect("the bindings can be written");
        return;
    }
    let current = fs::read_to_string(&file).expect("there are bindings");
    assert!(
        current == generated,
        "wit/ has changed: write the bindings anew with `UPDATE=1 cargo test -p hatstand-plugin --test bindings`"
    );
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
