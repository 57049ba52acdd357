//! Long text as several messages: cut between lines and items, and only where a single one is too long between words or within one.

use super::fallback::elements_text;
use super::limits;
use super::rich::{Element, Item, List, Passage, Style, What, push};
use serde_json::json;
use std::ops::Add;

/// Passages that fit into one message each. Nothing is lost but, where a list's item has to be cut, the bullet before what follows; and
/// a block of code that does not fit into one message goes on in a block of its own in the next.
pub fn split(passages: Vec<Passage>) -> Vec<Vec<Passage>> {
    let mut messages: Vec<Vec<Passage>> = Vec::new();
    let mut load = Load::NONE;
    for stretch in passages.into_iter().flat_map(stretches) {
        let last = messages.last().and_then(|message| message.last());
        load = load + stretch.load_behind(last);
        if last.is_none() || !load.fits() {
            messages.push(Vec::new());
            load = stretch.load_behind(None);
        }
        if let Some(message) = messages.last_mut() {
            stretch.join(message);
        }
    }
    messages
}

/// How much of a message something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Load {
    /// Characters of plain text.
    text: usize,
    /// Characters of JSON.
    json: usize,
}

/// So many characters of JSON are around a row of elements, at most.
const AROUND: usize = 150;

/// So many characters of JSON are kept for what is around the text: the block, its identity, a few buttons.
const RESERVE: usize = 1_000;

/// A text is cut within a word only if the word is longer than this.
const WORD: usize = 400;

impl Load {
    const NONE: Load = Load { text: 0, json: 0 };
    /// What is around a row: a line break, a list's number in plain text.
    const ROW: Load = Load { text: 24, json: AROUND };

    /// What these elements add behind `last`: text in the same style becomes one with it.
    fn of<'e>(elements: &'e [Element], mut last: Option<&'e Element>) -> Load {
        elements.iter().fold(Load::NONE, |load, element| {
            let text = elements_text(std::slice::from_ref(element)).chars().count();
            let json = json_length(element, is_joined(last, element));
            last = Some(element);
            load + Load { text, json }
        })
    }

    fn of_row(row: &[Element]) -> Load {
        Load::ROW + Load::of(row, None)
    }

    fn fits(self) -> bool {
        self.text <= limits::TEXT && self.json <= limits::JSON - RESERVE
    }
}

impl Add for Load {
    type Output = Load;

    fn add(self, other: Load) -> Load {
        Load { text: self.text + other.text, json: self.json + other.json }
    }
}

fn is_joined(last: Option<&Element>, element: &Element) -> bool {
    let is_text = |element: &Element| matches!(element.what, What::Text { .. });
    last.is_some_and(|last| is_text(last) && is_text(element) && last.style == element.style)
}

/// Characters of JSON that an element takes with the comma behind it; of text that is joined to other text, the text counts.
fn json_length(element: &Element, is_joined: bool) -> usize {
    match &element.what {
        What::Text { text } if is_joined => json!(text).to_string().chars().count() - 2,
        _ => json!(element).to_string().chars().count() + 1,
    }
}

/// A part of a passage that one message holds.
struct Stretch {
    passage: Passage,
    /// Whether it goes on where the stretch before it ended.
    joins: bool,
}

impl Stretch {
    /// What it adds behind this passage of a message.
    fn load_behind(&self, last: Option<&Passage>) -> Load {
        let rows = self.passage.rows();
        match last.filter(|_| self.joins).and_then(|last| last.rows().pop()) {
            Some(row) if !matches!(self.passage, Passage::List(_)) => Load::of(&rows.concat(), row.last()),
            _ => rows.into_iter().map(Load::of_row).fold(Load::NONE, Load::add),
        }
    }

    fn join(self, message: &mut Vec<Passage>) {
        match (message.last_mut(), self.passage) {
            (Some(Passage::List(last)), Passage::List(more)) if self.joins => last.items.extend(more.items),
            (Some(Passage::Lines { elements: last }), Passage::Lines { elements: more })
            | (Some(Passage::Quote { elements: last }), Passage::Quote { elements: more })
            | (Some(Passage::Code { elements: last }), Passage::Code { elements: more })
                if self.joins =>
            {
                more.into_iter().for_each(|element| push(last, element));
            }
            (_, passage) => message.push(passage),
        }
    }
}

