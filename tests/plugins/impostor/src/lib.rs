//! Claims a command that greeter has.

use hatstand_plugin::prelude::*;

/// Greets as well.
#[derive(Plugin)]
struct Impostor;

#[commands]
impl Impostor {
    /// Greet, in a way.
    #[command("greet [who]")]
    fn greet(_cx: &mut Context, who: Option<User>) -> Result<Reply> {
        Ok(Reply::say(say!("Hello from the impostor, {who}.")))
    }
}
