use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command("greet")]
    fn greet(&self) -> Result<Reply> {
        Ok(Reply::say("Hello!"))
    }
}

fn main() {}
