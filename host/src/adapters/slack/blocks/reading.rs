//! What was written for Slack, read back as a person sees it, is what the terminal shows.

#[path = "../../../../../tests/support/slack_page.rs"]
mod slack_page;

use super::super::spelling::{Names, Spelling};
use super::parts;
use hatstand_common::message::{Button, Menu, Message, Span};
use hatstand_common::transcript::{Act, Audience, Line, START, Script, Step, files, render};
use hatstand_common::value::{ChannelId, PersonId};
use proptest::prelude::*;
use serde_json::json;
use slack_page::Eyes;
use std::path::Path;
use std::time::Duration;

/// Everybody is called like their identity, in small letters.
#[derive(Debug)]
struct Small;

impl Names for Small {
    fn person(&self, id: &PersonId) -> String {
        id.0.to_lowercase()
    }

    fn channel(&self, id: &ChannelId) -> String {
        id.0.to_lowercase()
    }
}

const SPELLING: Spelling<'static> = Spelling { names: &Small, now: START };

/// Somebody in UTC+1 in winter, when transcripts begin.
fn eyes() -> Eyes<'static> {
    Eyes { person: &|id| id.to_lowercase(), channel: &|id| id.to_lowercase(), zone: "Europe/Berlin".to_owned(), now: START }
}

/// The message as it is read in Slack.
fn read(message: &Message) -> Vec<String> {
    let parts = parts(message, &"12.hat.0".into(), SPELLING);
    parts.iter().flat_map(|part| slack_page::read(&json!({ "text": part.text, "blocks": part.blocks }), &eyes()).lines).collect()
}

/// The lines as a transcript holds them.
fn tidy(lines: Vec<String>) -> Vec<String> {
    Line::new(Audience::Direct("jane".into()), Act::Says, lines).text().to_vec()
}

fn check(message: &Message) {
    assert_eq!(tidy(read(message)), tidy(render(message, &eyes())), "{message:?}");
}

fn markdown(text: &str) -> Span {
    Span::Markdown(text.to_owned())
}

fn message(text: impl IntoIterator<Item = Span>) -> Message {
    Message { text: text.into_iter().collect(), blocks: Vec::new() }
}

#[test]
fn what_transcripts_expect_reads_the_same_in_slack() {
    let transcripts = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the host is in the workspace").join("tests/transcripts");
    let mut checked = 0;
    let folders = ["eggs", "hat", "host", "."].map(|folder| files(transcripts.join(folder)).expect("there are transcripts"));
    for file in folders.concat() {
        let text = std::fs::read_to_string(&file).expect("it can be read");
        let script = Script::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for step in script.steps() {
            let Step::Expect(line) = &step.step else { continue };
            let text: Vec<&str> = line.text().iter().map(String::as_str).filter(|line| !line.starts_with("[1] ")).collect();
            check(&Message::markdown(text.join("\n")));
            checked += 1;
        }
    }
    assert!(checked > 300, "{checked} lines");
}

#[test]
fn the_eggs_read_the_same() {
    let eggs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the host is in the workspace").join("plugins/eggs/data/eggs.txt");
    let text = std::fs::read_to_string(eggs).expect("it can be read");
    text.split("\n\n").filter(|saying| !saying.starts_with(['#', '='])).for_each(|saying| check(&Message::markdown(saying)));
}

#[test]
fn every_form_of_the_project() {
    for text in [
        "a *b* **c** ~~d~~ `e` ***f*** *g **h***, **i *j* k**",
        "a\nb\n\nc\n\n\nd",
        "a:\n- b\n- *c*\n  - d\n- e\n\nf",
        "a:\n\n2. b\n3. c\n\nd\n- e",
        "> a\n> *b*\n\nc\n\n> d",
        "a\n```\nb\n\n  *c*\n```\nd\n\n```\ne\n```\n\n- f\n\n> g",
        "[a](https://x.org/?a=b&c) <https://x.org> <a@x.org>",
        "<@U1> <!channel> a < b & c > d @everybody",
        "[1] free money\n[2]",
        "---",
    ] {
        check(&Message::markdown(text));
    }
}

