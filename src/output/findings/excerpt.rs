//! The lines of a source that a finding is about, cut to what a person reads.
//!
//! The renderer scans every byte that it is given, so a finding in a file of many megabytes passes only a few lines, and of a very
//! long line only the part around the mark.

use std::ops::Range;

use crate::credentials::{self, HIDDEN};
use crate::diagnostic::{self, Diagnostic};
use crate::output::untrusted::{one_line, same_width};
use crate::source::{FileId, Position, SourceMap, Span};

/// Lines longer than this many bytes are cut around the mark.
const LONG_LINE: usize = 1_000;
/// How many bytes of a cut line are shown before and behind the start of a mark.
const AROUND: usize = 120;
/// Bytes before and behind an excerpt that are looked at for names of secrets.
const CONTEXT: usize = 1_000;
/// Marks in one file at most this many lines apart share an excerpt.
const NEAR: usize = 12;

/// A marked range in an excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Bytes in the text of the excerpt.
    pub range: Range<usize>,
    /// What is to be seen there; none: the title of the finding says it.
    pub message: Option<String>,
}

/// What of the source may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Whole lines.
    Lines(String),
    /// A part of one long line.
    Fragment(String),
    /// Nothing: the lines hold secrets.
    Hidden,
}

/// Some lines of a source file, safe to show, with marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Name of the file.
    pub name: String,
    /// Line and column of the first mark.
    pub position: Position,
    /// The text.
    pub shown: Shown,
    /// Number of the first line.
    pub first_line: usize,
    /// What is marked; the first one is what the excerpt is there for.
    pub marks: Vec<Mark>,
}

/// A place that a finding points at.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where.
    pub span: Span,
    /// What is to be seen there.
    pub message: Option<String>,
}

/// Other places than this many are only counted: nobody reads them, and each costs a look at all the ones before.
const MOST_PLACES: usize = 6;

/// Cuts excerpts for the places of a finding, and says how many more there are.
#[must_use]
pub fn of_finding(finding: &Diagnostic, sources: &SourceMap) -> (Vec<Excerpt>, Option<String>) {
    let own = finding.span.map(|span| Place { span, message: None });
    let shown = diagnostic::room(finding.related.len(), MOST_PLACES);
    let others = finding.related.iter().take(shown);
    // What is told with it in the same words is marked, and the words are not said again.
    let others = others.map(|label| {
        let message = Some(&label.message).filter(|message| **message != finding.message);
        Place { span: label.span, message: message.map(|message| one_line(message).into_owned()) }
    });
    let more = finding.related.len() - shown;
    let more = (more > 0).then(|| format!("not shown: {}", diagnostic::more(more, "place")));
    (excerpts(own.into_iter().chain(others).collect(), sources), more)
}

/// Cuts excerpts for places: places near to each other share one, in the order of the first place of each.
#[must_use]
pub fn excerpts(places: Vec<Place>, sources: &SourceMap) -> Vec<Excerpt> {
    let mut windows: Vec<Window> = Vec::new();
    for place in places {
        let window = Window::around(place, sources);
        match windows.iter_mut().find(|earlier| earlier.takes(&window, sources)) {
            Some(earlier) => earlier.merge(window),
            None => windows.push(window),
        }
    }
    windows.into_iter().map(|window| window.cut(sources)).collect()
}

/// The bytes of a file that an excerpt will show.
struct Window {
    file: FileId,
    bytes: Range<usize>,
    lines: Range<usize>,
    is_cut: bool,
    is_hidden: bool,
    places: Vec<Place>,
}

