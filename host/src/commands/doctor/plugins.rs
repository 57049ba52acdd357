//! Can the folder of plugins be read and watched, and does each plugin load?

use super::limit::limited;
use crate::config::Config;
use crate::setup::{Finding, Loaded};
use notify::{RecursiveMode, Watcher};
use std::path::Path;

const AREA: &str = "plugins";

pub async fn load(config: &Config) -> Result<Loaded, String> {
    limited(Loaded::from(config)).await.ok_or("loading takes too long")?
}

pub fn findings(config: &Config, loaded: &Result<Loaded, String>) -> Vec<Finding> {
    let folder = config.store.plugins.as_path();
    match loaded {
        Ok(loaded) => [vec![watched(folder)], live(loaded), rejected(loaded)].concat(),
        Err(why) => vec![Finding::failure(AREA, why, remedy(folder))],
    }
}

fn remedy(folder: &Path) -> String {
    if folder.is_dir() {
        return "hatstand plugin inspect FILE, for each file in the folder".to_owned();
    }
    format!("mkdir -p {}, or set [store] plugins in the configuration", folder.display())
}

fn watched(folder: &Path) -> Finding {
    let watched = notify::recommended_watcher(|_| {}).and_then(|mut watcher| watcher.watch(folder, RecursiveMode::NonRecursive));
    let folder = folder.display();
    match watched {
        Ok(()) => Finding::ok(AREA, format!("{folder} is readable and can be watched")),
        Err(why) => Finding::warning(
            AREA,
            format!("{folder} cannot be watched ({why}); changes are noticed within seconds all the same"),
            "on Linux: sysctl fs.inotify.max_user_watches=524288",
        ),
    }
}

fn live(loaded: &Loaded) -> Vec<Finding> {
    let live = loaded.live();
    if live.is_empty() {
        let fix = "put .wasm files into it; hatstand plugin build --into DIR does so";
        return vec![Finding::warning(AREA, "there is no plugin, so the bot can do next to nothing", fix)];
    }
    live.into_iter().map(|(plugin, missing)| granted(&plugin, &missing)).collect()
}

fn granted(plugin: &str, missing: &[String]) -> Finding {
    if missing.is_empty() {
        return Finding::ok(AREA, format!("{plugin} loads"));
    }
    let name = plugin.split(' ').next().unwrap_or(plugin);
    let wants = missing.iter().map(|grant| format!("\"{grant}\"")).collect::<Vec<_>>().join(", ");
    Finding::ok(AREA, format!("{plugin} loads; it also wants {wants}, see [plugins.{name}] grants"))
}

fn rejected(loaded: &Loaded) -> Vec<Finding> {
    let told = loaded.rejected().map(|(file, why)| {
        let (text, fix) = (format!("{file} {why}"), format!("replace or remove {file}; hatstand plugin inspect {file} shows more"));
        Finding::failure(AREA, text, fix)
    });
    told.collect()
}
