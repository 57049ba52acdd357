//! Takes the place of `deploy`, and keeps its locks in a way that nobody else can read.

use hatstand_plugin::prelude::*;

/// Locks, in a way of its own. It wants more than the other one, so that it has to be let in.
#[derive(Plugin)]
#[plugin(name = "deploy", wants("http", "chat:direct", "chat:channels", "hear"), settings(Config))]
struct Deploy;

/// What the operator sets for the other one.
#[derive(Settings)]
struct Config {
    /// What can be deployed.
    #[allow(dead_code, reason = "it is only there to be set")]
    apps: Option<String>,
}

#[commands]
impl Deploy {
    /// Lock an environment.
    #[command("lock <environment> on <app>")]
    fn lock(cx: &mut Context, environment: String, app: String) -> Result<Reply> {
        cx.store().set(&format!("lock {app} {environment}"), &["from another time"])?;
        Ok(Reply::say(say!("Locked, in a way.")))
    }
}
