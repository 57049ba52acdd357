//! A usage as steps to be tried on the words of a line.

use crate::declaration::{Command, Kind};
use crate::usage::{Element, Usage};

#[derive(Debug)]
pub(super) struct Program {
    pub steps: Vec<Step>,
    pub slots: Vec<Slot>,
}

#[derive(Debug)]
pub(super) enum Step {
    /// One of these words, lower-cased.
    Word(Vec<String>),
    /// The argument of this slot.
    Value(usize),
    /// The words of this slot begin; there is at least one.
    RestBegins(usize),
    RestWord,
    RestEnds(usize),
    /// Two ways to go on, and which to try first.
    Fork {
        first: usize,
        second: usize,
    },
    /// The line must end here.
    End,
}

/// What a parameter of the usage takes.
#[derive(Debug)]
pub(super) struct Slot {
    pub name: String,
    pub kind: Kind,
}

impl Program {
    pub(super) fn new(usage: &Usage, command: &Command) -> Self {
        let mut program = Program { steps: Vec::new(), slots: Vec::new() };
        program.add_all(&usage.elements, command);
        program.steps.push(Step::End);
        program
    }

    fn add_all(&mut self, elements: &[Element], command: &Command) {
        for element in elements {
            self.add(element, command);
        }
    }

    fn add(&mut self, element: &Element, command: &Command) {
        match element {
            Element::Literal(word) => self.steps.push(Step::Word(vec![word.to_lowercase()])),
            Element::OneOf(words) => self.steps.push(Step::Word(words.iter().map(|word| word.to_lowercase()).collect())),
            Element::Parameter { name, rest } => {
                let slot = self.slot(name, command);
                if *rest { self.add_rest(slot) } else { self.steps.push(Step::Value(slot)) }
            }
            Element::Optional(inner) => self.add_optional(inner, command),
        }
    }

    fn slot(&mut self, name: &str, command: &Command) -> usize {
        let declared = command.parameters.iter().find(|parameter| parameter.name == name);
        let kind = declared.map_or(Kind::Text, |parameter| parameter.kind.clone());
        self.slots.push(Slot { name: name.to_owned(), kind });
        self.slots.len() - 1
    }

    /// As few words as possible: after each, going on is tried before another word.
    fn add_rest(&mut self, slot: usize) {
        self.steps.push(Step::RestBegins(slot));
        let word = self.steps.len();
        self.steps.push(Step::RestWord);
        self.steps.push(Step::Fork { first: word + 2, second: word });
        self.steps.push(Step::RestEnds(slot));
    }

    /// The optional part is tried before going without.
    fn add_optional(&mut self, inner: &[Element], command: &Command) {
        let fork = self.steps.len();
        self.steps.push(Step::Fork { first: fork + 1, second: fork + 1 });
        self.add_all(inner, command);
        self.steps[fork] = Step::Fork { first: fork + 1, second: self.steps.len() };
    }
}
