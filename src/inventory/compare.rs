//! Two inventories against one another: how far a move has got.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::{Group, Inventory, Outcome};

/// A number before and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delta {
    /// What is counted.
    pub what: String,
    /// Before.
    pub before: usize,
    /// Now.
    pub now: usize,
}

/// An Ingress of which a product can say more, or less, than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The Ingress.
    pub ingress: String,
    /// The product.
    pub target: String,
    /// Before.
    pub before: Outcome,
    /// Now.
    pub now: Outcome,
}

/// An Ingress of another class than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reclassed {
    /// The Ingress.
    pub ingress: String,
    /// Before.
    pub before: String,
    /// Now.
    pub now: String,
}

/// What differs. Lists hold only what does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Comparison {
    /// What is counted of all of it; those that stayed as well.
    pub totals: Vec<Delta>,
    /// Ingresses that are gone.
    pub gone: Vec<String>,
    /// Ingresses that came.
    pub came: Vec<String>,
    /// Ingresses of another class now.
    pub classes: Vec<Reclassed>,
    /// Ingresses of which products can say something else.
    #[serde(rename = "targets")]
    pub moved: Vec<Moved>,
    /// Uses of annotations.
    pub annotations: Vec<Delta>,
    /// Findings by rule.
    pub rules: Vec<Delta>,
    /// Objects that nobody looks at, as those of the Gateway API.
    #[serde(rename = "not_looked_at")]
    pub kinds: Vec<Delta>,
}

impl Comparison {
    /// What differs between two inventories.
    #[must_use]
    pub fn of(before: &Inventory, now: &Inventory) -> Self {
        let by_name = |inventory: &'_ Inventory| -> BTreeMap<String, usize> {
            inventory.ingresses.iter().enumerate().map(|(at, ingress)| (ingress.name.clone(), at)).collect()
        };
        let (old, new) = (by_name(before), by_name(now));
        let mut comparison = Self {
            totals: totals(&before.total, &now.total),
            gone: old.keys().filter(|name| !new.contains_key(*name)).cloned().collect(),
            came: new.keys().filter(|name| !old.contains_key(*name)).cloned().collect(),
            annotations: changed(
                before.annotations.iter().map(|all| (all.name.clone(), all.places.len())),
                now.annotations.iter().map(|all| (all.name.clone(), all.places.len())),
            ),
            rules: changed(
                before.rules.iter().map(|rule| (rule.rule.clone(), rule.count)),
                now.rules.iter().map(|rule| (rule.rule.clone(), rule.count)),
            ),
            kinds: changed(before.not_looked_at.clone(), now.not_looked_at.clone()),
            ..Self::default()
        };
        for (name, at) in &new {
            let Some(was) = old.get(name).map(|at| &before.ingresses[*at]) else { continue };
            let is = &now.ingresses[*at];
            if was.class != is.class {
                comparison.classes.push(Reclassed { ingress: name.clone(), before: was.class.clone(), now: is.class.clone() });
            }
            for (target, verdict) in &is.targets {
                let before = was.targets.get(target).map(|verdict| verdict.outcome);
                comparison.moved.extend(before.filter(|before| *before != verdict.outcome).map(|before| Moved {
                    ingress: name.clone(),
                    target: target.clone(),
                    before,
                    now: verdict.outcome,
                }));
            }
        }
        comparison
    }

    /// Whether nothing differs that is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { totals, gone, came, classes, moved, annotations, rules, kinds } = self;
        let lists = gone.is_empty() && came.is_empty() && classes.is_empty() && moved.is_empty();
        lists && [totals, annotations, rules, kinds].iter().all(|deltas| deltas.iter().all(|delta| delta.before == delta.now))
    }
}

/// What is counted, and how.
type Count = (&'static str, fn(&Group) -> usize);

fn totals(before: &Group, now: &Group) -> Vec<Delta> {
    let counted: [Count; 8] = [
        ("Ingresses", |group| group.ingresses),
        ("hosts", |group| group.hosts),
        ("routes", |group| group.routes),
        ("protected routes", |group| group.protected),
        ("annotations", |group| group.annotations),
        ("Ingresses with snippets", |group| group.with_snippets),
        ("errors", |group| group.errors),
        ("warnings", |group| group.warnings),
    ];
    let mut all: Vec<Delta> = counted.map(|(what, count)| Delta { what: what.to_owned(), before: count(before), now: count(now) }).into();
    for (target, tally) in &now.targets {
        let was = before.targets.get(target).copied().unwrap_or_default();
        let is = |outcome: Outcome| (was.of(outcome), tally.of(outcome));
        let rows = Outcome::ALL.into_iter().map(|outcome| (format!("{target}: {}", outcome.name()), is(outcome)));
        all.extend(rows.filter(|(_, counts)| *counts != (0, 0)).map(|(what, (before, now))| Delta { what, before, now }));
    }
    all
}

/// Counts that are others now.
fn changed(before: impl IntoIterator<Item = (String, usize)>, now: impl IntoIterator<Item = (String, usize)>) -> Vec<Delta> {
    let (before, now): (BTreeMap<_, _>, BTreeMap<_, _>) = (before.into_iter().collect(), now.into_iter().collect());
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    let count = |counts: &BTreeMap<String, usize>, name: &String| counts.get(name).copied().unwrap_or_default();
    let all = names.into_iter().map(|name| Delta { what: name.clone(), before: count(&before, name), now: count(&now, name) });
    all.filter(|delta| delta.before != delta.now).collect()
}
