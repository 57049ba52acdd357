//! Wants what this host does not serve yet.

use hatstand_plugin::prelude::*;

/// Asks the outside world.
#[derive(Plugin)]
#[plugin(wants("http:https://status.example.com"))]
struct HttpWanter;

#[commands]
impl HttpWanter {
    /// Ask whether all is well.
    #[command("ask")]
    fn ask(cx: &mut Context) -> Result<Reply> {
        cx.http().get("https://status.example.com/now").then("answer")?;
        Ok(Reply::nothing())
    }

    #[response("answer")]
    fn answer(_cx: &mut Context, response: Response) -> Result<Reply> {
        Ok(Reply::say(say!("{}", response.ok()?.text())))
    }
}
