//! A plugin that does things again and again.

use hatstand_plugin::prelude::*;

/// Keeps time.
#[derive(Plugin)]
#[plugin(name = "clockwork", wants("chat:channels"))]
pub struct Clockwork;

#[commands]
impl Clockwork {
    /// Chime in this channel from now on.
    #[command("chime here")]
    fn here(cx: &mut Context) -> Result<Reply> {
        cx.store().set("here", &cx.here()?.channel.0)?;
        Ok(Reply::nothing())
    }

    /// Stop in the middle of every chime.
    #[command("jam")]
    fn jam(cx: &mut Context) -> Result<Reply> {
        cx.store().set("jammed", &true)?;
        Ok(Reply::nothing())
    }

    /// Chime again.
    #[command("unjam")]
    fn unjam(cx: &mut Context) -> Result<Reply> {
        cx.store().delete("jammed")?;
        Ok(Reply::nothing())
    }

    #[schedule("0 */6 * * *")]
    fn chime(cx: &mut Context, run: Scheduled) -> Result<Reply> {
        tell(cx, "Chime", &run)
    }

    #[schedule("0 9 * * mon-fri", zone = "Europe/Berlin")]
    fn stand_up(cx: &mut Context, run: Scheduled) -> Result<Reply> {
        tell(cx, "Stand-up", &run)
    }
}

fn tell(cx: &mut Context, what: &str, run: &Scheduled) -> Result<Reply> {
    let (due, missed) = (run.due, run.missed);
    let Some(here) = cx.store().get::<String>("here")? else { return Ok(Reply::nothing()) };
    if cx.store().get::<bool>("jammed")? == Some(true) {
        return Err(Error::broken("jammed"));
    }
    let there = Place { channel: Channel::from(here), thread: None };
    let message = match missed {
        0 => say!("{what} of {due}."),
        _ => say!("{what} of {due}, and {missed} before it."),
    };
    cx.chat().post(&there, message)?;
    Ok(Reply::nothing())
}
