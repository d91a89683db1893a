//! Differences between two texts, for people.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::Paint;
use super::untrusted::many_lines;
use crate::credentials;

/// Of each side at most this many lines are shown.
const MOST_LINES: usize = 12;
/// Of a line at most this many characters are shown.
const LONGEST_LINE: usize = 200;

/// The lines that differ between the old and the new text, as one region; none where the texts are equal.
///
/// What both texts begin and end with is left out. This takes one look at each line, so that texts of any size and any difference
/// cost the same.
#[must_use]
pub fn lines(old: &str, new: &str, paint: Paint) -> Option<String> {
    if old == new {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[start..], &new[start..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);

    let mut text = format!("@@ line {}: {} lines become {} @@\n", start + 1, old.len(), new.len());
    side(&mut text, '-', old, paint.style(AnsiColor::Red));
    side(&mut text, '+', new, paint.style(AnsiColor::Green));
    Some(text)
}

fn side(text: &mut String, sign: char, lines: &[&str], style: Style) {
    let shown = lines.iter().take(MOST_LINES).copied().collect::<String>();
    for line in credentials::hide(&shown).lines() {
        let cut: String = line.trim_end_matches('\n').chars().take(LONGEST_LINE).collect();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{style}{sign} {}{style:#}", many_lines(&cut));
    }
    if let Some(more) = lines.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
        let _ = writeln!(text, "{style}{sign} … {more} more lines{style:#}");
    }
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
    fn only_the_region_between_the_equal_ends_is_shown() {
        let shown = plain("a\nb\nc\nd\n", "a\nx\ny\nd\n");
        assert_eq!(shown.as_deref(), Some("@@ line 2: 2 lines become 2 @@\n- b\n- c\n+ x\n+ y\n"));
        let inserted = plain("a\na\n", "a\na\na\n");
        assert_eq!(inserted.as_deref(), Some("@@ line 3: 0 lines become 1 @@\n+ a\n"));
        let last_break = plain("a", "a\n");
        assert_eq!(last_break.as_deref(), Some("@@ line 1: 1 lines become 1 @@\n- a\n+ a\n"));
    }

    #[test]
    fn long_regions_and_lines_are_cut() {
        let shown = plain("", &"x".repeat(100_000)).unwrap_or_default();
        assert!(shown.len() < 300, "{shown}");
        let shown = plain("", &"x\n".repeat(100)).unwrap_or_default();
        assert!(shown.ends_with("+ x\n+ … 88 more lines\n"), "{shown}");
    }

    #[test]
    fn control_characters_are_escaped() {
        assert!(plain("", "\u{1b}[2J\n").is_some_and(|shown| shown.ends_with("+ \\u{1b}[2J\n")));
    }
}
