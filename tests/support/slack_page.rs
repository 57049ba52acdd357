//! What a person reads in Slack, as the lines of a transcript: so that one and the same transcript passes in the terminal and in Slack.
//!
//! A format is shown in the form in which this project writes it: `*x*` and never `_x_`, `**x**`, `~~x~~`, `` `x` ``, `<address>`,
//! `[text](address)`, `- item`, `1. item`, `> quote`, and ```` ``` ```` around code.

use hatstand_common::message::{Button, Message, Span};
use hatstand_common::transcript::{Reader, render};
use hatstand_common::value::{ChannelId, Instant, MessageId, PersonId};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::fmt;

/// A message in Slack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Which of the bot's messages it is, if it is one.
    pub message: Option<MessageId>,
    /// The lines, as [`render`] shows the neutral message of which this one was made.
    pub lines: Vec<String>,
    /// What can be pressed, in the order of the numbers in the lines.
    pub choices: Vec<Choice>,
}

/// A button, or an option of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    /// Of the button, or of the menu.
    pub action_id: String,
    /// The option's value, in a menu.
    pub option: Option<String>,
}

/// Somebody who looks at a page: what they see people and channels called by Slack's identities, in their zone.
pub struct Eyes<'e> {
    pub person: &'e dyn Fn(&str) -> String,
    pub channel: &'e dyn Fn(&str) -> String,
    /// An IANA name.
    pub zone: String,
    pub now: Instant,
}

/// Reads what was posted: an object with `text` and `blocks`.
///
/// What cannot be told apart any more: a line of a message that begins with bold text and a colon from a field, the 25th button of a
/// block from one that begins the next, and the parts of a message that was too long for Slack from several messages.
pub fn read(message: &Value, reader: &dyn Reader) -> Page {
    let mut sheet = Sheet { reader, page: Page::default(), is_full: false };
    match elements(message, "blocks") {
        [] => sheet.show(&Message { text: plain(string(message, "text")), blocks: Vec::new() }),
        blocks => blocks.iter().for_each(|block| sheet.block(block)),
    }
    sheet.page
}

/// What somebody chooses who types this below the message: a number, or a label in brackets.
pub fn chosen<'c>(typed: &str, choices: &'c [Choice]) -> Option<&'c Choice> {
    match typed.trim().strip_prefix('[').and_then(|typed| typed.strip_suffix(']')) {
        Some(label) => choices.iter().find(|choice| choice.label.trim() == label.trim()),
        None => typed.trim().parse::<usize>().ok()?.checked_sub(1).and_then(|index| choices.get(index)),
    }
}

impl Reader for Eyes<'_> {
    fn person(&self, id: &PersonId) -> String {
        (self.person)(&id.0)
    }

    fn channel(&self, id: &ChannelId) -> String {
        (self.channel)(&id.0)
    }

    fn offset(&self, at: Instant) -> i32 {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let at = i64::try_from(at.millis()).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
        zone.to_offset(at.unwrap_or(Timestamp::MAX)).seconds()
    }

    fn now(&self) -> Instant {
        self.now
    }
}

impl fmt::Debug for Eyes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eyes").field("zone", &self.zone).field("now", &self.now).finish_non_exhaustive()
    }
}

/// A page that is being read.
struct Sheet<'r> {
    reader: &'r dyn Reader,
    page: Page,
    /// Whether the block above is one of buttons that has no room for more.
    is_full: bool,
}

/// So many buttons stand in one block.
const BUTTONS: usize = 25;

