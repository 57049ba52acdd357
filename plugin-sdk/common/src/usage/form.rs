//! The forms of a usage: what is left of it when every optional part is either there or not, and every alternative is chosen.

use super::{Element, MOST_FORMS, Usage};

/// A word or an argument of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Lower-cased.
    Word(String),
    Value {
        name: String,
        rest: bool,
    },
}

pub(super) type Form = Vec<Piece>;

/// All forms, in the order in which the grammar tries them: with an optional part before without. None if they are too many.
pub(super) fn forms(usage: &Usage) -> Option<Vec<Form>> {
    expand(&usage.elements)
}

/// Each way to type the words before the first parameter; an optional part that follows a required word ends them.
pub(super) fn openings(elements: &[Element]) -> Vec<Vec<String>> {
    let mut forms = expand(&elements[..opening_length(elements)]).unwrap_or_default();
    forms.dedup();
    forms.into_iter().map(|form| form.into_iter().filter_map(into_word).collect()).collect()
}

fn opening_length(elements: &[Element]) -> usize {
    let mut required = false;
    elements
        .iter()
        .take_while(|element| {
            let optional = matches!(element, Element::Optional(_));
            let belongs = is_words(element) && !(optional && required);
            required |= !optional;
            belongs
        })
        .count()
}

/// Does this consist of words alone?
pub(super) fn is_words(element: &Element) -> bool {
    match element {
        Element::Literal(_) | Element::OneOf(_) => true,
        Element::Parameter { .. } => false,
        Element::Optional(inner) => inner.iter().all(is_words),
    }
}

fn into_word(piece: Piece) -> Option<String> {
    match piece {
        Piece::Word(word) => Some(word),
        Piece::Value { .. } => None,
    }
}

fn expand(elements: &[Element]) -> Option<Vec<Form>> {
    let mut forms = vec![Form::new()];
    for element in elements {
        let variants = variants(element)?;
        // Checked before multiplying, so that a hostile usage costs nothing.
        if forms.len() * variants.len() > MOST_FORMS {
            return None;
        }
        forms = forms.iter().flat_map(|form| variants.iter().map(|variant| [form.as_slice(), variant].concat())).collect();
    }
    Some(forms)
}

fn variants(element: &Element) -> Option<Vec<Form>> {
    Some(match element {
        Element::Literal(word) => vec![vec![Piece::Word(word.to_lowercase())]],
        Element::Parameter { name, rest } => vec![vec![Piece::Value { name: name.clone(), rest: *rest }]],
        Element::OneOf(words) => words.iter().map(|word| vec![Piece::Word(word.to_lowercase())]).collect(),
        Element::Optional(inner) => {
            let mut forms = expand(inner)?;
            forms.push(Form::new());
            forms
        }
    })
}
