use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    #[press("accept")]
    fn accept(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::nothing())
    }

    #[press("accept")]
    fn decline(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::nothing())
    }
}

fn main() {}
