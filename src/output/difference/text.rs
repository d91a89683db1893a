//! Differences for people at a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::{blocks, by_topic, counts, elsewhere, line, message, opens, subject, title};
use crate::compare::{Because, Differences, Entry};
use crate::diagnostic::{self, Reason};
use crate::diff::words::Topic;
use crate::diff::{Change, Kind, Side, Verdict};
use crate::output::untrusted::one_line;
use crate::output::{Paint, cut, lines};
use crate::source::Spot;

/// Of the lines that differ in a long text at most this many are shown.
const MOST_LINES: usize = 60;

/// The differences as text, drift first. Empty without differences.
#[must_use]
pub fn report(differences: &Differences, paint: Paint) -> String {
    let mut out = groups(differences);
    for drift in differences.drift.iter().filter(|drift| !drift.entries.is_empty()) {
        let strong = paint.style(AnsiColor::Magenta).bold();
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(out, "{strong}Drift from {} to {}{strong:#}\n", one_line(&drift.before), one_line(&drift.after));
        topics(&mut out, &drift.entries, paint);
    }
    if !differences.entries.is_empty() {
        let _ = writeln!(out, "--- {}\n+++ {}\n", one_line(&differences.before), one_line(&differences.after));
        topics(&mut out, &differences.entries, paint);
        let _ = writeln!(out, "{}", counts(&differences.entries));
    }
    out
}

/// Which replicas serve the same, a line for each group; nothing where there is one.
fn groups(differences: &Differences) -> String {
    if differences.replicas.len() < 2 {
        return String::new();
    }
    let mut out = String::from("Replicas that serve the same\n");
    for (at, group) in differences.replicas.iter().enumerate() {
        // Writing into a String cannot fail.
        let _ = writeln!(out, "  {}. {}", at + 1, one_line(&line(group)));
    }
    out.push('\n');
    out
}

/// How many differences there are, by topic and by host.
#[must_use]
pub fn stat(differences: &Differences) -> String {
    let mut out = groups(differences);
    for drift in differences.drift.iter().filter(|drift| !drift.entries.is_empty()) {
        let _ = writeln!(out, "drift from {} to {}: {}", one_line(&drift.before), one_line(&drift.after), counts(&drift.entries));
    }
    if differences.entries.is_empty() {
        return out;
    }
    let mut hosts = std::collections::BTreeMap::<String, usize>::new();
    for entry in &differences.entries {
        let host = entry.changes.first().and_then(|change| change.place.host.as_deref());
        *hosts.entry(host.unwrap_or("(the whole proxy)").to_owned()).or_default() += 1;
    }
    for (host, count) in hosts {
        let _ = writeln!(out, "{count:>6}  {}", one_line(&host));
    }
    let _ = writeln!(out, "{}", counts(&differences.entries));
    out
}

fn topics(out: &mut String, entries: &[Entry], paint: Paint) {
    let bold = if paint.colours { Style::new().bold() } else { Style::new() };
    for (topic, entries) in by_topic(entries) {
        let _ = writeln!(out, "{bold}{}{bold:#}", title(topic));
        let mut shown = None;
        for (at, entry) in entries.iter().enumerate() {
            let subject = subject(entry);
            if shown.as_ref() != Some(&subject) {
                let _ = writeln!(out, "  {bold}{}{bold:#}", subject.as_deref().map_or("the whole proxy".into(), cut::sentence));
                shown = Some(subject);
            }
            describe(out, entry, paint);
            // Lines with one cause are told together.
            let next = entries.get(at + 1);
            if next.is_none_or(|next| !is_same_cause(entry, next)) {
                causes(out, entry, paint);
            }
        }
        out.push('\n');
    }
}

fn is_same_cause(entry: &Entry, next: &Entry) -> bool {
    let has_cause = entry.because_after.is_some() || entry.because_before.is_some();
    has_cause && entry.because_after == next.because_after && entry.because_before == next.because_before && subject(entry) == subject(next)
}

fn describe(out: &mut String, entry: &Entry, paint: Paint) {
    let style = match entry.words.fate {
        Some(Verdict::Lost | Verdict::Weaker) => paint.style(AnsiColor::Red).bold(),
        Some(Verdict::Changed) => paint.style(AnsiColor::Yellow).bold(),
        _ if paint.colours => Style::new().bold(),
        _ => Style::new(),
    };
    let _ = writeln!(out, "    {style}{}{style:#}", cut::sentence(&message(entry)));
    if let Some(others) = elsewhere(entry) {
        let _ = writeln!(out, "      also: {}", cut::sentence(&others));
    }
    let mut around = None;
    let mut seen = hashbrown::HashSet::new();
    // The same lines in several locations of one path are told once.
    let text = |side: &'_ Option<Side>| side.as_ref().map(|side| side.text.clone());
    for change in entry.changes.iter().filter(|change| seen.insert((text(&change.before), text(&change.after)))) {
        let inside = blocks(change);
        // The blocks are told where host and path do not tell them.
        let is_line = entry.file == "nginx.conf" && entry.words.topic == Topic::Setting && change.place.location.is_none();
        if is_line && around.as_ref() != Some(&inside) && !inside.is_empty() {
            let _ = writeln!(out, "      in {}", cut::line(&inside));
            around = Some(inside);
        }
        sides(out, change, entry, paint);
    }
}