impl Window {
    fn around(place: Place, sources: &SourceMap) -> Self {
        let file = sources.file(place.span.file);
        let start = (place.span.start as usize).min(file.text.len());
        // Only the first line of a longer range: a whole document under a mark helps nobody.
        let (line, number) = file.window(start..start);
        let is_cut = line.len() > LONG_LINE;
        let bytes = if is_cut {
            boundary(&file.text, start.saturating_sub(AROUND)).max(line.start)..boundary(&file.text, start + AROUND).min(line.end)
        } else {
            line
        };
        // The lines around count as well: a Secret may stand on the same line of a list.
        let is_hidden = sources.is_hidden(place.span) || sources.is_hidden(Span::new(place.span.file, bytes.clone()));
        Self { file: place.span.file, bytes, lines: number..number + 1, is_cut, is_hidden, places: vec![place] }
    }

    fn takes(&self, other: &Self, sources: &SourceMap) -> bool {
        let is_near = other.lines.start < self.lines.end + NEAR && self.lines.start < other.lines.end + NEAR;
        let is_whole = !self.is_cut && !other.is_cut && !self.is_hidden && !other.is_hidden;
        self.file == other.file && is_whole && is_near && !sources.is_hidden(Span::new(self.file, self.joined(other)))
    }

    fn joined(&self, other: &Self) -> Range<usize> {
        self.bytes.start.min(other.bytes.start)..self.bytes.end.max(other.bytes.end)
    }

    fn merge(&mut self, other: Self) {
        self.bytes = self.joined(&other);
        self.lines = self.lines.start.min(other.lines.start)..self.lines.end.max(other.lines.end);
        self.places.extend(other.places);
    }

    fn cut(self, sources: &SourceMap) -> Excerpt {
        let file = sources.file(self.file);
        let raw = file.text.get(self.bytes.clone()).unwrap_or_default();
        let secrets = secrets(&file.text, &self.bytes);
        let mut text = String::with_capacity(raw.len());
        // Where each mark starts and ends in the shown text, which may be longer or shorter than the raw one.
        let mut bounds: Vec<(usize, usize)> = vec![(0, 0); self.places.len()];
        for (at, character) in
            raw.char_indices().map(|(at, character)| (at + self.bytes.start, Some(character))).chain([(self.bytes.end, None)])
        {
            let secret = secrets.iter().find(|secret| secret.contains(&at));
            // A mark within what is hidden covers all of it.
            let is_within = secret.is_some_and(|secret| secret.start < at);
            for (place, bound) in self.places.iter().zip(&mut bounds) {
                let range = place.span.range();
                if at <= range.start && !is_within {
                    bound.0 = text.len();
                }
                if at <= range.end.max(range.start) {
                    bound.1 = text.len();
                }
            }
            match character {
                Some(_) if is_within => {}
                Some(_) if secret.is_some() => text.push_str(HIDDEN),
                Some('\r') if raw.as_bytes().get(at + 1 - self.bytes.start).is_none_or(|&next| next == b'\n') => {}
                Some(character) => text.push(same_width(character)),
                None => {}
            }
        }
        let marks = self.places.iter().zip(bounds).map(|(place, (start, end))| {
            let end_of_line = text[start..].find('\n').map_or(text.len(), |length| start + length);
            Mark { range: start..end.clamp(start, end_of_line), message: place.message.clone() }
        });
        let marks = marks.collect();
        let position = file.position(self.places[0].span.start as usize);
        let shown = match (self.is_hidden, self.is_cut) {
            (true, _) => Shown::Hidden,
            (false, true) => Shown::Fragment(text),
            (false, false) => Shown::Lines(text),
        };
        Excerpt { name: file.name.clone(), position, shown, first_line: self.lines.start, marks }
    }
}

/// What of some lines is secret. The lines around tell: the name of a value may stand above it.
fn secrets(text: &str, bytes: &Range<usize>) -> Vec<Range<usize>> {
    let around = boundary(text, bytes.start.saturating_sub(CONTEXT))..boundary(text, bytes.end + CONTEXT);
    let found = credentials::ranges(text.get(around.clone()).unwrap_or_default());
    let found = found.into_iter().map(|range| range.start + around.start..range.end + around.start);
    let cut = found.map(|range| range.start.max(bytes.start)..range.end.min(bytes.end));
    cut.filter(|range| range.start < range.end).collect()
}

