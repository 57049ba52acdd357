//! Files and folders that are not what they should be: each is a sentence and a code, and nothing is made worse.

use crate::figure::Figures;
use crate::home::Home;
use crate::size::Size;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

/// What is odd, how it comes about, and what is said about it. Nothing, if the bot starts all the same.
type Mode = (&'static str, fn(&Home), Option<&'static str>);

const MODES: [Mode; 15] = [
    ("no folder of plugins", |_| {}, None),
    ("a file in the place of the plugins", |home| write(home, "plugins"), Some("plugins")),
    ("a link to nowhere in the place of the plugins", |home| link(home, "plugins"), Some("plugins")),
    ("no folder of data", |_| {}, None),
    ("a file in the place of the data", |home| write(home, "data"), Some("cannot open the ledger")),
    ("a link to nowhere in the place of the data", |home| link(home, "data"), Some("cannot open the ledger")),
    ("a folder in the place of the ledger", |home| folder(home, "data/hatstand.db"), Some("cannot open the ledger")),
    ("a link to nowhere in the place of the ledger", |home| link(home, "data/hatstand.db"), Some("cannot open the ledger")),
    ("something else in the place of the ledger", |home| write(home, "data/hatstand.db"), Some("is damaged: file is not a database")),
    ("a folder in the place of the lock", |home| folder(home, "data/hatstand.db.lock"), Some("cannot open the ledger")),
    ("a ledger where nobody can write", |home| elsewhere(home, "/proc/hatstand.db"), Some("cannot open the ledger /proc/hatstand.db")),
    ("a file in the place of the compiled", |home| write(home, ".hatstand-cache"), Some(".hatstand-cache")),
    ("a folder in the place of the reserve", |home| folder(home, "data/hatstand.db.reserve"), None),
    ("a folder of data without permission", |home| forbid(home, "data"), Some("cannot open the ledger")),
    ("a folder of plugins without permission", |home| forbid(home, "plugins"), Some("plugins")),
];

pub fn run(_: Size) {
    let figures = Figures::of("modes", format!("{} oddities", MODES.len()));
    let mut refused = 0;
    for (what, make, expected) in MODES {
        let home = Home::bare();
        make(&home);
        // Root may do everything: what only a permission forbids is no oddity then.
        let forbidden = what.ends_with("without permission");
        if forbidden && fs::write(home.path("data/probe"), "").or_else(|_| fs::write(home.path("plugins/probe"), "")).is_ok() {
            continue;
        }
        match (home.try_start(None), expected) {
            (Ok(bot), None) => bot.end(),
            (Err((status, said)), Some(sentence)) => {
                let said = said.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
                assert!(status.code() == Some(1) && said.contains(sentence) && !said.contains("panicked"), "{what}: {status}: {said}");
                refused += 1;
            }
            (Ok(_), Some(_)) => panic!("{what}: it starts"),
            (Err((status, said)), None) => panic!("{what}: {status}: {said}"),
        }
    }
    figures.show("refused, each with a sentence and a code", refused);
}

fn write(home: &Home, file: &str) {
    let path = home.path(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, "Dear diary,\n".repeat(1_000)).expect("written");
}

fn folder(home: &Home, folder: &str) {
    fs::create_dir_all(home.path(folder)).expect("a folder");
}

fn link(home: &Home, link: &str) {
    let path = home.path(link);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    symlink(home.path("nowhere/at/all"), path).expect("a link");
}

fn forbid(home: &Home, name: &str) {
    folder(home, name);
    fs::set_permissions(home.path(name), Permissions::from_mode(0o000)).expect("it is ours");
}

fn elsewhere(home: &Home, ledger: &str) {
    let config = fs::read_to_string(home.path("hatstand.toml")).expect("it is there");
    fs::write(home.path("hatstand.toml"), config.replace("data/hatstand.db", ledger)).expect("written");
}
