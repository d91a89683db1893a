//! Looks at manifests, and counts what there is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use k8s_openapi::api::networking::v1::Ingress as Manifest;

use super::annotations::Annotations;
use super::certificates::Certificates;
use super::defaults::Defaults;
use super::model::{Class, Ingress, Inventory, Outcome, Reason, Rule, Served, Verdict};
use super::placing::{Placing, place};
use super::snippets::Snippets;
use super::targets::Judging;
use super::{classes, routes, services, tally};
use crate::catalog::features;
use crate::check::{self, Check};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::emit::{Haproxy, IngressNginx, Nginx, Options, Target};
use crate::ir::Proxy;
use crate::lower::{self, Classes, Controller};
use crate::manifest::{Cluster, Object, named};
use crate::source::SourceMap;

/// The products that could take over and that are compiled to.
const TARGETS: [&dyn Target; 2] = [&Nginx, &Haproxy];

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
        judge_targets(self, cluster, controller, &placing, &mut inventory, &mut ingresses);
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
        let supposable = supposable(cluster, &classes);
        let one = |object: &Object<Manifest>| {
            let class = Classes::named(object).unwrap_or_default();
            let served = match () {
                () if classes.serve(object) => Served::Yes,
                () if supposable.contains(class) => Served::Supposed,
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

/// The annotations of the controller that an Ingress has: whole name, name without prefix, and value.
fn own<'o>(object: &'o Object<Manifest>, controller: &Controller) -> impl Iterator<Item = (&'o str, &'o str, &'o str)> {
    let prefix = format!("{}/", controller.flags.annotations_prefix);
    let all = object.value.metadata.annotations.iter().flatten();
    all.filter_map(move |(whole, value)| Some((whole.as_str(), whole.strip_prefix(&prefix)?, value.as_str())))
}

/// Whether an Ingress asks for TLS for one of its hosts: a name with a star covers one label.
fn has_tls(object: &Object<Manifest>, host: &str) -> bool {
    let above = host.split_once('.').map_or("", |(_, above)| above);
    object.tls_hosts().any(|(name, _)| name == host || name.strip_prefix("*.").is_some_and(|rest| !rest.is_empty() && rest == above))
}

/// The classes whose Ingresses are looked at as if they were served.
fn supposable<'a>(cluster: &'a Cluster, classes: &Classes<'a>) -> BTreeSet<&'a str> {
    classes.supposable(&cluster.ingresses).into_iter().take(check::MOST_CLASSES).collect()
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

/// Whether an Ingress is one of those that are looked at, of one class or of those that are served.
fn is_of(ingress: &Ingress, supposed: Option<&str>) -> bool {
    match supposed {
        None => matches!(ingress.served, Served::Yes | Served::Refused),
        Some(class) => ingress.served == Served::Supposed && ingress.class == class,
    }
}

/// Notes which Ingresses the controller refuses for what they say.
fn note_refused(ingresses: &mut [Ingress], found: &[Diagnostic], placing: &Placing) {
    let dropped = found.iter().filter(|finding| finding.effect == Some(Effect::IngressDropped));
    for at in dropped.filter_map(|finding| placing.of_finding(finding)) {
        let ingress = &mut ingresses[at];
        if ingress.served == Served::Yes && ingress.routes.is_empty() {
            ingress.served = Served::Refused;
        }
    }
}

/// Counts findings by rule and by Ingress.
fn rules(found: &[Diagnostic], placing: &Placing, ingresses: &mut [Ingress]) -> Vec<Rule> {
    let mut rules: BTreeMap<&str, (Severity, usize, HashSet<usize>)> = BTreeMap::new();
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
    let mut rules: Vec<(&str, (Severity, usize, HashSet<usize>))> = rules.into_iter().collect();
    rules.sort_by(|(a, (worst_a, count_a, _)), (b, (worst_b, count_b, _))| (worst_b, count_b, a).cmp(&(worst_a, count_a, b)));
    let one = |(rule, (worst, count, about)): (&str, (Severity, usize, HashSet<usize>))| Rule {
        rule: rule.to_owned(),
        severity: worst.name().to_owned(),
        count,
        ingresses: about.len(),
    };
    rules.into_iter().map(one).collect()
}

/// Asks the targets, and the catalog for the Gateway API.
fn judge_targets(
    survey: &Survey,
    cluster: Cluster,
    controller: &Controller,
    placing: &Placing,
    inventory: &mut Inventory,
    ingresses: &mut [Ingress],
) {
    let mut judgings: Vec<Judging> = TARGETS.iter().map(|target| Judging::of_target(*target, ingresses.len())).collect();
    let mut gateway_api = Judging::of_gateway_api(ingresses.len());
    for (at, ingress) in ingresses.iter().enumerate().filter(|(_, ingress)| matches!(ingress.served, Served::Yes | Served::Supposed)) {
        judgings.iter_mut().chain([&mut gateway_api]).for_each(|judging| judging.look(at));
        for (_, name, value) in own(&cluster.ingresses[at], controller).filter(|(.., value)| !value.is_empty()) {
            if let Some(spec) = features::find(name) {
                gateway_api.annotation(at, spec, value);
            }
        }
        debug_assert_eq!(ingress.namespace, cluster.ingresses[at].reference.namespace);
    }
    // What a target writes is closed without its Secret, whatever the cluster has.
    let mut cluster = check::presumed(&cluster, controller).unwrap_or(cluster);
    let _ = lower::close(&mut cluster);
    let classes = Classes::new(&cluster, &controller.flags);
    let sets: Vec<Classes> = std::iter::once(classes.clone())
        .chain(supposable(&cluster, &classes).into_iter().map(|class| classes.clone().supposing(class)))
        .collect();
    for set in sets {
        let supposed = set.supposed();
        let mut proxy = lower::lower_classes(&cluster, controller, set).value;
        proxy.secrets = lower::secrets(&cluster, &proxy);
        for (target, judging) in TARGETS.iter().zip(&mut judgings) {
            let findings = target.tell(&proxy, &survey.options);
            for at in judging.take(findings, placing, |at| is_of(&ingresses[at], supposed)) {
                ingresses[at].lacks_services = true;
            }
        }
    }
    let refused = cluster.closed.iter().filter(|(object, _)| object.kind == "Ingress");
    for (at, why) in refused.filter_map(|(object, why)| Some((placing.named(&object.namespace, &object.name)?, why))) {
        if matches!(ingresses[at].served, Served::Yes | Served::Supposed) {
            let reason =
                Reason { outcome: Outcome::Not, subject: String::from("metadata"), message: why.clone(), closes: true, ingresses: 0 };
            judgings.iter_mut().for_each(|judging| judging.add(at, reason.clone()));
        }
    }
    for judging in judgings.into_iter().chain([gateway_api]) {
        let (target, verdicts) = judging.finish();
        for (ingress, verdict) in ingresses.iter_mut().zip(verdicts) {
            let own: Option<Verdict> = verdict;
            ingress.targets.extend(own.map(|verdict| (target.name.clone(), verdict)));
        }
        inventory.targets.push(target);
    }
}
