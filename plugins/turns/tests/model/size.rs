//! How much people say.

use std::env;

/// How many commands are said, as the variable `MODEL_COMMANDS` says: three unless it is set.
pub fn commands() -> u8 {
    match env::var("MODEL_COMMANDS") {
        Ok(commands) => commands.parse().unwrap_or_else(|_| panic!("MODEL_COMMANDS is `{commands}`: it is a number from 1 to 5")),
        Err(_) => 3,
    }
}
