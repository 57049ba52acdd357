//! What a handler takes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, FnArg, GenericArgument, Ident, ImplItemFn, Pat, PathArguments, Result, ReturnType, Type};

/// A handler's name, and what follows the context.
pub(crate) struct Signature<'a> {
    pub(crate) name: &'a Ident,
    pub(crate) arguments: Vec<TypedArgument<'a>>,
    pub(crate) output: TokenStream,
}

pub(crate) struct TypedArgument<'a> {
    pub(crate) name: &'a Ident,
    /// The type, or of an `Option` what it holds.
    pub(crate) kind: &'a Type,
    pub(crate) whole: &'a Type,
    pub(crate) optional: bool,
}

impl<'a> Signature<'a> {
    pub(crate) fn read(handler: &'a ImplItemFn) -> Result<Self> {
        let signature = &handler.sig;
        if let Some(asyncness) = &signature.asyncness {
            let message = "a handler never waits, so it is not `async`: what takes time comes back as an event";
            return Err(Error::new_spanned(asyncness, message));
        }
        if !signature.generics.params.is_empty() {
            return Err(Error::new_spanned(&signature.generics, "a handler has no generics"));
        }
        let mut inputs = signature.inputs.iter();
        check_context(&signature.ident, inputs.next())?;
        let arguments = inputs.map(argument).collect::<Result<Vec<_>>>()?;
        let output = match &signature.output {
            ReturnType::Default => quote!(()),
            ReturnType::Type(_, output) => quote!(#output),
        };
        Ok(Self { name: &signature.ident, arguments, output })
    }
}

fn check_context(handler: &Ident, first: Option<&FnArg>) -> Result<()> {
    let message = format!("a handler begins with the context: `fn {handler}(cx: &mut Context, ...)`");
    match first {
        Some(FnArg::Typed(argument)) if matches!(*argument.ty, Type::Reference(_)) => Ok(()),
        Some(FnArg::Receiver(receiver)) => {
            let why = "; a plugin has no `self`, because nothing in memory outlasts an event: keep what must last in `cx.store()`";
            Err(Error::new_spanned(receiver, message + why))
        }
        Some(FnArg::Typed(argument)) => Err(Error::new_spanned(argument, message)),
        None => Err(Error::new_spanned(handler, message)),
    }
}

fn argument(argument: &FnArg) -> Result<TypedArgument<'_>> {
    let FnArg::Typed(argument) = argument else {
        return Err(Error::new_spanned(argument, "a handler has no `self`"));
    };
    let Pat::Ident(pattern) = &*argument.pat else {
        return Err(Error::new_spanned(&argument.pat, "an argument of a handler is a plain name"));
    };
    let inner = option_of(&argument.ty);
    Ok(TypedArgument { name: &pattern.ident, kind: inner.unwrap_or(&argument.ty), whole: &argument.ty, optional: inner.is_some() })
}

/// What an `Option` holds.
pub(crate) fn option_of(kind: &Type) -> Option<&Type> {
    let Type::Path(path) = kind else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}
