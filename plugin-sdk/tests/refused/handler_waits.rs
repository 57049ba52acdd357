use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command("greet")]
    async fn greet(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::say("Hello!"))
    }
}

fn main() {}
