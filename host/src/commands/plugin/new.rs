//! `hatstand plugin new`: a plugin from a template, in a folder of its own.

use crate::commands::{Failure, failure, standard};
use clap::Args;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub struct New {
    /// Its name: lower-case letters, digits and `-`.
    name: String,
    /// The path of hatstand-plugin, for as long as it is not on crates.io.
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

const TEMPLATE: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.in")),
    ("src/lib.rs", include_str!("template/lib.rs.in")),
    ("tests/hello.txt", include_str!("template/hello.txt.in")),
    ("README.md", include_str!("template/README.md.in")),
    (".gitignore", "/target\n"),
];

impl New {
    pub fn run(self) -> Result<(), Failure> {
        let name = &self.name;
        if !name.starts_with(|c: char| c.is_ascii_lowercase())
            || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            return Err(failure(format!("`{name}` is no name: lower-case letters, digits and `-`, a letter first")));
        }
        let sdk = self.sdk.clone().or_else(|| standard::checkout().map(|workspace| workspace.join("plugin-sdk")));
        let sdk = sdk.ok_or_else(|| failure("where is hatstand-plugin? Name its folder: --sdk DIR"))?;
        let sdk = fs::canonicalize(&sdk).map_err(|why| failure(format!("{}: {why}", sdk.display())))?;
        let folder = Path::new(name);
        if folder.exists() {
            return Err(failure(format!("{name} is there already; nothing was changed")));
        }
        for (file, text) in TEMPLATE {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failure)?;
            let text = text.replace("{{name}}", name).replace("{{Name}}", &pascal(name)).replace("{{sdk}}", &sdk.display().to_string());
            fs::write(&path, text).map_err(|why| failure(format!("{}: {why}", path.display())))?;
        }
        println!("{name}/ is there. Next: cd {name} && cargo test && hatstand plugin build && hatstand plugin test");
        Ok(())
    }
}

/// `my-plugin` as the name of a type: `MyPlugin`.
fn pascal(name: &str) -> String {
    let words = name.split('-').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