impl Sheet<'_> {
    fn block(&mut self, block: &Value) {
        self.page.message = message_of(string(block, "block_id")).or(self.page.message.take());
        let is_full = std::mem::take(&mut self.is_full);
        match string(block, "type") {
            "rich_text" => self.text(self.rich_text(elements(block, "elements"))),
            "header" => self.text(string(&block["text"], "text").to_owned()),
            "actions" => self.buttons(elements(block, "elements"), is_full),
            "section" => {
                self.text(string(&block["text"], "text").to_owned());
                self.menu(&block["accessory"]);
            }
            "image" => self.show(&Message::default().image(string(block, "image_url"), string(block, "alt_text"))),
            other => self.text(format!("(a block of type {other})")),
        }
    }

    fn text(&mut self, text: String) {
        self.show(&Message::plain(text));
    }

    fn show(&mut self, message: &Message) {
        self.page.lines.extend(render(message, self.reader));
    }

    fn buttons(&mut self, buttons: &[Value], goes_on: bool) {
        self.is_full = buttons.len() == BUTTONS;
        let choices = buttons.iter().map(|button| choice(button, string(button, "action_id"), None)).collect();
        self.choices(choices, goes_on);
    }

    fn menu(&mut self, menu: &Value) {
        let option = |option: &Value| choice(option, string(menu, "action_id"), Some(string(option, "value")));
        self.choices(elements(menu, "options").iter().map(option).collect(), false);
    }

    /// A line of choices. Those of buttons that did not fit into the block above go on there.
    fn choices(&mut self, choices: Vec<Choice>, goes_on: bool) {
        let first = self.page.choices.len() + 1;
        let mut labels: Vec<String> = choices.iter().zip(first..).map(|(choice, number)| self.numbered(number, &choice.label)).collect();
        if goes_on {
            labels.splice(0..0, self.page.lines.pop());
        }
        self.page.lines.push(labels.join("  "));
        self.page.choices.extend(choices);
    }

    fn numbered(&self, number: usize, label: &str) -> String {
        let shown = render(&Message::default().button(Button::new(label)), self.reader).join(" ");
        format!("[{number}]{}", shown.strip_prefix("[1]").unwrap_or(&shown))
    }

    fn rich_text(&self, passages: &[Value]) -> String {
        let last = passages.len().saturating_sub(1);
        let texts = passages.iter().enumerate().map(|(index, passage)| {
            let text = self.passage(passage);
            match passage["type"] == "rich_text_section" && index < last {
                // What follows stands on a line of its own anyway.
                true => text.strip_suffix('\n').unwrap_or(&text).to_owned(),
                false => text,
            }
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    fn passage(&self, passage: &Value) -> String {
        let inner = elements(passage, "elements");
        match string(passage, "type") {
            "rich_text_section" => self.section(inner),
            "rich_text_list" => self.list(passage, inner),
            "rich_text_quote" => self.runs(inner).split('\n').map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"),
            "rich_text_preformatted" => format!("```\n{}\n```", self.runs(inner)),
            other => format!("(text of type {other})"),
        }
    }

    /// Ordinary lines, or a field: a bold title with a colon.
    fn section(&self, inner: &[Value]) -> String {
        match inner.split_first() {
            Some((title, value)) if title["style"]["bold"] == true && string(title, "text").ends_with(':') => {
                format!("{}{}", string(title, "text"), self.runs(value))
            }
            _ => self.runs(inner),
        }
    }

    fn list(&self, list: &Value, items: &[Value]) -> String {
        let blanks = "  ".repeat(number(list, "indent"));
        let first = number(list, "offset") + 1;
        let items = items.iter().zip(first..).map(|(item, number)| {
            let text = self.runs(elements(item, "elements"));
            match string(list, "style") {
                "ordered" => format!("{blanks}{number}. {text}"),
                _ => format!("{blanks}- {text}"),
            }
        });
        items.collect::<Vec<_>>().join("\n")
    }

    /// Text and what is between it, with the marks of the styles around.
    fn runs(&self, runs: &[Value]) -> String {
        let mut text = String::new();
        let mut open: Vec<&Mark> = Vec::new();
        for (index, run) in runs.iter().enumerate() {
            let kept = open.iter().take_while(|mark| mark.is_on(run)).count();
            close(&mut text, &open.split_off(kept));
            let mut begin: Vec<&Mark> =
                MARKS.iter().filter(|mark| mark.is_on(run) && !open.iter().any(|other| other.style == mark.style)).collect();
            // What lasts longest is outside.
            begin.sort_by_key(|mark| std::cmp::Reverse(runs[index..].iter().take_while(|run| mark.is_on(run)).count()));
            begin.iter().for_each(|mark| text.push_str(mark.source));
            open.extend(begin);
            text.push_str(&self.run(run));
        }
        close(&mut text, &open);
        text
    }

    fn run(&self, run: &Value) -> String {
        let words = match string(run, "type") {
            "text" => string(run, "text").to_owned(),
            "link" => link(string(run, "url"), string(run, "text")),
            "user" => self.span(Span::Mention(string(run, "user_id").into())),
            "channel" => self.span(Span::Channel(string(run, "channel_id").into())),
            "broadcast" => self.span(Span::Everybody),
            "date" => self.span(Span::Time(Instant(run["timestamp"].as_u64().unwrap_or_default().saturating_mul(1000)))),
            other => format!("(text of type {other})"),
        };
        if run["style"]["code"] == true { format!("`{words}`") } else { words }
    }

    fn span(&self, span: Span) -> String {
        render(&span.into(), self.reader).join("\n")
    }
}

fn choice(element: &Value, action_id: &str, option: Option<&str>) -> Choice {
    let label = string(&element["text"], "text").to_owned();
    Choice { label, action_id: action_id.to_owned(), option: option.map(str::to_owned) }
}

/// The message, of a block's identity: that, the part and the place in it.
fn message_of(block_id: &str) -> Option<MessageId> {
    block_id.rsplitn(3, '/').nth(2).map(MessageId::from)
}

/// A style of text, and what stands around it in Markdown.
struct Mark {
    style: &'static str,
    source: &'static str,
}

const MARKS: [Mark; 3] =
    [Mark { style: "bold", source: "**" }, Mark { style: "italic", source: "*" }, Mark { style: "strike", source: "~~" }];

impl Mark {
    fn is_on(&self, run: &Value) -> bool {
        run["style"][self.style] == true
    }
}

fn close(text: &mut String, marks: &[&Mark]) {
    marks.iter().rev().for_each(|mark| text.push_str(mark.source));
}

fn link(url: &str, text: &str) -> String {
    match url.strip_prefix("mailto:").unwrap_or(url) == text {
        true => format!("<{text}>"),
        false => format!("[{text}]({url})"),
    }
}

/// What Slack makes of a text without blocks: mentions are in angle brackets, and nothing else is.
fn plain(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = text;
    while let Some((before, (inside, after))) = rest.split_once('<').and_then(|(before, rest)| Some((before, rest.split_once('>')?))) {
        spans.push(Span::Plain(unescaped(before)));
        spans.push(match inside.split_at_checked(1) {
            Some(("@", id)) => Span::Mention(id.into()),
            Some(("#", id)) => Span::Channel(id.into()),
            Some(("!", "channel")) => Span::Everybody,
            _ => Span::Plain(unescaped(inside)),
        });
        rest = after;
    }
    spans.push(Span::Plain(unescaped(rest)));
    spans
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn string<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn number(value: &Value, key: &str) -> usize {
    value[key].as_u64().and_then(|number| number.try_into().ok()).unwrap_or_default()
}

fn elements<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}