fn sides(out: &mut String, change: &Change, entry: &Entry, paint: Paint) {
    // What Lua gets is told in words: as text it is long.
    if entry.words.topic == Topic::Dynamic {
        return;
    }
    if change.kind == Kind::Moved {
        return side(out, "~ ", change.after.as_ref(), None, paint.style(AnsiColor::Yellow));
    }
    let is_first = std::ptr::eq(change, &raw const entry.changes[0]);
    let added = paint.style(if opens(entry) { AnsiColor::Red } else { AnsiColor::Green });
    if let (Some(before), Some(after)) = (&change.before, &change.after)
        && let Some(line) = side_by_side(before, after, entry.before.as_ref().filter(|_| is_first), paint, added)
    {
        out.push_str(&line);
        return;
    }
    if let (Some(before), Some(after)) = (&change.before, &change.after) {
        return both(out, (before, after), entry, is_first, paint);
    }
    side(out, "- ", change.before.as_ref(), entry.before.as_ref().filter(|_| is_first), paint.style(AnsiColor::Red));
    side(out, "+ ", change.after.as_ref(), entry.after.as_ref().filter(|_| is_first), added);
}

/// What differs between both texts, and what is around it where they are long.
fn both(out: &mut String, (before, after): (&Side, &Side), entry: &Entry, is_first: bool, paint: Paint) {
    let mut spots = [&entry.before, &entry.after].map(|spot| spot.as_ref().filter(|_| is_first));
    let shown = lines::shown(&before.text, &after.text);
    let most = diagnostic::room(shown.len(), MOST_LINES);
    let more = shown.len() - most;
    for (sign, text) in shown.into_iter().take(most) {
        let (style, spot) = match sign {
            '-' => (paint.style(AnsiColor::Red), spots[0].take()),
            '+' => (paint.style(AnsiColor::Green), spots[1].take()),
            _ => (Style::new(), None),
        };
        let spot = spot.map(|spot| format!("  ({})", place(spot))).unwrap_or_default();
        let _ = writeln!(out, "      {style}{sign} {}{style:#}{spot}", cut::line(&text));
    }
    if more > 0 {
        let _ = writeln!(out, "      … {}", diagnostic::more(more, "line"));
    }
}

/// Both texts on one line, where the terminal is wide enough.
fn side_by_side(before: &Side, after: &Side, spot: Option<&Spot>, paint: Paint, added: Style) -> Option<String> {
    const MARGIN: usize = 6;
    let spot = spot.map(|spot| format!("  ({})", place(spot))).unwrap_or_default();
    let column = (paint.width?.checked_sub(MARGIN)?) / 2;
    let [old, new] = [before, after].map(|side| cut::line(&side.text));
    let [old_width, new_width] = [&old, &new].map(|text| text.chars().count() + 2);
    if column < 40 || old_width + spot.len() + 2 > column || new_width > column {
        return None;
    }
    let red = paint.style(AnsiColor::Red);
    let blank = " ".repeat(column - old_width - spot.len());
    Some(format!("      {red}- {old}{red:#}{spot}{blank}{added}+ {new}{added:#}\n"))
}

fn side(out: &mut String, sign: &str, side: Option<&Side>, spot: Option<&Spot>, style: Style) {
    let Some(side) = side else { return };
    let spot = spot.map(|spot| format!("  ({})", place(spot))).unwrap_or_default();
    for (at, line) in cut::lines(side.text.lines(), cut::MOST_LINES).into_iter().enumerate() {
        let spot = if at == 0 { spot.as_str() } else { "" };
        let _ = writeln!(out, "      {style}{sign}{line}{style:#}{spot}");
    }
}

fn causes(out: &mut String, entry: &Entry, paint: Paint) {
    cause(out, "was from", entry.because_before.as_ref(), paint);
    cause(out, "because of", entry.because_after.as_ref(), paint);
}

fn cause(out: &mut String, word: &str, because: Option<&Because>, paint: Paint) {
    let Some(Because { cause, spot }) = because else { return };
    let style = paint.style(AnsiColor::Cyan);
    // These are sentences; all others are things.
    let word = if matches!(cause.reason, Reason::Nothing | Reason::Release) { "because" } else { word };
    let spot = spot.as_ref().map(|spot| format!("{}: ", place(spot))).unwrap_or_default();
    let _ = writeln!(out, "      {style}{word} {spot}{}{style:#}", cut::sentence(&cause.message));
}

fn place(spot: &Spot) -> String {
    one_line(&spot.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_terminals_show_both_sides_on_one_line() {
        let side = |text: &str| Side { text: text.to_owned(), span: None, inside: None };
        let (old, new) = (side("client_max_body_size 8m;"), side("client_max_body_size 1m;"));
        let line = |width| side_by_side(&old, &new, None, Paint { width, ..Paint::default() }, Style::new());
        assert_eq!(line(None), None);
        assert_eq!(line(Some(80)), None);
        assert_eq!(line(Some(106)), Some(format!("      - {:<48}+ {}\n", old.text, new.text)));
        let long = side(&"x".repeat(60));
        assert_eq!(side_by_side(&long, &new, None, Paint { width: Some(106), ..Paint::default() }, Style::new()), None);
    }
}
