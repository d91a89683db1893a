//! Differences as one page that needs nothing else: to attach to a ticket or to keep beside a release.

use super::{blocks, by_topic, counts, elsewhere, line, message, subject, title};
use crate::compare::{Because, Differences, Entry};
use crate::diff::words::Topic;
use crate::diff::{Change, Verdict};
use crate::output::entries::{Entry as Item, Group, Mood, Page, aside, code, sentence, side_by_side};
use crate::output::lines;
use crate::output::page::escape;
use crate::output::untrusted::one_line;

/// Of a text at most this many characters are shown.
const LONGEST_TEXT: usize = 4000;
/// What differences can be filtered by.
const FACETS: [&str; 2] = ["Protection", "Host"];

/// The differences as a page.
#[must_use]
pub fn report(differences: &Differences) -> String {
    let mut about = Vec::new();
    match (differences.is_empty(), differences.entries.is_empty()) {
        (true, _) => about.push(String::from("There are no differences.")),
        (false, false) => about.push(escape(&counts(&differences.entries))),
        (false, true) => {}
    }
    about.extend(differences.notes.iter().filter(|_| differences.are_urgent).map(|note| sentence(note)));
    about.extend(differences.replicas.iter().filter(|_| differences.replicas.len() > 1).map(|group| sentence(&line(group))));
    let mut groups = Vec::new();
    for drift in &differences.drift {
        groups.extend(topics(&drift.entries, &format!("Drift from {} to {}: ", drift.before, drift.after)));
    }
    groups.extend(topics(&differences.entries, ""));
    let heading = format!("From {} to {}", code(&differences.before), code(&differences.after));
    Page { title: "Differences of the running configuration", heading, about, facets: &FACETS, groups }.html()
}

fn topics<'a>(entries: &'a [Entry], front: &'a str) -> impl Iterator<Item = Group> {
    by_topic(entries)
        .map(move |(topic, entries)| Group { title: format!("{front}{}", title(topic)), entries: entries.into_iter().map(item).collect() })
}

fn item(entry: &Entry) -> Item {
    let mood = entry.words.fate.map(Mood::from).unwrap_or_default();
    let mut body = format!("<p>{}</p>\n", sentence(&message(entry)));
    if let Some(others) = elsewhere(entry) {
        body.push_str(&aside(&format!("also {}", code(&others))));
    }
    for because in [&entry.because_before, &entry.because_after].into_iter().flatten() {
        body.push_str(&why(because));
    }
    if entry.words.topic != Topic::Dynamic {
        body.push_str(&sides(entry));
    }
    let host = entry.changes.first().and_then(|change| change.place.host.as_deref()).unwrap_or_default();
    let fate = entry.words.fate.map(Verdict::name).unwrap_or_default();
    let subject = subject(entry).unwrap_or_else(|| String::from("the whole proxy"));
    Item { mood, subject, facets: vec![fate.to_owned(), host.to_owned()], body, ..Item::default() }
}

fn why(because: &Because) -> String {
    let spot = because.spot.as_ref().map(|spot| format!("{} ", code(&spot.to_string()))).unwrap_or_default();
    aside(&format!("{spot}{}", sentence(&because.cause.message)))
}

/// Before on the left, after on the right, each line of a change once.
fn sides(entry: &Entry) -> String {
    let mut out = String::from("<div class=\"sides\">\n");
    let mut around = String::new();
    for change in &entry.changes {
        let inside = blocks(change);
        if inside != around && !inside.is_empty() {
            out.push_str(&format!("<pre class=\"around\">{}</pre>\n", escape(&one_line(&inside))));
            around = inside;
        }
        let (before, after) = texts(change);
        out.push_str(&side_by_side(&cut(&before), &cut(&after)));
    }
    out.push_str("</div>\n");
    out
}

/// Both sides: of long texts what differs, with what is around it.
fn texts(change: &Change) -> (String, String) {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.text != after.text => {
            let shown = lines::shown(&before.text, &after.text);
            let of =
                |other: char| shown.iter().filter(|(sign, _)| *sign != other).map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
            (of('+'), of('-'))
        }
        (before, after) => {
            let [before, after] = [before, after].map(|side| side.as_ref().map(|side| side.text.clone()).unwrap_or_default());
            (before, after)
        }
    }
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST_TEXT).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
