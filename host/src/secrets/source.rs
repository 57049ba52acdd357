//! Where a secret is given: a variable, a file that a variable names, or a credential of systemd.

use super::{Environment, Kind};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One of the ways in which a secret is given.
#[derive(Debug)]
pub(super) enum Source {
    Variable(String),
    File { variable: String, path: PathBuf },
    Credential { name: String, path: PathBuf },
}

impl Source {
    /// Every way in which the secret is given that this variable would hold.
    pub fn all(environment: &Environment, variable: &str) -> Vec<Self> {
        let held = environment.get(variable).map(|_| Self::Variable(variable.to_owned()));
        let file = file_variable(variable);
        let file = environment.get(&file).map(|path| Self::File { variable: file.clone(), path: path.into() });
        let credential = environment.get("CREDENTIALS_DIRECTORY").and_then(|folder| {
            let (name, folder) = (credential(variable), Path::new(folder));
            let path = folder.join(&name);
            path.exists().then_some(Self::Credential { name, path })
        });
        held.into_iter().chain(file).chain(credential).collect()
    }

    pub fn text(&self, environment: &Environment) -> io::Result<String> {
        match self {
            Source::Variable(name) => Ok(environment.get(name).unwrap_or_default().to_owned()),
            Source::File { path, .. } | Source::Credential { path, .. } => fs::read_to_string(path),
        }
    }

    /// Is it the token itself where the name of a file belongs?
    pub fn is_misplaced(&self) -> bool {
        matches!(self, Source::File { path, .. } if Kind::of(&path.to_string_lossy()) != Kind::Unknown)
    }

    /// A file that everybody on this machine can read. Systemd looks after its credentials by itself.
    pub fn exposed(&self) -> Option<&Path> {
        match self {
            Source::File { path, .. } if others_may_read(path) => Some(path),
            _ => None,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Variable(name) => f.write_str(name),
            Source::File { variable, .. } if self.is_misplaced() => f.write_str(variable),
            Source::File { variable, path } => write!(f, "{variable} ({})", path.display()),
            Source::Credential { name, .. } => write!(f, "the systemd credential {name}"),
        }
    }
}

/// The variable that names a file with it.
pub(super) fn file_variable(variable: &str) -> String {
    format!("{variable}_FILE")
}

/// What systemd calls it.
fn credential(variable: &str) -> String {
    variable.to_lowercase().replace('_', "-")
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}
