//! What the Ingresses of an input name and the input does not hold: whether a cluster has it, and what is in it, nobody can know.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress;

use super::class::{Class, Classes};
use super::world::Controller;
use crate::catalog::features::{backend_tls, client_auth, external_auth, fastcgi, password_auth, response_headers};
use crate::diagnostic::ObjectRef;
use crate::manifest::{Cluster, Object};

/// Annotations that name one object each, as `name` or `namespace/name`, and its kind.
const NAMING: [(&str, &str); 6] = [
    (password_auth::SECRET.spec.name, "Secret"),
    (client_auth::SECRET.spec.name, "Secret"),
    (backend_tls::SECRET.spec.name, "Secret"),
    (external_auth::REQUEST_HEADERS.spec.name, "ConfigMap"),
    (response_headers::HEADERS.spec.name, "ConfigMap"),
    (fastcgi::PARAMS.spec.name, "ConfigMap"),
];

/// An object that is not in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// Its kind, namespace and name.
    pub object: ObjectRef,
    /// The hosts of a certificate, sorted. Of thousands of objects most have one: a set has room for many.
    pub hosts: Vec<String>,
    /// The Ingresses that need it, by namespace and name, sorted.
    pub users: Vec<(String, String)>,
    /// Routes are closed that need it: an annotation names it, and it is more than the certificate of a host.
    pub closes: bool,
    /// Of a Service: the ports that are asked for.
    pub ports: BTreeSet<String>,
}

impl Absent {
    fn settled(mut self) -> Self {
        self.hosts.sort_unstable();
        self.hosts.dedup();
        self.hosts.shrink_to_fit();
        self.users.sort_unstable();
        self.users.dedup();
        self.users.shrink_to_fit();
        self
    }
}

/// The objects that are named and not there, in the order of kind, namespace and name.
#[must_use]
pub fn absent(cluster: &Cluster, controller: &Controller) -> Vec<Absent> {
    let mut found = Found { controller, there: there(cluster), absent: BTreeMap::new() };
    let classes = Classes::new(cluster, &controller.flags);
    for ingress in &cluster.ingresses {
        match classes.of(ingress) {
            Class::Foreign => continue,
            Class::Unknown => found.class(ingress),
            Class::Served | Class::None => {}
        }
        found.of_ingress(ingress);
    }
    found.absent.into_values().map(Absent::settled).collect()
}

struct Found<'a> {
    controller: &'a Controller,
    there: HashSet<&'a ObjectRef>,
    absent: BTreeMap<ObjectRef, Absent>,
}

fn there(cluster: &Cluster) -> HashSet<&ObjectRef> {
    let secrets = cluster.secrets.iter().map(|object| &object.reference);
    let maps = cluster.config_maps.iter().map(|object| &object.reference);
    secrets.chain(maps).chain(cluster.services.iter().map(|object| &object.reference)).collect()
}

impl Found<'_> {
    fn class(&mut self, ingress: &Object<Ingress>) {
        let named = ingress.value.spec.as_ref().and_then(|spec| spec.ingress_class_name.as_deref());
        if let Some(name) = named.filter(|name| !name.is_empty()) {
            self.add("IngressClass", "", name, ingress);
        }
    }

    fn of_ingress(&mut self, ingress: &Object<Ingress>) {
        let namespace = &ingress.reference.namespace;
        for (annotation, kind) in NAMING {
            let key = format!("{}/{annotation}", self.controller.flags.annotations_prefix);
            let value = ingress.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(&key));
            let Some(value) = value.map(|value| value.trim()).filter(|value| !value.is_empty()) else { continue };
            let (namespace, name) = value.split_once('/').unwrap_or((namespace, value));
            if let Some(absent) = self.add(kind, namespace, name, ingress) {
                absent.closes = true;
            }
        }
        for entry in ingress.value.spec.iter().flat_map(|spec| spec.tls.iter().flatten()) {
            let Some(name) = entry.secret_name.as_deref().filter(|name| !name.is_empty()) else { continue };
            let hosts: Vec<String> = entry.hosts.iter().flatten().cloned().collect();
            let rules = ingress.rules().iter().filter_map(|rule| rule.host.clone());
            let hosts = if hosts.is_empty() { rules.collect() } else { hosts };
            if let Some(absent) = self.add("Secret", namespace, name, ingress) {
                absent.hosts.extend(hosts);
            }
        }
        for backend in ingress.backends() {
            let port = backend.port();
            if let Some(absent) = self.add("Service", namespace, &backend.service.name, ingress) {
                absent.ports.extend(port);
            }
        }
    }

    /// Notes an object and who needs it, where it is not there and its name is one.
    fn add(&mut self, kind: &str, namespace: &str, name: &str, ingress: &Object<Ingress>) -> Option<&mut Absent> {
        let is_name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        let object = ObjectRef { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() };
        if !is_name(name) || !(namespace.is_empty() || is_name(namespace)) || self.there.contains(&object) {
            return None;
        }
        let new = || Absent { object: object.clone(), hosts: Vec::new(), users: Vec::new(), closes: false, ports: BTreeSet::new() };
        let absent = self.absent.entry(object.clone()).or_insert_with(new);
        absent.users.push((ingress.reference.namespace.clone(), ingress.reference.name.clone()));
        Some(absent)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::lower::Environment;
    use crate::manifest;
    use crate::source::SourceMap;

    #[test]
    fn what_is_named_and_not_there_is_found() {
        let text = "\
apiVersion: v1
kind: Secret
metadata: {name: here, namespace: shop}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-secret: users
    nginx.ingress.kubernetes.io/auth-tls-secret: other/ca
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/here
    nginx.ingress.kubernetes.io/custom-headers: shop/headers
spec:
  ingressClassName: internal
  tls: [{hosts: [a.example], secretName: tls}, {secretName: here}]
  rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]
";
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let cluster = manifest::load(&mut sources).value;
        let controller = Controller { version: LATEST, flags: Flags::default(), environment: Environment::default() };
        let found = absent(&cluster, &controller);
        let shown: Vec<String> = found
            .iter()
            .map(|absent| {
                let ObjectRef { kind, namespace, name } = &absent.object;
                format!("{kind} {namespace}/{name} {:?} {:?}", absent.hosts, absent.ports)
            })
            .collect();
        let expected = [
            "ConfigMap shop/headers [] {}",
            "IngressClass /internal [] {}",
            "Secret other/ca [] {}",
            "Secret shop/tls [\"a.example\"] {}",
            "Secret shop/users [] {}",
            "Service shop/web [] {\"http\"}",
        ];
        assert_eq!(shown, expected);
    }
}
