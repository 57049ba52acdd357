//! Where a transcript is played.

use super::{Directive, Line, Room};

/// Something with a bot in it that a transcript can be played on.
///
/// Each method does one thing that happens, lets the bot finish everything that follows from it, and returns what could be seen,
/// in an order that is the same each time: that of the commits. The clock moves only when a directive moves it.
///
/// ```
/// use hatstand_common::transcript::{Act, Audience, Directive, Line, Room, Script, Stage, run};
///
/// struct Echo;
///
/// impl Stage for Echo {
///     fn say(&mut self, room: &Room, who: &str, text: &str) -> Result<Vec<Line>, String> {
///         let audience = match room {
///             Room::Channel(channel) => Audience::Channel(channel.clone()),
///             Room::Direct => Audience::Direct(who.into()),
///         };
///         Ok(vec![Line::new(audience, Act::Says, [text])])
///     }
///
///     fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String> {
///         Err(format!("an echo cannot do `{directive}`"))
///     }
/// }
///
/// let script = Script::parse("#valley\njane> halloo\nbot> halloo\n")?;
/// let report = run(&script, &mut Echo);
/// assert!(report.passed(), "{report}");
/// # Ok::<(), hatstand_common::transcript::ParseError>(())
/// ```
///
/// An error says why the stage itself could not go on; it ends the transcript. Whatever the bot answers is never an error.
pub trait Stage {
    /// Somebody says this in a room. Without a word about choices: that `2` and `[Queue]` press something is for the stage to see,
    /// with [`Pressable::chosen`](super::Pressable::chosen).
    fn say(&mut self, room: &Room, who: &str, text: &str) -> Result<Vec<Line>, String>;

    /// Does what a directive says.
    fn direct(&mut self, directive: &Directive) -> Result<Vec<Line>, String>;
}
