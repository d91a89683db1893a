//! Headers from ConfigMaps that forge others or change where a message ends.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::ConfigMap;

use super::Subject;
use crate::catalog::features::{external_auth, response_headers};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::one_of_each_ingress;
use crate::manifest::Object;

/// Headers of requests to backends that the controller sets itself. nginx sends one that is set twice twice.
const SET_FOR_BACKENDS: &[&str] = &[
    "connection",
    "host",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-scheme",
    "x-real-ip",
    "x-request-id",
    "x-scheme",
];

/// The same for requests to services that authenticate.
const SET_FOR_AUTHENTICATION: &[&str] = &[
    "host",
    "x-auth-request-redirect",
    "x-forwarded-for",
    "x-original-method",
    "x-original-url",
    "x-real-ip",
    "x-request-id",
    "x-sent-from",
];

/// Headers that are about one connection, or say where a message ends (RFC 9110, sections 7.6.1 and 8.6).
const OF_CONNECTIONS: &[&str] =
    &["connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/// Whose headers a ConfigMap holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Backends,
    Authentication,
    Clients,
}

/// Looks at the ConfigMaps that hold headers, each once for every purpose.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let headers = &subject.proxy.settings.headers;
    let mut used = BTreeSet::from([(headers.set_from.as_str(), Whose::Backends), (headers.add_from.as_str(), Whose::Clients)]);
    let owners: BTreeSet<(&str, &str)> = one_of_each_ingress(subject.proxy)
        .filter_map(|(_, route)| Some((route.owner.as_deref()?, route)))
        .filter(|(_, route)| {
            let service = route.steps.admission.own_service();
            !route.features.response_headers.is_empty() || service.is_some_and(|auth| !auth.request_headers.is_empty())
        })
        .map(|(owner, _)| (owner.namespace.as_str(), owner.name.as_str()))
        .collect();
    for ingress in &subject.cluster.ingresses {
        if !owners.contains(&(&ingress.reference.namespace, &ingress.reference.name)) {
            continue;
        }
        for (name, value) in ingress.value.metadata.annotations.iter().flatten() {
            let short = name.strip_prefix(&subject.controller.flags.annotations_prefix).and_then(|name| name.strip_prefix('/'));
            used.extend(match short {
                Some(short) if short == external_auth::REQUEST_HEADERS.spec.name => Some((value.as_str(), Whose::Authentication)),
                Some(short) if short == response_headers::HEADERS.spec.name => Some((value.as_str(), Whose::Clients)),
                _ => None,
            });
        }
    }
    let of_map = |config_map: &Object<ConfigMap>| format!("{}/{}", config_map.reference.namespace, config_map.reference.name);
    let mut findings = Vec::new();
    for config_map in &subject.cluster.config_maps {
        let key = of_map(config_map);
        for whose in [Whose::Backends, Whose::Authentication, Whose::Clients] {
            if used.contains(&(key.as_str(), whose)) {
                findings.extend(of_config_map(config_map, whose));
            }
        }
    }
    findings
}

fn of_config_map(config_map: &Object<ConfigMap>, whose: Whose) -> impl Iterator<Item = Diagnostic> {
    config_map.value.data.iter().flatten().filter_map(move |(name, value)| {
        let (severity, danger) = danger(name, value, whose)?;
        let finding = Diagnostic::new(severity, "dangerous-header", format!("the header `{}` {danger}", name.escape_debug()));
        Some(finding.at(config_map.span(&["data", name])).subject(name.escape_debug().to_string()).object(config_map.reference.clone()))
    })
}

/// What is wrong with a header, as the end of a sentence.
fn danger(name: &str, value: &str, whose: Whose) -> Option<(Severity, &'static str)> {
    let name = name.to_ascii_lowercase();
    if value.contains(['\n', '\r']) {
        return Some((Severity::Error, "holds a line break: what follows is a header of its own, or the end of all headers"));
    }
    // nginx sends no header that is empty.
    if value.is_empty() {
        return None;
    }
    let twice = match whose {
        Whose::Backends => SET_FOR_BACKENDS.contains(&name.as_str()).then_some("is sent to backends twice: the controller sets it as well"),
        Whose::Authentication => SET_FOR_AUTHENTICATION
            .contains(&name.as_str())
            .then_some("is sent to the service that authenticates twice: the controller sets it as well"),
        Whose::Clients => None,
    };
    let of_connection = || {
        let is_one = OF_CONNECTIONS.contains(&name.as_str());
        is_one.then_some("is about one connection or the end of a message, which nginx alone knows")
    };
    let forged = || (name == "proxy" && whose != Whose::Clients).then_some("sets `HTTP_PROXY` for backends that speak CGI");
    Some((Severity::Warning, twice.or_else(of_connection).or_else(forged)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_dangerous_where_it_is_used() {
        use Severity::{Error, Warning};
        use Whose::{Authentication, Backends, Clients};
        for (name, value, whose, expected) in [
            ("Host", "a.example", Backends, Some((Warning, "twice"))),
            ("x-forwarded-PROTO", "https", Backends, Some((Warning, "twice"))),
            ("X-Forwarded-Proto", "https", Authentication, None),
            ("X-Original-URL", "https", Authentication, Some((Warning, "twice"))),
            ("Host", "a.example", Clients, None),
            ("X-Real-IP", "", Backends, None),
            ("Transfer-Encoding", "chunked", Clients, Some((Warning, "end of a message"))),
            ("Content-Length", "0", Authentication, Some((Warning, "end of a message"))),
            ("Proxy", "http://a.example", Backends, Some((Warning, "CGI"))),
            ("X-Shop", "a\nX-User: admin", Backends, Some((Error, "line break"))),
            ("X-Shop", "a\r", Clients, Some((Error, "line break"))),
            ("X-Shop", "$host", Backends, None),
            ("Strict-Transport-Security", "max-age=1", Clients, None),
        ] {
            let found = danger(name, value, whose);
            assert_eq!(found.map(|(severity, _)| severity), expected.map(|(severity, _)| severity), "{name} {whose:?}");
            assert!(found.zip(expected).is_none_or(|((_, text), (_, part))| text.contains(part)), "{name} {whose:?}: {found:?}");
        }
    }
}
