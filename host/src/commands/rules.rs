//! `hatstand rules`: questions about the operator's rules to the running bot, in the words that administrators use in chat.

use super::Failure;
use super::plugins::order;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Rules {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
    /// The question: `explain @bob deploy web production in "#ops"`.
    #[arg(value_name = "WORDS", trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

impl Rules {
    pub fn run(self) -> Result<(), Failure> {
        order(&self.config, "rules", &self.words)
    }
}
