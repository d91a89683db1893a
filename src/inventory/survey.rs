//! Looks at manifests, and counts what there is.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress as Manifest;

use super::annotations::Annotations;
use super::certificates::Certificates;
use super::defaults::Defaults;
use super::model::{Class, Ingress, Inventory, Rule, Served};
use super::own::{has_tls, is_of, own};
use super::placing::{Placing, place};
use super::snippets::Snippets;
use super::{classes, products, routes, services, tally};
use crate::check::{self, Check};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::emit::{IngressNginx, Options};
use crate::ir::Proxy;
use crate::lower::{self, Classes, Controller};
use crate::manifest::{Cluster, Object, named};
use crate::source::SourceMap;

/// How manifests are looked at.
#[derive(Debug)]
pub struct Survey<'s> {
    /// What the targets are to do.
    pub options: Options,
    /// The time that certificates are judged by, in seconds since 1970; none: they are not, so that the inventory of tomorrow is the same.
    pub now: Option<i64>,
    /// The label of Ingresses and namespaces whose value is the owner; empty: nobody is.
    pub owner_label: &'s str,
    /// The texts of the manifests.
    pub sources: &'s SourceMap,
}

impl Survey<'_> {
    /// What there is. `settle` gets all findings of the check, and gives back those that count.
    #[must_use]
    pub fn run(&self, cluster: Cluster, controller: &Controller, settle: impl FnOnce(Vec<Diagnostic>) -> Vec<Diagnostic>) -> Inventory {
        let mut ingresses = self.ingresses(&cluster, controller);
        let placing = Placing::of(&cluster);
        let mut defaults = Defaults::default();
        let check = Check { target: &IngressNginx, options: self.options.clone().in_one_file(), now: self.now };
        let found = check.each(&cluster, controller, |looked| {
            let proxy = looked.presumed.as_ref().unwrap_or(&looked.proxy);
            add_routes(proxy, looked.supposed, &placing, &mut ingresses, &mut defaults);
        });
        let found = settle(found);
        note_refused(&mut ingresses, &found, &placing);
        let mut inventory = Inventory {
            owner_label: self.owner_label.to_owned(),
            controllers: classes::controllers(&cluster, controller),
            classes: self.classes(&cluster, controller, &ingresses),
            defaults: defaults.into_list(),
            shared_services: services::shared(&cluster),
            rules: rules(&found, &placing, &mut ingresses),
            not_looked_at: cluster.unread.clone(),
            ..Inventory::default()
        };
        self.texts(&cluster, controller, &mut inventory);
        products::judge(&self.options, cluster, controller, &placing, &mut inventory, &mut ingresses);
        let names: Vec<&str> = inventory.targets.iter().map(|target| target.name.as_str()).collect();
        inventory.total = tally::total(&ingresses, &names);
        inventory.namespaces = tally::by(&ingresses, &names, |ingress| &ingress.namespace);
        if !self.owner_label.is_empty() {
            inventory.owners = tally::by(&ingresses, &names, |ingress| &ingress.owner);
        }
        inventory.ingresses = ingresses;
        inventory
    }

    /// The Ingresses with what they say themselves.
    fn ingresses(&self, cluster: &Cluster, controller: &Controller) -> Vec<Ingress> {
        let classes = Classes::new(cluster, &controller.flags);
        let (supposed, _) = check::supposable(cluster, &classes);
        let one = |object: &Object<Manifest>| {
            let class = Classes::named(object).unwrap_or_default();
            let served = match () {
                () if classes.serve(object) => Served::Yes,
                () if supposed.contains(&class) => Served::Supposed,
                () => Served::No,
            };
            let hosts: BTreeSet<String> =
                object.rules().iter().filter_map(|rule| rule.host.clone()).filter(|host| !host.is_empty()).collect();
            Ingress {
                name: format!("{}/{}", object.reference.namespace, object.reference.name),
                namespace: object.reference.namespace.clone(),
                owner: self.owner(cluster, object),
                class: class.to_owned(),
                served,
                place: place(self.sources, object.span(&["metadata", "name"])),
                tls_hosts: hosts.iter().filter(|host| has_tls(object, host)).cloned().collect(),
                hosts: hosts.into_iter().collect(),
                annotations: own(object, controller).map(|(_, name, _)| name.to_owned()).collect(),
                ..Ingress::default()
            }
        };
        cluster.ingresses.iter().map(one).collect()
    }

    /// The owner of an Ingress: by its own label, else by that of its namespace.
    fn owner(&self, cluster: &Cluster, object: &Object<Manifest>) -> String {
        if self.owner_label.is_empty() {
            return String::new();
        }
        let of = |labels: Option<&BTreeMap<String, String>>| labels.and_then(|labels| labels.get(self.owner_label)).cloned();
        let namespace = || named(&cluster.namespaces, "", &object.reference.namespace);
        let owner = of(object.value.metadata.labels.as_ref());
        owner.or_else(|| of(namespace()?.value.metadata.labels.as_ref())).unwrap_or_default()
    }

    fn classes(&self, cluster: &Cluster, controller: &Controller, ingresses: &[Ingress]) -> Vec<Class> {
        let served: Vec<Served> = ingresses.iter().map(|ingress| ingress.served).collect();
        classes::classes(cluster, &Classes::new(cluster, &controller.flags), &served)
    }

    /// Annotations, snippets and certificates: what stands in the manifests.
    fn texts(&self, cluster: &Cluster, controller: &Controller, inventory: &mut Inventory) {
        let (mut annotations, mut snippets, mut certificates) = (Annotations::default(), Snippets::default(), Certificates::default());
        let prefix = format!("{}/", controller.flags.annotations_prefix);
        for object in &cluster.ingresses {
            certificates.look(object);
            for (whole, name, value) in own(object, controller) {
                let place = place(self.sources, object.key_span(&["metadata", "annotations", whole]));
                snippets.look(name, value, &place);
                annotations.look(name, value, place);
            }
            let others = object.value.metadata.annotations.iter().flatten().filter(|(name, _)| !name.starts_with(&prefix));
            others.for_each(|(name, _)| annotations.other(name));
        }
        if let Some(config) = lower::config_map(cluster, controller) {
            for (key, value) in config.value.data.iter().flatten() {
                snippets.look(key, value, &place(self.sources, config.key_span(&["data", key])));
            }
        }
        (inventory.annotations, inventory.others) = annotations.into_lists();
        inventory.directives = snippets.into_list();
        inventory.certificates = certificates.into_list(cluster);
    }
}

