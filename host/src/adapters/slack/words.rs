//! What a person typed in Slack, as a line that commands are read from. See Slack's page "Formatting message text", Retrieving messages.
//!
//! In Slack's text, whatever is more than text is in angle brackets, and `&`, `<` and `>` are escaped everywhere else.

use super::spelling::{Names, is_id};
use hatstand_common::grammar::{Line, Mention, Whom};
use hatstand_common::value::PersonId;

/// What was said, and whether to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub line: Line,
    pub addressed: bool,
}

/// Reads what was said: `direct` if it was to the bot alone. As in the terminal, the bot is addressed wherever its mention is, and that
/// mention is taken off, with the `:` or `,` that people put after it.
///
/// Unlike there, only a mention that Slack made one counts: `@hatstand` in plain letters is nobody.
pub fn heard(text: &str, bot: &PersonId, direct: bool, names: &dyn Names) -> Heard {
    let tokens = tokens(text);
    let mention = tokens.iter().position(|token| matches!(token, Token::Person(id) if *id == bot.0));
    match mention {
        Some(at) => Heard { line: without(line(&tokens[..at], names), line(&tokens[at + 1..], names)), addressed: true },
        None => Heard { line: line(&tokens, names), addressed: direct },
    }
}

/// A piece of Slack's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    /// Still escaped.
    Text(&'t str),
    /// `<@U123>`, `<@U123|jane>`.
    Person(&'t str),
    /// `<#C123|dev>`: with its name, if Slack says it.
    Channel(&'t str, &'t str),
    /// `<!here>`, `<!subteam^S123|@team>`, `<!date^…|fallback>`: what it is, and what it is shown as.
    Special(&'t str, &'t str),
    /// `<https://x.org|label>`: where it leads, and what it is shown as.
    Link(&'t str, &'t str),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = brackets(rest) {
        tokens.push(Token::Text(&rest[..start]));
        tokens.push(token(&rest[start..=end]));
        rest = &rest[end + 1..];
    }
    tokens.push(Token::Text(rest));
    tokens
}

/// The first pair of angle brackets with something other than angle brackets in it.
fn brackets(text: &str) -> Option<(usize, usize)> {
    let first = text.find('<')?;
    let end = first + text[first..].find('>')?;
    Some((text[..end].rfind('<')?, end))
}

/// What is in brackets, with them. Anything unknown is text.
fn token(text: &str) -> Token<'_> {
    let inside = &text[1..text.len() - 1];
    let (what, label) = inside.split_once('|').unwrap_or((inside, ""));
    match (what.get(..1), what.get(1..)) {
        (Some("@"), Some(id)) if is_id(id) => Token::Person(id),
        (Some("#"), Some(id)) if is_id(id) => Token::Channel(id, label),
        (Some("!"), Some(special)) if !special.is_empty() => Token::Special(special, label),
        _ if what.contains(':') => Token::Link(what, label),
        _ => Token::Text(text),
    }
}

