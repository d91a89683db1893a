//! An inventory as one page that needs nothing else: figures and charts on top, and below them tables that can be searched, sorted and
//! filtered.

use serde_json::{Value, json};

use super::{Shown, charts, words};
use crate::inventory::{Comparison, Delta, Group, Ingress, Inventory, Outcome};
use crate::output::page::{escape, head};
use crate::output::untrusted::one_line;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The page.
#[must_use]
pub fn html(shown: &Shown<'_>) -> String {
    let inventory = shown.inventory;
    // Plain data always becomes JSON. A tag in it would end the element.
    let data = serde_json::to_string(&tables(shown)).unwrap_or_default().replace('<', "\\u003c");
    let content = super::json::hash(inventory).unwrap_or_default();
    format!(
        "{}<header>\n<h1>Ingress inventory</h1>\n<p>{}</p>\n</header>\n<main>\n{}{}<nav id=\"contents\" aria-label=\"Tables\"></nav>\n<div id=\"tables\"></div>\n<noscript>The tables need scripts. \
         The other formats have all that is in them.</noscript>\n</main>\n<footer>{}</footer>\n\
         <script type=\"application/json\" id=\"data\">{data}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        head("Ingress inventory", STYLE, SCRIPT),
        escape(&about(inventory)),
        tiles(&inventory.total),
        charts::all(inventory),
        escape(&content),
    )
}

fn about(inventory: &Inventory) -> String {
    let counts = inventory.controllers.iter().filter(|controller| !controller.release.is_empty());
    let controllers =
        counts.map(|controller| format!("Looked at as ingress-nginx {} with nginx {} inside.", controller.release, controller.nginx));
    controllers.collect::<Vec<_>>().join(" ")
}

fn tiles(total: &Group) -> String {
    let tiles = [
        (total.ingresses, "Ingresses", String::new()),
        (total.hosts, "hosts", format!("{} with TLS", total.tls_hosts)),
        (total.routes, "routes", format!("{} protected", total.protected)),
        (total.annotations, "annotations", String::new()),
        (total.with_snippets, "with snippets", String::from("Ingresses")),
        (total.errors, "errors", format!("{} warnings", total.warnings)),
    ];
    let tiles = tiles.map(|(count, what, more)| format!("<div><b>{count}</b><span>{what}</span><small>{}</small></div>", escape(&more)));
    format!("<section id=\"tiles\">{}</section>\n", tiles.concat())
}

/// A table for the script: its columns are names, with `#` in front of numbers, `!` of outcomes, and `?` of those to filter by.
fn table(id: &str, title: &str, note: &str, columns: &[&str], rows: Vec<Value>) -> Value {
    json!({"id": id, "title": title, "note": note, "columns": columns, "rows": rows})
}

fn safe(text: &str) -> String {
    one_line(text).into_owned()
}

fn list(all: &[String]) -> String {
    safe(&all.join(", "))
}

