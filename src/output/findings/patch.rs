//! Edits of a text as a unified patch, as `patch -p1` and `git apply` read it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use super::fixes::{Edit, apply};
use crate::credentials;
use crate::output::untrusted::{many_lines, one_line};
use crate::source::{FileId, SourceMap, Span};

/// Lines around a change that are shown, so that it is found again where lines were added before it.
const CONTEXT: usize = 3;

/// A part of the old text that changes, by numbers of lines from zero, and its edits.
struct Change<'a> {
    lines: Range<usize>,
    edits: &'a [Edit],
}

/// The patch of one file. The edits are in the order of the text and do not overlap.
///
/// Lines that hold secrets, or what a terminal would obey, are never context; where such a line itself changes, that is not shown as
/// it is, so that this part of the patch fits nothing.
#[must_use]
pub fn unified(file: FileId, edits: &[Edit], sources: &SourceMap) -> String {
    let source = sources.file(file);
    let lines = line_ranges(&source.text);
    let secrets = if edits.is_empty() { Vec::new() } else { credentials::ranges(&source.text) };
    let is_secret = |line: &Range<usize>| {
        let at = secrets.partition_point(|secret| secret.end <= line.start);
        secrets.get(at).is_some_and(|secret| secret.start < line.end)
    };
    let is_hidden = |line: usize| {
        let range = &lines[line];
        is_secret(range) || is_deceptive_line(&source.text[range.clone()]) || sources.is_hidden(Span::new(file, range.clone()))
    };
    let name = one_line(source.name.trim_start_matches('/'));
    // What follows a tab is no part of the name.
    let tab = if name.contains(char::is_whitespace) { "\t" } else { "" };
    let mut out = format!("--- a/{name}{tab}\n+++ b/{name}{tab}\n");
    let changes = changes(&lines, edits);
    let mut grown = 0_isize;
    for group in changes.chunk_by(|a, b| b.lines.start - a.lines.end <= 2 * CONTEXT && !(a.lines.end..b.lines.start).any(is_hidden)) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let before = (0..first.lines.start).rev().take(CONTEXT).take_while(|line| !is_hidden(*line)).count();
        let after = (last.lines.end..lines.len()).take(CONTEXT).take_while(|line| !is_hidden(*line)).count();
        let shown = first.lines.start - before..last.lines.end + after;
        grown += hunk(&mut out, &source.text, &lines, group, shown, grown);
    }
    out
}

/// The lines of a text with their line breaks, as ranges of bytes; an empty text has one empty line to write on.
fn line_ranges(text: &str) -> Vec<Range<usize>> {
    let ranges = text.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some(*end - line.len()..*end)
    });
    let mut lines: Vec<_> = ranges.collect();
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

/// The edits by the lines that they touch; edits that share a line are one change.
fn changes<'a>(lines: &[Range<usize>], edits: &'a [Edit]) -> Vec<Change<'a>> {
    let line_of = |offset: usize| lines.partition_point(|line| line.start <= offset).max(1) - 1;
    let mut changes: Vec<Change> = Vec::new();
    let mut from = 0;
    for (at, edit) in edits.iter().enumerate() {
        let touched = line_of(edit.range.start)..line_of(edit.range.end) + 1;
        match changes.last_mut() {
            Some(last) if touched.start < last.lines.end => {
                last.lines.end = last.lines.end.max(touched.end);
                last.edits = &edits[from..=at];
            }
            _ => {
                from = at;
                changes.push(Change { lines: touched, edits: &edits[at..=at] });
            }
        }
    }
    changes
}

/// Writes one hunk, and returns by how many lines the text grows; `grown` is by how many it grew before.
fn hunk(out: &mut String, text: &str, lines: &[Range<usize>], group: &[Change], shown: Range<usize>, grown: isize) -> isize {
    let mut body = String::new();
    let (mut at, mut growth) = (shown.start, 0);
    for change in group {
        side(&mut body, ' ', &text[bytes(lines, at..change.lines.start)]);
        let old = bytes(lines, change.lines.clone());
        let shift = |edit: &Edit| Edit { range: edit.range.start - old.start..edit.range.end - old.start, text: edit.text.clone() };
        let edits: Vec<Edit> = change.edits.iter().map(shift).collect();
        side(&mut body, '-', &credentials::hide(&text[old.clone()]));
        growth += side(&mut body, '+', &credentials::hide(&apply(&text[old], &edits))).cast_signed() - change.lines.len().cast_signed();
        at = change.lines.end;
    }
    side(&mut body, ' ', &text[bytes(lines, at..shown.end)]);
    let (old_size, start) = (shown.len().cast_signed(), shown.start.cast_signed() + 1);
    // Writing into a String cannot fail.
    let _ = write!(out, "@@ -{start},{old_size} +{},{} @@\n{body}", start + grown, old_size + growth);
    growth
}

