//! `#[derive(Settings)]`: a struct as what the operator sets.

use crate::doc::Doc;
use crate::signature::option_of;
use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, Lit, Result, Type};

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "`Settings` is for structs: each field is a setting"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&input.ident, "the fields of settings have names, which the operator uses"));
    };
    let settings = fields.named.iter().map(Setting::read).collect::<Result<Vec<_>>>()?;
    let (declarations, reads) = (settings.iter().map(Setting::declaration), settings.iter().map(Setting::reading));
    let name = &input.ident;
    Ok(quote! {
        #[automatically_derived]
        impl ::hatstand_plugin::Settings for #name {
            const DECLARED: &'static [::hatstand_plugin::__private::declared::Setting] = &[#(#declarations),*];

            fn read(_cx: &::hatstand_plugin::Context) -> ::hatstand_plugin::Result<Self> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
        }
    })
}

struct Setting<'a> {
    field: &'a Ident,
    /// As the operator writes it: `max_hold` is `max-hold`.
    name: String,
    kind: &'a Type,
    optional: bool,
    default: String,
    summary: String,
}

impl<'a> Setting<'a> {
    fn read(field: &'a Field) -> Result<Self> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "a setting has a name"))?;
        let summary = Doc::of(&field.attrs).summary;
        if summary.is_empty() {
            return Err(Error::new_spanned(ident, format!("say in a doc comment what `{ident}` is for: the operator reads it")));
        }
        let default = default(field)?;
        let inner = option_of(&field.ty);
        if inner.is_some() && !default.is_empty() {
            return Err(Error::new_spanned(&field.ty, "a setting with a default is never unset: remove the `Option`, or the default"));
        }
        let kind = inner.unwrap_or(&field.ty);
        Ok(Self { field: ident, name: ident.to_string().replace('_', "-"), kind, optional: inner.is_some(), default, summary })
    }

    fn declaration(&self) -> TokenStream {
        let Self { name, kind, default, summary, .. } = self;
        let kind = quote_spanned!(kind.span()=> <#kind as ::hatstand_plugin::Argument>::kind);
        quote!(::hatstand_plugin::__private::declared::Setting { name: #name, kind: #kind, default: #default, summary: #summary })
    }

    fn reading(&self) -> TokenStream {
        let Self { field, name, kind, .. } = self;
        let take = if self.optional { format_ident!("optional_setting") } else { format_ident!("required_setting") };
        let read = quote_spanned!(kind.span()=> <#kind as ::hatstand_plugin::Argument>::read);
        quote!(#field: ::hatstand_plugin::__private::#take(#name, #read)?)
    }
}

/// `#[setting(default = "offer")]`, as a person would type it; empty if there is none.
fn default(field: &Field) -> Result<String> {
    let mut default = String::new();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("setting")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("default") {
                return Err(meta.error("a setting may say `default = \"...\"`"));
            }
            default = match meta.value()?.parse()? {
                Lit::Str(text) => text.value(),
                Lit::Int(number) => number.base10_digits().to_owned(),
                Lit::Bool(yes) => yes.value.to_string(),
                other => return Err(Error::new_spanned(other, "write the default as a person would type it, such as `\"2 hours\"`")),
            };
            Ok(())
        })?;
    }
    Ok(default)
}
