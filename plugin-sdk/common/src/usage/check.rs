//! Can a set of commands be told apart, and can every part of their usages be reached?

use super::form::{self, Form, Piece};
use super::{Ambiguity, Problem, Spot, Usage};
use crate::declaration::{Command, Kind, Parameter};
use std::collections::{HashMap, HashSet};
use std::mem::{Discriminant, discriminant};

/// More usages than anybody can remember; comparing them all stays cheap.
const MOST_USAGES: usize = 1000;

/// Checks the commands of one plugin, and finds every problem that its author should mend.
pub fn check(commands: &[Command]) -> Result<(), Vec<Problem>> {
    let usages: usize = commands.iter().map(|command| command.usages.len()).sum();
    if usages > MOST_USAGES {
        return Err(vec![Problem::TooManyUsages { limit: MOST_USAGES }]);
    }
    let names = repeated(commands.iter().map(|command| command.name.as_str()));
    let mut problems: Vec<Problem> = names.into_iter().map(|name| Problem::SameName { command: name.to_owned() }).collect();
    problems.extend(commands.iter().flat_map(declaration_problems));
    problems.extend(check_usages(commands).err().unwrap_or_default());
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The usages that commands of two plugins both claim; the first of each pair is mine.
///
/// Usages that [`check`] refuses are left out.
pub fn clashes(mine: &[Command], theirs: &[Command]) -> Vec<Ambiguity> {
    let (mine, _) = read_usages(mine);
    let (theirs, _) = read_usages(theirs);
    let mut register = Register::default();
    theirs.iter().for_each(|usage| register.add(usage));
    let mut found: Vec<Ambiguity> = mine.iter().flat_map(|usage| register.rivals(usage, Rivalry::OfPlugins)).collect();
    found.dedup();
    found
}

/// Reads the usages of all these commands; the problems are those that keep lines from being read.
pub(crate) fn check_usages(commands: &[Command]) -> Result<Vec<(usize, Usage)>, Vec<Problem>> {
    let (usages, mut problems) = read_usages(commands);
    problems.extend(usages.iter().flat_map(TypedUsage::problems));
    problems.extend(ambiguities(&usages).into_iter().map(Problem::Ambiguous));
    if problems.is_empty() { Ok(usages.into_iter().map(|typed| (typed.index, typed.usage)).collect()) } else { Err(problems) }
}

/// What is wrong with a command apart from how its usages are written.
fn declaration_problems(command: &Command) -> Vec<Problem> {
    let mut problems = Vec::new();
    if command.usages.is_empty() {
        problems.push(Problem::NoUsage { command: command.name.clone() });
    }
    for name in repeated(command.parameters.iter().map(|parameter| parameter.name.as_str())) {
        problems.push(Problem::SameParameter { command: command.name.clone(), parameter: name.to_owned() });
    }
    for parameter in command.parameters.iter().filter(|parameter| !choice_can_be_typed(&parameter.kind)) {
        problems.push(Problem::BadChoice { command: command.name.clone(), parameter: parameter.name.clone() });
    }
    problems.extend(unused_parameters(command));
    problems
}

fn unused_parameters(command: &Command) -> Vec<Problem> {
    let names = parameter_names(command);
    let Ok(usages) = command.usages.iter().map(|text| Usage::parse(text, &names)).collect::<Result<Vec<Usage>, _>>() else {
        // What is unused is known once the usages can be read.
        return Vec::new();
    };
    let used: HashSet<&str> = usages.iter().flat_map(Usage::parameters).map(|parameter| parameter.name).collect();
    names
        .into_iter()
        .filter(|name| !used.contains(name))
        .map(|name| Problem::UnusedParameter { command: command.name.clone(), parameter: name.to_owned() })
        .collect()
}

fn choice_can_be_typed(kind: &Kind) -> bool {
    let Kind::Choice(words) = kind else {
        return true;
    };
    let lowered: HashSet<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let typeable = |word: &String| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control() || c == '`');
    !words.is_empty() && lowered.len() == words.len() && words.iter().all(typeable)
}

fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    names.filter(|name| !seen.insert(*name)).collect()
}

fn parameter_names(command: &Command) -> Vec<&str> {
    command.parameters.iter().map(|parameter| parameter.name.as_str()).collect()
}

fn read_usages(commands: &[Command]) -> (Vec<TypedUsage<'_>>, Vec<Problem>) {
    let mut usages = Vec::new();
    let mut problems = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let names = parameter_names(command);
        for text in &command.usages {
            match Usage::parse(text, &names) {
                Ok(usage) => usages.push(TypedUsage::new(index, command, usage)),
                Err(error) => {
                    let at = Spot { command: command.name.clone(), usage: text.clone() };
                    problems.push(Problem::Usage { at, error });
                }
            }
        }
    }
    (usages, problems)
}

/// A usage with the kinds of its parameters.
struct TypedUsage<'a> {
    /// The command's index among those that are checked.
    index: usize,
    command: &'a Command,
    usage: Usage,
    forms: Vec<Form>,
}

impl<'a> TypedUsage<'a> {
    fn new(index: usize, command: &'a Command, usage: Usage) -> Self {
        let forms = form::forms(&usage).unwrap_or_default();
        TypedUsage { index, command, usage, forms }
    }

    fn spot(&self) -> Spot {
        Spot { command: self.command.name.clone(), usage: self.usage.to_string() }
    }

    fn kind(&self, name: &str) -> &'a Kind {
        let declared = self.command.parameters.iter().find(|parameter| parameter.name == name);
        declared.map_or(&Kind::Text, |Parameter { kind, .. }| kind)
    }

    fn problems(&self) -> Vec<Problem> {
        let parameters = self.usage.parameters();
        let not_text = parameters.iter().filter(|parameter| parameter.rest && *self.kind(parameter.name) != Kind::Text);
        let mut problems: Vec<Problem> =
            not_text.map(|parameter| Problem::RestNotText { at: self.spot(), parameter: parameter.name.to_owned() }).collect();
        problems.extend(self.missing_border());
        problems.extend(self.unreachable());
        problems
    }

    /// A text of one word directly after one of several: both could have the word.
    fn missing_border(&self) -> Option<Problem> {
        self.forms.iter().flat_map(|form| form.windows(2)).find_map(|pair| match pair {
            [Piece::Value { name: first, rest: true }, Piece::Value { name: second, rest: false }] if *self.kind(second) == Kind::Text => {
                Some(Problem::NoBorder { at: self.spot(), first: first.clone(), second: second.clone() })
            }
            _ => None,
        })
    }

    /// Earlier forms are tried first: one that accepts all that a later one accepts hides it.
    fn unreachable(&self) -> Option<Problem> {
        self.forms.iter().enumerate().find_map(|(later, hidden)| self.forms[..later].iter().find_map(|hiding| self.hides(hiding, hidden)))
    }

    fn hides(&self, hiding: &Form, hidden: &Form) -> Option<Problem> {
        let swallows_all = hiding.len() == hidden.len() && hiding.iter().zip(hidden).all(|(a, b)| self.accepts(a, b));
        let (by, shadowed) = hiding.iter().zip(hidden).find(|(a, b)| a != b).filter(|_| swallows_all)?;
        Some(Problem::Unreachable { at: self.spot(), shadowed: shown(shadowed), by: shown(by) })
    }

    fn accepts(&self, wide: &Piece, narrow: &Piece) -> bool {
        match (wide, narrow) {
            (Piece::Word(wide), Piece::Word(narrow)) => wide == narrow,
            (Piece::Word(_), Piece::Value { .. }) => false,
            (Piece::Value { name, .. }, _) if *self.kind(name) == Kind::Text => true,
            (Piece::Value { .. }, Piece::Word(_)) => false,
            (Piece::Value { name: wide, .. }, Piece::Value { name: narrow, .. }) => overlap(self.kind(wide), self.kind(narrow)),
        }
    }

    fn marks(&self, form: &Form) -> Vec<Mark> {
        let mark = |piece: &Piece| match piece {
            Piece::Word(word) => Mark::Word(word.clone()),
            Piece::Value { rest: true, .. } => Mark::Rest,
            Piece::Value { name, rest: false } => Mark::Kind(discriminant(self.kind(name))),
        };
        form.iter().map(mark).collect()
    }

    fn kinds(&self, form: &Form) -> Vec<&'a Kind> {
        values(form).map(|name| self.kind(name)).collect()
    }
}

