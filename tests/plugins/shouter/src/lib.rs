//! Has more to say than anybody wants to hear.

use hatstand_plugin::prelude::*;

/// Has more to say than anybody wants to hear.
#[derive(Plugin)]
struct Shouter;

#[commands]
impl Shouter {
    /// Say a hundred things.
    #[command("shout")]
    fn shout(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        for number in 0..100 {
            cx.chat().post(cx.here()?, say!("{number}!"))?;
        }
        Ok(Reply::nothing())
    }

    /// Say one thing of a megabyte.
    #[command("shout long")]
    fn long(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        Ok(Reply::say(say!("{}", "A".repeat(1 << 20))))
    }

    /// Say as much as is heard, whatever the host says to it.
    #[command("shout on")]
    fn on(cx: &mut Context) -> Result<Reply> {
        let refused = (0..100).filter(|number| cx.chat().post(&place(cx), say!("{number}")).is_err()).count();
        cx.store().set("word", &format!("{refused} were refused"))?;
        Ok(Reply::nothing())
    }

    /// Fill the log for ever.
    #[command("shout into the void")]
    fn void(cx: &mut Context) -> Result<Reply> {
        memory::spoil(cx)?;
        loop {
            println!("{}", "A".repeat(1 << 10));
            eprintln!("{}", "B".repeat(1 << 10));
        }
    }

    /// Keep a word.
    #[command("shout remember <word>")]
    fn remember(cx: &mut Context, word: String) -> Result<Reply> {
        memory::remember(cx, &word)
    }

    /// Say the word.
    #[command("shout recall")]
    fn recall(cx: &mut Context) -> Result<Reply> {
        memory::recall(cx)
    }
}

fn place(cx: &Context) -> Place {
    cx.here().cloned().unwrap_or_else(|_| panic!("a command has a place"))
}
