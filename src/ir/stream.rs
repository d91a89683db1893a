//! TCP and UDP services.

use std::sync::Arc;

use super::{Endpoint, Origin, Port};

/// The transport of a [`Stream`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// A port that is passed to a service without looking inside.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// TCP or UDP.
    pub transport: Transport,
    /// Port to listen on.
    pub listen: i64,
    /// Namespace of the service.
    pub namespace: String,
    /// Name of the service.
    pub service_name: String,
    /// Port of the service as it was asked for.
    pub port: Port,
    /// Clients speak the PROXY protocol.
    pub accept_proxy_protocol: bool,
    /// The backend gets the PROXY protocol.
    pub send_proxy_protocol: bool,
    /// Where connections go.
    pub endpoints: Vec<Endpoint>,
    /// What the service registry says of the service, in JSON.
    pub service: Option<Arc<str>>,
    /// The line that asked for it.
    pub origin: Origin,
}
