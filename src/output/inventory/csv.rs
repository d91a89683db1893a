//! An inventory as comma-separated values: a line for each Ingress.

use super::{Shown, words};
use crate::inventory::{Ingress, Inventory};
use crate::output::comma::quoted;

const COLUMNS: [&str; 15] = [
    "namespace",
    "Ingress",
    "owner",
    "class",
    "served",
    "place",
    "hosts",
    "TLS hosts",
    "routes",
    "protected routes",
    "protections",
    "Services",
    "annotations",
    "errors",
    "warnings",
];

/// The Ingresses, one a line, below a line with the names of the columns. Several values in a field are set apart by semicolons.
#[must_use]
pub fn csv(shown: &Shown<'_>) -> String {
    let inventory = shown.inventory;
    let products = inventory.targets.iter().flat_map(|target| [target.name.clone(), format!("{} because", target.name)]);
    let columns: Vec<String> = COLUMNS.iter().map(|column| (*column).to_owned()).chain(products).collect();
    let mut out = columns.join(",") + "\r\n";
    for ingress in &inventory.ingresses {
        let fields: Vec<String> = fields(inventory, ingress).iter().map(|field| quoted(field)).collect();
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

fn fields(inventory: &Inventory, ingress: &Ingress) -> Vec<String> {
    let mut services: Vec<&str> = ingress.routes.iter().map(|route| route.service.as_str()).filter(|service| !service.is_empty()).collect();
    services.sort_unstable();
    services.dedup();
    let name = ingress.name.split_once('/').map_or(ingress.name.as_str(), |(_, name)| name);
    let mut fields = vec![
        ingress.namespace.clone(),
        name.to_owned(),
        ingress.owner.clone(),
        ingress.class.clone(),
        ingress.served.name().to_owned(),
        ingress.place.clone(),
        ingress.hosts.join("; "),
        ingress.tls_hosts.join("; "),
        ingress.routes.len().to_string(),
        ingress.counted_routes()[0].to_string(),
        words::protections(ingress).join("; "),
        services.join("; "),
        ingress.annotations.join("; "),
        ingress.errors.to_string(),
        ingress.warnings.to_string(),
    ];
    for target in &inventory.targets {
        let outcome = ingress.targets.get(&target.name).map_or("", |verdict| verdict.outcome.name());
        fields.extend([outcome.to_owned(), words::reasons(inventory, ingress, &target.name).join("; ")]);
    }
    fields
}
