//! The pass that closes what an API server refuses, for targets that serve objects without one.
//!
//! A refused Ingress stands where it would stand and answers 503, so that nothing that it protects falls to a wider route. A host
//! that could not be one is left out. A refused Service, Secret or slice counts as if it was not there, and then what needs it is
//! closed as well. Of a ConfigMap only the keys are left out that it cannot have: what it protects stays protected.

use std::collections::BTreeSet;

use hashbrown::HashMap;
use k8s_openapi::api::networking::v1::{HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressServiceBackend};

use super::host_names::folded;
use super::inward;
use crate::catalog::features::{redirect, server};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::twin;
use crate::manifest::{Cluster, Object};

/// Why the paths of a refused Ingress answer 503.
const REASON: &str = "the API server refuses this Ingress";

/// Closes what an API server refuses. What another tool should have filled in is told.
#[must_use]
pub fn close(cluster: &mut Cluster) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    cluster.keeps_tenants_apart = true;
    let hosts = declared_hosts(&cluster.ingresses);
    let mut closed = note(&mut cluster.ingresses, &mut findings, |object| shut(object, &hosts));
    closed.extend(note(&mut cluster.services, &mut findings, |_| {}));
    closed.extend(note(&mut cluster.endpoint_slices, &mut findings, |_| {}));
    closed.extend(note(&mut cluster.secrets, &mut findings, |_| {}));
    // These say what holds for others: without them something would come open.
    note(&mut cluster.ingress_classes, &mut findings, |_| {});
    note(&mut cluster.namespaces, &mut findings, |_| {});
    note(&mut cluster.config_maps, &mut findings, |object| {
        let refused: BTreeSet<&str> = object.refusals.iter().filter_map(|refusal| refusal.path.get(1).map(String::as_str)).collect();
        let is_refused = |key: &String| refused.contains(key.as_str());
        object.value.data.iter_mut().for_each(|data| data.retain(|key, _| !is_refused(key)));
    });
    findings.extend(inward::close(&mut cluster.services));
    for object in closed {
        cluster.closed.entry(object).or_insert_with(|| REASON.to_owned());
    }
    findings
}

/// Changes the refused objects of a kind, and names them.
fn note<T>(objects: &mut [Object<T>], findings: &mut Vec<Diagnostic>, change: impl Fn(&mut Object<T>)) -> Vec<ObjectRef> {
    let mut closed = Vec::new();
    for object in objects.iter_mut().filter(|object| object.is_refused()) {
        findings.extend(object.refusals.iter().filter_map(|refusal| refusal.finding_of_placeholder(&object.reference)));
        change(object);
        closed.push(object.reference.clone());
    }
    closed
}

/// The names that Ingresses may have, with the namespaces that have them: hosts, aliases and twins. Those of nginx for all names below
/// one begin with two stars.
type Hosts = HashMap<String, BTreeSet<String>>;

fn declared_hosts(ingresses: &[Object<Ingress>]) -> Hosts {
    let mut hosts = Hosts::new();
    if ingresses.iter().all(|object| !object.is_refused()) {
        return hosts;
    }
    for object in ingresses {
        let rules = object.rules().iter().enumerate();
        for (_, rule) in rules.filter(|(at, _)| !object.is_refused_at(&["spec", "rules", &at.to_string(), "host"])) {
            let host = rule.host.clone().unwrap_or_default();
            hosts.entry(host).or_default().insert(object.reference.namespace.clone());
        }
        for name in other_names(object) {
            hosts.entry(name).or_default().insert(object.reference.namespace.clone());
        }
    }
    hosts
}

/// Aliases and twins that an Ingress asks for, whatever the prefix of its annotations.
fn other_names(object: &Object<Ingress>) -> Vec<String> {
    let annotations = || object.value.metadata.annotations.iter().flatten();
    let of = |wanted: &'static str| annotations().filter(move |(name, _)| name.rsplit('/').next() == Some(wanted)).map(|(_, value)| value);
    let aliases = of(server::ALIASES.spec.name).flat_map(|list| list.split(',')).flat_map(|alias| {
        let name = folded(alias.trim());
        match name.strip_prefix('*').or_else(|| name.starts_with('.').then_some(name.as_str())) {
            Some(end) => [Some(format!("**{end}")), name.strip_prefix('.').map(str::to_owned)],
            None => [Some(name), None],
        }
    });
    let mut names: Vec<String> = aliases.flatten().collect();
    if of(redirect::FROM_TWIN.spec.name).next().is_some() {
        let rules = object.rules().iter();
        names.extend(rules.filter_map(|rule| rule.host.as_deref()).map(twin));
    }
    names
}

