//! Routes for people: a host, and a line for each of its routes.

use anstyle::AnsiColor;

use super::words::{about_host, goal, host, ingress, notes, path};
use super::{Routes, Shown};
use crate::output::Paint;
use crate::output::untrusted::one_line as safe;
use crate::route::{Goal, Route};

/// Columns that a column is padded to at most: what is longer moves its own line only.
const WIDEST: usize = 40;

/// The routes as a table.
#[must_use]
pub fn text(routes: &Routes<'_>, paint: Paint) -> String {
    let rows: Vec<Vec<Row>> = routes.hosts.iter().map(rows).collect();
    let width = |column: usize| {
        let all = rows.iter().flatten().map(|row| row.cells[column].chars().count());
        all.max().unwrap_or_default().min(WIDEST)
    };
    let widths = [width(0), width(1), width(2)];
    let mut out = String::new();
    for (shown, rows) in routes.hosts.iter().zip(&rows) {
        if !out.is_empty() {
            out.push('\n');
        }
        let about = about_host(shown.host).join(", ");
        let heading = fitting(&format!("{}  {about}", safe(&host(shown.host))), paint.width);
        let (name, about) = heading.split_once("  ").unwrap_or((&heading, ""));
        out.push_str(&format!("{}  {}\n", paint.bold(name), paint.dim(&safe(about))));
        for row in rows {
            out.push_str(&line(row, widths, paint));
        }
    }
    if out.is_empty() {
        out.push_str("no route\n");
    }
    out
}

struct Row {
    /// Path, backend, Ingress, and what else there is to say.
    cells: [String; 4],
    colour: Option<AnsiColor>,
}

fn rows(shown: &Shown<'_>) -> Vec<Row> {
    let row = |at: &usize| {
        let route = &shown.host.routes[*at];
        let indent = "  ".repeat(depth(&shown.host.routes, route));
        let cells =
            [format!("{indent}{}", path(route)), goal(route), ingress(route).unwrap_or_else(|| String::from("-")), notes(route).join(", ")];
        let colour = match &route.goal {
            Goal::Backend(upstream) if upstream.endpoints.as_ref().is_some_and(Vec::is_empty) => Some(AnsiColor::Red),
            Goal::Answer(status) if *status >= 400 => Some(AnsiColor::Red),
            Goal::Backend(_) => Some(AnsiColor::Green),
            Goal::Answer(_) | Goal::Files | Goal::Unknown => Some(AnsiColor::Yellow),
        };
        Row { cells: cells.map(|cell| safe(&cell).into_owned()), colour }
    };
    shown.routes.iter().map(row).collect()
}

/// How many routes stand around one.
fn depth(routes: &[Route], route: &Route) -> usize {
    std::iter::successors(route.within, |at| routes[*at].within).count()
}

fn line(row: &Row, widths: [usize; 3], paint: Paint) -> String {
    let [path, goal, ingress, notes] = &row.cells;
    let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())));
    let plain = format!("  {}  {}  {}  {notes}", pad(path, widths[0]), pad(goal, widths[1]), pad(ingress, widths[2]));
    let plain = fitting(plain.trim_end(), paint.width);
    // Colour does not count as a column, and comes last.
    let start = 2 + path.chars().count().max(widths[0]) + 2;
    let before: String = plain.chars().take(start).collect();
    let coloured: String = plain.chars().skip(start).take(goal.chars().count()).collect();
    let after: String = plain.chars().skip(start + goal.chars().count()).collect();
    let coloured = row.colour.map_or(coloured.clone(), |colour| paint.styled(colour.on_default(), &coloured));
    format!("{before}{coloured}{after}\n")
}

/// A line as wide as the terminal at most.
fn fitting(text: &str, width: Option<usize>) -> String {
    match width.filter(|width| *width > 1 && text.chars().count() > *width) {
        Some(width) => text.chars().take(width - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}
