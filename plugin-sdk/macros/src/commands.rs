//! `#[commands]`: the handlers of a plugin, as data and as one function that finds the right one.

use crate::doc::Doc;
use crate::signature::{Signature, TypedArgument};
use crate::trigger::{CommandTrigger, Named, Subscription, Trigger};
use crate::usage;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use std::collections::HashSet;
use syn::spanned::Spanned;
use syn::{Error, ImplItem, ImplItemFn, ItemImpl, LitInt, LitStr, Result, Type, parse_quote};

/// The block as it was, without the attributes of the handlers, and the plugin's `Handlers`; or what is wrong with it.
pub(crate) fn expand(attribute: &TokenStream, mut block: ItemImpl) -> TokenStream {
    let mut errors = Errors::default();
    if !attribute.is_empty() {
        errors.add(Error::new_spanned(attribute, "`#[commands]` takes nothing"));
    }
    if let Some((path, _)) = &block.trait_ {
        errors.add(Error::new_spanned(path, "`#[commands]` stands above a plain `impl` block, not that of a trait"));
    }
    let mut handlers = Handlers::default();
    for item in &mut block.items {
        if let ImplItem::Fn(function) = item {
            let triggers = take_triggers(function, &mut errors);
            for trigger in triggers {
                errors.note(handlers.add(function, trigger));
            }
        }
    }
    // Errors of ours alone: those of a trait that is not there would only hide them.
    let errors = errors.0;
    let handlers = handlers.expand(&block.self_ty);
    if errors.is_empty() { quote!(#block #handlers) } else { quote!(#block #handlers #(#errors)*) }
}

#[derive(Default)]
struct Errors(Vec<TokenStream>);

impl Errors {
    fn add(&mut self, error: Error) {
        self.0.push(error.into_compile_error());
    }

    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.add(error);
        }
    }
}

