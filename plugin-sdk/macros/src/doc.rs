//! Doc comments as text.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// A doc comment: its first paragraph on one line, and what follows.
pub(crate) struct Doc {
    pub(crate) summary: String,
    pub(crate) rest: String,
}

impl Doc {
    pub(crate) fn of(attributes: &[Attribute]) -> Self {
        let lines: Vec<String> = attributes.iter().filter_map(line).collect();
        let text = lines.join("\n");
        let (summary, rest) = text.trim().split_once("\n\n").unwrap_or((text.trim(), ""));
        Self { summary: summary.lines().map(str::trim).collect::<Vec<_>>().join(" "), rest: rest.trim().to_owned() }
    }
}

/// One line of a doc comment, without the blank that follows the slashes.
fn line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else {
        return None;
    };
    match &meta.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if meta.path.is_ident("doc") => {
            let text = text.value();
            Some(text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned())
        }
        _ => None,
    }
}
