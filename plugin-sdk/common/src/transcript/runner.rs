//! Playing a transcript.

use super::{Line, Numbered, Report, Script, Stage, Step};
use std::ops::Range;

/// Plays a transcript to its end, whether or not what comes is what it expects, unless the stage cannot go on.
pub fn run<'s>(script: &'s Script, stage: &mut (impl Stage + ?Sized)) -> Report<'s> {
    let mut scenes = Vec::new();
    for (index, Numbered { line, step }) in script.steps().iter().enumerate() {
        let came = match step {
            Step::Say { room, who, text } => stage.say(room, who.as_str(), text),
            Step::Do(directive) => stage.direct(directive),
            Step::Blank | Step::Comment(_) | Step::Go(_) | Step::Expect(_) => continue,
        };
        match came {
            Ok(got) => scenes.push(Scene { steps: scene(script.steps(), index), got }),
            Err(why) => return Report::new(script, &scenes, Some((*line, why))),
        }
    }
    Report::new(script, &scenes, None)
}

/// One thing that happened, and everything the bot then did.
#[derive(Debug)]
pub(super) struct Scene {
    /// The step that happens, and those up to the next one that happens.
    pub(super) steps: Range<usize>,
    pub(super) got: Vec<Line>,
}

fn scene(steps: &[Numbered], begin: usize) -> Range<usize> {
    let rest = steps[begin + 1..].iter().take_while(|step| !step.step.happens()).count();
    begin..begin + 1 + rest
}
