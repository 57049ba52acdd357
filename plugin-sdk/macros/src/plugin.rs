//! `#[derive(Plugin)]`: the plugin's identity, its export, and what can be read of it without running it.

use crate::doc::Doc;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, Error, LitStr, Result, Token, Type, parenthesized};

/// The version of the contract in `wit/`.
const CONTRACT: &str = "0.1.2";

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let plugin = &input.ident;
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a plugin has no generics: the host would not know what to put in"));
    }
    let summary = Doc::of(&input.attrs).summary;
    if summary.is_empty() {
        let message = format!("say in a doc comment what the plugin is for: `/// Says hello.` above `struct {plugin}`");
        return Err(Error::new_spanned(plugin, message));
    }
    let Options { name, wants, settings, actions } = Options::read(&input.attrs)?;
    let name = name.map_or_else(|| quote!(::core::env!("CARGO_PKG_NAME")), |name| quote!(#name));
    let settings = match settings {
        Some(settings) => quote_spanned!(settings.span()=> <#settings as ::hatstand_plugin::Settings>::DECLARED),
        None => quote!(&[]),
    };
    let actions = match actions {
        Some(actions) => quote_spanned!(actions.span()=> <#actions as ::hatstand_plugin::rights::Action>::DECLARED),
        None => quote!(&[]),
    };
    let hears = wants.iter().any(|grant| grant.value() == "hear");
    let section = section(&name, &wants);
    Ok(quote! {
        #[automatically_derived]
        impl ::hatstand_plugin::Plugin for #plugin {
            const NAME: &'static str = #name;
            const VERSION: &'static str = ::core::env!("CARGO_PKG_VERSION");
            const SUMMARY: &'static str = #summary;
            const WANTS: &'static [&'static str] = &[#(#wants),*];
            const SETTINGS: &'static [::hatstand_plugin::__private::declared::Setting] = #settings;
            const ACTIONS: &'static [::hatstand_plugin::__private::declared::Action] = #actions;
        }

        const _: () = {
            ::core::assert!(
                ::hatstand_plugin::__private::is_name(#name),
                "a plugin's name has lower-case letters, digits and `-`, 1-40 of them, and starts with a letter: add `#[plugin(name = \"...\")]`"
            );
            ::core::assert!(
                #hears || !<#plugin as ::hatstand_plugin::Handlers>::HANDLERS.hears(),
                "a plugin that hears what is not addressed to it asks for the grant: add `#[plugin(wants(\"hear\"))]`"
            );
        };

        #[cfg(target_family = "wasm")]
        const _: () = {
            type Exported = ::hatstand_plugin::__private::Exported<#plugin>;
            ::hatstand_plugin::bindings::__export!(Exported);
            #section
        };
    })
}

/// What stands in `#[plugin(...)]`.
#[derive(Default)]
struct Options {
    name: Option<LitStr>,
    wants: Vec<LitStr>,
    settings: Option<Type>,
    actions: Option<Type>,
}

impl Options {
    fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("plugin")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    options.name = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("wants") {
                    let inner;
                    parenthesized!(inner in meta.input);
                    options.wants.extend(Punctuated::<LitStr, Token![,]>::parse_terminated(&inner)?);
                } else if meta.path.is_ident("settings") {
                    let inner;
                    parenthesized!(inner in meta.input);
                    options.settings = Some(inner.parse()?);
                } else if meta.path.is_ident("actions") {
                    let inner;
                    parenthesized!(inner in meta.input);
                    options.actions = Some(inner.parse()?);
                } else {
                    return Err(meta.error("a plugin may say `name = \"...\"`, `wants(\"...\")`, `settings(Type)` and `actions(Type)`"));
                }
                Ok(())
            })?;
        }
        Ok(options)
    }
}

/// A section of the component that says what the host wants to know before it runs anything.
fn section(name: &TokenStream, wants: &[LitStr]) -> TokenStream {
    let wants: Vec<String> = wants.iter().map(|grant| json(&grant.value())).collect();
    let head = format!(r#"{{"contract":"{CONTRACT}","name":""#);
    let middle = r#"","version":""#;
    let tail = format!(r#"","wants":[{}]}}"#, wants.join(","));
    quote! {
        const SECTION: &str = ::core::concat!(#head, #name, #middle, ::core::env!("CARGO_PKG_VERSION"), #tail);

        #[used]
        #[unsafe(link_section = "hatstand:plugin")]
        static BYTES: [u8; SECTION.len()] = ::hatstand_plugin::__private::bytes(SECTION);
    }
}

/// A text in JSON.
pub(crate) fn json(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
