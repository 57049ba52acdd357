//! What the tests of the whole have in common: built plugins, and a bot to talk to.

#![allow(dead_code, unused_imports, reason = "each test uses its part")]

mod bot;
pub mod campaigns;
mod canary;
pub mod figure;
pub mod panics;
mod services;
pub mod size;
mod slack_chat;
mod slack_page;
mod visit;

pub use bot::Bot;
pub use canary::Canary;
pub use services::Doubles;
pub use slack_chat::SlackChat;
pub use visit::Visit;

use hatstand::builder;
use hatstand::plugins::Compiler;
use hatstand::plugins::compiler::Bounds;
use hatstand::stage::Shelf;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// Nothing that a test waits for takes this long, however busy the machine is.
pub const FOR_EVER: Duration = Duration::from_secs(60);

/// Built plugins by name.
pub type Plugins = BTreeMap<String, PathBuf>;

/// The folder of the workspace.
pub fn source() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the host is in the workspace")
}

/// Where everything that is built goes.
pub fn target() -> PathBuf {
    builder::default_target(source())
}

/// Where compiled plugins are kept, so that each build is compiled once by all tests.
pub fn compiled() -> PathBuf {
    target().join("compiled")
}

/// A folder that is open to nobody else, as the host wants it for compiled plugins.
pub fn private_folder() -> tempfile::TempDir {
    let mut folder = tempfile::Builder::new();
    #[cfg(unix)]
    folder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    folder.tempdir().expect("a folder")
}

/// Compiles plugins by the binary that is built with the tests.
pub fn compiler() -> Compiler {
    Compiler::of(env!("CARGO_BIN_EXE_hatstand"), Bounds::default())
}

/// The plugins that come with the bot.
pub fn standard() -> &'static Plugins {
    static BUILT: OnceLock<Plugins> = OnceLock::new();
    BUILT.get_or_init(|| build(source()))
}

/// The plugins in `tests/plugins`, built as somebody else's would be.
pub fn fixtures() -> &'static Plugins {
    static BUILT: OnceLock<Plugins> = OnceLock::new();
    BUILT.get_or_init(|| build(&source().join("tests/plugins")))
}

/// One of the plugins in `tests/plugins`.
pub fn fixture(name: &str) -> &'static Path {
    fixtures().get(name).unwrap_or_else(|| panic!("there is no tests/plugins/{name}"))
}

/// The bytes of one of the plugins in `tests/plugins`.
pub fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).expect("it was built")
}

/// The same plugin as another build.
pub fn rebuilt(name: &str, note: &str) -> Vec<u8> {
    noted(bytes(name), note)
}

/// Another build of these bytes: one that differs from all others by a note nobody reads.
pub fn noted(mut bytes: Vec<u8>, note: &str) -> Vec<u8> {
    const CUSTOM: u8 = 0;
    let length = |text: &str| u8::try_from(text.len()).ok().filter(|length| *length < 100).expect("a short note");
    bytes.extend([CUSTOM, 1 + length(note), length(note)]);
    bytes.extend(note.bytes());
    bytes
}

/// Nothing is there at the beginning; every fixture can be added.
pub fn empty_shelf() -> Shelf {
    Shelf { others: fixtures().clone(), cache: Some(compiled()), ..Shelf::empty(compiler()) }
}

/// The standard plugins are there; every fixture can be added, and of each standard plugin another build: `hat-rebuilt`.
pub fn standard_shelf() -> Shelf {
    let others = fixtures().clone().into_iter().chain(standard_rebuilt().clone()).collect();
    Shelf { standard: standard().clone(), others, ..empty_shelf() }
}

/// The plugins that come with the bot, as other builds of the same.
fn standard_rebuilt() -> &'static Plugins {
    static BUILT: OnceLock<Plugins> = OnceLock::new();
    BUILT.get_or_init(|| standard().iter().map(|(name, wasm)| (format!("{name}-rebuilt"), put_rebuilt(name, wasm))).collect())
}

/// Other processes may do the same: the file is whole whenever it is there.
fn put_rebuilt(name: &str, wasm: &Path) -> PathBuf {
    let folder = target().join("rebuilt");
    fs::create_dir_all(&folder).expect("a folder");
    let (file, new) = (folder.join(format!("{name}.wasm")), folder.join(format!("{name}.{}", std::process::id())));
    fs::write(&new, noted(fs::read(wasm).expect("it was built"), "rebuilt")).expect("written");
    fs::rename(new, &file).expect("renamed");
    file
}

fn build(folder: &Path) -> Plugins {
    let built = builder::build(folder, &target()).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    built.into_iter().map(|built| (built.package, built.wasm)).collect()
}
