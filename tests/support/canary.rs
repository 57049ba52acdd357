//! Secrets, and whether any of them got to where it can be read.

use slack_double::{Double, Interaction, Tokens};
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

/// What may be seen nowhere but on the way to Slack and back.
#[derive(Clone, Default)]
pub struct Canary {
    secrets: BTreeSet<String>,
}

impl Canary {
    /// What an app signs with.
    pub fn guard(&mut self, tokens: &Tokens) {
        self.secrets.extend([tokens.app.clone(), tokens.bot.clone()]);
    }

    /// What a program shows with each request.
    pub fn guard_token(&mut self, token: &str) {
        self.secrets.insert(token.to_owned());
    }

    /// What Slack handed out with a command, a press or a form.
    pub fn guard_ticket(&mut self, interaction: &Interaction) {
        self.secrets.insert(interaction.trigger_id.to_string());
        self.secrets.extend(interaction.response_url.clone());
    }

    /// The addresses of all sockets until now, and the tickets in them.
    pub fn guard_sockets(&mut self, double: &Double) {
        let calls = double.calls();
        let opened = calls.iter().filter(|call| call.method == "apps.connections.open");
        for address in opened.filter_map(|call| call.answer["url"].as_str()) {
            self.secrets.extend(address.split(['?', '&', '=']).filter(|part| part.len() >= 16).map(str::to_owned));
        }
    }

    /// None of them is in this.
    #[track_caller]
    pub fn is_silent_in(&self, what: &str, content: &[u8]) {
        for secret in &self.secrets {
            let found = content.windows(secret.len()).position(|window| window == secret.as_bytes());
            let around = found.map(|at| String::from_utf8_lossy(&content[at.saturating_sub(200)..(at + secret.len()).min(content.len())]));
            assert_eq!(around, None, "a secret is in {what}");
        }
    }

    /// None of them is in any file of a folder.
    #[track_caller]
    pub fn is_silent_in_files(&self, folder: &Path) {
        let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it can be read").path());
        for file in files.filter(|file| file.is_file()) {
            self.is_silent_in(&file.display().to_string(), &fs::read(&file).expect("it can be read"));
        }
    }

    /// None of them was said to anybody.
    #[track_caller]
    pub fn is_silent_in_chat(&self, double: &Double) {
        let calls = double.calls();
        // To open a form takes a trigger, and nobody reads it there.
        for call in calls.iter().filter(|call| call.method != "views.open") {
            self.is_silent_in(&call.method, call.arguments.to_string().as_bytes());
        }
    }
}

/// A failing test must not print them either.
impl fmt::Debug for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Canary").field("secrets", &self.secrets.len()).finish()
    }
}
