use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command]
    fn greet(_cx: &mut Context) -> &'static str {
        "Hello!"
    }
}

fn main() {}
