//! The plugin of the front page: says hello, and remembers how often.
//!
//! ```sh
//! cargo build --release --target wasm32-wasip2 -p hatstand-plugin --example greet
//! ```

use hatstand_plugin::prelude::*;

/// Says hello, and remembers how often.
#[derive(Debug, Plugin)]
#[plugin(name = "greet")]
pub struct Greet;

#[commands]
impl Greet {
    /// Say hello to somebody.
    #[command("greet [who] [because <reason...>]")]
    fn greet(cx: &mut Context, who: Option<User>, reason: Option<String>) -> Result<Reply> {
        let count = cx.store().get::<u64>("count")?.unwrap_or(0) + 1;
        cx.store().set("count", &count)?;
        let who = who.unwrap_or(cx.user()?.clone());
        let hello = match reason {
            Some(reason) => say!("Hello {}, because {reason}! That makes {count}.", who.mention()),
            None => say!("Hello {}! That makes {count}.", who.mention()),
        };
        Ok(Reply::say(hello))
    }
}
