//! A message's text as rich text: the author's Markdown is parsed, everything else is put in as it is.
//!
//! The spans are joined to one source, in which a character from a private-use area stands for each that is not Markdown. So `*`, a name
//! and `*` give a name in italics, and nothing in the name can format, link or end anything.

use super::rich::{Element, Item, List, ListKind, Passage, Style, What, push};
use super::source::{Source, stand_in};
use super::spelling::Spelling;
use hatstand_common::message::Span;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// Lists within lists, at most: Slack shows no more ("Rich text list element").
const DEEPEST: usize = 8;

/// The text as passages. It is CommonMark with `~~struck~~` words, except that every line break of the source stays one.
///
/// What Slack has no form for is shown as close to it as can be: a heading as a bold line, code or a quote within a list between the
/// items, HTML, rules and links that lead nowhere as their source.
pub fn passages(spans: &[Span], spelling: Spelling<'_>) -> Vec<Passage> {
    let source = Source::new(spans, spelling);
    let mut writer = Writer::new(&source);
    for (event, range) in Parser::new_ext(&source.text, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        writer.take(event, &range);
    }
    writer.passages.retain_mut(fill);
    writer.passages
}

/// Slack refuses what is empty: an item gets a blank, everything else is left out.
fn fill(passage: &mut Passage) -> bool {
    match passage {
        Passage::List(list) => {
            let empty = list.items.iter_mut().filter(|item| item.elements.is_empty());
            empty.for_each(|item| item.elements.push(Element::text(" ", Style::default())));
            true
        }
        other => !other.elements_mut().is_empty(),
    }
}

struct Writer<'s> {
    source: &'s Source,
    passages: Vec<Passage>,
    /// Where in the source the last thing that was written ended.
    end: usize,
    /// How many of each are open.
    bold: usize,
    italic: usize,
    strike: usize,
    quotes: usize,
    /// The number of the next item in each list that is open; none in one with bullets.
    lists: Vec<Option<u64>>,
    /// Whether a list or quote was opened that has nothing in it yet.
    is_new: bool,
    /// The text of the code block that is open.
    code: Option<String>,
    /// The links that are open.
    links: Vec<Link>,
}

/// A link that is open: where it leads, or where its source says it does.
enum Link {
    To(String),
    Nowhere(String),
}

impl<'s> Writer<'s> {
    fn new(source: &'s Source) -> Self {
        Self {
            source,
            passages: Vec::new(),
            end: 0,
            bold: 0,
            italic: 0,
            strike: 0,
            quotes: 0,
            lists: Vec::new(),
            is_new: false,
            code: None,
            links: Vec::new(),
        }
    }