/// Removes the attributes that say what a function handles, and reads them.
fn take_triggers(function: &mut ImplItemFn, errors: &mut Errors) -> Vec<Trigger> {
    let mut triggers = Vec::new();
    function.attrs.retain(|attribute| match Trigger::read(attribute) {
        None => true,
        Some(Ok(trigger)) => {
            triggers.push(trigger);
            false
        }
        Some(Err(error)) => {
            errors.add(error);
            false
        }
    });
    if !triggers.is_empty() {
        // What the event brings is handed over, whether or not the handler needs to own it.
        function.attrs.push(parse_quote!(#[allow(clippy::needless_pass_by_value)]));
    }
    triggers
}

/// What is generated for the handlers: data for the description, and arms for the events.
#[derive(Default)]
struct Handlers {
    commands: Vec<TokenStream>,
    command_arms: Vec<TokenStream>,
    patterns: Vec<TokenStream>,
    /// What is done with a message, handler by handler.
    hearing: Vec<TokenStream>,
    schedules: Vec<TokenStream>,
    schedule_arms: Vec<TokenStream>,
    webhooks: Vec<LitStr>,
    subscriptions: Vec<String>,
    named: Vec<(Named, Vec<TokenStream>)>,
    on: Vec<TokenStream>,
    /// The version to which each leads, and its step.
    migrations: Vec<(u32, TokenStream)>,
    taken: HashSet<(&'static str, String)>,
}

impl Handlers {
    fn add(&mut self, function: &ImplItemFn, trigger: Trigger) -> Result<()> {
        let signature = Signature::read(function)?;
        match trigger {
            Trigger::Command(command) => self.add_command(function, &signature, &command),
            Trigger::Hears(expression) => self.add_pattern(&signature, &expression),
            Trigger::Schedule { cron, zone } => self.add_schedule(&signature, &cron, &zone),
            Trigger::Named(named, name) => self.add_named(&signature, named, name),
            Trigger::On(subscription) => self.add_subscription(&signature, subscription),
            Trigger::Migration(number) => self.add_migration(&signature, &number),
        }
    }

    fn add_command(&mut self, function: &ImplItemFn, signature: &Signature<'_>, command: &CommandTrigger) -> Result<()> {
        let CommandTrigger { usages, hidden, admins, .. } = command;
        self.take_once("command", signature, "several ways to type a command are several strings of one `#[command(...)]`")?;
        let parameters = usage::parameters(usages, signature)?;
        let Doc { summary, rest } = Doc::of(&function.attrs);
        if summary.is_empty() && !hidden {
            let message = "say in a doc comment what the command does: it is its line in help";
            return Err(Error::new_spanned(signature.name, message));
        }
        let name = kebab(signature);
        let declared = parameters.iter().map(|parameter| {
            let (name, kind) = (&parameter.name, parameter.argument.kind);
            let kind = quote_spanned!(kind.span()=> <#kind as ::hatstand_plugin::Argument>::kind);
            quote!(::hatstand_plugin::__private::declared::Parameter { name: #name, kind: #kind })
        });
        self.commands.push(quote! {
            ::hatstand_plugin::__private::declared::Command {
                name: #name,
                usages: &[#(#usages),*],
                parameters: &[#(#declared),*],
                summary: #summary,
                help: #rest,
                hidden: #hidden,
                admins: #admins,
            }
        });
        let arguments = parameters.iter().map(|parameter| {
            let (name, TypedArgument { kind, optional, .. }) = (&parameter.name, parameter.argument);
            let take = if *optional { format_ident!("optional") } else { format_ident!("required") };
            let read = quote_spanned!(kind.span()=> <#kind as ::hatstand_plugin::Argument>::read);
            quote!(call.#take(#name, #read)?)
        });
        let reply = reply(signature, &quote!(#(, #arguments)*));
        self.command_arms.push(quote!(#name => #reply,));
        Ok(())
    }

    fn add_pattern(&mut self, signature: &Signature<'_>, expression: &LitStr) -> Result<()> {
        self.take_once("hears", signature, "join several expressions with `|` into one `#[hears(...)]`")?;
        let name = kebab(signature);
        self.patterns.push(quote!(::hatstand_plugin::__private::declared::Pattern { name: #name, expression: #expression }));
        let event = event(signature, Some("Heard"), &quote!(heard.clone()))?;
        let reply = reply(signature, &event);
        self.hearing.push(quote! {
            if heard.patterns.iter().any(|pattern| pattern == #name) {
                said = said.and(#reply?);
            }
        });
        Ok(())
    }

    fn add_schedule(&mut self, signature: &Signature<'_>, cron: &LitStr, zone: &str) -> Result<()> {
        self.take_once("schedule", signature, "a second schedule has a handler of its own, which may call this one")?;
        let name = kebab(signature);
        self.schedules.push(quote!(::hatstand_plugin::__private::declared::Schedule { name: #name, cron: #cron, zone: #zone }));
        let event = event(signature, Some("Scheduled"), &quote!(event))?;
        let reply = reply(signature, &event);
        self.schedule_arms.push(quote!(::hatstand_plugin::Event::Schedule(event) if event.name == #name => #reply,));
        Ok(())
    }

    fn add_named(&mut self, signature: &Signature<'_>, named: Named, name: LitStr) -> Result<()> {
        if !self.taken.insert((named.attribute, name.value())) {
            let message = format!("there is another `#[{}(\"{}\")]`", named.attribute, name.value());
            return Err(Error::new(name.span(), message));
        }
        let (variant, field) = (format_ident!("{}", named.event), format_ident!("{}", named.field));
        let found = if named.has_rest { quote!(::hatstand_plugin::__private::name_of(&event.#field)) } else { quote!(event.#field) };
        let event = event(signature, Some(named.brings), &quote!(event))?;
        let reply = reply(signature, &event);
        let arm = quote!(::hatstand_plugin::Event::#variant(event) if #found == #name => #reply,);
        match self.named.iter_mut().find(|(known, _)| *known == named) {
            Some((_, arms)) => arms.push(arm),
            None => self.named.push((named, vec![arm])),
        }
        match named.attribute {
            "webhook" => self.webhooks.push(name),
            "on" => self.subscriptions.push(name.value()),
            _ => {}
        }
        Ok(())
    }

    fn add_subscription(&mut self, signature: &Signature<'_>, subscription: Subscription) -> Result<()> {
        if !self.taken.insert(("on", subscription.word.to_owned())) {
            return Err(Error::new_spanned(signature.name, format!("there is another `#[on({})]`", subscription.word)));
        }
        self.subscriptions.push(subscription.word.replace('_', "-"));
        let variant = format_ident!("{}", subscription.event);
        if subscription.is_message() {
            let event = event(signature, subscription.brings, &quote!(heard.clone()))?;
            let reply = reply(signature, &event);
            self.hearing.push(quote!(said = said.and(#reply?);));
            return Ok(());
        }
        let event = event(signature, subscription.brings, &quote!(event))?;
        let reply = reply(signature, &event);
        self.on.push(match subscription.brings {
            Some(_) => quote!(::hatstand_plugin::Event::#variant(event) => #reply,),
            None => quote!(::hatstand_plugin::Event::#variant => #reply,),
        });
        Ok(())
    }

    fn add_migration(&mut self, signature: &Signature<'_>, number: &LitInt) -> Result<()> {
        if !self.taken.insert(("migration", number.to_string())) {
            return Err(Error::new(number.span(), format!("there is another `#[migration({number})]`")));
        }
        let version: u32 = number.base10_parse()?;
        let reply = reply(signature, &event(signature, None, &quote!(event))?);
        let step = quote! {
            if from < #version {
                said = said.and(#reply?);
            }
        };
        let at = self.migrations.partition_point(|(other, _)| *other < version);
        self.migrations.insert(at, (version, step));
        Ok(())
    }

    /// What the host knows by the name of the function can be there once.
    fn take_once(&mut self, attribute: &'static str, signature: &Signature<'_>, otherwise: &str) -> Result<()> {
        if self.taken.insert((attribute, signature.name.to_string())) { Ok(()) } else { Err(Error::new_spanned(signature.name, otherwise)) }
    }

    fn expand(&self, plugin: &Type) -> TokenStream {
        let Self { commands, patterns, schedules, webhooks, subscriptions, schedule_arms, on, .. } = self;
        let (calling, hearing, migrating) = (self.calling(), self.hearing(), self.migrating());
        let migrates = migrating.is_some().then_some("migrate");
        let subscriptions = subscriptions.iter().map(String::as_str).chain(migrates);
        let state_version = self.migrations.last().map_or(0, |(version, _)| *version);
        let named = self.named.iter().flat_map(|(_, arms)| arms);
        quote! {
            #[automatically_derived]
            impl ::hatstand_plugin::Handlers for #plugin {
                const HANDLERS: ::hatstand_plugin::__private::declared::Handlers = ::hatstand_plugin::__private::declared::Handlers {
                    commands: &[#(#commands),*],
                    patterns: &[#(#patterns),*],
                    subscriptions: &[#(#subscriptions),*],
                    schedules: &[#(#schedules),*],
                    webhooks: &[#(#webhooks),*],
                    state_version: #state_version,
                };

                fn handle(
                    cx: &mut ::hatstand_plugin::Context,
                    event: ::hatstand_plugin::Event,
                ) -> ::hatstand_plugin::Result<::hatstand_plugin::Reply> {
                    match event {
                        #calling
                        #hearing
                        #migrating
                        #(#named)*
                        #(#schedule_arms)*
                        #(#on)*
                        event => ::core::result::Result::Err(event.unhandled()),
                    }
                }
            }
        }
    }

    fn calling(&self) -> Option<TokenStream> {
        let arms = &self.command_arms;
        (!arms.is_empty()).then(|| {
            quote! {
                ::hatstand_plugin::Event::Command(mut call) => match call.command.as_str() {
                    #(#arms)*
                    _ => ::core::result::Result::Err(::hatstand_plugin::Event::Command(call).unhandled()),
                },
            }
        })
    }

    fn migrating(&self) -> Option<TokenStream> {
        let steps = self.migrations.iter().map(|(_, step)| step);
        (!self.migrations.is_empty()).then(|| {
            quote! {
                ::hatstand_plugin::Event::Other(event) if event.name == "migrate" => {
                    let from = event.migrates_from()?;
                    let mut said = ::hatstand_plugin::Reply::nothing();
                    #(#steps)*
                    ::core::result::Result::Ok(said)
                }
            }
        })
    }

    fn hearing(&self) -> Option<TokenStream> {
        let steps = &self.hearing;
        (!steps.is_empty()).then(|| {
            quote! {
                ::hatstand_plugin::Event::Message(heard) => {
                    let mut said = ::hatstand_plugin::Reply::nothing();
                    #(#steps)*
                    ::core::result::Result::Ok(said)
                }
            }
        })
    }
}

/// The argument for what the event brings, if the handler takes it.
fn event(signature: &Signature<'_>, brings: Option<&str>, value: &TokenStream) -> Result<TokenStream> {
    match (signature.arguments.as_slice(), brings) {
        ([], _) => Ok(TokenStream::new()),
        ([TypedArgument { whole, .. }], Some(brings)) => {
            let brings: Type = syn::parse_str(&format!("::hatstand_plugin::{brings}"))?;
            Ok(quote_spanned!(whole.span()=> , <#whole as ::hatstand_plugin::Receive<#brings>>::receive(#value)))
        }
        ([argument, ..], None) => Err(Error::new_spanned(argument.whole, "this event brings nothing: the handler takes the context alone")),
        ([_, second, ..], Some(brings)) => {
            let brings = brings.rsplit("::").next().unwrap_or(brings);
            let message =
                format!("this handler takes the context and at most what the event brings, a `{brings}`; only commands have arguments");
            Err(Error::new_spanned(second.whole, message))
        }
    }
}

/// The call of a handler, as a result with a reply. `arguments` begin with a comma.
fn reply(signature: &Signature<'_>, arguments: &TokenStream) -> TokenStream {
    let Signature { name, output, .. } = signature;
    let into_reply = quote_spanned!(output.span()=> <#output as ::hatstand_plugin::IntoReply>::into_reply);
    quote!(#into_reply(Self::#name(cx #arguments)))
}

/// The name under which the host knows the handler: `ship_it` is `ship-it`.
fn kebab(signature: &Signature<'_>) -> String {
    signature.name.to_string().trim_start_matches("r#").replace('_', "-")
}
