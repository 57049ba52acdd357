//! The bindings in `src/bindings.rs` are those of the contract in `wit/`.

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn bindings_are_those_of_the_contract() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("../target"), Into::into).join("bindings");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut check = Command::new(cargo);
    check.args(["run", "--quiet", "--manifest-path"]).arg(package.join("../tests/bindings/Cargo.toml"));
    check.arg("--target-dir").arg(target).args(["--", "--check"]);
    let checked = check.output().expect("cargo runs");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