fn shown(piece: &Piece) -> String {
    match piece {
        Piece::Word(word) => format!("`{word}`"),
        Piece::Value { name, rest: true } => format!("`<{name}...>`"),
        Piece::Value { name, rest: false } => format!("`<{name}>`"),
    }
}

fn values(form: &Form) -> impl Iterator<Item = &str> {
    form.iter().filter_map(|piece| match piece {
        Piece::Value { name, .. } => Some(name.as_str()),
        Piece::Word(_) => None,
    })
}

/// Can the same words be read as both kinds? Choices differ if they share no word.
fn overlap(one: &Kind, other: &Kind) -> bool {
    match (one, other) {
        (Kind::Choice(one), Kind::Choice(other)) => {
            one.iter().any(|word| other.iter().any(|second| word.to_lowercase() == second.to_lowercase()))
        }
        _ => discriminant(one) == discriminant(other),
    }
}

fn ambiguities(usages: &[TypedUsage<'_>]) -> Vec<Ambiguity> {
    let mut register = Register::default();
    let mut found = Vec::new();
    for usage in usages {
        found.extend(register.rivals(usage, Rivalry::WithinPlugin));
        register.add(usage);
    }
    found
}

/// What the grammar weighs of a piece when several usages fit.
#[derive(PartialEq, Eq, Hash)]
enum Mark {
    Word(String),
    Kind(Discriminant<Kind>),
    Rest,
}

/// Forms by what the grammar weighs of them.
#[derive(Default)]
struct Register<'a> {
    entries: HashMap<Vec<Mark>, Vec<Entry<'a>>>,
}

struct Entry<'a> {
    usage: &'a TypedUsage<'a>,
    form: &'a Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rivalry {
    /// Two usages of a command may mean the same.
    WithinPlugin,
    OfPlugins,
}

impl<'a> Register<'a> {
    fn add(&mut self, usage: &'a TypedUsage<'a>) {
        for form in &usage.forms {
            let entries = self.entries.entry(usage.marks(form)).or_default();
            // Without a choice all forms of an entry are each other's equals: the first stands for them.
            if entries.is_empty() || usage.kinds(form).iter().any(|kind| matches!(kind, Kind::Choice(_))) {
                entries.push(Entry { usage, form });
            }
        }
    }

    /// The registered usages that fit a line of this one equally well, each once.
    fn rivals(&self, usage: &TypedUsage<'_>, rivalry: Rivalry) -> Vec<Ambiguity> {
        let mut found = Vec::new();
        for form in &usage.forms {
            let entries = self.entries.get(&usage.marks(form)).map_or(&[][..], Vec::as_slice);
            let Some(rival) = entries.iter().find(|entry| entry.rivals(usage, form, rivalry)) else {
                continue;
            };
            let ambiguity = match rivalry {
                Rivalry::WithinPlugin => Ambiguity { first: rival.usage.spot(), second: usage.spot() },
                Rivalry::OfPlugins => Ambiguity { first: usage.spot(), second: rival.usage.spot() },
            };
            if !found.contains(&ambiguity) {
                found.push(ambiguity);
            }
        }
        found
    }
}

impl Entry<'_> {
    fn rivals(&self, usage: &TypedUsage<'_>, form: &Form, rivalry: Rivalry) -> bool {
        let same_meaning = self.usage.index == usage.index && values(self.form).eq(values(form));
        if rivalry == Rivalry::WithinPlugin && same_meaning {
            return false;
        }
        self.usage.kinds(self.form).into_iter().zip(usage.kinds(form)).all(|(one, other)| overlap(one, other))
    }
}
