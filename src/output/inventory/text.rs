//! An inventory at the terminal: what is most first, and of long lists their beginning.

use std::fmt::Write as _;

use super::{Shown, words};
use crate::diagnostic::{few, room};
use crate::inventory::{Comparison, Delta, Group, Inventory, Outcome, Served, Target};
use crate::output::Paint;
use crate::output::untrusted::one_line;

/// Rows of a list that are shown; the other formats have all of them.
const MOST: usize = 15;
/// Reasons that hold for all Ingresses which are shown.
const MOST_FOR_ALL: usize = 3;
/// Values of an annotation that are shown.
const VALUES: usize = 4;

/// The inventory as text.
#[must_use]
pub fn text(shown: &Shown<'_>, paint: Paint) -> String {
    let mut page = Page { out: String::new(), paint };
    if let Some(comparison) = shown.comparison {
        compared(&mut page, comparison);
    }
    let inventory = shown.inventory;
    whole(&mut page, inventory);
    groups(&mut page, "Namespaces", inventory, &inventory.namespaces);
    groups(&mut page, "Owners", inventory, &inventory.owners);
    inventory.targets.iter().for_each(|target| product(&mut page, target));
    annotations(&mut page, inventory);
    rest(&mut page, inventory);
    page.out
}

struct Page {
    out: String,
    paint: Paint,
}

