//! What the benchmarks measure with: a command that reads and writes state. They make copies of the component with other numbers in its
//! name, and other builds of it, by replacing text of the same length.

use hatstand_plugin::prelude::*;

/// Counts (build 00000).
#[derive(Plugin)]
#[plugin(name = "counter00")]
struct Counter;

#[commands]
impl Counter {
    /// Count one further.
    #[command("counter00")]
    fn count(cx: &mut Context) -> Result<Reply> {
        let count = cx.store().get::<u64>("count")?.unwrap_or(0) + 1;
        cx.store().set("count", &count)?;
        Ok(say!("{count}").into())
    }

    /// Say something, and keep nothing.
    #[command("counter00 echo")]
    fn echo(_cx: &mut Context) -> Result<Reply> {
        Ok("echo".into())
    }

    /// Do nothing.
    #[command("counter00 nothing")]
    fn nothing(_cx: &mut Context) -> Result<Reply> {
        Ok(Reply::nothing())
    }
}
