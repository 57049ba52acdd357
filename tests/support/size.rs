//! How large the campaigns are.

use std::env;

/// How large a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// For every change: seconds, also in a debug build on a busy machine.
    Small,
    /// What is promised.
    Full,
}

impl Size {
    /// As the variable `CAMPAIGN` says.
    pub fn asked_for() -> Self {
        match env::var("CAMPAIGN").as_deref() {
            Ok("full") => Size::Full,
            Ok(other) => panic!("CAMPAIGN is `{other}`: it can be `full`, or left out"),
            Err(_) => Size::Small,
        }
    }

    pub fn of<T>(self, small: T, full: T) -> T {
        match self {
            Size::Small => small,
            Size::Full => full,
        }
    }
}
