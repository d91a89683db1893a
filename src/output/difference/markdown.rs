//! Differences for pull requests.

use std::fmt::Write as _;

use super::{by_topic, elsewhere, line, message, opens, subject, title};
use crate::compare::{Because, Differences, Entry};
use crate::diagnostic;
use crate::diff::words::Topic;
use crate::diff::{Change, Side, Verdict};
use crate::output::marked::{code, longest_run, words};
use crate::output::{cut, lines};

/// Lines of configuration that one list item shows at most.
const MOST_LINES: usize = 16;
/// A comment of a pull request may not be longer than 65,536 characters; this leaves room for others.
const LONGEST: usize = 60_000;

/// The differences as Markdown; a sentence where there are none.
#[must_use]
pub fn report(differences: &Differences) -> String {
    let mut out = String::from("### What changes in the running configuration\n\n");
    if differences.is_empty() {
        out.push_str("Nothing.\n");
        notes(&mut out, differences);
        return out;
    }
    for group in differences.replicas.iter().filter(|_| differences.replicas.len() > 1) {
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(out, "- {}", words(&line(group)));
    }
    for drift in differences.drift.iter().filter(|drift| !drift.entries.is_empty()) {
        let _ = writeln!(out, "\n**Drift** from {} to {}:\n", code(&drift.before), code(&drift.after));
        topics(&mut out, &drift.entries);
    }
    let count = |verdict| differences.entries.iter().filter(|entry| entry.words.fate == Some(verdict)).count();
    let are = |count: usize, what: &str| format!("{count} protection{} {what}.", if count == 1 { " is" } else { "s are" });
    let parts = [(count(Verdict::Lost), "lost"), (count(Verdict::Weaker), "weaker")];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| are(count, what)).collect();
    if !parts.is_empty() {
        let _ = writeln!(out, "> [!CAUTION]\n> {}\n", parts.join(" "));
    }
    if !differences.entries.is_empty() && !differences.entries.iter().any(Entry::takes_reload) {
        out.push_str("No reload is needed.\n\n");
    }
    topics(&mut out, &differences.entries);
    notes(&mut out, differences);
    out
}

/// What was not compared belongs to the page, which outlives the run.
fn notes(out: &mut String, differences: &Differences) {
    for note in differences.notes.iter().filter(|_| differences.are_urgent) {
        let _ = writeln!(out, "\n> [!NOTE]\n> {}", words(note));
    }
}

fn topics(out: &mut String, entries: &[Entry]) {
    let mut left_out = 0;
    for (topic, entries) in by_topic(entries) {
        let _ = writeln!(out, "#### {}\n", title(topic));
        for entry in entries {
            if out.len() > LONGEST {
                left_out += 1;
            } else {
                item(out, entry);
            }
        }
        out.push('\n');
    }
    if left_out > 0 {
        let _ = writeln!(out, "… and {}.\n", diagnostic::more(left_out, "difference"));
    }
}

fn item(out: &mut String, entry: &Entry) {
    let place = subject(entry).map(|subject| format!("{}: ", code(&subject))).unwrap_or_default();
    let _ = writeln!(out, "- {place}{}", words(&message(entry)));
    if let Some(others) = elsewhere(entry) {
        let _ = writeln!(out, "  - also {}", code(&others));
    }
    for because in [&entry.because_before, &entry.because_after].into_iter().flatten() {
        let Because { cause, spot } = because;
        let spot = spot.as_ref().map(|spot| format!("{} ", code(&format!("{}:{}", spot.file, spot.position.line)))).unwrap_or_default();
        let _ = writeln!(out, "  - {spot}{}", words(&cause.message));
    }
    if entry.words.topic == Topic::Dynamic {
        return;
    }
    let lines: Vec<String> = entry.changes.iter().flat_map(change_lines).collect();
    let lines = cut::lines(lines.iter().map(String::as_str), MOST_LINES);
    let fence = "`".repeat(lines.iter().map(|line| longest_run(line)).max().unwrap_or_default().max(2) + 1);
    // The colours of a difference would show in green what opens something.
    let language = if opens(entry) { "" } else { "diff" };
    let _ = writeln!(out, "\n  {fence}{language}");
    for line in lines {
        let _ = writeln!(out, "  {line}");
    }
    let _ = writeln!(out, "  {fence}\n");
}

/// The lines of a change with their signs.
fn change_lines(change: &Change) -> Vec<String> {
    let one = |sign: char, side: &Side| vec![(sign, side.text.lines().next().unwrap_or_default().to_owned())];
    let lines = match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.text != after.text => lines::shown(&before.text, &after.text),
        (before, after) => {
            let removed = before.iter().flat_map(|side| one('-', side));
            removed.chain(after.iter().flat_map(|side| one('+', side))).collect()
        }
    };
    lines.into_iter().map(|(sign, text)| format!("{sign} {text}")).collect()
}