impl Page {
    fn heading(&mut self, text: &str) {
        let gap = if self.out.is_empty() { "" } else { "\n" };
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(self.out, "{gap}{}", self.paint.bold(&one_line(text)));
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "  {}", one_line(text));
    }

    /// Rows of columns, as wide as they need, and how many more there are.
    fn table(&mut self, rows: &[Vec<String>]) {
        let shown: Vec<Vec<String>> =
            rows.iter().take(room(rows.len(), MOST)).map(|row| row.iter().map(|cell| one_line(cell).into_owned()).collect()).collect();
        let columns = shown.iter().map(Vec::len).max().unwrap_or_default();
        let width = |at: usize| shown.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let is_number = |at: usize| shown.iter().filter_map(|row| row.get(at)).all(|cell| cell.parse::<u64>().is_ok());
        let numbers: Vec<bool> = (0..columns).map(is_number).collect();
        for row in &shown {
            let cells = row.iter().enumerate().map(|(at, cell)| match numbers[at] {
                true => format!("{cell:>0$}", widths[at]),
                false => format!("{cell:<0$}", widths[at]),
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            let _ = writeln!(self.out, "  {}", line.trim_end());
        }
        if rows.len() > shown.len() {
            let more = format!("and {} more: `--format html` or `json` has all of them", rows.len() - shown.len());
            let _ = writeln!(self.out, "  {}", self.paint.dim(&more));
        }
    }
}

fn whole(page: &mut Page, inventory: &Inventory) {
    let total = &inventory.total;
    let counts = [words::count(total.hosts, "host", "hosts"), words::count(total.routes, "route", "routes")];
    page.heading(&format!("{}, {}", words::ingresses(total.ingresses), counts.join(", ")));
    for controller in inventory.controllers.iter().filter(|controller| !controller.release.is_empty()) {
        page.line(&format!("looked at as ingress-nginx {} with nginx {} inside", controller.release, controller.nginx));
    }
    for controller in inventory.controllers.iter().filter(|controller| !controller.object.is_empty()) {
        page.line(&format!("controller {}  {}", controller.object, controller.image));
    }
    page.line(&format!("hosts: {} of {} with TLS", total.tls_hosts, total.hosts));
    page.line(&format!(
        "routes: {} protected, {} open to everybody, {} answered by the controller itself",
        total.protected,
        words::open(total),
        total.answered
    ));
    page.line(&format!("annotations: {}, snippets in {}", total.annotations, words::ingresses(total.with_snippets)));
    if !inventory.not_looked_at.is_empty() {
        let kinds: Vec<String> = inventory.not_looked_at.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        page.line(&format!("not looked at: {}", kinds.join(", ")));
    }
    let lacking = inventory.ingresses.iter().filter(|ingress| ingress.lacks_services).count();
    if lacking > 0 {
        page.line(&format!("Services that the input does not hold are named by {}", words::ingresses(lacking)));
    }
    page.heading("Classes");
    let rows: Vec<Vec<String>> = inventory
        .classes
        .iter()
        .map(|class| {
            vec![
                class.ingresses.to_string(),
                words::class(class).to_owned(),
                words::served(class.served).to_owned(),
                class.controller.clone(),
            ]
        })
        .collect();
    page.table(&rows);
    let others: Vec<Vec<String>> = inventory
        .ingresses
        .iter()
        .filter(|ingress| ingress.served == Served::Refused)
        .map(|ingress| vec![ingress.name.clone(), ingress.place.clone(), ingress.rules.join(", ")])
        .collect();
    if !others.is_empty() {
        page.heading("Refused by the controller");
        page.table(&others);
    }
}

fn groups(page: &mut Page, heading: &str, inventory: &Inventory, groups: &[Group]) {
    if groups.is_empty() {
        return;
    }
    page.heading(heading);
    let mut sorted: Vec<&Group> = groups.iter().collect();
    sorted.sort_by(|a, b| b.ingresses.cmp(&a.ingresses).then_with(|| a.name.cmp(&b.name)));
    let rows: Vec<Vec<String>> = sorted
        .iter()
        .map(|group| {
            let name = if group.name.is_empty() { "(nobody)" } else { &group.name };
            let mut row = vec![
                name.to_owned(),
                words::ingresses(group.ingresses),
                words::count(group.hosts, "host", "hosts"),
                format!("{} of {} routes open", words::open(group), group.routes),
                words::count(group.errors, "error", "errors"),
            ];
            row.extend(words::tallies(inventory, group).map(|(product, tally)| format!("{product}: {}", tally.as_is + tally.otherwise)));
            row
        })
        .collect();
    page.table(&rows);
    page.line("behind a product: how many of the Ingresses it can say as they are or otherwise");
}

fn product(page: &mut Page, target: &Target) {
    let counts = |outcome| target.reasons.iter().filter(move |reason| reason.outcome == outcome);
    page.heading(&format!("For {}: {}", words::product(&target.name), target.basis));
    let rows: Vec<Vec<String>> = [Outcome::Not, Outcome::Depends, Outcome::Otherwise]
        .into_iter()
        .flat_map(counts)
        .map(|reason| {
            let word = if reason.closes { "not, answers 503" } else { words::outcome(reason.outcome) };
            vec![reason.ingresses.to_string(), word.to_owned(), reason.subject.clone(), reason.message.clone()]
        })
        .collect();
    if rows.is_empty() {
        page.line("nothing stands in the way of an Ingress that is served");
    }
    page.table(&rows);
    let shown = room(target.for_all.len(), MOST_FOR_ALL);
    target.for_all[..shown].iter().for_each(|reason| page.line(&format!("for all of them: {}", reason.message)));
    if shown < target.for_all.len() {
        let more = words::count(target.for_all.len() - shown, "more reason", "more reasons");
        page.line(&format!("and {more} for all of them: `--format json` names what"));
    }
}

fn annotations(page: &mut Page, inventory: &Inventory) {
    if inventory.annotations.is_empty() {
        return;
    }
    page.heading("Annotations");
    let rows: Vec<Vec<String>> = inventory
        .annotations
        .iter()
        .map(|annotation| {
            let values: Vec<String> =
                annotation.values.iter().map(|value| format!("{}x {}", value.count, shortened(&value.value))).collect();
            let values = few(&values, VALUES);
            let known = if annotation.feature.is_empty() { "the controller does not know it" } else { "" };
            let about = if known.is_empty() { values.join(", ") } else { known.to_owned() };
            vec![annotation.places.len().to_string(), annotation.name.clone(), about]
        })
        .collect();
    page.table(&rows);
    if !inventory.others.is_empty() {
        let others: Vec<String> = inventory.others.iter().map(|(prefix, count)| format!("{count} {prefix}")).collect();
        page.line(&format!("of others: {}", others.join(", ")));
    }
}

fn shortened(value: &str) -> String {
    const LONGEST: usize = 40;
    if value.chars().count() <= LONGEST { value.to_owned() } else { value.chars().take(LONGEST).chain(['…']).collect() }
}

fn rest(page: &mut Page, inventory: &Inventory) {
    let sections: [(&str, Vec<Vec<String>>); 5] = [
        (
            "Defaults that nobody wrote",
            inventory
                .defaults
                .iter()
                .map(|row| vec![row.routes.to_string(), String::from("routes"), row.name.clone(), row.value.clone(), row.meaning.clone()])
                .collect(),
        ),
        (
            "Snippets",
            inventory
                .directives
                .iter()
                .map(|row| {
                    let meaning = if row.meaning.is_empty() { "not known here" } else { &row.meaning };
                    let but = if row.but.is_empty() { String::new() } else { format!(", but {}", row.but) };
                    let instead = if row.annotations.is_empty() {
                        String::from("no annotation says the same")
                    } else {
                        format!("{}{but}", row.annotations.join(", "))
                    };
                    vec![row.count.to_string(), row.name.clone(), meaning.to_owned(), instead]
                })
                .collect(),
        ),
        (
            "Certificates",
            inventory
                .certificates
                .iter()
                .map(|row| {
                    let name = if row.secret.is_empty() { "(none named)" } else { &row.secret };
                    vec![name.to_owned(), words::certificate(row), row.hosts.join(", ")]
                })
                .collect(),
        ),
        (
            "Services of several Ingresses",
            inventory.shared_services.iter().map(|row| vec![row.service.clone(), row.ingresses.join(", ")]).collect(),
        ),
        (
            "Findings",
            inventory
                .rules
                .iter()
                .map(|row| {
                    let about = if row.ingresses == 0 { String::new() } else { words::ingresses(row.ingresses) };
                    vec![row.count.to_string(), row.severity.clone(), row.rule.clone(), about]
                })
                .collect(),
        ),
    ];
    for (heading, rows) in sections {
        if !rows.is_empty() {
            page.heading(heading);
            page.table(&rows);
        }
    }
}

fn compared(page: &mut Page, comparison: &Comparison) {
    page.heading("Since then");
    if comparison.is_empty() {
        page.line("nothing differs");
        return;
    }
    let deltas = |all: &[Delta]| -> Vec<Vec<String>> { all.iter().map(|delta| vec![delta.what.clone(), words::delta(delta)]).collect() };
    page.table(&deltas(&comparison.totals));
    let lists: [(&str, Vec<Vec<String>>); 7] = [
        ("Gone", comparison.gone.iter().map(|name| vec![name.clone()]).collect()),
        ("New", comparison.came.iter().map(|name| vec![name.clone()]).collect()),
        (
            "Of another class",
            comparison.classes.iter().map(|class| vec![class.ingress.clone(), format!("{} -> {}", class.before, class.now)]).collect(),
        ),
        (
            "Other products can say",
            comparison
                .moved
                .iter()
                .map(|moved| {
                    let change = format!("{} -> {}", words::outcome(moved.before), words::outcome(moved.now));
                    vec![moved.ingress.clone(), words::product(&moved.target).to_owned(), change]
                })
                .collect(),
        ),
        ("Annotations since then", deltas(&comparison.annotations)),
        ("Findings since then", deltas(&comparison.rules)),
        ("Not looked at, since then", deltas(&comparison.kinds)),
    ];
    for (heading, rows) in lists {
        if !rows.is_empty() {
            page.heading(heading);
            page.table(&rows);
        }
    }
}
