//! `hatstand plugin inspect`: what a file is, offers and wants, before it is let in.

use crate::commands::{Failure, failure};
use crate::plugins::compiler::Bounds;
use crate::plugins::grants::Offer;
use crate::plugins::inspect::inspect;
use crate::plugins::{Cache, Compiler, Digest, Engine, FileState, Loader, Open, Plugins};
use clap::Args;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub struct Inspect {
    file: PathBuf,
}

impl Inspect {
    pub fn run(self) -> Result<(), Failure> {
        let bytes = fs::read(&self.file).map_err(|why| failure(format!("{}: {why}", self.file.display())))?;
        let name = self.file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let inspection = inspect(&bytes).map_err(|why| failure(format!("{name} {why}")))?;
        println!("{name}: {} KB, sha256 {}", bytes.len() / 1024, Digest::of(&bytes).as_str());
        println!("imports: {}", inspection.imports.join(", "));
        describe(&self.file)
    }
}

/// Loads it as a host would, and prints what it says of itself.
fn describe(file: &Path) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(failure)?;
    let plugins = folder.path().join("plugins");
    fs::create_dir_all(&plugins).and_then(|()| fs::copy(file, plugins.join("inspected.wasm"))).map_err(failure)?;
    let engine = Arc::new(Engine::new().map_err(|why| failure(why.to_string()))?);
    let compiler = Compiler::of_this_program(Bounds::default()).map_err(failure)?;
    let loader = Loader::new(engine, compiler, None::<Cache>, Offer::All, BTreeMap::new());
    let plugins = Plugins::new(plugins, loader);
    let runtime = tokio::runtime::Runtime::new().map_err(failure)?;
    runtime.block_on(plugins.look(&Open));
    if let Some((_, FileState::Rejected(why))) = plugins.files().into_iter().next() {
        return Err(failure(format!("{} {why}", file.display())));
    }
    for entry in plugins.registry().entries() {
        let description = &entry.generation.description;
        println!("{} {} – {}", description.name, description.version, description.summary);
        println!(
            "wants: {}",
            if description.wants.is_empty() { "nothing beyond its own room".to_owned() } else { description.wants.join(", ") }
        );
        for command in &description.commands {
            println!("  {} – {}", command.shown_usages().join(" or "), command.summary);
        }
        for setting in &description.settings {
            println!("  setting {} = {} – {}", setting.name, setting.default, setting.summary);
        }
    }
    Ok(())
}
