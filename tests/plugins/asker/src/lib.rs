//! A plugin that asks people.

use hatstand_plugin::prelude::*;

/// Asks people.
#[derive(Plugin)]
#[plugin(name = "asker", wants("chat:channels"))]
pub struct Asker;

#[commands]
impl Asker {
    /// Ask somebody yes or no.
    #[command("ask <whom> for <time> whether <what...>")]
    fn ask(cx: &mut Context, whom: User, time: Duration, what: String) -> Result<Reply> {
        let question = question(cx, &whom, cx.here()?, time, &what).choice("Yes", "yes").choice("No", "no");
        cx.questions().ask(question)?;
        Ok(Reply::nothing())
    }

    /// Ask somebody for words.
    #[command("quiz <whom> for <time> about <what...>")]
    fn quiz(cx: &mut Context, whom: User, time: Duration, what: String) -> Result<Reply> {
        let question = question(cx, &whom, cx.here()?, time, &what).choice("Pass", "pass").text();
        cx.questions().ask(question)?;
        Ok(Reply::nothing())
    }

    /// Ask somebody yes or no in another channel.
    #[command("ask <whom> in <channel> whether <what...>")]
    fn ask_there(cx: &mut Context, whom: User, channel: Channel, what: String) -> Result<Reply> {
        let there = Place { channel, thread: None };
        let question = question(cx, &whom, &there, Duration::from_secs(600), &what).choice("Yes", "yes");
        Ok(match cx.questions().ask(question) {
            Ok(()) => Reply::nothing(),
            Err(why) => Reply::whisper(say!("Not asked: {}.", why.to_string())),
        })
    }

    /// Ask yourself what cannot be asked.
    #[command("ask badly")]
    fn ask_badly(cx: &mut Context) -> Result<Reply> {
        let me = cx.user()?.clone();
        let ask = |key: &str| question(cx, &me, &cx.here().cloned().unwrap_or_else(|_| nowhere()), Duration::from_secs(60), key);
        let nobody = Question::new("ask:it", &User::from("nobody at all"), cx.here()?, "Well?", cx.now()).text();
        let buttons = Question::new("ask:it", &me, cx.here()?, say!("Well?").button(Button::new("Now").says("ask badly")), cx.now()).text();
        let many = (0..21).fold(ask("it"), |question, number| question.choice(format!("{number}"), "it"));
        let bad = [ask("it"), ask("it").choice("", "it"), ask("it").choice("It", ""), ask(&"k".repeat(600)).text(), many, buttons, nobody];
        let problems: Vec<String> =
            bad.into_iter().map(|bad| cx.questions().ask(bad).map_or_else(|why| why.to_string(), |()| "asked".to_owned())).collect();
        Ok(Reply::whisper(say!("{}", problems.join("\n"))))
    }

    /// Take a question back.
    #[command("withdraw <what...>")]
    fn withdraw(cx: &mut Context, what: String) -> Result<Reply> {
        cx.questions().withdraw(&format!("ask:{what}"))?;
        Ok(Reply::nothing())
    }

    #[answer("ask")]
    fn answered(cx: &mut Context, answer: Answer) -> Result<Reply> {
        let (who, what) = (cx.user()?, answer.rest());
        Ok(Reply::say(match &answer.answered {
            Answered::Chosen(value) => say!("{who} on {what}: {value}."),
            Answered::Said(text) if text == "nonsense" => return Err(Error::refused("That is no answer. Nothing was changed.")),
            Answered::Said(text) => say!("{who} on {what}, in words: {text}"),
            Answered::Expired => say!("{who} says nothing on {what}."),
        }))
    }
}

fn question(cx: &Context, whom: &User, at: &Place, time: Duration, what: &str) -> Question {
    Question::new(format!("ask:{what}"), whom, at, say!("{what}?"), cx.now() + time)
}

fn nowhere() -> Place {
    Place { channel: Channel::from("nowhere"), thread: None }
}
