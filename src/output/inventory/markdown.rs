//! An inventory as Markdown: tables for documentation, and for the description of a change.

use std::fmt::Write as _;

use super::{Shown, words};
use crate::diagnostic::room;
use crate::inventory::{Comparison, Delta, Group, Inventory, Outcome};
use crate::output::marked::{code, words as safe};

/// Rows of a table that are written.
const MOST: usize = 200;

/// The inventory as Markdown.
#[must_use]
pub fn markdown(shown: &Shown<'_>) -> String {
    let mut out = String::from("# Inventory\n");
    if let Some(comparison) = shown.comparison {
        compared(&mut out, comparison);
    }
    let inventory = shown.inventory;
    whole(&mut out, inventory);
    products(&mut out, inventory);
    lists(&mut out, inventory);
    out
}

/// A table below a heading; nothing where it has no rows.
fn table(out: &mut String, heading: &str, columns: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    // Writing into a String cannot fail, here and below.
    let _ = writeln!(out, "\n## {heading}\n\n| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
    let shown = room(rows.len(), MOST);
    for row in &rows[..shown] {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    if rows.len() > shown {
        let _ = writeln!(out, "\nAnd {} more.", rows.len() - shown);
    }
}

/// Code in a cell of a table, in which a bar would end the cell; nothing for nothing.
fn cell(text: &str) -> String {
    if text.is_empty() { String::new() } else { code(text).replace('|', "\\|") }
}

fn cells(all: &[String]) -> String {
    const FEW: usize = 10;
    let shown = room(all.len(), FEW);
    let more = if all.len() > shown { format!(" and {} more", all.len() - shown) } else { String::new() };
    all.iter().take(shown).map(|text| cell(text)).collect::<Vec<_>>().join(", ") + &more
}

fn group(inventory: &Inventory, group: &Group, name: String) -> Vec<String> {
    let counts = [group.ingresses, group.hosts, group.routes, group.protected, words::open(group), group.with_snippets, group.errors];
    let targets = words::tallies(inventory, group).map(|(_, tally)| words::tally(&tally));
    [name].into_iter().chain(counts.map(|count| count.to_string())).chain(targets).collect()
}

fn whole(out: &mut String, inventory: &Inventory) {
    let products = inventory.targets.iter().map(|target| words::product(&target.name));
    let columns: Vec<&str> =
        ["", "Ingresses", "Hosts", "Routes", "Protected", "Open", "With snippets", "Errors"].into_iter().chain(products).collect();
    table(out, "All of it", &columns, &[group(inventory, &inventory.total, String::from("all"))]);
    let rows = |groups: &[Group]| -> Vec<Vec<String>> {
        groups
            .iter()
            .map(|each| group(inventory, each, if each.name.is_empty() { String::from("(nobody)") } else { cell(&each.name) }))
            .collect()
    };
    table(out, "Namespaces", &columns, &rows(&inventory.namespaces));
    table(out, "Owners", &columns, &rows(&inventory.owners));
    let classes: Vec<Vec<String>> = inventory
        .classes
        .iter()
        .map(|class| {
            vec![cell(words::class(class)), class.ingresses.to_string(), words::served(class.served).to_owned(), cell(&class.controller)]
        })
        .collect();
    table(out, "Classes", &["Class", "Ingresses", "Served", "Controller"], &classes);
}

fn products(out: &mut String, inventory: &Inventory) {
    for target in &inventory.targets {
        let rows: Vec<Vec<String>> = [Outcome::Not, Outcome::Depends, Outcome::Otherwise]
            .into_iter()
            .flat_map(|outcome| target.reasons.iter().filter(move |reason| reason.outcome == outcome))
            .map(|reason| {
                let word = if reason.closes { "not, answers 503" } else { words::outcome(reason.outcome) };
                vec![reason.ingresses.to_string(), word.to_owned(), cell(&reason.subject), safe(&reason.message)]
            })
            .collect();
        let heading = format!("For {}", words::product(&target.name));
        table(out, &heading, &["Ingresses", "Can it be said", "What", "Why"], &rows);
        if !rows.is_empty() {
            let _ = writeln!(out, "\nThis is {}.", safe(&target.basis));
        }
    }
}

fn lists(out: &mut String, inventory: &Inventory) {
    let annotations: Vec<Vec<String>> = inventory
        .annotations
        .iter()
        .map(|row| {
            let values: Vec<String> = row.values.iter().map(|value| value.value.clone()).collect();
            vec![row.places.len().to_string(), cell(&row.name), row.feature.clone(), row.gateway_api.clone(), cells(&values)]
        })
        .collect();
    table(out, "Annotations", &["Uses", "Annotation", "Feature", "Gateway API", "Values"], &annotations);
    let defaults: Vec<Vec<String>> =
        inventory.defaults.iter().map(|row| vec![row.routes.to_string(), cell(&row.name), cell(&row.value), safe(&row.meaning)]).collect();
    table(out, "Defaults that nobody wrote", &["Routes", "Name", "Value", "What it does"], &defaults);
    let directives: Vec<Vec<String>> = inventory
        .directives
        .iter()
        .map(|row| {
            vec![row.count.to_string(), cell(&row.name), safe(&row.meaning), cells(&row.annotations), safe(&row.but), cells(&row.places)]
        })
        .collect();
    table(out, "Snippets", &["Uses", "Directive", "What it does", "Annotations that say the same", "But", "Where"], &directives);
    let certificates: Vec<Vec<String>> =
        inventory.certificates.iter().map(|row| vec![cell(&row.secret), words::certificate(row), cells(&row.hosts)]).collect();
    table(out, "Certificates", &["Secret", "End", "Hosts"], &certificates);
    let services: Vec<Vec<String>> = inventory.shared_services.iter().map(|row| vec![cell(&row.service), cells(&row.ingresses)]).collect();
    table(out, "Services of several Ingresses", &["Service", "Ingresses"], &services);
    let rules: Vec<Vec<String>> = inventory
        .rules
        .iter()
        .map(|row| vec![row.count.to_string(), row.severity.clone(), cell(&row.rule), row.ingresses.to_string()])
        .collect();
    table(out, "Findings", &["Count", "Level", "Rule", "Ingresses"], &rules);
}

fn compared(out: &mut String, comparison: &Comparison) {
    let deltas = |all: &[Delta]| -> Vec<Vec<String>> { all.iter().map(|delta| vec![cell(&delta.what), words::delta(delta)]).collect() };
    table(out, "Since then", &["", "Change"], &deltas(&comparison.totals));
    let names = |all: &[String]| -> Vec<Vec<String>> { all.iter().map(|name| vec![cell(name)]).collect() };
    table(out, "Gone", &["Ingress"], &names(&comparison.gone));
    table(out, "New", &["Ingress"], &names(&comparison.came));
    let classes: Vec<Vec<String>> =
        comparison.classes.iter().map(|class| vec![cell(&class.ingress), cell(&class.before), cell(&class.now)]).collect();
    table(out, "Of another class", &["Ingress", "Before", "Now"], &classes);
    let moved: Vec<Vec<String>> = comparison
        .moved
        .iter()
        .map(|moved| {
            let [before, now] = [moved.before, moved.now].map(|outcome| words::outcome(outcome).to_owned());
            vec![cell(&moved.ingress), words::product(&moved.target).to_owned(), before, now]
        })
        .collect();
    table(out, "What other products can say", &["Ingress", "Product", "Before", "Now"], &moved);
    table(out, "Annotations since then", &["Annotation", "Uses"], &deltas(&comparison.annotations));
    table(out, "Findings since then", &["Rule", "Findings"], &deltas(&comparison.rules));
    table(out, "Not looked at, since then", &["Kind", "Objects"], &deltas(&comparison.kinds));
}
