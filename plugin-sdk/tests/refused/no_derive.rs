use hatstand_plugin::prelude::*;
use hatstand_plugin::testing::Room;

struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command("greet")]
    fn greet(_cx: &mut Context) -> &'static str {
        "Hello!"
    }
}

fn main() {
    Room::with::<Greet>();
}
