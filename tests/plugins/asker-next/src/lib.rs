//! The next version of asker: it asks nothing, and hears the answers.

use hatstand_plugin::prelude::*;

/// Asks people.
#[derive(Plugin)]
#[plugin(name = "asker")]
struct Asker;

#[commands]
impl Asker {
    #[answer("ask")]
    fn answered(cx: &mut Context, answer: Answer) -> Result<Reply> {
        let (who, what) = (cx.user()?, answer.rest());
        Ok(Reply::say(match &answer.answered {
            Answered::Chosen(value) => say!("Thank you {who}, {value} it is: {what}."),
            Answered::Said(text) => say!("Thank you {who}: {text}"),
            Answered::Expired => say!("Too late for {what}, {who}."),
        }))
    }
}