/// A passage in stretches that fit: whole code, otherwise lines and items, and what does not fit even so in pieces.
fn stretches(passage: Passage) -> Vec<Stretch> {
    if matches!(passage, Passage::Code { .. }) && passage.rows().into_iter().all(|row| Load::of_row(row).fits()) {
        return vec![Stretch { passage, joins: false }];
    }
    let passages: Vec<Passage> = match passage {
        Passage::Lines { elements } => pieces(elements).map(|elements| Passage::Lines { elements }).collect(),
        Passage::Quote { elements } => pieces(elements).map(|elements| Passage::Quote { elements }).collect(),
        Passage::Code { elements } => pieces(elements).map(|elements| Passage::Code { elements }).collect(),
        Passage::List(List { kind, indent, offset, items }) => {
            let lists = (offset..).zip(items).map(|(offset, item)| List { kind, indent, offset, items: vec![item] });
            lists.flat_map(item_stretches).collect()
        }
    };
    passages.into_iter().enumerate().map(|(index, passage)| Stretch { passage, joins: index > 0 }).collect()
}

/// An item that is too long goes on in lines without a bullet.
fn item_stretches(list: List) -> Vec<Passage> {
    let List { kind, indent, offset, items } = list;
    let mut pieces =
        items.into_iter().flat_map(|item| if Load::of_row(&item.elements).fits() { vec![item.elements] } else { cut(item.elements) });
    let first = pieces.next().unwrap_or_default();
    let first = Passage::List(List { kind, indent, offset, items: vec![Item { elements: first }] });
    std::iter::once(first).chain(pieces.map(Passage::lines)).collect()
}

/// Lines, each with the break at its end; one that is too long in pieces.
fn pieces(elements: Vec<Element>) -> impl Iterator<Item = Vec<Element>> {
    lines(elements).into_iter().flat_map(|line| if Load::of_row(&line).fits() { vec![line] } else { cut(line) })
}

