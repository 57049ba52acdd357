//! The macros of `hatstand-plugin`, which documents them where it re-exports them.
//!
//! - `plugin`: `#[derive(Plugin)]`, the plugin's identity and its export.
//! - `commands`: the block with the handlers, which the files beside it take apart:
//!   - `trigger`: what a handler is for, from its attributes.
//!   - `signature`: what it takes.
//!   - `usage`: whether usage and signature of a command fit.
//! - `settings`, `choice` and `action`: the derives for types that people set, type, and need rights for.
//! - `say`: messages.
//! - `doc`: doc comments as text.

mod action;
mod choice;
mod commands;
mod doc;
mod plugin;
mod say;
mod settings;
mod signature;
mod trigger;
mod usage;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemImpl, parse_macro_input};

/// Makes a struct a plugin; see the trait of this name.
#[proc_macro_derive(Plugin, attributes(plugin))]
pub fn derive_plugin(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    plugin::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes the functions of an `impl` block the handlers of a plugin.
///
/// Each function has an attribute that says what it is for. It begins with `cx: &mut Context`, then come the arguments of a command, or
/// what the event brings (which may be left out), and it returns what is an `IntoReply`, normally `Result<Reply>`. Functions without an attribute are left alone.
///
/// | Attribute | Handles | Takes |
/// | --- | --- | --- |
/// | `#[command("greet [who]")]` | a command; several strings are several usages; `hidden` keeps it out of help, `admins` is who may | its arguments |
/// | `#[hears(r"\bship ?it\b")]` | messages that are not addressed to the bot and match; needs the grant `hear` | `Heard` |
/// | `#[press("accept")]` | buttons with the value `accept` or `accept:<more>` | `Press`, or `String` for more |
/// | `#[timer("expire")]` | timers with the key `expire` or `expire:<more>` | `Timer` |
/// | `#[form("retro")]` | forms, by key | `Submission` |
/// | `#[answer("lunch")]` | answers to questions, by key | `Answer` |
/// | `#[response("show")]` | responses to requests, by tag | `Response` |
/// | `#[schedule("0 9 * * *", zone = "Europe/Berlin")]` | times; without a zone the workspace's | `Scheduled` |
/// | `#[webhook("ci")]` | webhooks, by name | `Webhook` |
/// | `#[queue("builds")]` | messages from a queue | `QueueMessage` |
/// | `#[on(reaction)]`, also `message`, `member_joined`, `member_left`, `person_changed`, `channel_changed`, `installed`, `upgraded` | what happens | `Reaction`, `Heard`, `Membership`, `Person`, `directory::Channel`, nothing, `Upgrade` |
/// | `#[migration(1)]`, then 2, 3, ... | another build keeps things as they were before this change | nothing |
/// | `#[on("its-name")]` | a kind of event that came after this version of the contract | `Other` |
///
/// A plugin that changes how it keeps things numbers the changes: `#[migration(1)]` makes of what was kept before what this build keeps. When a
/// build with more migrations takes the place of one with fewer, those that are missing run in order, in every workspace, and are committed
/// together with the fact that the new build serves: if one fails, the build before serves on with everything as it was. There may be nothing
/// kept yet. A build with fewer migrations than the last one is not let in: it could not read what is there.
///
/// The doc comment of a command is its help: the first paragraph its line in the list of commands, the rest more about it, in Markdown.
///
/// The usage is the grammar: words, `<required>`, `[optional]`, `[for <period>]`, `(one|other)`, and `<rest...>` for several words.
/// A mark `@`, `/` or `:` may stand between two words instead of a blank: `<app>[@<ref>]`, `deploy:<task>`.
/// Each name in it has an argument of that name (`<new-name>` is `new_name`), an `Option` if it may be left out, and the other way round;
/// that is checked while the plugin is compiled.
#[proc_macro_attribute]
pub fn commands(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemImpl);
    commands::expand(&attribute.into(), item).into()
}

/// Makes a struct the settings of a plugin; see the trait of this name.
#[proc_macro_derive(Settings, attributes(setting))]
pub fn derive_settings(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    settings::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes an enum one of some words; see the trait of this name.
#[proc_macro_derive(Choice, attributes(choice))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choice::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Makes an enum the actions of a plugin; see the trait of this name.
#[proc_macro_derive(Action, attributes(action))]
pub fn derive_action(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    action::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Builds a message.
#[proc_macro]
pub fn say(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as say::Input);
    say::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