fn bytes(lines: &[Range<usize>], part: Range<usize>) -> Range<usize> {
    let start = lines.get(part.start).map_or_else(|| lines.last().map_or(0, |line| line.end), |line| line.start);
    start..part.end.checked_sub(1).and_then(|last| lines.get(last)).map_or(start, |line| line.end.max(start))
}

/// A line without its break, and the break.
fn without_break(line: &str) -> (&str, &str) {
    line.split_at(line.trim_end_matches('\n').trim_end_matches('\r').len())
}

fn is_deceptive_line(line: &str) -> bool {
    matches!(many_lines(without_break(line).0), Cow::Owned(_))
}

/// Writes lines with a sign before each, and returns how many there are.
fn side(out: &mut String, sign: char, text: &str) -> usize {
    let mut count = 0;
    for line in text.split_inclusive('\n') {
        let (line_itself, end) = without_break(line);
        out.push(sign);
        out.push_str(&many_lines(line_itself));
        out.push_str(end);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn patch(text: &str, edits: &[(Range<usize>, &str)], hidden: Option<Range<usize>>) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", text);
        if let Some(range) = hidden {
            sources.hide(Span::new(file, range));
        }
        let edits: Vec<Edit> = edits.iter().map(|(range, text)| Edit { range: range.clone(), text: (*text).into() }).collect();
        unified(file, &edits, &sources)
    }

    const TEN: &str = "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    const HEAD: &str = "--- a/in.yaml\n+++ b/in.yaml\n";

    #[test]
    fn a_change_stands_between_three_lines_of_context() {
        assert_eq!(patch(TEN, &[(10..11, "five")], None), format!("{HEAD}@@ -3,7 +3,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"));
        assert_eq!(patch("a\nb\n", &[(0..1, "x")], None), format!("{HEAD}@@ -1,2 +1,2 @@\n-a\n+x\n b\n"));
    }

    #[test]
    fn near_changes_share_a_hunk_and_far_ones_do_not() {
        let near = patch(TEN, &[(0..1, "x"), (14..15, "y")], None);
        assert_eq!(near.matches("@@ -").count(), 1, "{near}");
        let far = patch(TEN, &[(0..1, "x\nx"), (18..19, "y")], None);
        let expected = format!("{HEAD}@@ -1,4 +1,5 @@\n-0\n+x\n+x\n 1\n 2\n 3\n@@ -7,4 +8,4 @@\n 6\n 7\n 8\n-9\n+y\n");
        assert_eq!(far, expected);
    }

    #[test]
    fn edits_of_one_line_are_one_change() {
        assert_eq!(patch("a b\n", &[(0..1, "x"), (2..3, "y")], None), format!("{HEAD}@@ -1,1 +1,1 @@\n-a b\n+x y\n"));
    }

    #[test]
    fn line_breaks_stay_what_they_are() {
        let end = "\\ No newline at end of file\n";
        assert_eq!(patch("a\r\nb", &[(3..4, "x")], None), format!("{HEAD}@@ -1,2 +1,2 @@\n a\r\n-b\n{end}+x\n{end}"));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown() {
        let shown = patch("a \u{202e}\r\nb\r\nc\r\nd\u{9b}\r\n", &[(10..11, "x")], None);
        assert_eq!(shown, format!("{HEAD}@@ -2,2 +2,2 @@\n b\r\n-c\r\n+x\r\n"));
        let shown = patch("a \u{202e}\u{1b}[2J\r\n", &[(0..1, "x")], None);
        assert_eq!(shown, format!("{HEAD}@@ -1,1 +1,1 @@\n-a \\u{{202e}}\\u{{1b}}[2J\r\n+x \\u{{202e}}\\u{{1b}}[2J\r\n"));
    }

    #[test]
    fn secrets_are_no_context() {
        let shown = patch(TEN, &[(4..5, "x"), (14..15, "y")], Some(8..11));
        assert_eq!(shown, format!("{HEAD}@@ -1,4 +1,4 @@\n 0\n 1\n-2\n+x\n 3\n@@ -7,4 +7,4 @@\n 6\n-7\n+y\n 8\n 9\n"));
    }
}
