//! The next version of clockwork: other times, and one schedule less.

use hatstand_plugin::prelude::*;

/// Keeps time.
#[derive(Plugin)]
#[plugin(name = "clockwork", wants("chat:channels"))]
struct Clockwork;

#[commands]
impl Clockwork {
    #[schedule("30 9 * * mon-fri", zone = "Europe/Berlin")]
    fn stand_up(cx: &mut Context, run: Scheduled) -> Result<Reply> {
        let Some(here) = cx.store().get::<String>("here")? else { return Ok(Reply::nothing()) };
        let there = Place { channel: Channel::from(here), thread: None };
        cx.chat().post(&there, say!("Later stand-up of {}, {} missed.", run.due, run.missed))?;
        Ok(Reply::nothing())
    }
}
