//! A message in plain text, for notifications and for screen readers: they are given the text and not the blocks ("chat.postMessage
//! method", Formatting messages).
//!
//! Slack still looks for mentions and links in it, so everything but a typed mention is escaped ("Formatting message text").

use super::rich::{Element, ListKind, Passage, What};

/// The text of these passages.
pub fn text(passages: &[Passage]) -> String {
    passages.iter().map(|passage| passage_text(passage).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The text of some elements.
pub fn elements_text(elements: &[Element]) -> String {
    elements.iter().map(element_text).collect()
}

/// Text in which Slack looks for nothing.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn passage_text(passage: &Passage) -> String {
    let rows = passage.rows().into_iter().map(elements_text);
    match passage {
        Passage::List(list) => {
            let marked = rows.enumerate().map(|(index, row)| match list.kind {
                ListKind::Bullet => format!("• {row}"),
                ListKind::Ordered => format!("{}. {row}", list.offset.saturating_add(index as u64 + 1)),
            });
            marked.collect::<Vec<_>>().join("\n")
        }
        _ => rows.collect(),
    }
}

fn element_text(element: &Element) -> String {
    match &element.what {
        What::Text { text } => escaped(text),
        What::Link { url, text } if url.ends_with(text.as_str()) => escaped(text),
        What::Link { url, text } => escaped(&format!("{text} ({url})")),
        What::User { user_id } => format!("<@{user_id}>"),
        What::Channel { channel_id } => format!("<#{channel_id}>"),
        What::Broadcast { range } => format!("<!{range}>"),
        What::Date { fallback, .. } => escaped(fallback),
    }
}

#[cfg(test)]
mod tests {
    use super::super::markdown::passages;
    use super::super::spelling::tests::{NOW, SPELLING};
    use super::*;
    use hatstand_common::message::Span;

    #[test]
    fn only_typed_mentions_mention() {
        let spans = [
            Span::Mention("U1".into()),
            Span::Markdown(" <@U2> **&** <!here> ".to_owned()),
            Span::Plain("<!channel> ".to_owned()),
            Span::Channel("C1".into()),
            Span::Everybody,
            Span::Time(NOW),
        ];
        let shown = "<@U1> &lt;@U2&gt; &amp; &lt;!here&gt; &lt;!channel&gt; <#C1><!channel>10:00 UTC";
        assert_eq!(text(&passages(&spans, SPELLING)), shown);
    }

    #[test]
    fn lists_and_links_can_be_read() {
        let markdown = Span::Markdown("a\n\n2. b\n3. [c](https://x.org)\n\n```\nd\n```\n<https://x.org>".to_owned());
        assert_eq!(text(&passages(&[markdown], SPELLING)), "a\n2. b\n3. c (https://x.org)\n\nd\nhttps://x.org");
    }
}
