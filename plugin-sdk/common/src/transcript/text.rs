//! Text as the lines of a transcript: whatever was typed, it stays inside its message.

/// The lines of a text, with whatever could deceive a reader of the transcript made visible.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").split(is_break).map(visible).collect()
}

/// Drops what a transcript cannot tell apart: blanks before the text, at the end of each line, and empty lines after it.
pub(super) fn tidy(mut lines: Vec<String>) -> Vec<String> {
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    while lines.pop_if(|line| line.is_empty()).is_some() {}
    if let Some(first) = lines.first_mut() {
        *first = first.trim_start().to_owned();
    }
    lines
}

/// Is this one line, and would it be shown as it is?
pub(super) fn is_visible(line: &str) -> bool {
    !line.contains(is_break) && !line.contains(deceives)
}

/// Everything that an editor or a terminal may show as a new line.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn visible(line: &str) -> String {
    line.chars().fold(String::with_capacity(line.len()), |mut shown, c| {
        match deceives(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
        shown
    })
}

/// Control characters can overwrite a terminal's lines, direction marks reorder them.
fn deceives(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_breaks() {
        assert_eq!(lines("a\nb\r\nc\rd\u{b}e\u{c}f\u{85}g\u{2028}h\u{2029}i"), ["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
    }

    #[test]
    fn what_deceives_becomes_visible() {
        assert_eq!(lines("\u{1b}[2Kbot> \u{202e}hi\tyou"), [r"\u{1b}[2Kbot> \u{202e}hi	you"]);
    }

    #[test]
    fn tidy_keeps_empty_lines_inside() {
        let lines = ["  a  ", "  ", "  b", "", " "].map(str::to_owned).to_vec();
        assert_eq!(tidy(lines), ["a", "", "  b"]);
    }
}
