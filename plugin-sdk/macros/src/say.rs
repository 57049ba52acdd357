//! `say!`: a literal that is Markdown, and data between its pieces.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, Ident, LitStr, Result, Token};

pub(crate) struct Input {
    literal: LitStr,
    values: Vec<Value>,
}

struct Value {
    name: Option<Ident>,
    expression: Expr,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let literal = input.parse().map_err(|error| {
            Error::new(error.span(), "`say!` begins with a literal, which is Markdown: `say!(\"*{}* is yours.\", thing)`")
        })?;
        if input.is_empty() {
            return Ok(Self { literal, values: Vec::new() });
        }
        input.parse::<Token![,]>()?;
        let values = Punctuated::<Value, Token![,]>::parse_terminated(input)?;
        Ok(Self { literal, values: values.into_iter().collect() })
    }
}

impl Parse for Value {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        let name = if named { Some(input.parse()?) } else { None };
        if named {
            input.parse::<Token![=]>()?;
        }
        Ok(Self { name, expression: input.parse()? })
    }
}

pub(crate) fn expand(input: &Input) -> Result<TokenStream> {
    let pieces = pieces(&input.literal)?;
    let mut values = Values::new(input);
    let text = Ident::new("text", Span::mixed_site());
    let mut statements = Vec::new();
    for piece in pieces {
        statements.push(match piece {
            Piece::Markdown(markdown) => {
                quote!(::hatstand_plugin::message::push_markdown(&mut #text, #markdown);)
            }
            Piece::Hole(hole) => {
                let value = values.take(&hole)?;
                quote!(::hatstand_plugin::message::Say::say(#value, &mut #text);)
            }
        });
    }
    values.check_all_used()?;
    let (expressions, names) = (values.expressions(), values.bindings());
    Ok(quote! {
        match (#(&#expressions,)*) {
            (#(#names,)*) => {
                let mut #text = ::std::vec::Vec::new();
                #(#statements)*
                ::hatstand_plugin::message::Message { text: #text, blocks: ::std::vec::Vec::new() }
            }
        }
    })
}

/// A piece of the literal.
#[derive(Debug, PartialEq)]
enum Piece {
    Markdown(String),
    /// What stands between braces.
    Hole(String),
}

fn pieces(literal: &LitStr) -> Result<Vec<Piece>> {
    let text = literal.value();
    let mut pieces = Vec::new();
    let mut markdown = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.next_if_eq(&c).is_some() => markdown.push(c),
            '{' => {
                let hole = hole(literal, &mut rest)?;
                if !markdown.is_empty() {
                    pieces.push(Piece::Markdown(std::mem::take(&mut markdown)));
                }
                pieces.push(Piece::Hole(hole));
            }
            '}' => return Err(Error::new(literal.span(), "`}` closes nothing: write `}}` to say a brace")),
            c => markdown.push(c),
        }
    }
    if !markdown.is_empty() {
        pieces.push(Piece::Markdown(markdown));
    }
    Ok(pieces)
}

/// What stands between a brace and the one that closes it.
fn hole(literal: &LitStr, rest: &mut impl Iterator<Item = char>) -> Result<String> {
    let mut hole = String::new();
    loop {
        match rest.next() {
            Some('}') => break,
            Some(c) => hole.push(c),
            None => return Err(Error::new(literal.span(), "`{` is never closed: write `{{` to say a brace")),
        }
    }
    let name = hole.trim();
    if name.contains(':') {
        let why = "`say!` knows no format specifications, because each chat shows values in its own way; use `format!` for the value";
        return Err(Error::new(literal.span(), format!("`{{{hole}}}`: {why}")));
    }
    if !name.chars().all(|c| c == '_' || c.is_alphanumeric()) {
        let how = "is neither `{}` nor a name: pass the value after the literal, and write `{{` to say a brace";
        return Err(Error::new(literal.span(), format!("`{{{hole}}}` {how}")));
    }
    Ok(name.to_owned())
}

/// The values, each bound once however often it is said.
struct Values<'a> {
    literal: &'a LitStr,
    given: &'a [Value],
    used: Vec<bool>,
    captured: Vec<Ident>,
    next: usize,
}

impl<'a> Values<'a> {
    fn new(input: &'a Input) -> Self {
        Self { literal: &input.literal, given: &input.values, used: vec![false; input.values.len()], captured: Vec::new(), next: 0 }
    }

    /// The binding of the value for `{}`, `{0}` or `{name}`.
    fn take(&mut self, hole: &str) -> Result<Ident> {
        if hole.is_empty() {
            self.next += 1;
            return self.positional(self.next - 1);
        }
        if let Ok(index) = hole.parse() {
            return self.positional(index);
        }
        if let Some(index) = self.given.iter().position(|value| value.name.as_ref().is_some_and(|name| name == hole)) {
            return self.positional(index);
        }
        self.capture(hole)
    }

    fn positional(&mut self, index: usize) -> Result<Ident> {
        let Some(used) = self.used.get_mut(index) else {
            let given = self.given.len();
            let message = format!("there is no value for `{{}}` number {}: {given} given; add it after the literal", index + 1);
            return Err(Error::new(self.literal.span(), message));
        };
        *used = true;
        Ok(binding(index, self.given[index].expression.span()))
    }

    fn capture(&mut self, name: &str) -> Result<Ident> {
        let mut name: Ident = syn::parse_str(name)
            .map_err(|_| Error::new(self.literal.span(), format!("`{{{name}}}` is not a name: pass the value after the literal")))?;
        name.set_span(self.literal.span());
        let known = self.captured.iter().position(|captured| *captured == name);
        let index = known.unwrap_or_else(|| {
            self.captured.push(name);
            self.captured.len() - 1
        });
        Ok(binding(self.given.len() + index, self.literal.span()))
    }

    fn check_all_used(&self) -> Result<()> {
        match self.given.iter().zip(&self.used).find(|(_, used)| !**used) {
            Some((value, _)) => {
                Err(Error::new_spanned(&value.expression, "this value is never said: add `{}` to the literal, or remove it"))
            }
            None => Ok(()),
        }
    }

    fn expressions(&self) -> Vec<TokenStream> {
        let given = self.given.iter().map(|value| {
            let expression = &value.expression;
            quote!((#expression))
        });
        given.chain(self.captured.iter().map(|name| quote!(#name))).collect()
    }

    fn bindings(&self) -> Vec<Ident> {
        (0..self.given.len() + self.captured.len()).map(|index| binding(index, Span::call_site())).collect()
    }
}

/// A name of ours, which errors report at `span`.
fn binding(index: usize, span: Span) -> Ident {
    Ident::new(&format!("value{index}"), Span::mixed_site().located_at(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Piece> {
        pieces(&LitStr::new(text, Span::call_site())).expect("the literal is well formed")
    }

    #[test]
    fn a_literal_is_markdown_with_holes() {
        let (markdown, hole) = (|text: &str| Piece::Markdown(text.to_owned()), |name: &str| Piece::Hole(name.to_owned()));
        assert_eq!(read("*{}* until {when}."), [markdown("*"), hole(""), markdown("* until "), hole("when"), markdown(".")]);
        assert_eq!(read("{{braces}} {}"), [markdown("{braces} "), hole("")]);
        assert_eq!(read(""), []);
    }
}
