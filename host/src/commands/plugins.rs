//! `hatstand plugins`: orders to the running bot, in the words that administrators use in chat.

use super::{Failure, failure};
use crate::config::Config;
use clap::Args;
use hatstand_common::visible::visible_lines;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Plugins {
    /// The configuration.
    #[arg(long, value_name = "FILE", default_value = "hatstand.toml", env = "HATSTAND_CONFIG")]
    config: PathBuf,
    /// What to do: list, info, inspect, load, unload, reload, rollback, disable, enable, canary, promote, log, settings, set, unset.
    /// `hatstand plugins help` tells all.
    #[arg(value_name = "WORDS", trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

impl Plugins {
    #[cfg(unix)]
    pub fn run(self) -> Result<(), Failure> {
        let config = Config::read(&self.config).map_err(|why| Failure::new(*why))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failure)?;
        let answer = runtime.block_on(console::ask(&config.store.console(), line(&self.words)))?;
        match answer.done {
            true => {
                println!("{}", visible_lines(&answer.said));
                Ok(())
            }
            false => Err(failure(visible_lines(&answer.said))),
        }
    }

    #[cfg(not(unix))]
    pub fn run(self) -> Result<(), Failure> {
        Err(failure("this needs a Unix socket; give the order in chat: `plugins ...`"))
    }
}

/// As it would be typed: what the shell took as one word is one word.
fn line(words: &[String]) -> String {
    if words.first().is_some_and(|word| word == "help") {
        return "help plugins".to_owned();
    }
    let quoted = words.iter().map(|word| if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.clone() });
    std::iter::once("plugins".to_owned()).chain(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
mod console {
    use super::super::{Failure, failure};
    use http_body_util::{BodyExt, Full};
    use hyper::Request;
    use hyper::body::Bytes;
    use hyper_util::rt::TokioIo;
    use serde::Deserialize;
    use std::path::Path;
    use tokio::net::UnixStream;

    /// What the bot says.
    pub(super) struct Answer {
        pub said: String,
        pub done: bool,
    }

    /// Of an answer that went well there are messages, of a problem a detail.
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Told {
        messages: Vec<String>,
        detail: String,
    }

    /// Asks the bot that listens there.
    pub(super) async fn ask(socket: &Path, line: String) -> Result<Answer, Failure> {
        let stream = UnixStream::connect(socket)
            .await
            .map_err(|why| failure(format!("no bot listens at {} ({why}). Start it with: hatstand run", socket.display())))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(failure)?;
        tokio::spawn(connection);
        let request = Request::post("/commands").header("host", "console").body(Full::new(Bytes::from(line))).map_err(failure)?;
        let response = sender.send_request(request).await.map_err(failure)?;
        let done = response.status().is_success();
        let body = response.into_body().collect().await.map_err(failure)?.to_bytes();
        let Told { messages, detail } = serde_json::from_slice(&body).map_err(failure)?;
        let said = if messages.is_empty() { detail } else { messages.join("\n") };
        Ok(Answer { said, done })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_line_as_it_would_be_typed() {
        let line = |words: &[&str]| line(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(line(&[]), "plugins");
        assert_eq!(line(&["canary", "dibs", "in", "#bots-test"]), "plugins canary dibs in #bots-test");
        assert_eq!(line(&["disable", "hat", "because", "we move house"]), "plugins disable hat because \"we move house\"");
        assert_eq!(line(&["help"]), "help plugins");
    }
}
