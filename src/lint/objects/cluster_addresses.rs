//! Addresses of Services of the cluster that are written as names, in URLs and in names of hosts.

use k8s_openapi::api::core::v1::{ConfigMap, Service};

use super::look::{Asked, Look};
use super::urls::parts;
use crate::catalog::features::{external_auth, mirror};
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::lower;
use crate::manifest::{Object, is_external, named, of_namespace, ports, target};
use crate::source::Span;

/// Annotations with a URL that the proxy asks, and what becomes of requests where nobody answers.
static OF_INGRESS: [(&Spec, &str); 2] = [
    (&external_auth::URL.spec, "every request that it is asked about is answered with 500"),
    (&mirror::TARGET.spec, "copies of requests get lost"),
];

/// The same for keys of the ConfigMap.
const OF_ALL: [(&str, &str); 1] = [("global-auth-url", "every request that it is asked about is answered with 500")];

/// Keys of the ConfigMap with the name of a host, the key of its port, the port where that says nothing, and what gets lost.
const HOSTS: [(&str, &str, i32, &str); 1] = [("otlp-collector-host", "otlp-collector-port", 4317, "traces get lost")];

/// An address of a Service, and where it is written.
pub(super) struct Address<'a> {
    /// What names it: an annotation, a key or a field.
    pub(super) key: String,
    /// Where.
    pub(super) place: Span,
    /// The object that it stands in.
    pub(super) object: &'a ObjectRef,
    /// The namespace of the Service.
    pub(super) namespace: String,
    /// Its name.
    pub(super) name: String,
    /// The port that is asked.
    pub(super) port: Option<i32>,
    /// What it comes to where nobody answers.
    pub(super) result: String,
}

impl<'a> Address<'a> {
    /// The Service, where it is in the input.
    pub(super) fn service(&self, look: &Look<'a>) -> Option<&'a Object<Service>> {
        named(&look.cluster.services, &self.namespace, &self.name)
    }

    /// The Services of its namespace.
    pub(super) fn beside(&self, look: &Look<'a>) -> &'a [Object<Service>] {
        of_namespace(&look.cluster.services, &self.namespace)
    }

    /// Whether the Service is known to lack the port. One without an address of its own is asked at the ports of its pods.
    pub(super) fn lacks_port(&self, service: &Service) -> bool {
        let is_headless = service.spec.as_ref().and_then(|spec| spec.cluster_ip.as_deref()) == Some("None");
        let is_tcp = |protocol: Option<&str>| protocol.is_none_or(|protocol| protocol == "TCP");
        let has = |port: i32| ports(service).iter().any(|known| known.port == port && is_tcp(known.protocol.as_deref()));
        !is_headless && !is_external(service) && !ports(service).is_empty() && self.port.is_some_and(|port| !has(port))
    }

    /// A finding of a rule about it.
    pub(super) fn finding(&self, finding: Diagnostic) -> Diagnostic {
        finding.at(self.place).subject(self.key.as_str()).object(self.object.clone())
    }
}

/// All of them.
pub(super) fn addresses<'a>(look: &Look<'a>) -> Vec<Address<'a>> {
    let mut found: Vec<Address> = look.ingresses().flat_map(|ingress| of_ingress(look, ingress)).collect();
    found.extend(lower::config_map(look.cluster, look.controller).into_iter().flat_map(of_config_map));
    found.extend(look.backends().filter_map(|asked| of_external(&asked)));
    found
}

fn of_ingress<'a>(look: &Look<'a>, ingress: &'a Object<k8s_openapi::api::networking::v1::Ingress>) -> Vec<Address<'a>> {
    let named = OF_INGRESS.iter().filter_map(|(spec, result)| {
        let (host, port) = of_url(look.annotation(ingress, spec)?)?;
        let (namespace, name) = service_of(&host)?;
        let place = look.annotation_span(ingress, spec);
        let (key, result) = (spec.name.to_owned(), (*result).to_owned());
        Some(Address { key, place, object: &ingress.reference, namespace, name, port, result })
    });
    named.collect()
}

