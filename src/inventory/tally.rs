//! What is counted of a cluster, a namespace or an owner.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Group, Ingress};
use super::snippets::is_raw;

/// Counts Ingresses.
#[derive(Default)]
struct Counting<'i> {
    group: Group,
    hosts: BTreeSet<&'i str>,
    tls_hosts: BTreeSet<&'i str>,
}

impl<'i> Counting<'i> {
    fn add(&mut self, ingress: &'i Ingress, targets: &[&str]) {
        let group = &mut self.group;
        group.ingresses += 1;
        self.hosts.extend(ingress.hosts.iter().map(String::as_str));
        self.tls_hosts.extend(ingress.tls_hosts.iter().map(String::as_str));
        let [protected, _, answered] = ingress.counted_routes();
        group.routes += ingress.routes.len();
        group.answered += answered;
        group.protected += protected;
        group.annotations += ingress.annotations.len();
        group.with_snippets += usize::from(ingress.annotations.iter().any(|name| is_raw(name)));
        group.errors += ingress.errors;
        group.warnings += ingress.warnings;
        for target in targets {
            let verdict = ingress.targets.get(*target);
            group.targets.entry((*target).to_owned()).or_default().add(verdict.map(|verdict| verdict.outcome));
        }
    }

    fn finish(self, name: &str) -> Group {
        Group { name: name.to_owned(), hosts: self.hosts.len(), tls_hosts: self.tls_hosts.len(), ..self.group }
    }
}

/// All Ingresses in groups, by what a group is called.
pub(super) fn by<'i>(ingresses: &'i [Ingress], targets: &[&str], name: impl Fn(&'i Ingress) -> &'i str) -> Vec<Group> {
    let mut groups: BTreeMap<&str, Counting> = BTreeMap::new();
    for ingress in ingresses {
        groups.entry(name(ingress)).or_default().add(ingress, targets);
    }
    groups.into_iter().map(|(name, counting)| counting.finish(name)).collect()
}

/// All of them together.
pub(super) fn total(ingresses: &[Ingress], targets: &[&str]) -> Group {
    let mut all = Counting::default();
    ingresses.iter().for_each(|ingress| all.add(ingress, targets));
    all.finish("")
}