    fn take(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => return self.start(tag, range.start),
            Event::End(tag) => self.finish(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, false),
            Event::Code(text) => self.text(&text, true),
            Event::SoftBreak | Event::HardBreak => self.text("\n", false),
            Event::Rule => self.rule(range),
            _ => {}
        }
        self.end = self.end.max(range.start + self.source.text[range.clone()].trim_end().len());
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.open(at),
            Tag::Heading { .. } => {
                self.open(at);
                self.bold += 1;
            }
            Tag::CodeBlock(_) => {
                self.break_before(at, true);
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) => {
                self.quotes += 1;
                self.is_new = true;
            }
            Tag::List(first) => {
                self.lists.push(first);
                self.is_new = true;
            }
            Tag::Item => self.item(at),
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.italic += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => self.link(link_type, &dest_url),
            _ => {}
        }
    }

    fn finish(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.bold -= 1,
            TagEnd::HtmlBlock => self.drop_last_break(),
            TagEnd::CodeBlock => self.finish_code(),
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Strikethrough => self.strike -= 1,
            TagEnd::Link | TagEnd::Image => self.finish_link(),
            _ => {}
        }
    }

    /// Begins a paragraph or the like: in the last passage, if it goes on there.
    fn open(&mut self, at: usize) {
        match self.passages.last() {
            Some(last) if self.goes_on_in(last) => self.go_on(at),
            _ => self.begin(at),
        }
        self.is_new = false;
    }

    fn goes_on_in(&self, last: &Passage) -> bool {
        let in_quote = self.quotes > 0;
        match last {
            Passage::Lines { .. } => !in_quote,
            Passage::Quote { .. } => in_quote && !self.is_new,
            Passage::List(_) => !in_quote && !self.lists.is_empty(),
            Passage::Code { .. } => false,
        }
    }

    fn begin(&mut self, at: usize) {
        let in_quote = self.quotes > 0;
        self.break_before(at, in_quote);
        match self.passages.last() {
            _ if in_quote => self.passages.push(Passage::Quote { elements: Vec::new() }),
            Some(Passage::Lines { .. }) => {}
            _ => self.passages.push(Passage::lines(Vec::new())),
        }
    }

    /// Breaks the line within the last passage as often as the source does. An item begins with its first paragraph.
    fn go_on(&mut self, at: usize) {
        let breaks = self.breaks_before(at);
        let elements = self.elements();
        if !elements.is_empty() {
            push(elements, Element::text("\n".repeat(breaks), Style::default()));
        }
    }

    /// Puts the empty lines that are before this into lines of their own, or to those that are there already. `closed` is what cannot
    /// begin with an empty line itself.
    fn break_before(&mut self, at: usize, closed: bool) {
        let breaks = self.breaks_before(at);
        if breaks < 2 || self.passages.is_empty() {
            return;
        }
        let empty = Element::text("\n".repeat(breaks - 1), Style::default());
        match self.passages.last_mut() {
            // The break after the last line counts too: Slack shows none for it.
            Some(Passage::Lines { elements }) if closed => push(elements, Element::text("\n".repeat(breaks), Style::default())),
            _ => self.passages.push(Passage::lines(vec![empty])),
        }
    }

    fn breaks_before(&self, at: usize) -> usize {
        self.source.text.get(self.end..at).unwrap_or_default().matches('\n').count()
    }

    /// Begins an item: in the last list, if it goes on there.
    fn item(&mut self, at: usize) {
        let indent = self.lists.len().saturating_sub(1).min(DEEPEST);
        let number = self.lists.last_mut().and_then(|next| next.as_mut().map(|next| std::mem::replace(next, *next + 1)));
        if self.quotes > 0 {
            self.open(at);
            return self.text(&number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. ")), false);
        }
        match self.passages.last_mut() {
            Some(Passage::List(list)) if !self.is_new && list.indent == indent => list.items.push(Item::default()),
            _ => {
                self.break_before(at, true);
                let kind = if number.is_some() { ListKind::Ordered } else { ListKind::Bullet };
                let offset = number.unwrap_or(1).saturating_sub(1);
                self.passages.push(Passage::List(List { kind, indent, offset, items: vec![Item::default()] }));
            }
        }
        self.is_new = false;
        self.end = self.end.max(at);
    }

    fn text(&mut self, text: &str, code: bool) {
        if let Some(block) = &mut self.code {
            return block.push_str(&self.source.literal(text));
        }
        let source = self.source;
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| stand_in(*c).is_some()) {
            self.put(What::Text { text: rest[..at].to_owned() }, code);
            if let Some(spelled) = source.spelled(c) {
                self.put(spelled.what.clone(), code);
            }
            rest = &rest[at + c.len_utf8()..];
        }
        self.put(What::Text { text: rest.to_owned() }, code);
    }

    /// Writes something in the style that is current.
    fn put(&mut self, what: What, code: bool) {
        let what = match (what, self.links.last()) {
            (What::Text { text }, Some(Link::To(url))) if !text.is_empty() => What::Link { url: url.clone(), text },
            (what, _) => what,
        };
        let code = code && matches!(what, What::Text { .. } | What::Link { .. });
        let style = Style { bold: self.bold > 0, italic: self.italic > 0, strike: self.strike > 0, code };
        push(self.elements(), Element { what, style });
    }

    fn elements(&mut self) -> &mut Vec<Element> {
        if self.passages.is_empty() {
            self.passages.push(Passage::lines(Vec::new()));
        }
        let last = self.passages.len() - 1;
        self.passages[last].elements_mut()
    }

    fn link(&mut self, kind: LinkType, url: &CowStr<'_>) {
        match self.source.address(kind, url) {
            Some(address) => self.links.push(Link::To(address)),
            None => {
                self.text("[", false);
                self.links.push(Link::Nowhere(self.source.literal(url)));
            }
        }
    }

    fn finish_link(&mut self) {
        if let Some(Link::Nowhere(url)) = self.links.pop() {
            self.put(What::Text { text: format!("]({url})") }, false);
        }
    }

    fn finish_code(&mut self) {
        let text = self.code.take().unwrap_or_default();
        let text = text.strip_suffix('\n').unwrap_or(&text);
        if !text.is_empty() {
            self.passages.push(Passage::code(text));
        }
    }

    /// The last line of HTML comes with its break.
    fn drop_last_break(&mut self) {
        if let Some(Element { what: What::Text { text }, .. }) = self.elements().last_mut()
            && text.ends_with('\n')
        {
            text.pop();
        }
    }

    fn rule(&mut self, range: &Range<usize>) {
        self.open(range.start);
        let source = self.source;
        self.text(source.text[range.clone()].trim_end(), false);
    }
}

