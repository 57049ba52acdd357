//! A message as text: how transcripts and the practice room show it.

use super::{Pressable, moment, text};
use crate::message::{Block, Field, Message, Span};
use crate::value::{ChannelId, Instant, PersonId};

/// What must be known of whoever reads a message.
pub trait Reader {
    /// What a person is called, without a leading `@`.
    fn person(&self, id: &PersonId) -> String;

    /// What a channel is called, without a leading `#`.
    fn channel(&self, id: &ChannelId) -> String;

    /// How many seconds the reader's time zone is ahead of UTC at this moment.
    fn offset(&self, at: Instant) -> i32;

    /// When the message is read.
    fn now(&self) -> Instant;
}

/// The lines of a message. Markdown is shown as its source. Nothing but a message's own buttons and menus gives a line that looks
/// like choices.
pub fn render(message: &Message, reader: &dyn Reader) -> Vec<String> {
    let mut page = Page { reader, lines: Vec::new(), choices: 0 };
    if !message.text.is_empty() {
        page.text(&page.spans(&message.text));
    }
    for block in &message.blocks {
        page.block(block);
    }
    page.lines
}

struct Page<'r> {
    reader: &'r dyn Reader,
    lines: Vec<String>,
    /// How many choices have been numbered.
    choices: usize,
}

impl Page<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Fields(fields) => fields.iter().for_each(|field| self.field(field)),
            Block::Buttons(_) => self.choices(block),
            Block::Menu(menu) => {
                self.text(&menu.label);
                self.choices(block);
            }
            Block::Image(image) => self.text(&format!("[image: {}] {}", image.alt, image.url)),
        }
    }

    fn field(&mut self, field: &Field) {
        self.text(&format!("{}: {}", field.title, self.spans(&field.value)));
    }

    fn choices(&mut self, block: &Block) {
        let labels = Pressable::of_block(block).into_iter().map(|pressable| {
            self.choices += 1;
            format!("[{}] {}", self.choices, text::lines(pressable.label).join(" "))
        });
        let line = labels.collect::<Vec<_>>().join("  ");
        self.lines.push(line);
    }

    fn text(&mut self, text: &str) {
        self.lines.extend(text::lines(text).into_iter().map(unlike_choices));
    }

    fn spans(&self, spans: &[Span]) -> String {
        spans.iter().map(|span| self.span(span)).collect()
    }

    fn span(&self, span: &Span) -> String {
        let reader = self.reader;
        match span {
            Span::Markdown(text) | Span::Plain(text) => text.clone(),
            Span::Mention(id) => format!("@{}", reader.person(id)),
            Span::Name(id) => reader.person(id),
            Span::Channel(id) => format!("#{}", reader.channel(id)),
            Span::Time(at) => moment::tell(*at, reader.now(), |at| reader.offset(at)),
            Span::Everybody => "@everybody".to_owned(),
        }
    }
}

/// Text that looks like choices gets one more `\` than it has, so that no two texts are shown alike.
fn unlike_choices(line: String) -> String {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
    match is_choice(text) {
        true => format!("{}\\{text}", &line[..line.len() - text.len()]),
        false => line,
    }
}

fn is_choice(text: &str) -> bool {
    let number = text.strip_prefix('[').and_then(|text| text.split_once(']')).map(|(number, _)| number);
    number.is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Button, Image, Menu};

    /// Somebody in UTC+1 on Monday 2026-01-05 at 10:00 UTC.
    struct Jane;

    impl Reader for Jane {
        fn person(&self, id: &PersonId) -> String {
            format!("person {id}")
        }

        fn channel(&self, id: &ChannelId) -> String {
            format!("channel {id}")
        }

        fn offset(&self, _: Instant) -> i32 {
            3600
        }

        fn now(&self) -> Instant {
            super::super::START
        }
    }

    fn text(spans: impl IntoIterator<Item = Span>) -> Vec<String> {
        render(&Message { text: spans.into_iter().collect(), blocks: vec![] }, &Jane)
    }

    fn blocks(blocks: impl IntoIterator<Item = Block>) -> Vec<String> {
        render(&Message { text: vec![Span::Plain("Hi".to_owned())], blocks: blocks.into_iter().collect() }, &Jane)
    }

    fn buttons(labels: &[&str]) -> Block {
        Block::Buttons(labels.iter().map(|label| Button::new(*label).says("hi")).collect())
    }

    fn menu(label: &str, choices: &[&str]) -> Block {
        Block::Menu(choices.iter().fold(Menu::new(label), |menu, choice| menu.says(*choice, "hi")))
    }

    #[test]
    fn each_span() {
        for (span, shown) in [
            (Span::Markdown("*bold*".to_owned()), "*bold*"),
            (Span::Plain("*as typed*".to_owned()), "*as typed*"),
            (Span::Mention("U1".into()), "@person U1"),
            (Span::Name("U1".into()), "person U1"),
            (Span::Channel("C1".into()), "#channel C1"),
            (Span::Time(Jane.now()), "11:00"),
            (Span::Time(Instant(Jane.now().0 + 24 * 3_600_000)), "tomorrow 11:00"),
            (Span::Everybody, "@everybody"),
        ] {
            assert_eq!(text([span]), [shown]);
        }
    }

    #[test]
    fn spans_follow_each_other() {
        let spans = [Span::Mention("U1".into()), Span::Markdown(" has\n*it* until ".to_owned()), Span::Time(Jane.now())];
        assert_eq!(text(spans), ["@person U1 has", "*it* until 11:00"]);
    }

    #[test]
    fn a_message_without_text_is_its_blocks() {
        assert_eq!(render(&Message { text: vec![], blocks: vec![buttons(&["Yes"])] }, &Jane), ["[1] Yes"]);
        assert_eq!(render(&Message::default(), &Jane), [""; 0]);
    }

    #[test]
    fn fields_and_images() {
        let since = Field { title: "since".to_owned(), value: vec![Span::Time(Jane.now())] };
        let who = Field { title: "who".to_owned(), value: vec![Span::Name("U1".into())] };
        let image = Image { url: "https://example.org/hat.png".to_owned(), alt: "a hat".to_owned() };
        let lines = blocks([Block::Fields(vec![since, who]), Block::Image(image)]);
        assert_eq!(lines, ["Hi", "since: 11:00", "who: person U1", "[image: a hat] https://example.org/hat.png"]);
    }

    #[test]
    fn choices_are_numbered_through_all_blocks() {
        let lines = blocks([buttons(&["Queue", "Pool"]), menu("Or another hat:", &["red", "green"]), buttons(&["Cancel"])]);
        assert_eq!(lines, ["Hi", "[1] Queue  [2] Pool", "Or another hat:", "[3] red  [4] green", "[5] Cancel"]);
    }

    #[test]
    fn text_cannot_pass_for_choices() {
        let typed = "hi\n[1] Free money\n  [2]\n\\[3] x\n[a] fine\n[] fine\n[4 fine";
        let shown = ["hi", r"\[1] Free money", r"  \[2]", r"\\[3] x", "[a] fine", "[] fine", "[4 fine"];
        assert_eq!(text([Span::Plain(typed.to_owned())]), shown);
        assert_eq!(blocks([menu("[1] Free", &["a\nb"])]), ["Hi", r"\[1] Free", "[1] a b"]);
    }
}
