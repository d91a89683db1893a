//! Room for the request line and the headers.
//!
//! Source: `ngx_http_alloc_large_header_buffer`.

use super::{Run, Stop};
use crate::route::request::Http;

/// A line ends with these.
const END: usize = 2;

impl<'c> Run<'c, '_> {
    /// Whether the request line and all headers fit into the buffers for them: no line is cut in two.
    pub(super) fn check_room(&mut self) -> Result<(), Stop<'c>> {
        let request = self.request;
        if request.http == Http::V2 {
            return Ok(());
        }
        let (first, count, size) = self.config.buffers;
        let line = request.method.len() + request.target.len() + " ".len() + " HTTP/1.1".len() + END;
        let host = request.host.iter().map(|host| "Host: ".len() + host.len() + END);
        let headers = request.headers.iter().map(|(name, value)| name.len() + ": ".len() + value.len() + END);
        let (mut left, mut used) = (first, 0);
        for (at, length) in std::iter::once(line).chain(host).chain(headers).enumerate() {
            if length > left {
                used += 1;
                left = size;
            }
            if length > left || used > count {
                let (status, what) = if at == 0 { (414, "the request line") } else { (494, "the headers") };
                self.step(|| format!("{what} are longer than the buffers for them: {count} of {size} bytes"), None);
                return Err(Stop::Status(status, None));
            }
            left -= length;
        }
        Ok(())
    }
}
