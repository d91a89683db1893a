//! Pictures of an inventory, as SVG that takes its colours from the page.

use std::fmt::Write as _;

use super::words;
use crate::inventory::{Inventory, Outcome};
use crate::output::page::escape;

/// Bars of a chart.
const BARS: usize = 10;
/// Width of what is drawn; the page scales it.
const WIDTH: usize = 640;
/// Height of a row.
const ROW: usize = 26;
/// Where bars begin.
const LEFT: usize = 190;

/// A part of a bar: how the page colours it, what it is, and how much.
type Part<'a> = (&'static str, &'a str, usize);

/// All charts.
pub(super) fn all(inventory: &Inventory) -> String {
    let total = &inventory.total;
    let mut out = String::from("<div id=\"charts\">\n");
    let products: Vec<(&str, Vec<Part>)> = inventory
        .targets
        .iter()
        .map(|target| {
            let tally = total.targets.get(&target.name).copied().unwrap_or_default();
            let known = Outcome::ALL.into_iter().map(|outcome| (class(outcome), words::outcome(outcome), tally.of(outcome)));
            (words::product(&target.name), known.chain([("none", "not looked at", tally.unknown)]).collect())
        })
        .collect();
    out.push_str(&bars("What other products can say", "Ingresses", &products));
    let routes = vec![
        ("good", "protected", total.protected),
        ("soft", "open to everybody", words::open(total)),
        ("none", "answered by the controller itself", total.answered),
    ];
    let tls = vec![("good", "with TLS", total.tls_hosts), ("soft", "without", total.hosts - total.tls_hosts.min(total.hosts))];
    out.push_str(&bars("Routes and hosts", "routes or hosts", &[("routes", routes), ("hosts", tls)]));
    let mut namespaces: Vec<_> = inventory.namespaces.iter().map(|group| (group.name.as_str(), group.ingresses)).collect();
    namespaces.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    out.push_str(&counted("Namespaces", "Ingresses", &namespaces));
    let annotations: Vec<_> = inventory.annotations.iter().map(|each| (each.name.as_str(), each.places.len())).collect();
    out.push_str(&counted("Annotations", "uses", &annotations));
    out.push_str("</div>\n");
    out
}

/// How the page colours an outcome.
pub(super) fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AsIs => "good",
        Outcome::Otherwise => "fair",
        Outcome::Depends => "soft",
        Outcome::Not => "bad",
    }
}

/// One bar for each of the largest.
fn counted(title: &str, unit: &str, rows: &[(&str, usize)]) -> String {
    let most = rows.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let shown: Vec<(&str, Vec<Part>)> =
        rows.iter().take(BARS).map(|(name, count)| (*name, vec![("main", unit, *count), ("", "", most - count)])).collect();
    bars(title, unit, &shown)
}

/// Rows of bars, each as long as the others.
fn bars(title: &str, unit: &str, rows: &[(&str, Vec<Part>)]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let height = rows.len() * ROW;
    // Writing into a String cannot fail, here and below.
    let mut out = format!("<figure><figcaption>{}</figcaption>\n", escape(title));
    let _ = write!(out, "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">", escape(&described(title, unit, rows)));
    for (at, (name, parts)) in rows.iter().enumerate() {
        let (top, middle) = (at * ROW + 4, at * ROW + ROW / 2);
        let _ = write!(out, "<text class=\"name\" x=\"{}\" y=\"{middle}\">{}</text>", LEFT - 10, escape(&shortened(name)));
        let sum: usize = parts.iter().map(|(.., count)| count).sum::<usize>().max(1);
        let mut left = LEFT;
        for (class, what, count) in parts.iter().filter(|(.., count)| *count > 0) {
            let width = (WIDTH - LEFT - 60) * count / sum;
            if !class.is_empty() {
                let _ = write!(
                    out,
                    "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\"><title>{count} {}</title></rect>",
                    width.max(2),
                    ROW - 8,
                    escape(what)
                );
                // Room for the digits.
                if width > 12 * count.to_string().len() {
                    let _ = write!(out, "<text class=\"on {class}\" x=\"{}\" y=\"{middle}\">{count}</text>", left + width / 2);
                } else if parts.len() == 2 && parts[1].0.is_empty() {
                    let _ = write!(out, "<text class=\"beside\" x=\"{}\" y=\"{middle}\">{count}</text>", left + width.max(2) + 6);
                }
            }
            left += width;
        }
    }
    out.push_str("</svg>\n");
    let mut classes: Vec<(&str, &str)> = rows.iter().flat_map(|(_, parts)| parts.iter().map(|(class, what, _)| (*class, *what))).collect();
    classes.retain(|(class, _)| !class.is_empty() && *class != "main");
    let mut seen = Vec::new();
    for (class, what) in classes {
        if !seen.contains(&(class, what))
            && rows.iter().any(|(_, parts)| parts.iter().any(|part| part.0 == class && part.1 == what && part.2 > 0))
        {
            seen.push((class, what));
        }
    }
    if !seen.is_empty() {
        let keys: Vec<String> = seen.iter().map(|(class, what)| format!("<span class=\"key {class}\"></span>{}", escape(what))).collect();
        let _ = writeln!(out, "<p class=\"legend\">{}</p>", keys.join(" "));
    }
    out.push_str("</figure>\n");
    out
}

/// The same in words, for those who do not see it.
fn described(title: &str, unit: &str, rows: &[(&str, Vec<Part>)]) -> String {
    let row = |(name, parts): &(&str, Vec<Part>)| {
        let parts = parts.iter().filter(|(class, _, count)| *count > 0 && !class.is_empty());
        let parts: Vec<String> = parts.map(|(_, what, count)| format!("{count} {what}")).collect();
        format!("{name}: {}", parts.join(", "))
    };
    format!("{title}, by {unit}. {}", rows.iter().map(row).collect::<Vec<_>>().join("; "))
}

fn shortened(name: &str) -> String {
    const LONGEST: usize = 26;
    if name.chars().count() <= LONGEST { name.to_owned() } else { name.chars().take(LONGEST - 1).chain(['…']).collect() }
}
