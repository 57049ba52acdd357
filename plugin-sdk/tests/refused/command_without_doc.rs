use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    #[command("greet")]
    fn greet(_cx: &mut Context) -> &'static str {
        "Hello!"
    }
}

fn main() {}
