//! Differences as one page that needs nothing else: to attach to a ticket or to keep beside a release.

use std::fmt::Write as _;

use super::{blocks, by_topic, counts, elsewhere, line, message, subject, title};
use crate::compare::{Because, Differences, Entry};
use crate::diff::words::Topic;
use crate::diff::{Change, Verdict};
use crate::output::lines;
use crate::output::page::{escape, head};
use crate::output::untrusted::{many_lines, one_line};

/// Entries that a page shows at most: browsers are slow with more.
const MOST_ENTRIES: usize = 5000;
/// Of a text at most this many characters are shown.
const LONGEST_TEXT: usize = 4000;

const STYLE: &str = "\
h2 { border-bottom: 1px solid var(--line); margin-top: 2.5rem; }
h3 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 1.5rem 0 0; overflow-wrap: anywhere; }
article { border-left: 3px solid var(--line); padding-left: .8rem; margin: .6rem 0 1rem; }
article.opens { border-color: var(--red); }
article.closes { border-color: var(--green); }
article > p { margin: 0; }
.opens > p, .unranked > p { font-weight: 600; }
.why { color: GrayText; font-size: .9rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
pre { margin: 0; white-space: pre-wrap; }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 1rem; background: var(--soft); padding: .4rem .6rem; margin: .4rem 0; }
.sides .around { grid-column: 1 / -1; color: GrayText; font-size: .8rem; }
.before { color: var(--red); }
.after { color: var(--green); }
.opens .after { color: var(--red); }
.unranked .before, .unranked .after { color: inherit; }
@media (max-width: 45rem) { .sides { grid-template-columns: 1fr; } }
";

/// The differences as a page.
#[must_use]
pub fn report(differences: &Differences) -> String {
    let mut out = head("Differences of the running configuration", STYLE, None);
    // Writing into a String cannot fail, here and below.
    let _ = writeln!(out, "<h1>From {} to {}</h1>", code(&differences.before), code(&differences.after));
    if differences.is_empty() {
        out.push_str("<p>There are no differences.</p>\n");
    }
    for note in differences.notes.iter().filter(|_| differences.are_urgent) {
        let _ = writeln!(out, "<p class=\"why\">{}</p>", sentence(note));
    }
    for group in differences.replicas.iter().filter(|_| differences.replicas.len() > 1) {
        let _ = writeln!(out, "<p>{}</p>", sentence(&line(group)));
    }
    for drift in differences.drift.iter().filter(|drift| !drift.entries.is_empty()) {
        let _ = writeln!(out, "<h2>Drift from {} to {}</h2>", code(&drift.before), code(&drift.after));
        topics(&mut out, &drift.entries, "h3");
    }
    if !differences.entries.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", escape(&counts(&differences.entries)));
        topics(&mut out, &differences.entries, "h2");
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn topics(out: &mut String, entries: &[Entry], heading: &str) {
    let mut left = MOST_ENTRIES;
    for (topic, entries) in by_topic(entries) {
        let _ = writeln!(out, "<section>\n<{heading}>{} ({})</{heading}>", title(topic), entries.len());
        let mut shown = None;
        for entry in entries.iter().take(left) {
            let subject = subject(entry);
            if shown.as_ref() != Some(&subject) {
                let _ = writeln!(out, "<h3>{}</h3>", escape(&one_line(subject.as_deref().unwrap_or("the whole proxy"))));
                shown = Some(subject);
            }
            item(out, entry);
        }
        if let Some(more) = entries.len().checked_sub(left).filter(|more| *more > 0) {
            let _ = writeln!(out, "<p>… and {more} more.</p>");
        }
        left = left.saturating_sub(entries.len());
        out.push_str("</section>\n");
    }
}

fn item(out: &mut String, entry: &Entry) {
    let fate = match entry.words.fate {
        Some(Verdict::Lost | Verdict::Weaker) => " class=\"opens\"",
        Some(Verdict::Changed) => " class=\"unranked\"",
        Some(Verdict::Stronger | Verdict::Gained) => " class=\"closes\"",
        None => "",
    };
    let _ = writeln!(out, "<article{fate}>\n<p>{}</p>", sentence(&message(entry)));
    if let Some(others) = elsewhere(entry) {
        let _ = writeln!(out, "<div class=\"why\">also {}</div>", code(&others));
    }
    for because in [&entry.because_before, &entry.because_after].into_iter().flatten() {
        why(out, because);
    }
    if entry.words.topic != Topic::Dynamic {
        sides(out, entry);
    }
    out.push_str("</article>\n");
}

fn why(out: &mut String, because: &Because) {
    let spot = because.spot.as_ref().map(|spot| format!("{} ", code(&spot.to_string()))).unwrap_or_default();
    let _ = writeln!(out, "<div class=\"why\">{spot}{}</div>", sentence(&because.cause.message));
}

/// Before on the left, after on the right, each line of a change once.
fn sides(out: &mut String, entry: &Entry) {
    out.push_str("<div class=\"sides\">\n");
    let mut around = String::new();
    for change in &entry.changes {
        let inside = blocks(change);
        if inside != around && !inside.is_empty() {
            let _ = writeln!(out, "<pre class=\"around\">{}</pre>", escape(&one_line(&inside)));
            around = inside;
        }
        let (before, after) = texts(change);
        side(out, "before", &before);
        side(out, "after", &after);
    }
    out.push_str("</div>\n");
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

fn side(out: &mut String, class: &str, text: &str) {
    let _ = writeln!(out, "<pre class=\"{class}\">{}</pre>", escape(&many_lines(&cut(text))));
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(LONGEST_TEXT).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

/// A sentence of ours: what it quotes in backticks is code.
fn sentence(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { escape(&one_line(part)) }).collect()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escape(&one_line(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_an_element() {
        assert_eq!(sentence("a <b> `<i>`"), "a &lt;b&gt; <code>&lt;i&gt;</code>");
        assert_eq!(escape("\"'&"), "&quot;&#39;&amp;");
        assert_eq!(code("\u{202e}x"), "<code>\\u{202e}x</code>");
    }
}
