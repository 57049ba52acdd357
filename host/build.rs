//! With the feature `bundled`, puts the built standard plugins into the binary. Builds nothing itself: a cargo inside a cargo's build
//! script waits for itself, hides its progress, and runs at every check of an editor.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=HATSTAND_BUNDLE");
    if env::var_os("CARGO_FEATURE_BUNDLED").is_some() {
        let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
        fs::write(out.join("bundled.rs"), table(&bundle())).expect("the output folder can be written");
    }
}

/// The folder that `hatstand plugin build --into target/bundle` filled.
fn bundle() -> PathBuf {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    env::var_os("HATSTAND_BUNDLE").map_or_else(|| manifest.join("../target/bundle"), PathBuf::from)
}

fn table(folder: &Path) -> String {
    println!("cargo::rerun-if-changed={}", folder.display());
    let plugins = plugins(folder);
    assert!(
        !plugins.is_empty(),
        "there are no plugins in {}: build them first with `cargo run -- plugin build --into target/bundle`",
        folder.display()
    );
    let rows = plugins.iter().map(|(name, path)| format!("    ({name:?}, include_bytes!({path:?})),\n"));
    format!("pub(super) const PLUGINS: &[(&str, &[u8])] = &[\n{}];\n", rows.collect::<String>())
}

fn plugins(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let wasm = entries.filter(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    let mut plugins: Vec<_> = wasm
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            Some((name, path.canonicalize().ok()?))
        })
        .collect();
    plugins.sort();
    plugins
}
