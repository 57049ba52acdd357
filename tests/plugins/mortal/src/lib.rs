//! Dies after so many calls of the host, each of which changes or asks something.

use hatstand_plugin::prelude::*;

/// Dies in the middle.
#[derive(Plugin)]
struct Mortal;

#[commands]
impl Mortal {
    /// Call the host, and die when it was called so often.
    #[command("die after <calls>")]
    fn die(cx: &mut Context, calls: u32) -> Result<Reply> {
        let place = cx.here()?.clone();
        let user = cx.user()?.clone();
        let mut left = calls;
        let mut live = || {
            assert!(left > 0, "that was the last one");
            left -= 1;
        };
        for round in 0..3 {
            live();
            cx.store().set("life", &round)?;
            live();
            cx.store().get::<u32>("life")?;
            live();
            cx.chat().post(&place, say!("Round {round}."))?;
            live();
            cx.timers().set(&format!("alarm:{round}"), cx.now() + Duration::from_secs(3_600), &round)?;
            live();
            cx.store().set(&format!("part/{round}"), &round)?;
            live();
            cx.chat().whisper(&place, &user, say!("Still in round {round}."))?;
            live();
            cx.store().scan::<u32>("part/")?;
            live();
            cx.timers().cancel("alarm:0")?;
            live();
            cx.log().info(format!("round {round}"));
            live();
            cx.directory().person(&user);
        }
        live();
        cx.store().delete("part/0")?;
        Ok(Reply::nothing())
    }

    /// Say what is kept.
    #[command("die kept")]
    fn kept(cx: &mut Context) -> Result<Reply> {
        let life: Option<u32> = cx.store().get("life")?;
        let parts = cx.store().scan::<u32>("part/")?.len();
        Ok(Reply::say(say!("{} {parts}", life.map_or_else(|| "none".to_owned(), |life| life.to_string()))))
    }

    #[timer("alarm")]
    fn alarm(_cx: &mut Context, _timer: Timer) -> Result<Reply> {
        Ok(Reply::say("An alarm."))
    }
}
