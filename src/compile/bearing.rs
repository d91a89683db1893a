//! Whether objects that are supposed to be there may bear on requests for some hosts: mostly they belong to other hosts, and what becomes
//! of the requests without them need not be asked.

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress;

use super::supposed::Supposed;
use crate::catalog::features::server::ALIASES;
use crate::ir::{Hosts, twin};
use crate::manifest::{Cluster, Object};

/// Whether a Secret or a ConfigMap that is supposed may bear on requests for the hosts, or for any where none are given. Where it is not
/// known, it may.
pub(super) fn may_bear(supposed: &Supposed, cluster: &Cluster, hosts: Option<&[String]>) -> bool {
    let Some(hosts) = hosts.map(Hosts::new) else { return supposed.users_of_contents().next().is_some() };
    let mut users: HashSet<(&str, &str)> = HashSet::new();
    for of_one in supposed.users_of_contents() {
        // What the ConfigMap or an argument names is for all.
        if of_one.is_empty() {
            return true;
        }
        users.extend(of_one.iter().map(|(namespace, name)| (namespace.as_str(), name.as_str())));
    }
    let is_user = |ingress: &&Object<Ingress>| users.contains(&(ingress.reference.namespace.as_str(), ingress.reference.name.as_str()));
    let (asked, others): (Vec<_>, Vec<_>) = cluster.ingresses.iter().partition(|ingress| leads(ingress, &hosts));
    if asked.iter().any(is_user) {
        return true;
    }
    // The first Ingress of a Service decides how all reach it.
    let services: HashSet<(&str, &str)> = asked.iter().flat_map(|ingress| services(ingress)).collect();
    others.iter().filter(|ingress| is_user(ingress)).any(|ingress| self::services(ingress).any(|service| services.contains(&service)))
}

/// Whether requests for the hosts may come by an Ingress, or by a certificate that it brings.
fn leads(ingress: &Object<Ingress>, hosts: &Hosts) -> bool {
    let rules = ingress.rules();
    let spec = ingress.value.spec.as_ref();
    if rules.is_empty() || spec.is_some_and(|spec| spec.default_backend.is_some()) {
        return true;
    }
    let is_led = |name: &str| hosts.fit(name) || hosts.fit(&twin(name));
    let annotations = ingress.value.metadata.annotations.iter().flatten();
    let aliases = annotations.filter(|(key, _)| key.rsplit('/').next() == Some(ALIASES.spec.name)).flat_map(|(_, list)| list.split(','));
    let certified = spec.iter().flat_map(|spec| spec.tls.iter().flatten()).flat_map(|tls| tls.hosts.iter().flatten());
    rules.iter().any(|rule| rule.host.as_deref().is_none_or(is_led))
        || certified.map(String::as_str).any(is_led)
        || aliases.map(str::trim).any(is_led)
}

fn services(ingress: &Object<Ingress>) -> impl Iterator<Item = (&str, &str)> {
    ingress.backends().map(|backend| (ingress.reference.namespace.as_str(), backend.service.name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::lower::{Controller, Environment};
    use crate::manifest;
    use crate::source::SourceMap;

    /// An Ingress for a host, with annotations and a Secret for the certificate of the host, where there is one.
    fn ingress(name: &str, host: &str, annotations: &str, secret: &str) -> String {
        let tls = if secret.is_empty() { String::new() } else { format!("tls: [{{hosts: ['{host}'], secretName: {secret}}}], ") };
        format!(
            "{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: {name}, namespace: x, annotations: {{{annotations}}}}}, spec: \
             {{ingressClassName: nginx, {tls}rules: [{{host: '{host}', http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: \
             {{name: {name}, port: {{number: 80}}}}}}}}]}}}}]}}}}\n---\n"
        )
    }

    #[test]
    fn what_belongs_to_other_hosts_does_not_bear() {
        let flags = Flags::parse(LATEST, std::iter::empty::<(&str, _)>()).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let users = "nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: users";
        let alias = format!("{users}, nginx.ingress.kubernetes.io/server-alias: 'b.example, a.example'");
        for (what, other, expected) in [
            ("another host", ingress("b", "b.example", users, "b"), false),
            ("the same host", ingress("b", "a.example", users, ""), true),
            ("its twin", ingress("b", "www.a.example", "", "b"), true),
            ("a star above it", ingress("b", "*.example", "", "b"), true),
            ("an alias", ingress("b", "c.example", &alias, ""), true),
            ("every host", ingress("b", "", users, ""), true),
            ("the same Service", ingress("b", "b.example", users, "").replace("{name: b, port", "{name: a, port"), true),
            ("nothing that is supposed", ingress("b", "a.example", "", ""), false),
        ] {
            let mut sources = SourceMap::default();
            sources.add("in.yaml", format!("{}{other}", ingress("a", "a.example", "", "")));
            let cluster = manifest::load(&mut sources).value;
            let supposed = Supposed::of(&cluster, &controller, None, &std::collections::BTreeSet::new());
            assert_eq!(may_bear(&supposed, &cluster, Some(&[String::from("a.example")])), expected, "{what}");
        }
    }
}
