//! What a pipeline asks of a plugin for taking turns, and no more: to see the commands of the README work.

use hatstand_plugin::prelude::*;
use std::collections::BTreeMap;

/// Takes turns with things.
#[derive(Plugin)]
#[plugin(name = "dibs")]
struct Seizer;

/// Who has something, or waits for it, in order: keys of their own.
type Line = Vec<String>;

#[commands]
impl Seizer {
    /// Seize something, or wait until it is free.
    #[command("dibs seize <resource> [for <period>] [because <reason...>]")]
    fn seize(cx: &mut Context, resource: String, period: Option<Duration>, reason: Option<String>) -> Result<Reply> {
        let _ = (period, reason);
        let key = format!("{resource}:{}", cx.reference());
        let mut line = line(cx, &resource)?;
        line.push(key.clone());
        cx.store().set(&resource, &line)?;
        if line.len() == 1 {
            return Ok(Reply::say(say!("{} has {resource}.", cx.user()?)).code("held").data(&BTreeMap::from([("key", key)])));
        }
        cx.calls().open(&key)?;
        Ok(Reply::say(say!("{} waits for {resource}.", cx.user()?)).code("queued"))
    }

    /// Give it back.
    #[command("dibs release <key>")]
    fn release(cx: &mut Context, key: String) -> Result<Reply> {
        let resource = resource(&key);
        let mut line = line(cx, resource)?;
        if line.first() != Some(&key) {
            return Ok(Reply::whisper("It was released before.").code("already.released"));
        }
        line.remove(0);
        cx.store().set(resource, &line)?;
        if let Some(next) = line.first() {
            cx.calls().answer(next, "held", &BTreeMap::from([("key", next)]))?;
        }
        Ok(Reply::say(say!("{} released {resource}.", cx.user()?)).code("released"))
    }

    /// Keep it for longer.
    #[command("dibs extend hold <key> <period>")]
    fn extend(cx: &mut Context, key: String, period: Duration) -> Result<Reply> {
        let _ = period;
        match line(cx, resource(&key))?.first() == Some(&key) {
            true => Ok(Reply::whisper("Kept for longer.").code("held")),
            false => Err(Error::refused("You do not have it.")),
        }
    }

    /// Who has it?
    #[command("dibs status <resource>")]
    fn status(cx: &mut Context, resource: String) -> Result<Reply> {
        let waiting = line(cx, &resource)?.len();
        Ok(Reply::whisper(say!("{waiting} have it or wait for it.")).code(if waiting == 0 { "free" } else { "held" }))
    }
}

fn line(cx: &Context, resource: &str) -> Result<Line> {
    Ok(cx.store().get(resource)?.unwrap_or_default())
}

fn resource(key: &str) -> &str {
    key.split(':').next().unwrap_or_default()
}
