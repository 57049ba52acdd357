//! Visible text: without characters that hide, reorder or imitate what stands around them.
//!
//! The one place that decides about Unicode's format characters, for everything that people or programs write: what is read, what is
//! said in a chat, and what an operator's terminal shows.

use std::fmt::Write as _;

/// The text as a reader sees it. Marks of direction and everything without a width go; joiners stay where a script or an emoji needs
/// them. Line breaks and other control characters stay as they are.
pub fn visible(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().filter(|c| !is_mark(*c)).peekable();
    while let Some(c) = rest.next() {
        let keeps = match c {
            JOINER | NON_JOINER => shown.chars().next_back().is_some_and(|before| joins(before, rest.peek().copied())),
            c if is_tag(c) => shown.chars().next_back().is_some_and(|before| before == FLAG || is_tag(before)),
            _ => true,
        };
        if keeps {
            shown.push(c);
        }
    }
    shown
}

/// The same for a terminal, line by line: no control character is left that could move the cursor.
pub fn visible_lines(text: &str) -> String {
    visible(text).chars().map(|c| if moves_cursor(c) && c != '\n' { ' ' } else { c }).collect()
}

/// The same on one line.
pub fn visible_line(text: &str) -> String {
    visible(text).chars().map(|c| if moves_cursor(c) { ' ' } else { c }).collect()
}

/// JSON that is the same to a program, with escapes for everything that could deceive whoever looks at it in a terminal.
pub fn visible_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        match moves_cursor(c) || is_invisible(c) {
            true => escape(c, &mut shown),
            false => shown.push(c),
        }
    }
    shown
}

fn escape(c: char, shown: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a string cannot fail.
        let _ = write!(shown, "\\u{unit:04x}");
    }
}

fn moves_cursor(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Does nobody see this: marks of direction, blanks without width, joiners, tags?
pub fn is_invisible(c: char) -> bool {
    is_mark(c) || matches!(c, JOINER | NON_JOINER) || is_tag(c)
}

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// The black flag, to which tags add a region: 🏴󠁧󠁢󠁥󠁮󠁧󠁿.
const FLAG: char = '\u{1f3f4}';

/// Format characters that no script needs to be read (Unicode's category Cf, but for joiners, tags, and signs that have a shape).
pub(crate) fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0001}'
    )
}

fn is_tag(c: char) -> bool {
    ('\u{e0020}'..='\u{e007f}').contains(&c)
}

/// Does a joiner between these change what a reader sees? In Latin letters it never does. At the end of a word it does after a virama:
/// Malayalam once wrote its chillus so.
fn joins(before: char, after: Option<char>) -> bool {
    let is_joinable = |c: char| !c.is_ascii() && !c.is_whitespace() && !is_invisible(c) && !is_punctuation(c);
    is_joinable(before) && (VIRAMAS.contains(&before) || after.is_some_and(is_joinable))
}

const VIRAMAS: [char; 10] = ['\u{94d}', '\u{9cd}', '\u{a4d}', '\u{acd}', '\u{b4d}', '\u{bcd}', '\u{c4d}', '\u{ccd}', '\u{d4d}', '\u{dca}'];

/// The dashes, quotes and blanks that people type beyond ASCII.
fn is_punctuation(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_turns_text_around_or_hides_in_it() {
        for (text, shown) in [
            ("\u{202e}desrever\u{202c}", "desrever"),
            ("\u{2066}a\u{2069}\u{2067}b\u{2068}c", "abc"),
            ("ad\u{200b}min\u{2060}\u{feff}\u{ad}", "admin"),
            ("\u{200f}greet\u{200e}\u{61c}", "greet"),
            ("a\u{e0041}\u{e007f}b", "ab"),
            ("x\u{fff9}y\u{1d173}z", "xyz"),
            ("a\u{200d}b\u{200c}c\u{200d}", "abc"),
            ("\u{200d}\u{200d}hi \u{200c} ho", "hi  ho"),
            ("one\n\ttwo", "one\n\ttwo"),
        ] {
            assert_eq!(visible(text), shown, "{text:?}");
        }
    }

    #[test]
    fn scripts_and_emoji_keep_their_joiners() {
        for text in [
            "👩\u{200d}💻 and 👨\u{200d}👩\u{200d}👧",
            "❤\u{fe0f}\u{200d}🔥",
            "👍🏽",
            "🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "می\u{200c}خواهم",
            "क्\u{200d}ष",
            "ന്\u{200d} ന്\u{200d}",
            "שלום, مرحبا",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn one_line_moves_no_cursor() {
        assert_eq!(visible_line("a\u{1b}[2Kb\r\nc\u{9b}1A\u{2028}d\u{202e}e"), "a [2Kb  c 1A de");
        assert_eq!(visible_lines("a\u{1b}[2Kb\nc\u{9b}1A\u{202e}"), "a [2Kb\nc 1A");
    }

    #[test]
    fn json_says_the_same_in_escapes() {
        let json = "\"a\u{9b}1A\u{202e}b\u{7f}\u{e0041}ü\"";
        assert_eq!(visible_json(json), r#""a\u009b1A\u202eb\u007f\udb40\udc41ü""#);
    }
}
