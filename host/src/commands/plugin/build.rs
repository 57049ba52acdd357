//! `hatstand plugin build`: from source to components, in the way that the practice room builds its own.

use crate::builder::{self, Built};
use crate::commands::{Failure, failure};
use crate::plugins::inspect::inspect;
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct Build {
    /// The folder of the package or workspace.
    #[arg(long, value_name = "DIR", default_value = ".")]
    path: PathBuf,
    /// Put the built files into this folder, each whole at once: a running host takes them over.
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

impl Build {
    pub fn run(self) -> Result<(), Failure> {
        for built in builder::build(&self.path, &builder::default_target(&self.path)).map_err(failure)? {
            let bytes = fs::read(&built.wasm).map_err(failure)?;
            inspect(&bytes).map_err(|why| failure(format!("{} {why}", built.package)))?;
            let place = match &self.into {
                Some(folder) => put(&built, folder)?,
                None => built.wasm.clone(),
            };
            println!("{}: {} KB, {}", built.package, bytes.len() / 1024, place.display());
        }
        Ok(())
    }
}

fn put(built: &Built, folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join(format!("{}.wasm", built.package));
    let new = folder.join(format!(".{}.new", built.package));
    let put = fs::create_dir_all(folder).and_then(|()| fs::copy(&built.wasm, &new)).and_then(|_| fs::rename(&new, &path));
    put.map_err(|why| failure(format!("{}: {why}", path.display())))?;
    Ok(path)
}