#[cfg(test)]
mod tests {
    use super::super::spelling::tests::{NOW, SPELLING};
    use super::*;
    use proptest::prelude::*;

    fn markdown(text: &str) -> Span {
        Span::Markdown(text.to_owned())
    }

    fn plain(text: &str) -> Span {
        Span::Plain(text.to_owned())
    }

    fn read(spans: &[Span]) -> Vec<Passage> {
        passages(spans, SPELLING)
    }

    /// The passages in a few letters: `i(x)` is italic, `bc(x)` bold code, `|` parts the rows of a passage.
    fn shown(spans: &[Span]) -> Vec<String> {
        read(spans).iter().map(shown_passage).collect()
    }

    fn shown_passage(passage: &Passage) -> String {
        let rows: Vec<String> = passage.rows().iter().map(|row| row.iter().map(shown_element).collect()).collect();
        let kind = match passage {
            Passage::Lines { .. } => String::new(),
            Passage::List(list) => format!("{}{}+{} ", if list.kind == ListKind::Bullet { "-" } else { "1." }, list.indent, list.offset),
            Passage::Quote { .. } => "> ".to_owned(),
            Passage::Code { .. } => "``` ".to_owned(),
        };
        format!("{kind}{}", rows.join("|"))
    }

    fn shown_element(Element { what, style }: &Element) -> String {
        let what = match what {
            What::Text { text } => text.clone(),
            What::Link { url, text } => format!("[{text}]({url})"),
            What::User { user_id } => format!("<@{user_id}>"),
            What::Channel { channel_id } => format!("<#{channel_id}>"),
            What::Broadcast { range } => format!("<!{range}>"),
            What::Date { format, .. } => format.to_string(),
        };
        let marks = [(style.bold, 'b'), (style.italic, 'i'), (style.strike, 's'), (style.code, 'c')];
        let marks: String = marks.into_iter().filter(|(on, _)| *on).map(|(_, mark)| mark).collect();
        if marks.is_empty() { what } else { format!("{marks}({what})") }
    }

    #[test]
    fn styles() {
        let text = "a *b* _c_ **d** ***e*** ~~f~~ `g *h*` **i *j* k**";
        assert_eq!(shown(&[markdown(text)]), ["a i(b) i(c) b(d) bi(e) s(f) c(g *h*) b(i )bi(j)b( k)"]);
    }

    #[test]
    fn typed_spans_have_the_style_around_them() {
        let spans =
            [markdown("*"), plain("a*b"), markdown("* **"), Span::Mention("U1".into()), markdown(" in "), Span::Channel("C1".into())];
        let rest = [
            markdown("** `hat "),
            plain("on`"),
            markdown("` `"),
            Span::Time(NOW),
            markdown("` "),
            Span::Name("U2".into()),
            Span::Everybody,
        ];
        assert_eq!(shown(&[spans.to_vec(), rest.to_vec()].concat()), ["i(a*b) b(<@U1>)b( in )b(<#C1>) c(hat on`) {time} andre<!channel>"]);
    }

    #[test]
    fn nothing_that_was_typed_does_anything() {
        for typed in [
            "*x*",
            "`x`",
            "<@U1> <!channel>",
            "[x](https://x.org)",
            "<https://x.org>",
            "# x",
            "- x",
            "```\nx",
            "> x",
            "a\n\n- b",
            "\u{f0000}",
        ] {
            assert_eq!(read(&[plain(typed)]), [Passage::lines(vec![Element::text(typed, Style::default())])], "{typed:?}");
        }
    }

    #[test]
    fn an_authors_markdown_mentions_nobody() {
        for text in ["<@U1>", "<!channel>", "<#C1|dev>", "@channel", "<b>hat</b>"] {
            assert_eq!(read(&[markdown(text)]), [Passage::lines(vec![Element::text(text, Style::default())])], "{text:?}");
        }
    }

    #[test]
    fn what_stands_in_cannot_be_forged() {
        assert_eq!(shown(&[markdown("a\u{f0000}b"), plain("c")]), ["abc"]);
    }

    #[test]
    fn line_breaks_stay() {
        assert_eq!(shown(&[markdown("a\nb\\\nc\n\n\nd  \ne")]), ["a\nb\nc\n\n\nd\ne"]);
        assert_eq!(shown(&[markdown("a\r\nb")]), ["a\nb"]);
    }

