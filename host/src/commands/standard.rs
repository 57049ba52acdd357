//! The standard plugins: carried inside a released binary, built on the way in a checkout.

use super::{Failure, failure};
use std::fs;
use std::path::{Path, PathBuf};

#[cfg(feature = "bundled")]
mod bundled {
    include!(concat!(env!("OUT_DIR"), "/bundled.rs"));
}

/// Puts the standard plugins into a folder, except those that are there already.
pub fn put_into(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|why| failure(format!("{}: {why}", folder.display())))?;
    for (name, wasm) in all()? {
        put(folder, &name, &wasm).map_err(|why| failure(format!("{}: {why}", folder.display())))?;
    }
    Ok(())
}

fn put(folder: &Path, name: &str, wasm: &[u8]) -> std::io::Result<()> {
    let path = folder.join(format!("{name}.wasm"));
    if path.exists() {
        return Ok(());
    }
    let new = folder.join(format!(".{name}.new"));
    fs::write(&new, wasm)?;
    fs::rename(new, path)
}

#[cfg(feature = "bundled")]
fn all() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    Ok(bundled::PLUGINS.iter().map(|(name, wasm)| ((*name).to_owned(), wasm.to_vec())).collect())
}

#[cfg(not(feature = "bundled"))]
fn all() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    use crate::builder;
    let checkout = checkout().ok_or_else(|| {
        failure(
            "this binary carries no plugins and its source is not here. Build with `--features bundled`, or name a folder: --plugins DIR",
        )
    })?;
    let built = builder::build(&checkout, &builder::default_target(&checkout)).map_err(failure)?;
    built.into_iter().map(|plugin| Ok((plugin.package, fs::read(plugin.wasm).map_err(failure)?))).collect()
}

/// The workspace that this binary was built in, if it is still there.
pub fn checkout() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    workspace.join("plugins").is_dir().then(|| workspace.to_owned())
}
