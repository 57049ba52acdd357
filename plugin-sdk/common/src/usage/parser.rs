//! From a usage string to its structure.

use super::form::{self, Piece};
use super::{Element, LONGEST, MARKS, Usage, UsageError};
use std::collections::HashSet;

/// Characters that a word cannot contain: those with a meaning in usages or in Markdown, and those that open quotes in chat.
const NOT_IN_WORDS: &str = "<>[]()|`\"“”„‟«»";

pub(super) fn parse(text: &str, parameters: &[&str]) -> Result<Usage, UsageError> {
    if text.len() > LONGEST {
        return Err(UsageError::TooLong);
    }
    let usage = Usage { elements: group(symbols(text, parameters)?)? };
    check_parameters(&usage, parameters)?;
    if !begins_with_word(&usage.elements) {
        return Err(if usage.elements.is_empty() { UsageError::Empty } else { UsageError::NoWordFirst });
    }
    check_forms(&usage)?;
    Ok(usage)
}

/// What a usage string consists of, before the brackets are matched.
enum Symbol {
    Open,
    Close,
    Element(Element),
}

fn symbols(text: &str, parameters: &[&str]) -> Result<Vec<Symbol>, UsageError> {
    let mut symbols = Vec::new();
    let mut left = text.trim_start();
    while let Some(first) = left.chars().next() {
        let (symbol, length) = symbol(first, left, parameters)?;
        symbols.push(symbol);
        left = left[length..].trim_start();
    }
    Ok(symbols)
}

/// The symbol that `text` begins with, and its length.
fn symbol(first: char, text: &str, parameters: &[&str]) -> Result<(Symbol, usize), UsageError> {
    match first {
        '[' => Ok(match short_parameter(text, parameters) {
            Some((element, length)) => (Symbol::Element(Element::Optional(vec![element])), length),
            None => (Symbol::Open, 1),
        }),
        ']' => Ok((Symbol::Close, 1)),
        ')' | '>' => Err(UsageError::Unopened(first)),
        '<' => {
            let inner = enclosed(text, '<', '>')?;
            Ok((Symbol::Element(parameter(inner)?), inner.len() + 2))
        }
        '(' => {
            let inner = enclosed(text, '(', ')')?;
            Ok((Symbol::Element(alternatives(inner)?), inner.len() + 2))
        }
        _ => {
            let end = literal_length(text);
            Ok((Symbol::Element(Element::Literal(word(&text[..end])?)), end))
        }
    }
}

/// A mark directly before a parameter is a word of its own.
fn literal_length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || "[]()<>".contains(c)).unwrap_or(text.len());
    let word = &text[..end];
    match word.strip_suffix(|c| MARKS.contains(c)) {
        Some(before) if !before.is_empty() && text[end..].starts_with('<') => before.len(),
        _ => end,
    }
}

/// `[who]`, where `who` is a declared parameter, is short for `[<who>]`.
fn short_parameter(text: &str, parameters: &[&str]) -> Option<(Element, usize)> {
    let end = text.find(']')?;
    let inner = text[1..end].trim();
    let declared = parameters.contains(&split_rest(inner).0);
    let element = parameter(inner).ok().filter(|_| declared)?;
    Some((element, end + 1))
}

fn enclosed(text: &str, open: char, close: char) -> Result<&str, UsageError> {
    let end = text.find(close).ok_or(UsageError::Unclosed(open))?;
    Ok(&text[1..end])
}

fn parameter(inner: &str) -> Result<Element, UsageError> {
    let (name, rest) = split_rest(inner.trim());
    let begins_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    if begins_well && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        return Ok(Element::Parameter { name: name.to_owned(), rest });
    }
    Err(UsageError::BadName(inner.to_owned()))
}

fn split_rest(inner: &str) -> (&str, bool) {
    match inner.strip_suffix("...") {
        Some(name) => (name, true),
        None => (inner, false),
    }
}

fn alternatives(inner: &str) -> Result<Element, UsageError> {
    let words: Result<Vec<String>, UsageError> = inner.split('|').map(|text| word(text.trim())).collect();
    words.map(Element::OneOf).map_err(|_| UsageError::BadAlternatives(inner.to_owned()))
}

fn word(text: &str) -> Result<String, UsageError> {
    if text.contains('|') {
        return Err(UsageError::LooseBar(text.to_owned()));
    }
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || NOT_IN_WORDS.contains(c);
    if text.is_empty() || text.ends_with("...") || text.starts_with(['\'', '‘', '’']) || text.contains(forbidden) {
        return Err(UsageError::BadWord(text.to_owned()));
    }
    Ok(text.to_owned())
}

fn group(symbols: Vec<Symbol>) -> Result<Vec<Element>, UsageError> {
    let mut outer = Vec::new();
    let mut elements = Vec::new();
    for symbol in symbols {
        match symbol {
            Symbol::Element(element) => elements.push(element),
            Symbol::Open => outer.push(std::mem::take(&mut elements)),
            Symbol::Close => {
                let around = outer.pop().ok_or(UsageError::Unopened(']'))?;
                let inner = std::mem::replace(&mut elements, around);
                if inner.is_empty() {
                    return Err(UsageError::EmptyGroup);
                }
                elements.push(Element::Optional(inner));
            }
        }
    }
    if outer.is_empty() { Ok(elements) } else { Err(UsageError::Unclosed('[')) }
}

fn check_parameters(usage: &Usage, declared: &[&str]) -> Result<(), UsageError> {
    let mut seen = HashSet::new();
    for parameter in usage.parameters() {
        if !declared.contains(&parameter.name) {
            return Err(UsageError::UnknownParameter(parameter.name.to_owned()));
        }
        if !seen.insert(parameter.name) {
            return Err(UsageError::Repeated(parameter.name.to_owned()));
        }
    }
    Ok(())
}

/// Whatever is left out, a word stands first.
fn begins_with_word(elements: &[Element]) -> bool {
    let first_required = elements.iter().position(|element| !matches!(element, Element::Optional(_)));
    let Some(first_required) = first_required else {
        return false;
    };
    let optional_words = elements[..first_required].iter().all(form::is_words);
    optional_words && form::is_words(&elements[first_required])
}

fn check_forms(usage: &Usage) -> Result<(), UsageError> {
    let forms = form::forms(usage).ok_or(UsageError::TooManyForms)?;
    for pair in forms.iter().flat_map(|form| form.windows(2)) {
        if let [Piece::Value { name: first, rest: true }, Piece::Value { name: second, rest: true }] = pair {
            return Err(UsageError::NoBorder { first: first.clone(), second: second.clone() });
        }
    }
    Ok(())
}