fn lines(elements: Vec<Element>) -> Vec<Vec<Element>> {
    let mut lines = vec![Vec::new()];
    for element in elements.into_iter().flat_map(|element| parts(element, |text| text.split_inclusive('\n').collect())) {
        let ends = matches!(&element.what, What::Text { text } | What::Link { text, .. } if text.ends_with('\n'));
        lines.last_mut().expect("there is a line").push(element);
        if ends {
            lines.push(Vec::new());
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A line that is too long in pieces that fit.
fn cut(line: Vec<Element>) -> Vec<Vec<Element>> {
    let mut pieces: Vec<Vec<Element>> = vec![Vec::new()];
    let mut load = Load::ROW;
    for crumb in line.into_iter().flat_map(|element| parts(element, words)) {
        let piece = pieces.last_mut().expect("there is a piece");
        load = load + Load::of(std::slice::from_ref(&crumb), piece.last());
        if load.fits() {
            push(piece, crumb);
        } else {
            pieces.push(vec![crumb]);
            load = pieces.last().map_or(Load::ROW, |piece| Load::of_row(piece));
        }
    }
    pieces
}

/// An element in several, if its text can be parted.
fn parts(Element { what, style }: Element, part: impl Fn(&str) -> Vec<&str>) -> Vec<Element> {
    match what {
        What::Text { text } => part(&text).into_iter().map(|text| Element::text(text, style)).collect(),
        What::Link { url, text } => part(&text).into_iter().map(|text| link(&url, text, style)).collect(),
        what => vec![Element { what, style }],
    }
}

fn link(url: &str, text: &str, style: Style) -> Element {
    Element { what: What::Link { url: url.to_owned(), text: text.to_owned() }, style }
}

/// Words with the blank behind them; one that is too long in pieces.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(' ').flat_map(chunks).collect()
}

fn chunks(word: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    let mut rest = word;
    while let Some((end, _)) = rest.char_indices().nth(WORD) {
        let (chunk, after) = rest.split_at(letter_end(rest, end));
        chunks.push(chunk);
        rest = after;
    }
    chunks.push(rest);
    chunks
}

/// Where the letter ends that is cut least by cutting there: a letter may be several characters, but hardly more than these.
fn letter_end(text: &str, end: usize) -> usize {
    let before = text[..end].char_indices().rev().take(16).map(|(at, _)| at);
    std::iter::once(end).chain(before).find(|at| *at > 0 && !is_within_letter(text, *at)).unwrap_or(end)
}

fn is_within_letter(text: &str, at: usize) -> bool {
    const JOINER: char = '\u{200d}';
    text[..at].ends_with(JOINER) || text[at..].starts_with(|c| c == JOINER || joins_letter(c))
}

/// Accents, variants, skin tones: what changes the character before it.
fn joins_letter(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::super::markdown::passages;
    use super::super::rich::block;
    use super::super::spelling::tests::SPELLING;
    use super::*;
    use hatstand_common::message::Span;
    use proptest::prelude::*;

    fn read(markdown: &str) -> Vec<Passage> {
        passages(&[Span::Markdown(markdown.to_owned())], SPELLING)
    }

    fn text(passages: &[Passage]) -> String {
        passages.iter().flat_map(Passage::rows).flatten().map(|element| elements_text(std::slice::from_ref(element))).collect()
    }

    /// What each message ends and begins with, in few letters.
    fn ends(messages: &[Vec<Passage>]) -> Vec<(String, String)> {
        let few = |passages: &[Passage]| {
            let text = text(passages);
            let count = text.chars().count();
            (text.chars().take(5).collect(), text.chars().skip(count.saturating_sub(5)).collect())
        };
        messages.iter().map(|message| few(message)).collect()
    }

    fn pairs(ends: &[(&str, &str)]) -> Vec<(String, String)> {
        ends.iter().map(|(first, last)| ((*first).to_owned(), (*last).to_owned())).collect()
    }

    #[test]
    fn a_short_text_is_one_message() {
        let passages = read("a *b*\n- c\n- d\n\n> e\n```\nf\n```");
        assert_eq!(split(passages.clone()), [passages]);
        assert!(split(Vec::new()).is_empty());
    }

    #[test]
    fn lines_stay_whole() {
        let lines: String = (0..100).map(|number| format!("line {number:02} {}\n", "x".repeat(60))).collect();
        let messages = split(read(&lines));
        assert!(messages.len() > 1);
        for message in &messages {
            assert!(text(message).starts_with("line "), "{message:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_between_words() {
        let messages = split(read(&"word ".repeat(1_000)));
        assert_eq!(ends(&messages), pairs(&[("word ", "word "), ("word ", " word")]));
    }

    #[test]
    fn a_long_word_is_cut_between_letters() {
        let family = "👩‍👩‍👧";
        let messages = split(read(&family.repeat(1_500)));
        assert!(messages.len() > 1);
        assert!(messages.iter().all(|message| text(message).starts_with('👩') && text(message).ends_with('👧')));
    }

    #[test]
    fn code_stays_whole_where_it_can() {
        let code = format!("```\n{}```", "code\n".repeat(500));
        let messages = split(read(&format!("{}\n{code}", "x".repeat(3_000))));
        assert_eq!(messages.len(), 2);
        assert!(matches!(messages[1].as_slice(), [Passage::Code { .. }]));
    }

    #[test]
    fn long_code_is_code_in_each_message() {
        let messages = split(read(&format!("```\n{}```", "code\n".repeat(1_500))));
        assert_eq!(ends(&messages), pairs(&[("code\n", "code\n"), ("code\n", "\ncode")]));
        assert!(messages.iter().all(|message| matches!(message.as_slice(), [Passage::Code { .. }])));
    }

    #[test]
    fn a_list_goes_on_with_its_number() {
        let list: String = (1..200).map(|number| format!("{number}. {}\n", "x".repeat(40))).collect();
        let messages = split(read(&list));
        let [Passage::List(first)] = messages[0].as_slice() else { panic!("{messages:?}") };
        let [Passage::List(second)] = messages[1].as_slice() else { panic!("{messages:?}") };
        assert_eq!(second.offset, first.items.len() as u64);
    }

    fn markdown() -> impl Strategy<Value = String> {
        let chunk = prop_oneof![
            4 => "[a-zäß ]{1,60}",
            2 => "\\*[a-z]{1,9}\\* ",
            1 => "[a-z]{1,3000}",
            1 => "[&<\"\\\\]{1,3000}",
            1 => "`[a-z ]{1,30}` ",
            1 => "\\[[a-z]{1,9}\\]\\(https://x\\.org/[a-z]{1,900}\\) ",
            3 => Just("\n".to_owned()),
            2 => Just("\n\n".to_owned()),
            1 => Just("\n- ".to_owned()),
            1 => Just("\n7. ".to_owned()),
            1 => Just("\n> ".to_owned()),
            1 => Just("\n```\n".to_owned()),
            1 => Just("👩‍👩‍👧".repeat(700)),
        ];
        prop::collection::vec(chunk, 0..60).prop_map(|chunks| chunks.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_message_fits_and_nothing_is_lost(markdown in markdown()) {
            let whole = read(&markdown);
            let messages = split(whole.clone());
            let mut together = String::new();
            for message in &messages {
                prop_assert!(!message.is_empty());
                prop_assert!(super::super::fallback::text(message).chars().count() <= limits::TEXT);
                prop_assert!(block(message).to_string().chars().count() <= limits::JSON - RESERVE + 100);
                together += &literal(message);
            }
            prop_assert_eq!(together, literal(&whole));
        }
    }

    fn literal(passages: &[Passage]) -> String {
        let elements = passages.iter().flat_map(Passage::rows).flatten();
        elements
            .map(|element| match &element.what {
                What::Text { text } | What::Link { text, .. } => text.as_str(),
                _ => "?",
            })
            .collect()
    }
}
