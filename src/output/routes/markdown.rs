//! Routes for documentation and pull requests: a table for each host.

use std::fmt::Write as _;

use super::Routes;
use super::words::{about_host, goal, host, ingress, notes, path};
use crate::output::untrusted::one_line;

/// The tables.
#[must_use]
pub fn markdown(routes: &Routes<'_>) -> String {
    let mut out = String::new();
    for shown in &routes.hosts {
        let gap = if out.is_empty() { "" } else { "\n" };
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(out, "{gap}## {}\n\n{}\n", cell(&host(shown.host)), cell(&about_host(shown.host).join(", ")));
        out.push_str("| Path | Goes to | Ingress | |\n|---|---|---|---|\n");
        for route in shown.routes.iter().map(|at| &shown.host.routes[*at]) {
            let ingress = ingress(route).map(|ingress| code(&ingress)).unwrap_or_default();
            let _ = writeln!(out, "| {} | {} | {ingress} | {} |", code(&path(route)), code(&goal(route)), cell(&notes(route).join(", ")));
        }
    }
    out
}

/// Text in a table: a bar would end the cell, and nothing in it may begin a tag, a link or emphasis.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for letter in one_line(text).chars() {
        if "\\`*_[]<>|#".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// Text as code in a table; a backtick in it needs longer fences.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", one_line(text).replace('|', "\\|"))
}
