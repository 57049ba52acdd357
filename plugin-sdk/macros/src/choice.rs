//! `#[derive(Choice)]`: an enum as one of some words.

use proc_macro2::TokenStream;
use quote::quote;
use std::collections::HashSet;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Result, Variant};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`Choice` is for enums: each variant is a word that people can type"));
    };
    if data.variants.is_empty() {
        return Err(Error::new_spanned(&input.ident, "a choice of nothing: add a variant"));
    }
    let mut words = Vec::new();
    let mut taken = HashSet::new();
    for variant in &data.variants {
        let word = word(variant)?;
        if !taken.insert(word.value().to_lowercase()) {
            return Err(Error::new(word.span(), format!("another variant has the word `{}` too", word.value())));
        }
        words.push(word);
    }
    let name = &input.ident;
    let (generics, types, bounds) = input.generics.split_for_impl();
    let variants: Vec<&Ident> = data.variants.iter().map(|variant| &variant.ident).collect();
    Ok(quote! {
        #[automatically_derived]
        impl #generics ::hatstand_plugin::Choice for #name #types #bounds {
            const WORDS: &'static [&'static str] = &[#(#words),*];

            fn from_word(word: &str) -> ::core::option::Option<Self> {
                match word {
                    #(#words => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }

            fn word(&self) -> &'static str {
                match self {
                    #(Self::#variants => #words,)*
                }
            }
        }

        #[automatically_derived]
        impl #generics ::hatstand_plugin::Argument for #name #types #bounds {
            fn kind() -> ::hatstand_plugin::Kind {
                ::hatstand_plugin::__private::choice_kind::<Self>()
            }

            fn read(value: ::hatstand_plugin::Value) -> ::hatstand_plugin::Result<Self> {
                ::hatstand_plugin::__private::read_choice(value)
            }
        }
    })
}

fn word(variant: &Variant) -> Result<LitStr> {
    if !matches!(variant.fields, Fields::Unit) {
        return Err(Error::new_spanned(&variant.fields, "a variant of a choice is a word and holds nothing: remove the fields"));
    }
    let word = match variant.attrs.iter().find(|attribute| attribute.path().is_ident("choice")) {
        Some(attribute) => attribute.parse_args()?,
        None => LitStr::new(&kebab(&variant.ident.to_string()), variant.ident.span()),
    };
    let typeable = !word.value().is_empty() && !word.value().contains(|c: char| c.is_whitespace() || c.is_control() || c == '`');
    if typeable { Ok(word) } else { Err(Error::new(word.span(), "people have to type this as one word: no blanks, no back-ticks")) }
}

/// `GiveAtOnce` is `give-at-once`.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(c.to_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn variants_become_words_with_hyphens() {
        assert_eq!(kebab("Offer"), "offer");
        assert_eq!(kebab("GiveAtOnce"), "give-at-once");
    }
}
