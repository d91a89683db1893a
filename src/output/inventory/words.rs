//! Words that all formats share.

use crate::inventory::{Certificate, Class, Delta, Group, Ingress, Inventory, Outcome, Served, Tally};

/// The name of a product.
pub(super) fn product(target: &str) -> &str {
    match target {
        "nginx" => "nginx",
        "haproxy" => "HAProxy",
        "gateway-api" => "Gateway API",
        other => other,
    }
}

pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AsIs => "as it is",
        Outcome::Otherwise => "otherwise",
        Outcome::Depends => "depends on the implementation",
        Outcome::Not => "not",
    }
}

pub(super) fn served(served: Served) -> &'static str {
    match served {
        Served::Yes => "served",
        Served::Supposed => "not known, looked at as if it was",
        Served::Refused => "refused by the controller",
        Served::No => "for another controller",
    }
}

pub(super) fn class(class: &Class) -> &str {
    if class.name.is_empty() { "(none)" } else { &class.name }
}

/// How many Ingresses there are of each outcome, those that there are.
pub(super) fn tally(tally: &Tally) -> String {
    let all = Outcome::ALL.into_iter().map(|each| (tally.of(each), outcome(each))).chain([(tally.unknown, "not looked at")]);
    all.filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

/// The reasons why a product cannot say all of an Ingress as it is.
pub(super) fn reasons(inventory: &Inventory, ingress: &Ingress, target: &str) -> Vec<String> {
    let found = inventory.targets.iter().find(|other| other.name == target);
    let (Some(target), Some(verdict)) = (found, ingress.targets.get(target)) else { return Vec::new() };
    let reasons = verdict.reasons.iter().filter_map(|at| target.reasons.get(*at));
    reasons
        .map(|reason| if reason.subject.is_empty() { reason.message.clone() } else { format!("{}: {}", reason.subject, reason.message) })
        .collect()
}

pub(super) fn certificate(certificate: &Certificate) -> String {
    match (&certificate.until, certificate.secret.is_empty(), certificate.present) {
        (Some(until), ..) => format!("until {until}"),
        (None, true, _) => String::from("the controller's own"),
        (None, false, true) => String::from("cannot be read"),
        (None, false, false) => String::from("not in the input"),
    }
}

/// A number before and now.
pub(super) fn delta(delta: &Delta) -> String {
    let Delta { before, now, .. } = *delta;
    match now.cmp(&before) {
        std::cmp::Ordering::Equal => now.to_string(),
        std::cmp::Ordering::Greater => format!("{before} -> {now} (+{})", now - before),
        std::cmp::Ordering::Less => format!("{before} -> {now} (-{})", before - now),
    }
}

/// The routes on which nobody has to prove anything, and which are passed on.
pub(super) fn open(group: &Group) -> usize {
    group.routes.saturating_sub(group.protected + group.answered)
}

/// What protects routes of an Ingress, each once.
pub(super) fn protections(ingress: &Ingress) -> Vec<&str> {
    let mut all: Vec<&str> = ingress.routes.iter().flat_map(|route| &route.protections).map(String::as_str).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A number and what is counted.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

pub(super) fn ingresses(number: usize) -> String {
    count(number, "Ingress", "Ingresses")
}

/// What is counted of a group for each product, in the order of the products.
pub(super) fn tallies<'a>(inventory: &'a Inventory, group: &'a Group) -> impl Iterator<Item = (&'a str, Tally)> {
    let of = |target: &str| group.targets.get(target).copied().unwrap_or_default();
    inventory.targets.iter().map(move |target| (product(&target.name), of(&target.name)))
}