fn line(tokens: &[Token<'_>], names: &dyn Names) -> Line {
    let mut line = Line::default();
    for token in tokens {
        match *token {
            Token::Text(text) => line.text += &unescaped(text),
            Token::Person(id) => {
                let id = PersonId::from(id);
                let name = names.person(&id);
                mention(&mut line, '@', &name, Whom::Person(id));
            }
            Token::Channel(id, label) => {
                let name = if label.is_empty() { names.channel(&id.into()) } else { unescaped(label) };
                mention(&mut line, '#', &name, Whom::Channel(id.into()));
            }
            Token::Special(what, label) => line.text += &special(what, &unescaped(label)),
            Token::Link(address, label) => line.text += &link(&unescaped(address), &unescaped(label)),
        }
    }
    line
}

/// Adds `@jane` or `#dev`; blanks around a name would belong to nothing.
fn mention(line: &mut Line, mark: char, name: &str, whom: Whom) {
    let start = line.text.len();
    line.text.push(mark);
    line.text += name.trim();
    line.mentions.push(Mention { range: start..line.text.len(), whom });
}

/// What a person sees of it: `@here`, `@team`, a date in words.
fn special(what: &str, label: &str) -> String {
    match what.split_once('^') {
        _ if !label.is_empty() && what.contains('^') => label.to_owned(),
        Some((_, id)) => format!("@{id}"),
        None => format!("@{what}"),
    }
}

/// What was typed: Slack makes links of `x.org` and `jane@x.org`. Of a link behind other words, both are of use.
fn link(address: &str, label: &str) -> String {
    let bare = address.split_once(':').map_or(address, |(_, bare)| bare.trim_start_matches('/'));
    let is_typed = |label: &str| bare.trim_end_matches('/') == label.trim_end_matches('/') || address == label;
    match label {
        "" if address.starts_with("mailto:") || address.starts_with("tel:") => bare.to_owned(),
        "" => address.to_owned(),
        label if is_typed(label) => label.to_owned(),
        label => format!("{label} ({address})"),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The line around a mention that is taken off.
fn without(mut before: Line, after: Line) -> Line {
    before.text.truncate(before.text.trim_end().len());
    before.text.push(' ');
    let kept = after.text.trim_start_matches([':', ',']).trim_start().len();
    let line = joined(before, end(after, kept));
    let kept = line.text.trim_start().len();
    end(line, kept)
}

/// The last bytes of a line, before which nobody is mentioned.
fn end(line: Line, kept: usize) -> Line {
    let start = line.text.len() - kept;
    let mentions = line.mentions.into_iter().map(|Mention { range, whom }| Mention { range: range.start - start..range.end - start, whom });
    Line { text: line.text[start..].to_owned(), mentions: mentions.collect() }
}

fn joined(mut before: Line, after: Line) -> Line {
    let start = before.text.len();
    before.text += &after.text;
    let mentions =
        after.mentions.into_iter().map(|Mention { range, whom }| Mention { range: range.start + start..range.end + start, whom });
    before.mentions.extend(mentions);
    before
}

#[cfg(test)]
mod tests {
    use super::super::fallback::escaped;
    use super::super::spelling::tests::Known;
    use super::*;
    use hatstand_common::transcript::{addressed, typed};
    use proptest::prelude::*;

    fn hear(text: &str) -> Heard {
        heard(text, &"UBOT".into(), false, &Known)
    }

    fn text(slack: &str) -> String {
        hear(slack).line.text
    }

    fn person(id: &str) -> Whom {
        Whom::Person(id.into())
    }

    /// What is mentioned, in the words of the line.
    fn mentions(line: &Line) -> Vec<(&str, Whom)> {
        line.mentions.iter().map(|mention| (&line.text[mention.range.clone()], mention.whom.clone())).collect()
    }

    #[test]
    fn the_bots_mention_is_taken_off() {
        for (slack, line) in [
            ("<@UBOT> hat on", "hat on"),
            ("<@UBOT>: hat on", "hat on"),
            ("<@UBOT|hatstand>, hat on", "hat on"),
            ("<@UBOT>\u{a0}hat on", "hat on"),
            ("hey <@UBOT>, greet", "hey greet"),
            ("hat on <@UBOT>", "hat on "),
            ("<@UBOT>", ""),
        ] {
            assert_eq!(hear(slack), Heard { line: line.into(), addressed: true }, "{slack:?}");
        }
    }

    #[test]
    fn without_a_mention_only_a_direct_message_is_meant() {
        let expected = |addressed| Heard { line: "hat on".into(), addressed };
        assert_eq!(hear("hat on"), expected(false));
        assert_eq!(heard("hat on", &"UBOT".into(), true, &Known), expected(true));
        assert!(!hear("@hatstand hat on").addressed);
    }

    #[test]
    fn people_and_channels_are_mentions() {
        let heard = hear("thanks <@U2> <@UBOT>: greet <@U1|whatever> in <#C1>, <#C2|ops> and <#C1|>");
        assert_eq!(heard.line.text, "thanks @andre greet @jane in #dev, #ops and #dev");
        let channel = |id: &str| Whom::Channel(id.into());
        assert_eq!(
            mentions(&heard.line),
            [("@andre", person("U2")), ("@jane", person("U1")), ("#dev", channel("C1")), ("#ops", channel("C2")), ("#dev", channel("C1"))]
        );
    }

    #[test]
    fn what_slack_puts_into_brackets_reads_as_people_see_it() {
        for (slack, shown) in [
            ("<!here> <!channel> <!everyone|everyone>", "@here @channel @everyone"),
            ("<!subteam^S1|@team> <!subteam^S1>", "@team @S1"),
            ("<!date^1767607200^{time}|10:00 &amp; more>", "10:00 & more"),
            ("<https://x.org/?a=1&amp;b=2>", "https://x.org/?a=1&b=2"),
            ("<http://x.org|x.org> <https://x.org/|https://x.org/> <http://x.org/|x.org>", "x.org https://x.org/ x.org"),
            ("<https://x.org/42|the ticket>", "the ticket (https://x.org/42)"),
            ("<mailto:jane@x.org|jane@x.org> <mailto:jane@x.org> <tel:555|555>", "jane@x.org jane@x.org 555"),
            ("a &lt;b&gt; &amp;lt; &quot;", "a <b> &lt; &quot;"),
        ] {
            assert_eq!(text(slack), shown);
            assert_eq!(hear(slack).line.mentions, []);
        }
    }

    #[test]
    fn brackets_that_are_none_stay() {
        for slack in ["<", ">", "a < b > c", "<@", "<@>", "<>", "<@jane>", "<#|>", "<!>", "<<@", "><"] {
            assert_eq!(text(slack), slack);
        }
        assert_eq!(mentions(&hear("<<@U1>>").line), [("@jane", person("U1"))]);
        assert_eq!(text("<<@U1>>"), "<@jane>");
    }

    #[test]
    fn a_typed_mention_is_nobodys() {
        assert_eq!(mentions(&hear("&lt;@U1&gt; @jane #dev").line), []);
        assert_eq!(text("&lt;@U1&gt;"), "<@U1>");
    }

    fn slack_text() -> impl Strategy<Value = String> {
        let chunk = prop_oneof![
            "[a-z <>@#!|^:/&;]{0,12}",
            Just("<@U1>".to_owned()),
            Just("<@UBOT>".to_owned()),
            Just("<#C1|dev>".to_owned()),
            Just("<https://x.org|x>".to_owned()),
            ".{0,8}",
        ];
        prop::collection::vec(chunk, 0..12).prop_map(|chunks| chunks.concat())
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_mentions_are_where_they_say(slack in slack_text(), direct: bool) {
            let line = heard(&slack, &"UBOT".into(), direct, &Known).line;
            let mut end = 0;
            for Mention { range, .. } in &line.mentions {
                prop_assert!(range.start >= end && range.end > range.start);
                prop_assert!(line.text.get(range.clone()).is_some_and(|text| text.starts_with(['@', '#'])), "{:?} in {:?}", range, line);
                end = range.end;
            }
        }

        #[test]
        fn ordinary_text_comes_as_it_was_typed(typed in "\\PC{0,60}") {
            prop_assert_eq!(text(&escaped(&typed)), typed);
        }

        /// The terminal and Slack understand the same.
        #[test]
        fn a_line_is_read_as_in_the_terminal(words in prop::collection::vec(prop::sample::select(vec![
            ("@hatstand", "<@UBOT>"), ("@jane", "<@U1>"), ("#dev", "<#C1|dev>"), ("<&", "&lt;&amp;"),
            ("hat", "hat"), (",", ","), (": ", ": "), ("\n", "\n"),
        ]), 0..8)) {
            let (terminal, slack): (Vec<&str>, Vec<&str>) = words.into_iter().unzip();
            let (terminal, slack) = (terminal.join(" "), slack.join(" "));
            let meant = addressed(&terminal, "hatstand");
            let heard = hear(&slack);
            prop_assert_eq!(heard.addressed, meant.is_some());
            let expected = meant.unwrap_or_else(|| typed(&terminal));
            prop_assert_eq!(&heard.line.text, &expected.text);
            let ranges = |line: &Line| line.mentions.iter().map(|mention| mention.range.clone()).collect::<Vec<_>>();
            prop_assert_eq!(ranges(&heard.line), ranges(&expected));
        }
    }
}
