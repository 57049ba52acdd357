//! What the plugins for taking turns have in common. The rules of taking turns are in `turns`; here is how a plugin goes about them in
//! a chat: where it may be done, who is told, when, and in which words.
//!
//! - [`homes`]: which channel somebody means.
//! - [`parts`]: what somebody has a part in.
//! - [`alarms`]: what will happen by itself, and the timers for it; [`night`]: the hours in which nobody is disturbed.
//! - [`said`]: who is told what, in the channel, in letters and in the answer.
//! - [`log`]: what ever happened, and [`numbers`] from it. [`code`]: what came of it, for programs.
//! - [`confirmations`]: what somebody was asked before it is done.
//! - [`limits`]: how much people can have kept.
//! - [`programs`]: the keys of their holds, and how long they wait.
//! - [`words`]: the small parts of sentences.

pub mod alarms;
pub mod code;
pub mod confirmations;
pub mod homes;
pub mod limits;
pub mod log;
pub mod night;
pub mod numbers;
pub mod parts;
pub mod programs;
pub mod said;
pub mod words;