/// The last start of a character at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> (SourceMap, FileId) {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", text);
        (sources, file)
    }

    fn place(file: FileId, range: Range<usize>) -> Place {
        Place { span: Span::new(file, range), message: None }
    }

    fn lines(excerpt: &Excerpt) -> &str {
        match &excerpt.shown {
            Shown::Lines(text) | Shown::Fragment(text) => text,
            Shown::Hidden => "hidden",
        }
    }

    #[test]
    fn a_mark_covers_what_the_span_covers() {
        let (sources, file) = sources("a: 1\nhost: ünsafe\u{1b}[0m.example\r\nc: 3\n");
        let start = "a: 1\nhost: ".len();
        let cut = excerpts(vec![place(file, start..start + "ünsafe\u{1b}[0m.example".len())], &sources);
        let text = lines(&cut[0]);
        assert_eq!(text, "host: ünsafe␛[0m.example");
        assert_eq!(&text[cut[0].marks[0].range.clone()], "ünsafe␛[0m.example");
        assert_eq!(cut[0].position, Position { line: 2, column: 7 });
    }

    #[test]
    fn near_places_share_an_excerpt_and_far_ones_do_not() {
        let text: String = (1..=40).map(|line| format!("line{line:02}: x\n")).collect();
        let (sources, file) = sources(&text);
        let at = |line: usize| place(file, (line - 1) * 10..(line - 1) * 10 + 6);
        let cut = excerpts(vec![at(5), at(3), at(30)], &sources);
        assert_eq!(cut.len(), 2);
        assert_eq!(cut[0].first_line, 3);
        assert_eq!(cut[0].position.line, 5);
        let text = lines(&cut[0]);
        assert_eq!(cut[0].marks.iter().map(|mark| &text[mark.range.clone()]).collect::<Vec<_>>(), ["line05", "line03"]);
        assert_eq!(lines(&cut[1]), "line30: x");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let (sources, file) = sources(&format!("{}needle{}", "ä".repeat(500_000), "b".repeat(500_000)));
        let cut = excerpts(vec![place(file, 1_000_000..1_000_006)], &sources);
        let text = lines(&cut[0]);
        assert!(text.len() < 400);
        assert_eq!(&text[cut[0].marks[0].range.clone()], "needle");
        assert_eq!(cut[0].position.column, 500_001);
    }

    #[test]
    fn secrets_are_not_shown() {
        let (mut sources, file) = sources("kind: Secret\ndata: aGVsbG8=\n");
        sources.hide(Span::new(file, 0..28));
        let cut = excerpts(vec![place(file, 19..27)], &sources);
        assert_eq!(cut[0].shown, Shown::Hidden);
        assert_eq!(cut[0].position, Position { line: 2, column: 7 });
    }

    #[test]
    fn secrets_beside_and_between_marks_are_not_shown() {
        let (mut sources, file) = sources("[{good: 1}, {data: aGVsbG8=}]\na: 1\n---\ndata: aGVsbG8=\n---\nb: 2\n");
        let secret = |needle: &str, from: usize| from + sources.file(file).text[from..].find(needle).unwrap_or_default();
        let (first, second) = (secret("{data", 0), secret("data", 30));
        let (a, b) = (secret("a: 1", 0), secret("b: 2", 0));
        sources.hide(Span::new(file, first..first + 16));
        sources.hide(Span::new(file, second..second + 14));
        let cut = excerpts(vec![place(file, 2..6), place(file, a..a + 1), place(file, b..b + 1)], &sources);
        assert_eq!(cut.iter().map(lines).collect::<Vec<_>>(), ["hidden", "a: 1", "b: 2"]);
    }

    #[test]
    fn places_behind_the_end_are_at_the_end() {
        let (sources, file) = sources("");
        let cut = excerpts(vec![place(file, 7..9)], &sources);
        assert_eq!((lines(&cut[0]), cut[0].marks[0].range.clone()), ("", 0..0));
    }
}