fn of_config_map(map: &Object<ConfigMap>) -> Vec<Address<'_>> {
    let value = |key: &str| map.value.data.as_ref()?.get(key).map(String::as_str);
    let address = |key: &str, host: &str, port: Option<i32>, result: &str| {
        let (namespace, name) = service_of(host)?;
        let place = map.span(&["data", key]);
        Some(Address { key: key.to_owned(), place, object: &map.reference, namespace, name, port, result: result.to_owned() })
    };
    let by_url = OF_ALL.iter().filter_map(|(key, result)| {
        let (host, port) = of_url(value(key)?)?;
        address(key, &host, port, result)
    });
    let by_host = HOSTS.iter().filter_map(|(key, port, usual, result)| {
        let port = value(port).map_or(Some(*usual), |port| port.trim().parse().ok());
        address(key, value(key)?.trim(), port, result)
    });
    by_url.chain(by_host).collect()
}

/// The Service that one of type `ExternalName` is another name of.
fn of_external<'a>(asked: &Asked<'a>) -> Option<Address<'a>> {
    let service = asked.service.filter(|service| is_external(&service.value))?;
    let (namespace, name) = service_of(service.value.spec.as_ref()?.external_name.as_deref()?)?;
    let port = asked.port().map(target).or_else(|| asked.backend.port())?.parse().ok();
    let (key, place) = (String::from("externalName"), service.span(&["spec", "externalName"]));
    let result = format!("no request for the path `{}` gets to a backend", asked.backend.path());
    Some(Address { key, place, object: &service.reference, namespace, name, port, result })
}

/// The host and the port that a URL names; none where variables decide them.
fn of_url(url: &str) -> Option<(String, Option<i32>)> {
    let (scheme, authority, _) = parts(url.trim())?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
    let usual = match scheme {
        "https" | "grpcs" => Some(443),
        "http" => Some(80),
        _ => None,
    };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (authority, usual),
    };
    (!host.contains('$')).then(|| (host.to_owned(), port))
}

/// Namespace and name of the Service that a name within the cluster is of.
fn service_of(host: &str) -> Option<(String, String)> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let (front, rest) = match host.split_once(".svc.") {
        Some((front, rest)) => (front, rest),
        None => (host.strip_suffix(".svc")?, ""),
    };
    let is_of_cluster = rest.is_empty() || !rest.split('.').any(str::is_empty);
    // In front of the name may stand that of a pod.
    let mut labels = front.rsplit('.');
    let (namespace, name) = (labels.next()?, labels.next()?);
    (is_of_cluster && !namespace.is_empty() && !name.is_empty()).then(|| (namespace.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_within_the_cluster_are_of_a_service() {
        for (host, expected) in [
            ("auth.shop.svc", Some(("shop", "auth"))),
            ("Auth.shop.svc.cluster.local.", Some(("shop", "auth"))),
            ("auth.shop.svc.k8s.example.com", Some(("shop", "auth"))),
            ("db-0.db.shop.svc.cluster.local", Some(("shop", "db"))),
            ("auth.shop", None),
            ("auth", None),
            ("svc", None),
            ("shop.svc", None),
            ("auth.example.com", None),
        ] {
            let found = service_of(host);
            assert_eq!(found.as_ref().map(|(namespace, name)| (namespace.as_str(), name.as_str())), expected, "{host}");
        }
    }

    #[test]
    fn urls_have_the_port_of_their_scheme() {
        for (url, expected) in [
            ("http://auth.shop.svc/check", Some(("auth.shop.svc", Some(80)))),
            ("https://auth.shop.svc", Some(("auth.shop.svc", Some(443)))),
            ("http://auth.shop.svc:4180/check?rd=a:b", Some(("auth.shop.svc", Some(4180)))),
            ("http://me:secret@auth.shop.svc:81", Some(("auth.shop.svc", Some(81)))),
            ("http://auth.shop.svc$request_uri", Some(("auth.shop.svc", Some(80)))),
            ("http://auth.shop.svc$arg_x/check", None),
            ("http://$host/check", None),
            ("auth.shop.svc", None),
        ] {
            let found = of_url(url);
            assert_eq!(found.as_ref().map(|(host, port)| (host.as_str(), *port)), expected, "{url}");
        }
    }
}
