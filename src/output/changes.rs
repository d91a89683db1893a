//! Differences between two texts, for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::Paint;
use super::untrusted::many_lines;
use crate::credentials;
use crate::diagnostic;

/// At most this many lines are shown.
const MOST_LINES: usize = 60;
/// Of a line at most this many characters are shown.
const LONGEST_LINE: usize = 200;

/// The lines that differ between the old and the new text, with some around them; none where the texts are equal.
#[must_use]
pub fn lines(old: &str, new: &str, paint: Paint) -> Option<String> {
    if old == new {
        return None;
    }
    let start = old.split_inclusive('\n').zip(new.split_inclusive('\n')).take_while(|(old, new)| old == new).count();
    let mut text = format!("@@ line {} @@\n", start + 1);
    let (old, new) = (credentials::hide(old), credentials::hide(new));
    let mut shown = super::lines::shown(&old, &new);
    if shown.is_empty() {
        // White space at an end, or secrets.
        shown.push(('+', String::from("(what differs is a line break, or is hidden)")));
    }
    let most = diagnostic::room(shown.len(), MOST_LINES);
    let more = shown.len() - most;
    for (sign, line) in shown.into_iter().take(most) {
        let style = match sign {
            '-' => paint.style(AnsiColor::Red),
            '+' => paint.style(AnsiColor::Green),
            _ => Style::new(),
        };
        let cut: String = line.chars().take(LONGEST_LINE).collect();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{style}{sign} {}{style:#}", many_lines(&cut));
    }
    if more > 0 {
        let _ = writeln!(text, "… {}", diagnostic::more(more, "line"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> Option<String> {
        lines(old, new, Paint::default())
    }

    #[test]
    fn equal_texts_do_not_differ() {
        assert_eq!(plain("a\nb\n", "a\nb\n"), None);
        assert_eq!(plain("", ""), None);
    }

    #[test]
    fn what_differs_is_shown_with_what_is_around() {
        let shown = plain("a\nb\nc\nd\n", "a\nx\ny\nd\n");
        assert_eq!(shown.as_deref(), Some("@@ line 2 @@\n  a\n- b\n- c\n+ x\n+ y\n  d\n"));
        let apart = plain(&format!("a\n{}b\n", "x\ny\n".repeat(50)), &format!("c\n{}d\n", "x\ny\n".repeat(50)));
        assert_eq!(apart.as_deref(), Some("@@ line 1 @@\n- a\n+ c\n  x\n  y\n… 96 lines as before\n  x\n  y\n- b\n+ d\n"));
        let last_break = plain("a", "a\n").unwrap_or_default();
        assert!(last_break.contains("line break"), "{last_break}");
    }

    #[test]
    fn long_regions_and_lines_are_cut() {
        let shown = plain("", &"x".repeat(100_000)).unwrap_or_default();
        assert!(shown.len() < 300, "{shown}");
        let shown = plain("", &"x\n".repeat(100)).unwrap_or_default();
        assert!(shown.ends_with("+ x\n… 40 more lines\n"), "{shown}");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert!(plain("", "\u{1b}[2J\n").is_some_and(|shown| shown.ends_with("+ \\u{1b}[2J\n")));
    }
}
