//! The one walk over what an Ingress names: its backends, with their hosts, paths and places.

use k8s_openapi::api::networking::v1::{HTTPIngressPath, Ingress, IngressBackend, IngressRule, IngressServiceBackend, IngressTLS};

use super::Object;
use crate::source::Span;

/// Where in an Ingress a backend stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// `spec.defaultBackend`.
    Default,
    /// A path, by the numbers of its rule and of itself.
    Path(usize, usize),
}

/// Where a host of `spec.tls` stands, by the numbers of its entry and of itself.
#[derive(Debug, Clone, Copy)]
pub struct TlsPlace {
    entry: usize,
    host: usize,
}

/// A backend that is a Service.
#[derive(Debug, Clone, Copy)]
pub struct Backend<'a> {
    /// Where it stands.
    pub place: Place,
    /// The host of the rule; empty: every host.
    pub host: &'a str,
    /// The path; none for the default backend.
    pub path: Option<&'a HTTPIngressPath>,
    /// The Service and its port.
    pub service: &'a IngressServiceBackend,
}

impl<'a> Backend<'a> {
    /// The path as it is written; `/` where none is.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path.and_then(|path| path.path.as_deref()).filter(|path| !path.is_empty()).unwrap_or("/")
    }

    /// The port as it is written, as a number or a name.
    #[must_use]
    pub fn port(&self) -> Option<String> {
        let port = self.service.port.as_ref()?;
        port.number.filter(|number| *number != 0).map(|number| number.to_string()).or_else(|| port.name.clone())
    }

    /// The name of the upstream that the controller makes of it, in an Ingress of a namespace.
    #[must_use]
    pub fn upstream(&self, namespace: &str) -> Option<String> {
        Some(format!("{namespace}-{}-{}", self.service.name, self.port()?))
    }
}

impl Object<Ingress> {
    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &[IngressRule] {
        self.value.spec.as_ref().and_then(|spec| spec.rules.as_deref()).unwrap_or_default()
    }

    /// The entries of `spec.tls`.
    #[must_use]
    pub fn tls(&self) -> &[IngressTLS] {
        self.value.spec.as_ref().and_then(|spec| spec.tls.as_deref()).unwrap_or_default()
    }

    /// The hosts of these entries, with their places.
    pub fn tls_hosts(&self) -> impl Iterator<Item = (&str, TlsPlace)> {
        self.tls().iter().enumerate().flat_map(|(at, entry)| {
            let hosts = entry.hosts.iter().flatten().enumerate();
            hosts.map(move |(under, host)| (host.as_str(), TlsPlace { entry: at, host: under }))
        })
    }

    /// Where a host of an entry stands.
    #[must_use]
    pub fn tls_span(&self, place: TlsPlace) -> Span {
        self.span(&["spec", "tls", &place.entry.to_string(), "hosts", &place.host.to_string()])
    }

    /// Every backend that is a Service, the default backend first.
    pub fn backends(&self) -> impl Iterator<Item = Backend<'_>> {
        let spec = self.value.spec.as_ref();
        let default = spec.and_then(|spec| service(spec.default_backend.as_ref()?)).map(|service| Backend {
            place: Place::Default,
            host: "",
            path: None,
            service,
        });
        let rules = self.rules().iter().enumerate();
        let paths = rules.flat_map(|(at, rule)| {
            let paths = rule.http.iter().flat_map(|http| &http.paths).enumerate();
            paths.filter_map(move |(under, path)| {
                let service = service(&path.backend)?;
                Some(Backend { place: Place::Path(at, under), host: rule.host.as_deref().unwrap_or_default(), path: Some(path), service })
            })
        });
        default.into_iter().chain(paths)
    }

    /// Where the Service of a backend is named.
    #[must_use]
    pub fn service_span(&self, place: Place) -> Span {
        self.backend_span(place, &["backend", "service", "name"])
    }

    /// Where something of a backend stands: `["path"]`, `["backend", "service", "name"]`.
    #[must_use]
    pub fn backend_span(&self, place: Place, steps: &[&str]) -> Span {
        match place {
            Place::Default => {
                let steps = steps.strip_prefix(&["backend"]).unwrap_or(steps);
                self.span(&[&["spec", "defaultBackend"], steps].concat())
            }
            Place::Path(at, under) => {
                let (at, under) = (at.to_string(), under.to_string());
                self.span(&[&["spec", "rules", &at, "http", "paths", &under], steps].concat())
            }
        }
    }
}

fn service(backend: &IngressBackend) -> Option<&IngressServiceBackend> {
    backend.service.as_ref()
}
