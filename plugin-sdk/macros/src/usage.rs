//! Whether the usages of a command and its function's arguments fit.

use crate::signature::{Signature, TypedArgument};
use hatstand_common::usage::{Usage, UsageError};
use quote::ToTokens;
use syn::{Error, LitStr, Result, Type};

/// A parameter as the usages spell it, with its argument.
pub(crate) struct Parameter<'a> {
    pub(crate) name: String,
    pub(crate) argument: &'a TypedArgument<'a>,
}

/// The parameters, in the order of the arguments.
pub(crate) fn parameters<'a>(usages: &[LitStr], signature: &'a Signature<'a>) -> Result<Vec<Parameter<'a>>> {
    let usages = usages.iter().map(|usage| parse(usage, signature)).collect::<Result<Vec<_>>>()?;
    signature.arguments.iter().map(|argument| parameter(&usages, argument)).collect()
}

fn parse(literal: &LitStr, signature: &Signature<'_>) -> Result<Usage> {
    let names: Vec<String> = signature.arguments.iter().flat_map(spellings).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Usage::parse(&literal.value(), &names).map_err(|error| Error::new(literal.span(), explain(&error, signature)))
}

/// An argument `new_name` may stand in a usage as `<new_name>` or as `<new-name>`.
fn spellings(argument: &TypedArgument<'_>) -> [String; 2] {
    let name = argument.name.to_string();
    let name = name.trim_start_matches("r#");
    [name.to_owned(), name.replace('_', "-")]
}

fn explain(error: &UsageError, signature: &Signature<'_>) -> String {
    let UsageError::UnknownParameter(name) = error else {
        return error.to_string();
    };
    let argument = name.replace('-', "_");
    format!("`<{name}>` has no argument: add `{argument}: String`, or another type that people can type, to `fn {}`", signature.name)
}

fn parameter<'a>(usages: &[Usage], argument: &'a TypedArgument<'a>) -> Result<Parameter<'a>> {
    let spellings = spellings(argument);
    let mentions: Vec<_> = usages
        .iter()
        .map(|usage| usage.parameters().into_iter().find(|mentioned| spellings.iter().any(|name| name == mentioned.name)))
        .collect();
    let Some(first) = mentions.iter().flatten().next() else {
        let name = &spellings[1];
        return Err(Error::new_spanned(argument.name, format!("no usage has `<{name}>`: add it to the usage, or remove the argument")));
    };
    let name = first.name;
    if mentions.iter().flatten().any(|mentioned| mentioned.name != name) {
        return Err(Error::new_spanned(argument.name, "the usages spell this parameter in two ways: use one"));
    }
    let required = mentions.iter().all(|mentioned| mentioned.is_some_and(|mentioned| mentioned.required));
    check_optional(argument, name, required)?;
    if mentions.iter().flatten().any(|mentioned| mentioned.rest) {
        check_text(argument, name)?;
    }
    Ok(Parameter { name: name.to_owned(), argument })
}

fn check_optional(argument: &TypedArgument<'_>, name: &str, required: bool) -> Result<()> {
    let TypedArgument { name: ident, kind, whole, optional } = argument;
    let kind = shown(kind);
    match (required, optional) {
        (true, true) => {
            let message =
                format!("`<{name}>` is always given: write `{ident}: {kind}`, or `[{name}]` in the usage to let people leave it out");
            Err(Error::new_spanned(whole, message))
        }
        (false, false) => {
            let message = format!("`{name}` can be left out: write `{ident}: Option<{kind}>`, or `<{name}>` in every usage to require it");
            Err(Error::new_spanned(whole, message))
        }
        _ => Ok(()),
    }
}

/// Only for the types whose names are known; the host checks the others when the plugin is described.
fn check_text(argument: &TypedArgument<'_>, name: &str) -> Result<()> {
    const NOT_TEXT: [&str; 15] =
        ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "bool", "User", "Channel", "Duration", "Instant"];
    let kind = shown(argument.kind);
    if NOT_TEXT.contains(&kind.as_str()) {
        let message = format!(
            "`<{name}...>` is text, so its argument is a `String`; write `<{name}>` in the usage, a {kind} takes as many words as it needs"
        );
        return Err(Error::new_spanned(argument.kind, message));
    }
    Ok(())
}

fn shown(kind: &Type) -> String {
    kind.to_token_stream().to_string().replace(' ', "")
}
