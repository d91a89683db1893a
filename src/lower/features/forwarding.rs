//! How a request is passed to the backend.

use super::reader::{Reader, Stop};
use crate::catalog::features::forwarding as keys;

/// How a request is passed to the backend; the fields are those of [`crate::ir::Features`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Forwarding {
    /// Protocol of the backend, as it was written.
    pub(super) backend_protocol: String,
    /// Buffer for the body of the request; empty: that of the proxy.
    pub(super) body_buffer: String,
    /// Value of the `Connection` header.
    pub(super) connection_header: Option<String>,
    /// Value of the `Host` header; empty: that of the request.
    pub(super) host_header: String,
    /// Value of `X-Forwarded-Prefix`; empty: none.
    pub(super) forwarded_prefix: String,
    /// Push what `Link` headers of the backend name.
    pub(super) push_preload: bool,
}

pub(super) fn read(reader: &mut Reader) -> Result<Forwarding, Stop> {
    Ok(Forwarding {
        backend_protocol: reader.or(&keys::PROTOCOL, String::from("HTTP"))?,
        body_buffer: reader.get(&keys::BODY_BUFFER)?.unwrap_or_default(),
        connection_header: reader.get(&keys::CONNECTION)?,
        host_header: reader.get(&keys::HOST)?.unwrap_or_default(),
        forwarded_prefix: reader.get(&keys::PREFIX)?.unwrap_or_default(),
        push_preload: reader.or(&keys::PUSH_PRELOAD, false)?,
    })
}
