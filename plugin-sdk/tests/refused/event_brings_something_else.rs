use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    #[timer("late")]
    fn late(_cx: &mut Context, press: Press) -> Result<Reply> {
        Ok(Reply::say(say!("Late: {}", press.rest())))
    }
}

fn main() {}
