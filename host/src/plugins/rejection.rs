//! Why a file is not let in: each reason a sentence that says what to do.

use super::compiler::whole_seconds;
use crate::ledger::LedgerError;
use hatstand_common::grammar::is_invisible;
use std::fmt;
use std::time::Duration;

/// More names out of a file are not told.
const MOST_NAMES: usize = 8;
/// More of a name is not told, in characters.
const LONGEST_NAME: usize = 200;

/// How far a file came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Discovered,
    Compiled,
    Described,
    Admitted,
    Checked,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Phase::Discovered => "reading",
            Phase::Compiled => "compiling",
            Phase::Described => "describing",
            Phase::Admitted => "admitting",
            Phase::Checked => "checking",
        })
    }
}

/// Everything that can be wrong with a file. The sentences follow the file's name: "x.wasm is empty; ...".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is larger than {} MiB; build with `hatstand plugin build`, which strips what is not needed", .0 / (1024 * 1024))]
    TooLarge(u64),
    #[error("is empty; still being copied? I will look again when it changes")]
    Empty,
    #[error("is not a WebAssembly file (it starts with {0:?})")]
    NotWasm(String),
    #[error("looks cut off at {0} bytes; waiting. Copy to a temporary name and rename to avoid this")]
    CutOff(usize),
    #[error("is damaged ({0}); copy it again")]
    Damaged(String),
    #[error("is a plain wasm module, not a component. Build with `--target wasm32-wasip2`, or with `hatstand plugin build`")]
    CoreModule,
    #[error(
        "exports nothing the bot can call{}. Did you forget `#[derive(Plugin)]` and `#[commands]`?",
        exported(.0)
    )]
    NoExports(Vec<String>),
    #[error("was built for plugin API {theirs}; this bot offers {ours}. Upgrade the bot, or rebuild with hatstand-plugin {ours}")]
    OtherContract { theirs: String, ours: &'static str },
    #[error("needs {} of plugin API {theirs}; this bot offers {ours}, which is without. Upgrade the bot, or build the plugin without", list(.needs))]
    Later { needs: Vec<String>, theirs: String, ours: &'static str },
    #[error("wants {}, which this bot does not serve yet. Upgrade the bot, or build the plugin without it", list(.0))]
    NotServed(Vec<String>),
    #[error("opens files, sockets or HTTP by itself ({}). A plugin has none of these: use the capabilities of hatstand-plugin", list(.0))]
    Ambient(Vec<String>),
    #[error("needs {}, which this bot does not know. It may be built for something else, or for a later version", list(.0))]
    Unknown(Vec<String>),
    #[error("could not be compiled: {0}")]
    NotCompiled(String),
    #[error(
        "takes more than {} s of processor time to compile. Build it smaller, or set [limits.compile] time",
        whole_seconds(*.0)
    )]
    SlowToCompile(Duration),
    #[error("takes more than {} MiB of memory to compile. Build it smaller, or set [limits.compile] memory", .0 / (1024 * 1024))]
    LargeToCompile(usize),
    #[error("makes the compiler crash ({0}). Nothing else was harmed; please report it with the file")]
    CompilerCrashed(String),
    #[error("could not be compiled, because the compiler does not start ({0}). Nothing was changed; touch the file to try again")]
    NoCompiler(String),
    #[error("is more than this bot runs for one plugin: {0}")]
    NotRunnable(String),
    #[error("does not fit this bot's plugin API: {0}")]
    NotLinked(String),
    #[error("failed while describing itself: {0}")]
    NotDescribed(String),
    #[error("describes itself wrongly: {}", .0.join("; "))]
    BadDescription(Vec<String>),
    #[error("has settings that cannot be: {}. Correct them in the configuration", .0.join("; "))]
    BadSettings(Vec<String>),
    #[error("is another `{plugin}`, which {file} already provides. Remove one of the two")]
    NameTaken { plugin: String, file: String },
    #[error("{}. Remove one of the two", .0.join("; "))]
    CommandTaken(Vec<String>),
    #[error(
        "is {plugin} {version}, older than the live {live}. To go back, say `plugins rollback {plugin}`; or remove the file first, then copy this one in"
    )]
    Older { plugin: String, version: String, live: String },
    #[error("is disabled {why}. To let it in, say `plugins enable {plugin}`")]
    Disabled { plugin: String, why: String },
    #[error(
        "is {plugin} {version}, which does not serve any more: {why}. Put another build in its place, or say `plugins load {plugin}` to let this one in all the same"
    )]
    Out { plugin: String, version: String, why: String },
    #[error("is {plugin} {version}, which wants more than the build that serves: {}. Say `plugins load {plugin}` to allow that and let it in", list(.wants))]
    WantsMore { plugin: String, version: String, wants: Vec<String> },
    #[error(
        "is {plugin} {version}, which wants what nobody can grant in chat: {}. Grant it in the configuration, in [plugins.{plugin}] grants, and say there that the destination is private", list(.wants)
    )]
    WantsFromConfiguration { plugin: String, version: String, wants: Vec<String> },
    #[error(
        "is {plugin} {version}, which keeps things as of version {theirs}; they are as of version {ours} already. Build it anew from the newer source"
    )]
    StateTooNew { plugin: String, version: String, theirs: u32, ours: u32 },
    #[error(
        "is {plugin} {version}, which failed when it was tried with what came in before: {why} (first with {reference}: `hatstand replay {reference} --with` this file shows it). Mend it and put it here again, or say `plugins load {plugin}` to let it in all the same"
    )]
    FailedRehearsal { plugin: String, version: String, why: String, reference: String },
    #[error(
        "is {plugin} {version}, which failed when it was told of the upgrade: {why}. What it keeps is as it was. Mend it and put it here again"
    )]
    FailedUpgrade { plugin: String, version: String, why: String },
    #[error(
        "is {plugin} {version}, which cannot be tried in one channel: {why}. Say `plugins promote {plugin}` or end the trial with `plugins rollback {plugin}`"
    )]
    NoCanary { plugin: String, version: String, why: String },
    #[error("could not be swapped in, because the ledger could not keep it: {0}. I will look again when it changes")]
    NotKept(String),
}

