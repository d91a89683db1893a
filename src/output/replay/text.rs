//! What a replay found, for people: the result first, then the groups, the largest first.

use anstyle::AnsiColor;

use super::words::{because, counted, detail, end, kind, line, number, place, remarks, request, result, route, server};
use super::{Group, Replayed, Side};
use crate::credentials::hide;
use crate::diagnostic::room;
use crate::output::Paint;
use crate::output::untrusted::one_line;
use crate::replay::Shown;

/// Groups that are shown.
const MOST_GROUPS: usize = 20;
/// Lines of manifests that are shown of each side.
const MOST_PLACES: usize = 4;

/// The report.
#[must_use]
pub fn text(replayed: &Replayed<'_>, paint: Paint) -> String {
    let tally = replayed.tally;
    let colour = if tally.other > 0 || tally.compared() == 0 { AnsiColor::Yellow } else { AnsiColor::Green };
    let mut out = format!("{}\n", paint.styled(colour.on_default().bold(), &result(replayed)));
    out.push_str(&format!("  {} read, {} of them requests\n", counted(tally.lines, "line"), number(tally.requests)));
    for remark in remarks(replayed) {
        out.push_str(&format!("  {}\n", one_line(&remark)));
    }
    for place in &tally.first_unread {
        out.push_str(&format!("    {}\n", paint.dim(&one_line(&line(replayed, *place)))));
    }
    let most = room(replayed.groups.len(), MOST_GROUPS);
    for group in replayed.groups.iter().take(most) {
        out.push('\n');
        out.push_str(&one(group, replayed, paint));
    }
    if replayed.groups.len() > most {
        let rest: usize = replayed.groups[most..].iter().map(|group| group.count).sum();
        let groups = counted(replayed.groups.len() - most, "group");
        out.push_str(&format!("\n… and {groups} more with {}: `--format json` has all\n", counted(rest, "request")));
    }
    out
}

fn one(group: &Group<'_>, replayed: &Replayed<'_>, paint: Paint) -> String {
    let difference = &group.difference;
    let kinds: Vec<&str> = difference.kinds.iter().map(|one| kind(*one)).collect();
    let heading = format!("{}: {}", counted(group.count, "request"), kinds.join(", "));
    let place = format!("{}  {}", server(&difference.server), route(&difference.before));
    let mut out = format!("{}\n  {}\n", paint.bold(&heading), one_line(&place));
    for ((name, shown), side) in replayed.between.names().into_iter().zip([&difference.before, &difference.after]).zip(&group.sides) {
        out.push_str(&told(name, shown, side.as_ref(), group, replayed, paint));
    }
    let example = format!("{} ({})", request(group, replayed), line(replayed, group.example.place));
    out.push_str(&format!("  {:<10}{}\n", "example", one_line(&example)));
    out
}

fn told(name: &str, shown: &Shown, side: Option<&Side>, group: &Group<'_>, replayed: &Replayed<'_>, paint: Paint) -> String {
    let mut what = end(shown);
    let after = if shown.protections.is_empty() { String::new() } else { format!(", after {}", shown.protections.join(", ")) };
    if let Some(detail) = side.and_then(|side| detail(side, group, replayed)) {
        what.push_str(&format!(" {detail}"));
    }
    what.push_str(&hide(&after));
    let mut out = format!("  {name:<10}{}\n", one_line(&what));
    let Some(side) = side else { return out };
    for because in because(side, &group.difference).into_iter().take(MOST_PLACES) {
        out.push_str(&format!("  {:<10}  {}\n", "", paint.dim(&place(because))));
    }
    out
}
