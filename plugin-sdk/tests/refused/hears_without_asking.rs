use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    #[hears("hello")]
    fn hello(_cx: &mut Context) -> &'static str {
        "Hello!"
    }
}

fn main() {}