impl From<LedgerError> for Rejection {
    fn from(why: LedgerError) -> Self {
        Rejection::NotKept(why.to_string())
    }
}

impl Rejection {
    pub fn phase(&self) -> Phase {
        match self {
            Rejection::NotCompiled(_)
            | Rejection::SlowToCompile(_)
            | Rejection::LargeToCompile(_)
            | Rejection::CompilerCrashed(_)
            | Rejection::NoCompiler(_)
            | Rejection::NotRunnable(_)
            | Rejection::NotLinked(_) => Phase::Compiled,
            Rejection::NotDescribed(_) | Rejection::BadDescription(_) => Phase::Described,
            Rejection::BadSettings(_)
            | Rejection::NameTaken { .. }
            | Rejection::CommandTaken(_)
            | Rejection::Older { .. }
            | Rejection::Disabled { .. }
            | Rejection::Out { .. }
            | Rejection::WantsMore { .. }
            | Rejection::WantsFromConfiguration { .. }
            | Rejection::StateTooNew { .. }
            | Rejection::NoCanary { .. } => Phase::Admitted,
            Rejection::FailedRehearsal { .. } | Rejection::FailedUpgrade { .. } | Rejection::NotKept(_) => Phase::Checked,
            _ => Phase::Discovered,
        }
    }

    /// Would another compiler perhaps say something else?
    pub(super) fn is_up_to_the_compiler(&self) -> bool {
        matches!(self, Rejection::NotCompiled(_) | Rejection::CompilerCrashed(_))
    }

    /// Is the file perhaps still on its way? Then saying so once is enough.
    pub fn may_pass(&self) -> bool {
        matches!(self, Rejection::Empty | Rejection::CutOff(_))
    }
}

fn list(names: &[String]) -> String {
    let mut list: Vec<String> = names.iter().take(MOST_NAMES).map(|name| format!("`{}`", readable(name))).collect();
    if names.len() > MOST_NAMES {
        list.push(format!("and {} more", names.len() - MOST_NAMES));
    }
    list.join(", ")
}

/// What stands in a file, for people: on one line, and not more than anybody reads.
pub(super) fn readable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !is_invisible(*c)).map(|c| if c == '`' { '\'' } else { c }).take(LONGEST_NAME).collect()
}

fn exported(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(" (it exports {})", list(names)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_out_of_a_file_are_told_as_far_as_people_read_them() {
        let names = |count: usize| (0..count).map(|number| format!("n{number}")).collect::<Vec<_>>();
        assert_eq!(list(&["a\u{202e}`\nb".to_owned()]), "`a'b`");
        assert_eq!(list(&["x".repeat(1_000)]).len(), LONGEST_NAME + 2);
        assert_eq!(list(&names(2)), "`n0`, `n1`");
        assert!(list(&names(10_000)).ends_with("`n7`, and 9992 more"));
    }
}
