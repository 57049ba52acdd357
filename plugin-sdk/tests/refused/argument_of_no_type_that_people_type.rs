use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command("greet <times>")]
    fn greet(_cx: &mut Context, times: f64) -> Result<Reply> {
        Ok(Reply::say(say!("Hello {times}!")))
    }
}

fn main() {}
