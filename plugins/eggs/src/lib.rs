//! Easter eggs: nobody asked for them, and every room has them.
//!
//! What is said is data, in `data/eggs.txt`: a new section there is a new egg. [`sayings`] reads it; [`dice`] and [`words`] are rules of
//! their own.

mod dice;
mod sayings;
#[cfg(test)]
mod tests;
mod words;

use dice::Dice;
use hatstand_plugin::prelude::*;
use sayings::Egg;

/// Dice, facts, and other things that nobody asked for.
#[derive(Debug, Plugin)]
#[plugin(wants("hear"))]
struct Eggs;

#[commands]
impl Eggs {
    /// Find out whether the bot is listening.
    #[command("ping")]
    fn ping(_cx: &mut Context) -> &'static str {
        "Pong."
    }

    /// Roll dice.
    ///
    /// `roll 2d6` rolls two dice with six sides, `roll d20+3` one with twenty and adds three. Without anything it is one with six.
    #[command("roll [dice]")]
    fn roll(cx: &mut Context, dice: Option<String>) -> Result<Reply> {
        let dice: Dice = dice.as_deref().unwrap_or("d6").parse()?;
        let thrown = dice.throw(|sides| cx.random().below(sides));
        let sum = thrown.sum;
        let reply = match thrown.shown() {
            Some(addends) => say!("🎲 {}: {addends} = *{sum}*", dice.to_string()),
            None => say!("🎲 {}: *{sum}*", dice.to_string()),
        };
        Ok(Reply::say(reply).data(&thrown))
    }

    /// Let the bot decide: `choose tea or coffee`.
    #[command("choose <options...>")]
    fn choose(cx: &mut Context, options: String) -> Result<Reply> {
        let options = words::options(&options);
        if options.len() < 2 {
            return Err(Error::usage("There is nothing to choose: name two things or more, with `or` between them."));
        }
        let chosen = cx.random().pick(&options).copied();
        Ok(Reply::say(say!("I choose *{chosen}*.")))
    }

    /// Put things into an order of chance.
    #[command("shuffle <options...>", hidden)]
    fn shuffle(cx: &mut Context, options: String) -> Result<Reply> {
        let mut options = words::options(&options);
        cx.random().shuffle(&mut options);
        Ok(Reply::say(say!("{}", options.join(", "))))
    }

    /// Give somebody a high five.
    #[command("high five [who]", hidden)]
    fn high_five(cx: &mut Context, who: Option<User>) -> Result<Reply> {
        let giver = cx.user()?;
        Ok(match who {
            Some(who) if who != *giver => Reply::say(say!("{giver} 🙌 {}", who.mention())),
            _ => Reply::say(say!("🙌 {}", giver.mention())),
        })
    }

    #[command("[hat] memeify <text...>", hidden)]
    fn memeify(_cx: &mut Context, text: String) -> Result<Reply> {
        Ok(Reply::say(say!("{}", words::memeify(&text))))
    }

    /// Say something of one kind, or of any.
    #[command("[hat] egg [egg]", hidden)]
    fn egg(cx: &mut Context, egg: Option<Egg>) -> Result<Reply> {
        let all = sayings::all();
        match egg.or_else(|| cx.random().pick(&all).cloned()) {
            Some(egg) => saying(cx, &egg),
            None => Ok(Reply::nothing()),
        }
    }

    #[command("[hat] facts", hidden)]
    fn facts(cx: &mut Context) -> Result<Reply> {
        saying_of(cx, "facts")
    }

    #[command("[hat] gif", hidden)]
    fn gif(cx: &mut Context) -> Result<Reply> {
        saying_of(cx, "gif")
    }

    #[command("[hat] rules", hidden)]
    fn rules(cx: &mut Context) -> Result<Reply> {
        saying_of(cx, "rules")
    }

    #[command("fortune", hidden)]
    fn fortune(cx: &mut Context) -> Result<Reply> {
        saying_of(cx, "fortune")
    }

    #[command("[hat] shipit", "[hat] ship it", hidden)]
    #[hears(r"\bship ?it\b")]
    fn shipit(cx: &mut Context) -> Result<Reply> {
        saying_of(cx, "shipit")
    }
}

fn saying_of(cx: &Context, name: &str) -> Result<Reply> {
    let egg = sayings::named(name).ok_or_else(|| Error::broken(format_args!("`data/eggs.txt` has no egg `{name}`")))?;
    saying(cx, &egg)
}

/// One of the egg's sayings.
fn saying(cx: &Context, egg: &Egg) -> Result<Reply> {
    let saying = cx.random().pick(&egg.sayings).ok_or_else(|| Error::broken(format_args!("the egg `{}` says nothing", egg.name)))?;
    Ok(Reply::say(*saying))
}
