//! How backends are spoken to.

use std::collections::HashSet;

use crate::ir::{DEFAULT_UPSTREAM, Route};

/// The protocol that a backend speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Https,
    Grpc,
    Grpcs,
    FastCgi,
}

impl Protocol {
    /// Whether the backend is reached with TLS.
    pub(super) fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Grpcs)
    }

    /// The protocol of the backend of a route; none where it is that of the client.
    pub(super) fn of(route: &Route, passthrough: &HashSet<&str>) -> Option<Self> {
        if route.upstream == DEFAULT_UPSTREAM {
            return Some(Self::Http);
        }
        match route.features.backend_protocol.to_uppercase().as_str() {
            "GRPCS" => Some(Self::Grpcs),
            "GRPC" => Some(Self::Grpc),
            "FCGI" => Some(Self::FastCgi),
            "HTTPS" => Some(Self::Https),
            _ if passthrough.contains(route.upstream.as_str()) => Some(Self::Https),
            "AUTO_HTTP" => None,
            _ => Some(Self::Http),
        }
    }
}
