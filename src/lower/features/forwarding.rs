//! How a request is passed to the backend.

use super::reader::{Reader, Stop};
use crate::catalog::features::forwarding as keys;

/// How a request is passed to the backend; the fields are those of [`crate::ir::Features`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::lower) struct Forwarding {
    /// Protocol of the backend, as it was written.
    pub(in crate::lower) backend_protocol: String,
    /// Buffer for the body of the request; empty: that of the proxy.
    pub(in crate::lower) body_buffer: String,
    /// Value of the `Connection` header.
    pub(in crate::lower) connection_header: Option<String>,
    /// Value of the `Host` header; empty: that of the request.
    pub(in crate::lower) host_header: String,
    /// Value of `X-Forwarded-Prefix`; empty: none.
    pub(in crate::lower) forwarded_prefix: String,
    /// Push what `Link` headers of the backend name.
    pub(in crate::lower) push_preload: bool,
}

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Forwarding, Stop> {
    Ok(Forwarding {
        backend_protocol: reader.or(&keys::PROTOCOL, String::from("HTTP"))?,
        body_buffer: reader.get(&keys::BODY_BUFFER)?.unwrap_or_default(),
        connection_header: reader.get(&keys::CONNECTION)?,
        host_header: reader.get(&keys::HOST)?.unwrap_or_default(),
        forwarded_prefix: reader.get(&keys::PREFIX)?.unwrap_or_default(),
        push_preload: reader.or(&keys::PUSH_PRELOAD, false)?,
    })
}