/// Adds the routes of the Ingresses of one class, or of those that are served.
fn add_routes(proxy: &Proxy, supposed: Option<&str>, placing: &Placing, ingresses: &mut [Ingress], defaults: &mut Defaults) {
    for server in &proxy.servers {
        for route in &server.routes {
            let Some(owner) = route.owner.as_deref() else { continue };
            let Some(at) = placing.named(&owner.namespace, &owner.name).filter(|at| is_of(&ingresses[*at], supposed)) else { continue };
            ingresses[at].routes.push(routes::route(proxy, server, route));
            defaults.look(proxy, server, route, at);
        }
    }
}

/// Notes which Ingresses the controller refuses for what they say.
fn note_refused(ingresses: &mut [Ingress], found: &[Diagnostic], placing: &Placing) {
    let dropped = found.iter().filter(|finding| finding.effect == Some(Effect::IngressDropped));
    for at in dropped.filter_map(|finding| placing.of_finding(finding)) {
        let ingress = &mut ingresses[at];
        if ingress.served != Served::No && ingress.routes.is_empty() {
            ingress.served = Served::Refused;
        }
    }
}

/// The worst severity of a rule, how often it fired, and about which Ingresses.
type Counted = (Severity, usize, HashSet<usize>);

/// Counts findings by rule and by Ingress.
fn rules(found: &[Diagnostic], placing: &Placing, ingresses: &mut [Ingress]) -> Vec<Rule> {
    let mut rules: BTreeMap<&str, Counted> = BTreeMap::new();
    for finding in found {
        let (worst, count, about) = rules.entry(finding.rule).or_insert((finding.severity, 0, HashSet::new()));
        *worst = (*worst).max(finding.severity);
        *count += 1;
        let Some(at) = placing.of_finding(finding) else { continue };
        about.insert(at);
        let ingress = &mut ingresses[at];
        ingress.errors += usize::from(finding.severity == Severity::Error);
        ingress.warnings += usize::from(finding.severity == Severity::Warning);
        if let Err(place) = ingress.rules.binary_search_by(|rule| rule.as_str().cmp(finding.rule)) {
            ingress.rules.insert(place, finding.rule.to_owned());
        }
    }
    let mut rules: Vec<(&str, Counted)> = rules.into_iter().collect();
    rules.sort_by(|(a, (worst_a, count_a, _)), (b, (worst_b, count_b, _))| (worst_b, count_b, a).cmp(&(worst_a, count_a, b)));
    let one = |(rule, (worst, count, about)): (&str, Counted)| Rule {
        rule: rule.to_owned(),
        severity: worst.name().to_owned(),
        count,
        ingresses: about.len(),
    };
    rules.into_iter().map(one).collect()
}
