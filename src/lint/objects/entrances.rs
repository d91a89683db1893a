//! Services that are reached from outside, and those of them that lead to the controller.

use super::look::Look;
use crate::manifest::{Object, Workload, selects};
use crate::source::Span;
use k8s_openapi::api::core::v1::{Service, ServiceSpec};

/// How a Service is reached from outside of the cluster.
#[derive(Clone, Copy)]
pub(super) enum Door {
    /// At a port of every node.
    Node,
    /// At a load balancer of its own.
    Balancer,
    /// At addresses that nodes take for it.
    Addresses,
}

impl Door {
    /// That of a Service, if it has one.
    pub(super) fn of(service: &Object<Service>) -> Option<Self> {
        let spec = service.value.spec.as_ref()?;
        match spec.type_.as_deref() {
            Some("NodePort") => Some(Self::Node),
            Some("LoadBalancer") => Some(Self::Balancer),
            Some("ExternalName") => None,
            _ => spec.external_ips.as_ref().filter(|addresses| !addresses.is_empty()).map(|_| Self::Addresses),
        }
    }

    /// What of the Service opens it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Node => "type `NodePort`",
            Self::Balancer => "type `LoadBalancer`",
            Self::Addresses => "`externalIPs`",
        }
    }

    /// Where it is reached.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Node => "at a port of every node",
            Self::Balancer => "at a load balancer of its own, which is paid for each month",
            Self::Addresses => "at its `externalIPs`",
        }
    }

    /// What shuts it.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Node | Self::Balancer => "make it a `ClusterIP`",
            Self::Addresses => "remove `externalIPs`",
        }
    }

    /// Where it stands in the Service.
    pub(super) fn span(self, service: &Object<Service>) -> Span {
        let step = match self {
            Self::Node | Self::Balancer => "type",
            Self::Addresses => "externalIPs",
        };
        service.span(&["spec", step])
    }
}

/// Whether a Service selects the pods of a workload.
pub(super) fn leads(service: &Object<Service>, workload: &Object<Workload>) -> bool {
    let selector = service.value.spec.as_ref().and_then(|spec| spec.selector.as_ref()).filter(|selector| !selector.is_empty());
    service.reference.namespace == workload.reference.namespace
        && selector.is_some_and(|selector| selects(selector, &workload.value.labels))
}

/// The Services of type LoadBalancer or NodePort that select the pods of a controller in the input, or say that they are its own.
pub(super) fn entrances<'a>(look: &Look<'a>) -> impl Iterator<Item = (&'a Object<Service>, &'a ServiceSpec)> {
    let controllers: Vec<_> = look.controllers().collect();
    let open = look.cluster.services.iter().filter_map(|service| Some((service, service.value.spec.as_ref()?)));
    let open = open.filter(|(_, spec)| matches!(spec.type_.as_deref(), Some("LoadBalancer" | "NodePort")));
    open.filter(move |(service, _)| {
        let says = service.value.metadata.labels.as_ref().and_then(|labels| labels.get("app.kubernetes.io/name"));
        controllers.iter().any(|workload| leads(service, workload)) || says.is_some_and(|name| name == "ingress-nginx")
    })
}

/// What a load balancer does with requests before the controller gets them, as far as the annotations of its Service say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Balancing {
    /// It speaks HTTP itself: it connects under its own address, and names the client and its scheme in headers.
    Http,
    /// It ends TLS and passes bytes on: no header is added.
    Bytes,
    /// Nothing is said.
    Unknown,
}

/// Annotations of Services that say what a load balancer speaks. With HTTP it adds `X-Forwarded-For` and `X-Forwarded-Proto`.
const SPEAKING: [&str; 4] = [
    "load-balancer.hetzner.cloud/protocol",
    "service.beta.kubernetes.io/do-loadbalancer-protocol",
    "service.beta.kubernetes.io/linode-loadbalancer-default-protocol",
    "service.beta.kubernetes.io/oci-load-balancer-backend-protocol",
];

const AWS: &str = "service.beta.kubernetes.io/aws-load-balancer-";

impl Balancing {
    /// That in front of a Service.
    pub(super) fn of(service: &Service) -> Self {
        let annotations = service.metadata.annotations.as_ref();
        let value = |name: &str| annotations.and_then(|annotations| annotations.get(name)).map(|value| value.trim().to_ascii_lowercase());
        let is_http = |value: &Option<String>| value.as_deref().is_some_and(|value| matches!(value, "http" | "https" | "http2"));
        let spec = service.spec.as_ref();
        if SPEAKING.iter().any(|name| is_http(&value(name))) {
            return Self::Http;
        }
        let aws = |name: &str| value(&format!("{AWS}{name}"));
        // Load balancers for networks know nothing of HTTP.
        let is_for_networks = aws("type").is_some_and(|kind| matches!(kind.as_str(), "nlb" | "nlb-ip" | "external"))
            || spec.is_some_and(|spec| spec.load_balancer_class.is_some());
        if !is_for_networks && is_http(&aws("backend-protocol")) {
            return Self::Http;
        }
        let ports = aws("ssl-ports").filter(|ports| ports != "*");
        let is_of_tls = |port: &str| matches!(port.trim(), "443" | "https");
        let ends_tls = aws("ssl-cert").is_some() && ports.is_none_or(|ports| ports.split(',').any(is_of_tls));
        // What a classic one does where nothing is said of it, depends on who makes it.
        let passes_bytes = is_for_networks || aws("backend-protocol").is_some();
        if ends_tls && passes_bytes { Self::Bytes } else { Self::Unknown }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

    use super::*;

    #[test]
    fn annotations_say_what_a_load_balancer_does() {
        let certificate = ("service.beta.kubernetes.io/aws-load-balancer-ssl-cert", "arn:aws:acm:eu-west-1:1:certificate/x");
        let kind = |kind: &'static str| ("service.beta.kubernetes.io/aws-load-balancer-type", kind);
        let speaks = |word: &'static str| ("service.beta.kubernetes.io/aws-load-balancer-backend-protocol", word);
        for (annotations, expected) in [
            (vec![], Balancing::Unknown),
            (vec![certificate], Balancing::Unknown),
            (vec![certificate, speaks("tcp")], Balancing::Bytes),
            (vec![certificate, speaks("http")], Balancing::Http),
            (vec![certificate, speaks("HTTP"), kind("nlb")], Balancing::Bytes),
            (vec![certificate, kind("external"), ("service.beta.kubernetes.io/aws-load-balancer-ssl-ports", "8443")], Balancing::Unknown),
            (vec![("service.beta.kubernetes.io/do-loadbalancer-protocol", "https")], Balancing::Http),
            (vec![("load-balancer.hetzner.cloud/protocol", "tcp")], Balancing::Unknown),
        ] {
            let annotations = Some(annotations.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
            let service = Service { metadata: ObjectMeta { annotations, ..ObjectMeta::default() }, ..Service::default() };
            assert_eq!(Balancing::of(&service), expected);
        }
    }
}
