//! What a handler is for, from its attributes.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Error, Ident, LitInt, LitStr, Meta, Result, Token};

pub(crate) enum Trigger {
    Command(CommandTrigger),
    Hears(LitStr),
    Schedule {
        cron: LitStr,
        zone: String,
    },
    /// By the name in a key, value or tag, or under which something is received.
    Named(Named, LitStr),
    /// By subscription.
    On(Subscription),
    /// From the version of the state before to this one.
    Migration(LitInt),
}

pub(crate) struct CommandTrigger {
    pub(crate) usages: Vec<LitStr>,
    pub(crate) hidden: bool,
    pub(crate) admins: bool,
    pub(crate) span: Span,
}

/// An attribute with one string, the name of the handler for events of this kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Named {
    pub(crate) attribute: &'static str,
    /// The variant of `Event`.
    pub(crate) event: &'static str,
    /// The type that the variant holds.
    pub(crate) brings: &'static str,
    /// The field with the name.
    pub(crate) field: &'static str,
    /// May the field have `:` and more after the name?
    pub(crate) has_rest: bool,
}

const NAMED: [Named; 7] = [
    Named { attribute: "press", event: "Press", brings: "Press", field: "value", has_rest: true },
    Named { attribute: "form", event: "Form", brings: "Submission", field: "key", has_rest: true },
    Named { attribute: "answer", event: "Answer", brings: "Answer", field: "key", has_rest: true },
    Named { attribute: "timer", event: "Timer", brings: "Timer", field: "key", has_rest: true },
    Named { attribute: "response", event: "Response", brings: "Response", field: "tag", has_rest: true },
    Named { attribute: "webhook", event: "Webhook", brings: "Webhook", field: "name", has_rest: false },
    Named { attribute: "queue", event: "Queue", brings: "QueueMessage", field: "queue", has_rest: false },
];

const OTHER: Named = Named { attribute: "on", event: "Other", brings: "Other", field: "name", has_rest: false };

/// `#[on(...)]` with one of the words.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Subscription {
    pub(crate) word: &'static str,
    /// The variant of `Event`.
    pub(crate) event: &'static str,
    /// The type that the variant holds, as a path in the crate.
    pub(crate) brings: Option<&'static str>,
}

impl Subscription {
    pub(crate) fn is_message(self) -> bool {
        self.word == "message"
    }
}

const SUBSCRIPTIONS: [Subscription; 8] = [
    Subscription { word: "message", event: "Message", brings: Some("Heard") },
    Subscription { word: "reaction", event: "Reaction", brings: Some("Reaction") },
    Subscription { word: "member_joined", event: "MemberJoined", brings: Some("Membership") },
    Subscription { word: "member_left", event: "MemberLeft", brings: Some("Membership") },
    Subscription { word: "person_changed", event: "PersonChanged", brings: Some("directory::Person") },
    Subscription { word: "channel_changed", event: "ChannelChanged", brings: Some("directory::Channel") },
    Subscription { word: "installed", event: "Installed", brings: None },
    Subscription { word: "upgraded", event: "Upgraded", brings: Some("Upgrade") },
];

impl Trigger {
    /// None if the attribute is somebody else's.
    pub(crate) fn read(attribute: &Attribute) -> Option<Result<Self>> {
        let name = attribute.path().get_ident()?.to_string();
        Some(match name.as_str() {
            "command" => command(attribute),
            "hears" => one_string(attribute, r#"#[hears(r"\bship ?it\b")]"#).map(Self::Hears),
            "schedule" => schedule(attribute),
            "on" => on(attribute),
            "migration" => migration(attribute),
            _ => {
                let named = NAMED.into_iter().find(|named| named.attribute == name)?;
                one_string(attribute, &format!("#[{name}(\"name\")]")).and_then(|name| Self::named(named, name))
            }
        })
    }

    fn named(named: Named, name: LitStr) -> Result<Self> {
        if name.value().is_empty() || (named.has_rest && name.value().contains(':')) {
            return Err(Error::new(
                name.span(),
                "this is the name before the first `:`, which more may follow; it is not empty and has no `:`",
            ));
        }
        Ok(Self::Named(named, name))
    }
}

fn one_string(attribute: &Attribute, example: &str) -> Result<LitStr> {
    attribute.parse_args().map_err(|error| Error::new(error.span(), format!("one string is expected here: `{example}`")))
}

fn command(attribute: &Attribute) -> Result<Trigger> {
    let mut command = CommandTrigger {
        usages: Vec::new(),
        hidden: false,
        admins: false,
        span: attribute.path().get_ident().map_or_else(Span::call_site, Ident::span),
    };
    if let Meta::List(_) = attribute.meta {
        attribute.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                command.part(input)?;
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })?;
    }
    if command.usages.is_empty() {
        return Err(Error::new(command.span, "say how the command is typed: `#[command(\"greet [who]\")]`"));
    }
    Ok(Trigger::Command(command))
}

impl CommandTrigger {
    fn part(&mut self, input: ParseStream<'_>) -> Result<()> {
        if input.peek(LitStr) {
            self.usages.push(input.parse()?);
            return Ok(());
        }
        let unknown = "a command has usages, as strings, and may say `hidden` and `admins`";
        let word: Ident = input.parse().map_err(|error| Error::new(error.span(), unknown))?;
        match word.to_string().as_str() {
            "hidden" => self.hidden = true,
            "admins" => self.admins = true,
            _ => return Err(Error::new(word.span(), unknown)),
        }
        Ok(())
    }
}

fn schedule(attribute: &Attribute) -> Result<Trigger> {
    let Schedule { cron, zone } = attribute.parse_args()?;
    if cron.value().split_whitespace().count() != 5 {
        let message = "five fields as in cron are expected: minute, hour, day of month, month, day of week, such as `0 9 * * mon-fri`";
        return Err(Error::new(cron.span(), message));
    }
    Ok(Trigger::Schedule { cron, zone })
}

struct Schedule {
    cron: LitStr,
    zone: String,
}

impl Parse for Schedule {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let cron = input.parse()?;
        if input.is_empty() {
            return Ok(Self { cron, zone: String::new() });
        }
        input.parse::<Token![,]>()?;
        let word: Ident = input.parse()?;
        if word != "zone" {
            return Err(Error::new(word.span(), "a schedule may say `zone = \"Europe/Berlin\"`"));
        }
        input.parse::<Token![=]>()?;
        let zone: LitStr = input.parse()?;
        Ok(Self { cron, zone: zone.value() })
    }
}

fn migration(attribute: &Attribute) -> Result<Trigger> {
    let number: LitInt =
        attribute.parse_args().map_err(|error| Error::new(error.span(), "a number is expected here: `#[migration(1)]`"))?;
    match number.base10_parse::<u32>() {
        Ok(1..) => Ok(Trigger::Migration(number)),
        _ => Err(Error::new(number.span(), "the version to which it leads is expected here: 1 for the first change, then 2, 3, ...")),
    }
}

fn on(attribute: &Attribute) -> Result<Trigger> {
    attribute.parse_args_with(|input: ParseStream<'_>| {
        if input.peek(LitStr) {
            return Trigger::named(OTHER, input.parse()?);
        }
        let word: Ident = input.parse()?;
        let subscription = SUBSCRIPTIONS.into_iter().find(|subscription| word == subscription.word);
        subscription.map(Trigger::On).ok_or_else(|| {
            let words = SUBSCRIPTIONS.map(|subscription| format!("`{}`", subscription.word)).join(", ");
            Error::new(word.span(), format!("nothing is called `{word}`; there are {words}"))
        })
    })
}