/// Leaves of an Ingress what can be closed: hosts and paths, which lead nowhere.
fn shut(object: &mut Object<Ingress>, hosts: &Hosts) {
    let namespace = object.reference.namespace.clone();
    let is_refused: Vec<bool> = {
        let rules = object.rules().iter();
        let at_host = |(at, _): (usize, _)| object.is_refused_at(&["spec", "rules", &at.to_string(), "host"]);
        rules.enumerate().map(at_host).collect()
    };
    let Some(spec) = &mut object.value.spec else { return };
    for entry in spec.tls.iter_mut().flatten() {
        // The host answers with the certificate of hosts without one.
        entry.secret_name = None;
    }
    spec.default_backend.iter_mut().for_each(lead_nowhere);
    // What is only near to a host or to a path closes nothing that belongs to others.
    let is_foreign = |host: &str| hosts.get(host).is_some_and(|owners| owners.iter().any(|owner| *owner != namespace));
    let is_others = |host: &str| {
        let mut ends = host.match_indices('.').map(|(dot, _)| format!("**{}", &host[dot..]));
        is_foreign(host) || is_foreign(&wildcard_over(host)) || ends.any(|end| is_foreign(&end))
    };
    for (rule, is_refused) in spec.rules.iter_mut().flatten().zip(is_refused) {
        if is_refused {
            match rule.host.as_deref().and_then(nearest_host).filter(|host| !is_others(host)) {
                Some(host) => rule.host = Some(host),
                None => *rule = IngressRule::default(),
            }
        }
        let is_foreign = is_foreign(rule.host.as_deref().unwrap_or_default());
        let Some(http) = &mut rule.http else { continue };
        http.paths.retain(|path| !is_foreign || is_absolute(path));
        for path in &mut http.paths {
            lead_nowhere(&mut path.backend);
            if !is_absolute(path) {
                path.path.iter_mut().for_each(|path| path.insert(0, '/'));
            }
        }
    }
    // Without any rule its default backend would be that of all hosts.
    if spec.rules.as_ref().is_some_and(|rules| rules.iter().all(|rule| *rule == IngressRule::default())) {
        spec.default_backend = None;
    }
}

fn is_absolute(path: &HTTPIngressPath) -> bool {
    path.path.as_deref().is_none_or(|path| path.is_empty() || path.starts_with('/'))
}

fn lead_nowhere(backend: &mut IngressBackend) {
    *backend = IngressBackend { service: Some(IngressServiceBackend::default()), resource: None };
}

/// The host that was meant by one that is none but for its letters: capitals, a dot at its end, or a `_`.
fn nearest_host(host: &str) -> Option<String> {
    const LONGEST: usize = 253;
    let folded = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let name = folded.strip_prefix("*.").unwrap_or(&folded);
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    // A name of nothing but these could be that of the server for all other hosts.
    let is_word = |label: &str| label.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let fits = name.split('.').all(|label| is_word(label) && label.bytes().all(is_inner));
    (fits && folded.len() <= LONGEST).then_some(folded)
}

/// The wildcard that a host is below.
fn wildcard_over(host: &str) -> String {
    format!("*.{}", host.split_once('.').map_or("", |(_, rest)| rest))
}

/// The object of a kind that `namespace/name` names.
pub(super) fn named(kind: &str, key: &str) -> ObjectRef {
    let (namespace, name) = key.split_once('/').unwrap_or(("", key));
    ObjectRef { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use crate::source::SourceMap;

    #[test]
    fn hosts_that_are_nearly_names_are_closed_as_names() {
        for (host, expected) in [
            ("Shop.Example", Some("shop.example")),
            ("shop.example.", Some("shop.example")),
            ("*.Shop.example", Some("*.shop.example")),
            ("my_app.example", Some("my_app.example")),
            ("10.0.0.1", Some("10.0.0.1")),
            ("-a.example", Some("-a.example")),
            ("_", None),
            ("*", None),
            ("*.", None),
            (".shop.example", None),
            ("shop.example..", None),
            ("*.*.example", None),
            ("~.*", None),
            ("shop.example/admin", None),
            ("a b", None),
            ("a\nb", None),
            ("::1", None),
            ("пример.example", None),
        ] {
            assert_eq!(nearest_host(host).as_deref(), expected, "{host:?}");
        }
    }

    #[test]
    fn a_host_that_is_nearly_another_closes_nothing_of_others() {
        let ingress = |namespace: &str, host: &str| {
            format!(
                "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, namespace: {namespace}}}\nspec: {{rules: [{{host: \"{host}\"}}]}}\n"
            )
        };
        for (owner, declared, near, expected) in [
            ("a", "shop.example", "SHOP.example", None),
            ("a", "*.shop.example", "Pay.shop.example", None),
            ("a", "*.shop.example", "*.Shop.example", None),
            ("b", "*.shop.example", "Pay.shop.example", Some("pay.shop.example")),
            ("a", "*.example", "Pay.shop.example", Some("pay.shop.example")),
            ("a", "other.example", "Pay.shop.example", Some("pay.shop.example")),
        ] {
            let mut sources = SourceMap::default();
            sources.add("a.yaml", format!("{}{}", ingress(owner, declared).replace("name: web", "name: own"), ingress("b", near)));
            let mut cluster = manifest::load(&mut sources).value;
            let _ = close(&mut cluster);
            let refused =
                cluster.ingresses.iter().find(|object| object.reference.name == "web").and_then(|object| object.value.spec.as_ref());
            let host = refused.and_then(|spec| spec.rules.as_ref()?.first()?.host.as_deref());
            assert_eq!(host, expected, "{near} beside {declared} of {owner}");
        }
    }
}
