//! What is wrong with a provider, and what to do next.

use super::refusal::No;
use crate::apps::Origin;
use crate::providers::Trouble;
use hatstand_plugin::prelude::*;

/// A whole sentence about it. The next step is that of whoever can take one.
pub fn sentence(origin: &Origin, trouble: &Trouble) -> Message {
    let name = origin.name();
    match trouble {
        Trouble::Down | Trouble::Cut => say!("{name} cannot be reached. Try again when it is back."),
        Trouble::Slow => say!("{name} did not answer in time. Try again in a while."),
        Trouble::Limited => say!("{name} wants fewer requests from me (429). Try again in a few minutes."),
        Trouble::Broken(status) => say!("{name} is broken at the moment ({status}). Try again in a while, or look at its status page."),
        Trouble::Denied(status) => {
            say!("{name} does not let me do that ({status}). Whoever operates me has to look at the credential bound to `{}`.", origin.base)
        }
        Trouble::Missing if origin.what.is_empty() => {
            say!("{name} knows nothing at `{}` (404). Whoever operates me has to look at that address.", origin.base)
        }
        Trouble::Missing => say!(
            "{name} does not know *{}*, or does not show it to me (404). Whoever operates me has to look at its name and my credential.",
            origin.what
        ),
        Trouble::Refused(why) => say!("{name} refuses: {why}."),
        Trouble::Unreadable => {
            say!("{name} answered something that I cannot read. Whoever operates me has to look whether `{}` is its API.", origin.base)
        }
        Trouble::NotGranted(grant) => say!("For this I need the grant `{grant}`. Whoever operates me can give it."),
    }
}

/// It keeps something from being deployed.
pub fn refusal(origin: &Origin, trouble: &Trouble) -> No {
    No { message: say!("{} Nothing was deployed.", sentence(origin, trouble)), code: code(trouble) }
}

/// The word for programs.
pub fn code(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Down | Trouble::Cut => "provider.down",
        Trouble::Slow => "provider.slow",
        Trouble::Limited => "provider.limited",
        Trouble::Broken(_) => "provider.broken",
        Trouble::Denied(_) => "provider.denied",
        Trouble::Missing => "provider.missing",
        Trouble::Refused(_) => "provider.refused",
        Trouble::Unreadable => "provider.unreadable",
        Trouble::NotGranted(_) => "refused.not-granted",
    }
}