#[test]
fn typed_spans_read_the_same() {
    let day = Duration::from_secs(24 * 3600);
    check(&message([markdown("*"), Span::Mention("U1".into()), markdown(" has* **"), Span::Plain("*it*`_<".to_owned()), markdown("**")]));
    check(&message([Span::Time(START), markdown(" *"), Span::Time(START + day), markdown("* "), Span::Time(START + day * 400)]));
    check(&message([markdown("`hat "), Span::Plain("on`".to_owned()), markdown("` "), Span::Name("U2".into()), Span::Everybody]));
    check(&message([Span::Channel("C1".into()), Span::Plain("\n1. a\r\n\u{1b}[2K\n```".to_owned()), markdown("\n- b")]));
}

#[test]
fn blocks_read_the_same() {
    let menu = Menu::new("[1] Or another:").says("red\nhat", "red").says("[1] green", "green");
    let message = Message::plain("Hi")
        .field("since", Message::from(Span::Time(START)))
        .field("who", Message { text: vec![markdown("**"), Span::Mention("U1".into()), markdown("** and\n\n- b")], blocks: Vec::new() })
        .button(Button::new("Queue"))
        .button(Button::new("Pool"))
        .menu(menu)
        .image("https://x.org/hat.png", "a hat")
        .button(Button::new("Cancel"));
    check(&message);
    check(&(0..60).fold(Message::plain("Which?"), |message, number| message.button(Button::new(number.to_string()))));
}

#[test]
fn what_can_be_pressed_is_found_by_number_and_label() {
    let menu = Menu::new("Hat").says("red", "hat red").says("green", "hat green");
    let part = parts(&Message::plain("Hi").button(Button::new("Queue")).menu(menu), &"12.hat.0".into(), SPELLING).remove(0);
    let page = slack_page::read(&json!({ "text": part.text, "blocks": part.blocks }), &eyes());
    assert_eq!(page.message, Some("12.hat.0".into()));
    let chosen = |typed| {
        slack_page::chosen(typed, &page.choices)
            .map(|choice| (choice.action_id.as_str(), choice.option.as_deref().and_then(|value| value.split(':').next())))
    };
    assert_eq!([chosen("1"), chosen("[green]"), chosen("4")], [Some(("0", None)), Some(("1", Some("2"))), None]);
}

#[test]
fn a_text_without_blocks_is_read() {
    let text = json!({ "text": "<@U1> &lt;@U2&gt; in <#C1> &amp;lt; <!channel>" });
    assert_eq!(slack_page::read(&text, &eyes()).lines, ["@u1 <@U2> in #c1 &lt; @everybody"]);
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let typed = prop_oneof![
        "[a-zA-Z0-9*_`~<>&\\[\\]#. -]{1,12}".prop_map(Span::Plain),
        Just(Span::Mention("U1".into())),
        Just(Span::Name("U2".into())),
        Just(Span::Channel("C1".into())),
        Just(Span::Time(START)),
    ];
    let word = || "[a-z]{1,9}[.,!?]?".prop_map(Span::Markdown);
    let marked = (prop::sample::select(vec!["*", "**", "~~"]), prop_oneof![word(), typed.clone()])
        .prop_map(|(mark, span)| vec![markdown(mark), span, markdown(mark)]);
    let code = "[a-z][a-z <>*|]{0,9}[a-z]".prop_map(|code| vec![markdown(&format!("`{code}`"))]);
    let run = prop_oneof![word().prop_map(|word| vec![word]), typed.prop_map(|typed| vec![typed]), marked, code];
    let line = prop::collection::vec(run, 1..6).prop_map(|runs| runs.join(&markdown(" ")));
    let lead = prop::sample::select(vec!["", "", "", "- "]);
    let lines = prop::collection::vec((lead, line), 1..6);
    lines.prop_map(|lines| {
        let lines: Vec<Vec<Span>> = lines.into_iter().map(|(lead, line)| [vec![markdown(lead)], line].concat()).collect();
        lines.join(&markdown("\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_plugins_say_reads_the_same(spans in spans()) {
        let message = message(spans);
        prop_assert_eq!(tidy(read(&message)), tidy(render(&message, &eyes())));
    }
}
