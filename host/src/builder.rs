//! Builds plugins from source: the one way, for `hatstand plugin build`, for the practice room in a checkout, and for the tests.
//!
//! The build is a cargo of its own with a target folder of its own: inside another cargo's folder the two would wait for each other for
//! ever, and flags that are meant for this machine would reach the plugin.

use serde::Deserialize;
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const TARGET: &str = "wasm32-wasip2";

/// Variables of an outer cargo, or of a user's set-up for native builds, that must not reach the plugins' build.
const FOREIGN: [&str; 10] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_TARGET_DIR",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CLIPPY_ARGS",
    "RUSTC",
];
const FOREIGN_FAMILIES: [&str; 4] = ["CARGO_CFG_", "CARGO_FEATURE_", "CARGO_PKG_", "CARGO_PROFILE_"];

/// Small, but with function names, for whoever looks into a component with other tools. A panic says its file and line without them.
const PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
    ("CARGO_PROFILE_RELEASE_LTO", "true"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
];

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("`{program}` cannot be run: {why}. Building a plugin needs Rust: https://rustup.rs")]
    NoToolchain { program: String, why: io::Error },
    #[error("the target {TARGET} is not installed and could not be added. Run: rustup target add {TARGET}")]
    NoTarget,
    #[error("there is no package in {}: run this in a plugin's folder, or name it with --manifest-path", .0.display())]
    NoPackage(PathBuf),
    #[error("{} has no plugin: a plugin depends on hatstand-plugin and has `crate-type = [\"cdylib\"]`", .0.display())]
    NoPlugin(PathBuf),
    #[error("the build failed; the compiler's words are above")]
    Failed,
    #[error("the build's report could not be read: {0}")]
    Report(String),
}

/// A plugin that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub package: String,
    pub wasm: PathBuf,
}

/// Builds all plugins of the package or workspace in `folder` into `target`. Cargo shows its progress on standard error; nothing is
/// built that did not change.
pub fn build(folder: &Path, target: &Path) -> Result<Vec<Built>, BuildError> {
    let plugins = plugins(folder)?;
    ensure_target()?;
    let mut command = cargo(folder);
    command.arg("build").arg("--release").args(["--target", TARGET, "--message-format", "json-render-diagnostics"]);
    command.arg("--target-dir").arg(target).envs(PROFILE);
    for plugin in &plugins {
        command.args(["--package", plugin]);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|why| no_toolchain(&command, why))?;
    let report = artifacts(BufReader::new(child.stdout.take().expect("it is piped")));
    let ended = child.wait().map_err(|why| BuildError::Report(why.to_string()))?;
    if !ended.success() {
        return Err(BuildError::Failed);
    }
    Ok(report?.into_iter().filter(|built| plugins.contains(&built.package)).collect())
}

/// Where the plugins of a folder are built unless somebody says otherwise.
pub fn default_target(folder: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| folder.join("target"), PathBuf::from).join("plugins")
}

/// The names of the packages that are plugins.
fn plugins(folder: &Path) -> Result<Vec<String>, BuildError> {
    let mut command = cargo(folder);
    command.args(["metadata", "--no-deps", "--format-version", "1"]).stderr(Stdio::piped());
    let output = command.output().map_err(|why| no_toolchain(&command, why))?;
    if !output.status.success() {
        return Err(BuildError::NoPackage(folder.to_owned()));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).map_err(|why| BuildError::Report(why.to_string()))?;
    let plugins: Vec<String> = metadata.packages.into_iter().filter(Package::is_plugin).map(|package| package.name).collect();
    if plugins.is_empty() { Err(BuildError::NoPlugin(folder.to_owned())) } else { Ok(plugins) }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

impl Package {
    fn is_plugin(&self) -> bool {
        self.dependencies.iter().any(|dependency| dependency.name == "hatstand-plugin")
            && self.targets.iter().any(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))
    }
}

/// Adds the target if it is missing, saying so.
fn ensure_target() -> Result<(), BuildError> {
    if has_target()? {
        return Ok(());
    }
    eprintln!("The Rust target {TARGET} is missing; adding it: rustup target add {TARGET}");
    let added = clean(Command::new("rustup")).args(["target", "add", TARGET]).status();
    match added {
        Ok(status) if status.success() && has_target()? => Ok(()),
        _ => Err(BuildError::NoTarget),
    }
}

fn has_target() -> Result<bool, BuildError> {
    let mut command = clean(Command::new("rustc"));
    command.args(["--print", "target-libdir", "--target", TARGET]).stderr(Stdio::null());
    let output = command.output().map_err(|why| no_toolchain(&command, why))?;
    let folder = String::from_utf8_lossy(&output.stdout);
    Ok(output.status.success() && Path::new(folder.trim()).is_dir())
}

fn cargo(folder: &Path) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = clean(Command::new(program));
    command.current_dir(folder);
    command
}

/// A command without what an outer cargo left in the environment.
fn clean(mut command: Command) -> Command {
    for (name, _) in env::vars_os() {
        if is_foreign(&name) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_foreign(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| FOREIGN.contains(&name) || FOREIGN_FAMILIES.iter().any(|family| name.starts_with(family)))
}

fn no_toolchain(command: &Command, why: io::Error) -> BuildError {
    BuildError::NoToolchain { program: command.get_program().to_string_lossy().into_owned(), why }
}

#[derive(Deserialize)]
struct Line {
    reason: String,
    #[serde(default)]
    target: Option<Named>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    #[serde(default)]
    package_id: String,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    kind: Vec<String>,
}

/// Reads cargo's report for the components it made.
fn artifacts(report: impl io::BufRead) -> Result<Vec<Built>, BuildError> {
    let mut built = Vec::new();
    for line in report.lines() {
        let line = line.map_err(|why| BuildError::Report(why.to_string()))?;
        let Ok(line) = serde_json::from_str::<Line>(&line) else { continue };
        let is_library = line.target.is_some_and(|target| target.kind.iter().any(|kind| kind == "cdylib"));
        if line.reason != "compiler-artifact" || !is_library {
            continue;
        }
        let wasm = line.filenames.into_iter().find(|file| file.extension() == Some(OsStr::new("wasm")));
        built.extend(wasm.map(|wasm| Built { package: package_name(&line.package_id), wasm }));
    }
    Ok(built)
}

/// The name in a package's identity: `path+file:///a/hat#0.1.0`, `path+file:///a/b#hat@0.1.0`.
fn package_name(id: &str) -> String {
    let (path, fragment) = id.rsplit_once('#').unwrap_or((id, ""));
    match fragment.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => path.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_packages_name_from_both_forms_of_its_identity() {
        assert_eq!(package_name("path+file:///a/plugins/hat#0.1.0"), "hat");
        assert_eq!(package_name("path+file:///a/plugins/other-folder#hat@0.1.0"), "hat");
    }

    #[test]
    fn keeps_an_outer_cargos_flags_away() {
        assert!(is_foreign(OsStr::new("RUSTFLAGS")));
        assert!(is_foreign(OsStr::new("CARGO_CFG_TARGET_OS")));
        assert!(!is_foreign(OsStr::new("CARGO_HOME")));
        assert!(!is_foreign(OsStr::new("PATH")));
    }
}
