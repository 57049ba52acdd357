use hatstand_plugin::prelude::*;

/// Says hello.
#[derive(Plugin)]
struct Greet;

#[commands]
impl Greet {
    /// Say hello.
    #[command("greet <who>")]
    fn greet(_cx: &mut Context, who: Option<User>) -> Result<Reply> {
        Ok(Reply::say(say!("Hello {who}!")))
    }
}

fn main() {}
