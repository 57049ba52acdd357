use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    #[on(joined)]
    fn joined(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::nothing())
    }
}

fn main() {}