    #[test]
    fn lists() {
        assert_eq!(shown(&[markdown("a\n- b\n- *c*\n  - d\n- e\n\nf")]), ["a", "-0+0 b|i(c)", "-1+0 d", "-0+0 e", "\nf"]);
        assert_eq!(shown(&[markdown("a\n\n3. b\n4. c\n   - d\n5. e")]), ["a\n\n", "1.0+2 b|c", "-1+0 d", "1.0+4 e"]);
        assert_eq!(shown(&[markdown("- a\n\n* b")]), ["-0+0 a", "\n", "-0+0 b"]);
        assert_eq!(shown(&[markdown("- a\n\n  b\n- c")]), ["-0+0 a\n\nb|c"]);
    }

    #[test]
    fn quotes_and_code() {
        assert_eq!(shown(&[markdown("a\n> b\n> *c*\n\n> d\n\ne")]), ["a", "> b\ni(c)", "\n", "> d", "\ne"]);
        assert_eq!(shown(&[markdown("a\n```rust\nb\n\n*c*\n```\nd")]), ["a", "``` b\n\n*c*", "d"]);
        assert_eq!(
            shown(&[markdown("```\n"), Span::Mention("U1".into()), markdown(" "), Span::Time(NOW), markdown("\n```")]),
            ["``` @jane 10:00 UTC"]
        );
        assert_eq!(shown(&[markdown("> - a\n> - b")]), ["> - a\n- b"]);
    }

    #[test]
    fn what_slack_does_not_have_is_shown_as_well_as_it_can_be() {
        assert_eq!(shown(&[markdown("# a *b*\nc\n\n---\nd")]), ["b(a )bi(b)\nc\n\n---\nd"]);
        assert_eq!(shown(&[markdown("- a\n  ```\n  b\n  ```\n- c")]), ["-0+0 a", "``` b", "-0+0 c"]);
        assert_eq!(shown(&[markdown("#\n-\n- a")]), ["-0+0  |a"]);
        assert_eq!(shown(&[markdown("<div>\n*a*\n</div>\n\nb")]), ["<div>\n*a*\n</div>\n\nb"]);
    }

    #[test]
    fn links() {
        let link = |text: &str| shown(&[markdown(text)]);
        assert_eq!(link("[a *b*](https://x.org)"), ["[a ](https://x.org)i([b](https://x.org))"]);
        assert_eq!(link("<https://x.org> <a@x.org>"), ["[https://x.org](https://x.org) [a@x.org](mailto:a@x.org)"]);
        assert_eq!(link("![a hat](https://x.org/hat.png)"), ["[a hat](https://x.org/hat.png)"]);
        assert_eq!(link("[a](javascript:b) [c](d)"), ["[a](javascript:b) [c](d)"]);
    }

    #[test]
    fn a_link_leads_where_its_author_says() {
        let data = |before: &str, data: &str| shown(&[markdown(&format!("[log]({before}")), plain(data), markdown(")")]);
        assert_eq!(data("https://ci.org/", "a/../b?c"), ["[log](https://ci.org/a%2F..%2Fb%3Fc)"]);
        for (before, typed) in [("", "https://evil.org"), ("https://", "evil.org/"), ("https://x", ".evil.org")] {
            let spans = [markdown(&format!("[log]({before}")), plain(typed), markdown(")")];
            let source = format!("[log]({before}{typed})");
            assert_eq!(read(&spans), [Passage::lines(vec![Element::text(source, Style::default())])]);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-c *_`~>#\\-0-9.\n<>\\[\\]()!&\u{f0000}\u{10fffd}]{0,80}", typed in ".{0,20}") {
            let passages = read(&[markdown(&text), plain(&typed), markdown(&text)]);
            for element in passages.iter().flat_map(Passage::rows).inspect(|row| assert!(!row.is_empty())).flatten() {
                let is_empty = matches!(&element.what, What::Text { text } | What::Link { text, .. } if text.is_empty());
                prop_assert!(!is_empty);
            }
        }

        #[test]
        fn what_was_typed_is_never_lost(before in "[a-c *_`~>#\\-.\n]{0,20}", typed in "[a-z*_`\n]{1,20}") {
            let passages = read(&[markdown(&before), plain(&typed), markdown(&before)]);
            let text: String = passages.iter().flat_map(Passage::rows).flatten().map(literal).collect();
            // A fence may be followed by a word about the language, which is not shown.
            prop_assume!(!before.contains("```") && !before.contains("~~~"));
            prop_assert!(text.contains(&typed), "{:?}", text);
        }
    }

    fn literal(element: &Element) -> &str {
        if let What::Text { text } = &element.what { text } else { "" }
    }
}
