//! The app's manifest, as Slack's page "App manifest reference" describes it, and the link that makes an app of it.

use super::needs::Needs;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// What the app is, may do and hears. No list in it is empty: Slack refuses those.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    display_information: DisplayInformation,
    features: Features,
    oauth_config: OauthConfig,
    settings: Settings,
}

#[derive(Clone, Debug, Serialize)]
struct DisplayInformation {
    name: String,
    description: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Features {
    app_home: AppHome,
    bot_user: BotUser,
    slash_commands: [SlashCommand; 1],
}

/// Unless the messages tab is there and writable, nobody can write to the bot.
#[derive(Clone, Debug, Serialize)]
struct AppHome {
    home_tab_enabled: bool,
    messages_tab_enabled: bool,
    messages_tab_read_only_enabled: bool,
}

#[derive(Clone, Debug, Serialize)]
struct BotUser {
    display_name: String,
    always_online: bool,
}

/// One for all plugins, so that a new plugin changes nothing here.
#[derive(Clone, Debug, Serialize)]
struct SlashCommand {
    command: String,
    description: &'static str,
    usage_hint: &'static str,
    /// People and channels come as ids, not as names that can change.
    should_escape: bool,
}

#[derive(Clone, Debug, Serialize)]
struct OauthConfig {
    scopes: Scopes,
}

#[derive(Clone, Debug, Serialize)]
struct Scopes {
    bot: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct Settings {
    event_subscriptions: EventSubscriptions,
    interactivity: Interactivity,
    org_deploy_enabled: bool,
    socket_mode_enabled: bool,
    /// Once on, it cannot be switched off; the bot's tokens would end after twelve hours.
    token_rotation_enabled: bool,
}

#[derive(Clone, Debug, Serialize)]
struct EventSubscriptions {
    bot_events: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct Interactivity {
    is_enabled: bool,
}

/// Slack's limits.
const NAME: usize = 35;
const DISPLAY_NAME: usize = 80;
const COMMAND: usize = 32;

/// What need not be escaped in a link.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Manifest {
    /// For a bot of this name with these needs.
    pub fn new(name: &str, needs: &Needs) -> Self {
        let handle = handle(name);
        Self {
            display_information: DisplayInformation {
                name: shortened(name, NAME),
                description: "Takes turns, remembers who is next, and does what its plugins do",
            },
            features: Features {
                app_home: AppHome { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
                bot_user: BotUser { display_name: shortened(&handle, DISPLAY_NAME), always_online: true },
                slash_commands: [SlashCommand {
                    command: shortened(&format!("/{handle}"), COMMAND),
                    description: "Say any command to the bot, from anywhere",
                    usage_hint: "help",
                    should_escape: true,
                }],
            },
            oauth_config: OauthConfig { scopes: Scopes { bot: needs.scopes.keys().copied().collect() } },
            settings: Settings {
                event_subscriptions: EventSubscriptions { bot_events: needs.events.keys().copied().collect() },
                interactivity: Interactivity { is_enabled: true },
                org_deploy_enabled: false,
                socket_mode_enabled: true,
                token_rotation_enabled: false,
            },
        }
    }

    /// For a file that people read.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("it is made of names") + "\n"
    }

    /// Leads to Slack's page for a new app, with everything filled in.
    pub fn link(&self) -> String {
        let json = serde_json::to_string(self).expect("it is made of names");
        format!("https://api.slack.com/apps?new_app=1&manifest_json={}", utf8_percent_encode(&json, PLAIN))
    }
}

/// The name as Slack allows it for bots and commands.
fn handle(name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c) { c } else { '-' };
    let handle: String = name.to_ascii_lowercase().chars().map(allowed).collect();
    let handle = handle.trim_matches('-');
    if handle.is_empty() { "hatstand".to_owned() } else { handle.to_owned() }
}

fn shortened(name: &str, limit: usize) -> String {
    name.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn manifest(name: &str) -> Value {
        serde_json::to_value(Manifest::new(name, &Needs::of([]))).expect("it is made of names")
    }

    #[test]
    fn names_fit() {
        assert_eq!(manifest("Ops Bot")["features"]["slash_commands"][0]["command"], "/ops-bot");
        assert_eq!(manifest("Ops Bot")["display_information"]["name"], "Ops Bot");
        assert_eq!(manifest("😀")["features"]["bot_user"]["display_name"], "hatstand");
        assert_eq!(manifest(&"long".repeat(20))["features"]["slash_commands"][0]["command"].as_str().map(str::len), Some(32));
    }

    #[test]
    fn the_link_carries_the_whole_of_it() {
        let manifest = Manifest::new("Ops & Bot", &Needs::of([]));
        let link = manifest.link();
        let (page, json) = link.split_once("manifest_json=").expect("it is in the query");
        assert_eq!(page, "https://api.slack.com/apps?new_app=1&");
        assert!(json.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%-._~".contains(&byte)), "{json}");
        let json = percent_encoding::percent_decode_str(json).decode_utf8().expect("UTF-8");
        assert_eq!(serde_json::from_str::<Value>(&json).expect("JSON"), serde_json::to_value(&manifest).expect("JSON"));
    }
}
