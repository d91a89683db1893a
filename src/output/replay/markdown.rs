//! What a replay found, for pull requests.

use std::fmt::Write as _;

use super::words::{because, counted, detail, end, kind, line, number, place, remarks, request, result, route, server};
use super::{Between, Group, Replayed};
use crate::credentials::hide;
use crate::output::marked::{code, words};

/// A comment of a pull request may not be longer than 65,536 characters; this leaves room for others.
const LONGEST: usize = 60_000;

/// The report.
#[must_use]
pub fn markdown(replayed: &Replayed<'_>) -> String {
    let tally = replayed.tally;
    let title = match replayed.between.as_wanted() {
        Some(wanted) => format!("What ran otherwise than {wanted}"),
        None => String::from("Requests that are answered otherwise"),
    };
    // Writing into a String cannot fail, here and below.
    let mut out = format!("### {title}\n\n");
    let _ = writeln!(out, "**{}**, of {} read.\n", words(&result(replayed)), counted(tally.lines, "line"));
    for remark in remarks(replayed) {
        let _ = writeln!(out, "- {}", words(&remark));
    }
    if !tally.first_unread.is_empty() {
        let places: Vec<String> = tally.first_unread.iter().map(|place| code(&line(replayed, *place))).collect();
        let _ = writeln!(out, "- not read: {}", places.join(", "));
    }
    let mut left = 0;
    for group in &replayed.groups {
        if out.len() > LONGEST {
            left += 1;
        } else {
            out.push_str(&one(group, replayed));
        }
    }
    if left > 0 {
        let _ = writeln!(out, "\n… and {} more.", counted(left, "group"));
    }
    for note in &replayed.notes {
        let _ = writeln!(out, "\n> [!NOTE]\n> {}", words(note));
    }
    out
}

fn one(group: &Group<'_>, replayed: &Replayed<'_>) -> String {
    let difference = &group.difference;
    let kinds: Vec<&str> = difference.kinds.iter().map(|one| kind(*one)).collect();
    let heading = format!("{} {}", server(&difference.server), route(&difference.before));
    let mut out = format!("\n#### {} · {}: {}\n\n", number(group.count), code(&heading), kinds.join(", "));
    let names = match replayed.between {
        Between::LogAndManifests => ["Ran", "Declared"],
        Between::LogAndLive => ["Ran", "Live"],
        Between::BaseAndHead => ["Base", "Head"],
    };
    for ((name, shown), side) in names.into_iter().zip([&difference.before, &difference.after]).zip(&group.sides) {
        let detail = side.as_ref().and_then(|side| detail(side, group, replayed)).map(|detail| format!(" {detail}")).unwrap_or_default();
        let after = if shown.protections.is_empty() { String::new() } else { format!(", after {}", shown.protections.join(", ")) };
        let _ = writeln!(out, "- {name}: {}", code(&format!("{}{detail}{}", end(shown), hide(&after))));
        for because in side.iter().flat_map(|side| because(side, difference)) {
            let _ = writeln!(out, "  - {}", words(&place(because)));
        }
    }
    let _ = writeln!(out, "- Example: {} ({})", code(&request(group, replayed)), code(&line(replayed, group.example.place)));
    out
}
