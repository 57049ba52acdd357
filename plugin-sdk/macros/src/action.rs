//! `#[derive(Action)]`: an enum as the actions of a plugin.

use crate::choice::kebab;
use crate::plugin::json;
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Result, Token, Variant, parenthesized};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`Action` is for enums: each variant is something people do to a thing"));
    };
    let actions = data.variants.iter().map(declaration).collect::<Result<Vec<_>>>()?;
    let variants: Vec<&Ident> = data.variants.iter().map(|variant| &variant.ident).collect();
    let names: Vec<String> = variants.iter().map(|variant| kebab(&variant.to_string())).collect();
    let name = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl ::hatstand_plugin::rights::Action for #name {
            const DECLARED: &'static [::hatstand_plugin::__private::declared::Action] =
                &[#(::hatstand_plugin::__private::declared::Action { json: #actions }),*];

            fn name(&self) -> &'static str {
                match self {
                    #(Self::#variants => #names,)*
                }
            }
        }
    })
}

/// The action in JSON, as the contract has it.
fn declaration(variant: &Variant) -> Result<String> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new_spanned(&variant.fields, "an action is a name and holds nothing: remove the fields"));
    }
    let attribute = variant.attrs.iter().find(|attribute| attribute.path().is_ident("action")).ok_or_else(|| {
        Error::new_spanned(
            &variant.ident,
            "say how a refusal names it: `#[action(\"take <name>\")]` for \"Only administrators may take ...\"",
        )
    })?;
    let Attribute { phrase, default, commands } = attribute.parse_args()?;
    let commands: Vec<String> = commands.iter().map(|command| json(&command.value())).collect();
    Ok(format!(
        r#"{{"name":{},"phrase":{},"default":{},"commands":[{}]}}"#,
        json(&kebab(&variant.ident.to_string())),
        json(&phrase.value()),
        json(&default),
        commands.join(","),
    ))
}

/// `"take <name>", admins, commands("on", "queue")`
struct Attribute {
    phrase: LitStr,
    default: String,
    commands: Vec<LitStr>,
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attribute = Self { phrase: input.parse()?, default: "everybody".to_owned(), commands: Vec::new() };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                default @ ("everybody" | "admins" | "nobody") => default.clone_into(&mut attribute.default),
                "commands" => {
                    let inner;
                    parenthesized!(inner in input);
                    attribute.commands.extend(Punctuated::<LitStr, Token![,]>::parse_terminated(&inner)?);
                }
                _ => {
                    return Err(Error::new(
                        word.span(),
                        "after the phrase come `everybody`, `admins` or `nobody`, and `commands(\"...\")`",
                    ));
                }
            }
        }
        Ok(attribute)
    }
}