fn tables(shown: &Shown<'_>) -> Value {
    let inventory = shown.inventory;
    let mut tables = Vec::new();
    if let Some(comparison) = shown.comparison {
        tables.extend(compared(comparison));
    }
    tables.push(ingresses(inventory));
    let products: Vec<&str> = inventory.targets.iter().map(|target| words::product(&target.name)).collect();
    let columns: Vec<String> =
        ["#Ingresses", "#Hosts", "#With TLS", "#Routes", "#Protected", "#Open", "#Annotations", "#With snippets", "#Errors", "#Warnings"]
            .into_iter()
            .map(str::to_owned)
            .chain(products.iter().map(|product| format!("#{product}")))
            .collect();
    for (id, title, groups) in [("namespaces", "Namespaces", &inventory.namespaces), ("owners", "Owners", &inventory.owners)] {
        let first = if id == "owners" { "Owner" } else { "Namespace" };
        let columns: Vec<&str> = [first].into_iter().chain(columns.iter().map(String::as_str)).collect();
        let note = "Behind a product: of how many Ingresses it can say all, as it is or otherwise.";
        tables.push(table(id, title, note, &columns, groups.iter().map(|each| group(inventory, each)).collect()));
    }
    tables.push(reasons(inventory));
    tables.extend(lists(inventory));
    tables.extend(more_lists(inventory));
    tables.retain(|table| table["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    json!({"tables": tables, "reasons": reason_texts(inventory), "outcomes": outcomes()})
}

fn outcomes() -> Value {
    let all = Outcome::ALL.into_iter().map(|outcome| {
        json!([
            outcome.name(),
            words::outcome(outcome).split(' ').next().filter(|word| *word == "depends").unwrap_or(words::outcome(outcome)),
            charts::class(outcome)
        ])
    });
    Value::Array(all.collect())
}

/// The reasons of each product, to which the Ingresses point.
fn reason_texts(inventory: &Inventory) -> Value {
    let texts = inventory.targets.iter().map(|target| {
        let reasons: Vec<String> = target.reasons.iter().map(|reason| safe(&format!("{}: {}", reason.subject, reason.message))).collect();
        json!([words::product(&target.name), reasons])
    });
    Value::Array(texts.collect())
}

fn ingresses(inventory: &Inventory) -> Value {
    let products: Vec<String> = inventory.targets.iter().map(|target| format!("!{}", words::product(&target.name))).collect();
    let fixed =
        ["Ingress", "?Namespace", "?Owner", "?Class", "?Served", "Hosts", "#Routes", "#Open", "Protected by", "#Annotations", "#Errors"];
    let columns: Vec<&str> = fixed.into_iter().chain(products.iter().map(String::as_str)).collect();
    let rows = inventory.ingresses.iter().map(|ingress| ingress_row(inventory, ingress)).collect();
    let mut all = table("ingresses", "Ingresses", "A row opens to its routes, and to the reasons of each product.", &columns, rows);
    all["opens"] = json!(true);
    all
}

/// The cells of an Ingress, and behind them what its row opens to.
fn ingress_row(inventory: &Inventory, ingress: &Ingress) -> Value {
    let [_, open, _] = ingress.counted_routes();
    let name = ingress.name.split_once('/').map_or(ingress.name.as_str(), |(_, name)| name);
    let mut row = vec![
        json!(safe(name)),
        json!(safe(&ingress.namespace)),
        json!(safe(&ingress.owner)),
        json!(safe(&ingress.class)),
        json!(ingress.served.name()),
        json!(list(&ingress.hosts)),
        json!(ingress.routes.len()),
        json!(open),
        json!(words::protections(ingress).join(", ")),
        json!(ingress.annotations.len()),
        json!(ingress.errors),
    ];
    row.extend(
        inventory.targets.iter().map(|target| json!(ingress.targets.get(&target.name).map_or("", |verdict| verdict.outcome.name()))),
    );
    let routes: Vec<String> = ingress
        .routes
        .iter()
        .map(|route| {
            let to = if route.answers.is_empty() { &route.service } else { &route.answers };
            let by = if route.protections.is_empty() { String::new() } else { format!(" ({})", route.protections.join(", ")) };
            safe(&format!("{}{} ({}) → {to}{by}", route.host, route.path, route.r#match))
        })
        .collect();
    let own: Vec<&Vec<usize>> =
        inventory.targets.iter().map(|target| ingress.targets.get(&target.name).map_or(&EMPTY, |verdict| &verdict.reasons)).collect();
    row.push(json!({"place": safe(&ingress.place), "routes": routes, "annotations": list(&ingress.annotations), "rules": ingress.rules.join(", "), "reasons": own}));
    Value::Array(row)
}

static EMPTY: Vec<usize> = Vec::new();

fn group(inventory: &Inventory, group: &Group) -> Value {
    let name = if group.name.is_empty() { "(nobody)" } else { &group.name };
    let counts = [
        group.ingresses,
        group.hosts,
        group.tls_hosts,
        group.routes,
        group.protected,
        words::open(group),
        group.annotations,
        group.with_snippets,
        group.errors,
        group.warnings,
    ];
    let mut row = vec![json!(safe(name))];
    row.extend(counts.map(|count| json!(count)));
    row.extend(words::tallies(inventory, group).map(|(_, tally)| json!(tally.as_is + tally.otherwise)));
    Value::Array(row)
}

fn reasons(inventory: &Inventory) -> Value {
    let mut rows = Vec::new();
    for target in &inventory.targets {
        for reason in &target.reasons {
            let closes = if reason.closes { "yes" } else { "" };
            rows.push(json!([
                words::product(&target.name),
                reason.outcome.name(),
                reason.ingresses,
                safe(&reason.subject),
                safe(&reason.message),
                closes
            ]));
        }
        for reason in &target.for_all {
            rows.push(json!([
                words::product(&target.name),
                reason.outcome.name(),
                inventory.total.ingresses,
                safe(&reason.subject),
                safe(&reason.message),
                ""
            ]));
        }
    }
    let basis: Vec<String> =
        inventory.targets.iter().map(|target| format!("{}: {}.", words::product(&target.name), target.basis)).collect();
    table(
        "reasons",
        "What stands in the way",
        &basis.join(" "),
        &["?Product", "!Can it be said", "#Ingresses", "What", "Why", "?Answers 503"],
        rows,
    )
}

fn lists(inventory: &Inventory) -> [Value; 3] {
    let annotations = inventory.annotations.iter().map(|row| {
        let values: Vec<String> = row.values.iter().map(|value| format!("{}× {}", value.count, value.value)).collect();
        json!([safe(&row.name), row.places.len(), row.feature, row.gateway_api, list(&values), list(&row.places)])
    });
    let defaults = inventory.defaults.iter().map(|row| json!([row.name, safe(&row.value), row.meaning, row.routes, row.ingresses]));
    let directives = inventory
        .directives
        .iter()
        .map(|row| json!([safe(&row.name), row.count, row.meaning, list(&row.annotations), row.but, list(&row.within), list(&row.places)]));
    [
        table(
            "annotations",
            "Annotations",
            "",
            &["Annotation", "#Uses", "?Feature", "?Gateway API", "Values", "Where"],
            annotations.collect(),
        ),
        table(
            "defaults",
            "Defaults that nobody wrote",
            "Routes rely on them, and another product has others.",
            &["Name", "Value", "What it does", "#Routes", "#Ingresses"],
            defaults.collect(),
        ),
        table(
            "snippets",
            "Snippets",
            "Directives of raw configuration.",
            &["Directive", "#Uses", "What it does", "Annotations that say the same", "But", "?In", "Where"],
            directives.collect(),
        ),
    ]
}

fn more_lists(inventory: &Inventory) -> [Value; 4] {
    let certificates = inventory.certificates.iter().map(|row| {
        json!([safe(&row.secret), row.until.clone().unwrap_or_default(), words::certificate(row), list(&row.hosts), row.ingresses.len()])
    });
    let services = inventory.shared_services.iter().map(|row| json!([safe(&row.service), row.ingresses.len(), list(&row.ingresses)]));
    let rules = inventory.rules.iter().map(|row| json!([row.rule, row.severity, row.count, row.ingresses]));
    let classes = inventory
        .classes
        .iter()
        .map(|row| json!([safe(words::class(row)), row.ingresses, words::served(row.served), safe(&row.controller)]));
    [
        table("certificates", "Certificates", "", &["Secret", "Ends", "State", "Hosts", "#Ingresses"], certificates.collect()),
        table("services", "Services of several Ingresses", "", &["Service", "#Ingresses", "Their names"], services.collect()),
        table("findings", "Findings", "", &["Rule", "?Level", "#Findings", "#Ingresses"], rules.collect()),
        table("classes", "Classes", "", &["Class", "#Ingresses", "Served", "Controller"], classes.collect()),
    ]
}

fn compared(comparison: &Comparison) -> Vec<Value> {
    let delta = |delta: &Delta| json!([safe(&delta.what), delta.before, delta.now]);
    let totals = comparison.totals.iter().map(delta).collect();
    let mut changes: Vec<Value> = comparison.gone.iter().map(|name| json!([safe(name), "gone", ""])).collect();
    changes.extend(comparison.came.iter().map(|name| json!([safe(name), "new", ""])));
    changes.extend(
        comparison
            .classes
            .iter()
            .map(|class| json!([safe(&class.ingress), "another class", safe(&format!("{} → {}", class.before, class.now))])),
    );
    changes.extend(comparison.moved.iter().map(|moved| {
        let change = format!("{} → {}", words::outcome(moved.before), words::outcome(moved.now));
        json!([safe(&moved.ingress), words::product(&moved.target), change])
    }));
    let counts = [&comparison.annotations, &comparison.rules, &comparison.kinds].into_iter().flatten().map(delta).collect();
    vec![
        table("since", "Since then", "", &["What", "#Before", "#Now"], totals),
        table("changes", "Ingresses since then", "", &["Ingress", "?What", "Change"], changes),
        table("counts", "Annotations and findings since then", "", &["What", "#Before", "#Now"], counts),
    ]
}
