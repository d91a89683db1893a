//! Long text, cut to what a person reads.

use super::untrusted::one_line;
use crate::diagnostic;

/// Of a text at most this many lines are shown at a terminal; only Lua code has several.
pub(super) const MOST_LINES: usize = 12;
/// Of a line at most this many characters are shown.
const LONGEST_LINE: usize = 200;
/// Of what decides, as the words for a difference, at most this many bytes are shown.
const LONGEST_SENTENCE: usize = 2_000;

/// Cuts what is too long, and shows what a terminal would obey; tabs are white space here.
pub(super) fn line(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST_LINE).map(|character| if character == '\t' { ' ' } else { character }).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    one_line(&cut).into_owned()
}

/// Cuts what decides only where it is longer than anybody reads, and between words.
pub(super) fn sentence(text: &str) -> String {
    if text.len() <= LONGEST_SENTENCE {
        return one_line(&text.replace('\t', " ")).into_owned();
    }
    let end = (0..=LONGEST_SENTENCE).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let cut = &text[..end];
    // Behind a separator, where there is one not far from the end.
    let at = cut.rfind([',', ';']).filter(|at| *at > LONGEST_SENTENCE / 2).map_or(end, |at| at + 1);
    format!("{} …", one_line(&cut[..at].replace('\t', " ")))
}

/// The first lines, each cut; where there are more, the last says how many.
pub(super) fn lines<'a>(mut all: impl Iterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut shown: Vec<String> = all.by_ref().take(most).map(line).collect();
    let last = all.next();
    match (last, all.count()) {
        (None, _) => {}
        (Some(last), 0) => shown.push(line(last)),
        (Some(_), more) => shown.push(format!("… {}", diagnostic::more(more + 1, "line"))),
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_told() {
        assert_eq!(lines("a\nb\tc".lines(), 2), ["a", "b c"]);
        assert_eq!(lines("a\nb\nc".lines(), 2), ["a", "b", "c"]);
        assert_eq!(lines("a\nb\nc".lines(), 1), ["a", "… 2 more lines"]);
        assert_eq!(lines("".lines(), 1), [""; 0]);
    }

    #[test]
    fn what_decides_is_cut_between_items_and_far_behind() {
        let text = "network 10.0.0.0/8, ".repeat(50);
        assert_eq!(sentence(&text), text);
        let cut = sentence(&text.repeat(10));
        assert!(cut.len() <= LONGEST_SENTENCE + 8 && cut.ends_with("10.0.0.0/8, …"), "{cut}");
        assert_eq!(sentence(&"ä".repeat(LONGEST_SENTENCE)).chars().count(), LONGEST_SENTENCE / 2 + 2);
    }

    #[test]
    fn long_lines_end_in_dots_and_bad_ones_are_shown() {
        assert_eq!(line(&"ä".repeat(LONGEST_LINE)).chars().count(), LONGEST_LINE);
        let cut = line(&"ä".repeat(LONGEST_LINE + 1));
        assert!(cut.ends_with("ä…") && cut.chars().count() == LONGEST_LINE + 1, "{cut}");
        assert_eq!(line("a\u{1b}[2J\n"), "a\\u{1b}[2J\\n");
    }
}
