use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command("greet")]
    fn greet(_cx: &mut Context) -> String {
        "Hello!".to_owned()
    }
}

fn main() {}
