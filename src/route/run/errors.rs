//! Pages in place of errors, and the addresses of redirects.
//!
//! Sources: `ngx_http_special_response.c`, `ngx_http_header_filter_module.c`.

use super::{Run, Start, Stop};
use crate::route::model::MOST_CHANGES;
use crate::route::target::Target;
use crate::route::text::Value;

impl<'c> Run<'c, '_> {
    /// The page that a status has in the place where it arose: where the request goes on.
    pub(super) fn page_for(&mut self, stop: &Stop<'c>) -> Option<Start> {
        let status = match stop {
            Stop::Status(status, _) | Stop::Redirect(status, ..) => *status,
            Stop::Inner(to) => return self.inner(to.as_bytes()),
            Stop::Answer(..) | Stop::Close | Stop::Done => return None,
        };
        if self.is_error_page || self.level.error_pages.is_empty() || status == 444 {
            return None;
        }
        self.is_error_page = true;
        let page = self.level.error_pages.iter().find(|page| page.status == status)?;
        self.error_status = match page.response {
            None => Some(if matches!(status, 494..=497) { 400 } else { status }),
            Some(given) => given,
        };
        let Value::Known(to) = self.text(&page.to) else {
            self.not_known("where the page for an error is");
            return None;
        };
        let shown = String::from_utf8_lossy(&to).into_owned();
        self.step(|| format!("{status} has a page of its own: `{shown}`"), Some(page.at));
        if shown.starts_with(['/', '@']) {
            if self.method != b"HEAD".as_slice() && shown.starts_with('/') {
                self.method = b"GET";
            }
            return self.inner(&to);
        }
        self.error_status = None;
        let code = page.response.flatten().filter(|code| matches!(code, 301 | 302 | 303 | 307 | 308)).unwrap_or(302);
        self.redirect_to = Some((code, to.into_owned(), page.at));
        None
    }

    /// Goes on at another path of the proxy, or at a named location.
    fn inner(&mut self, to: &[u8]) -> Option<Start> {
        self.changes += 1;
        if self.changes > MOST_CHANGES {
            self.error_status = Some(500);
            return None;
        }
        self.is_internal = true;
        self.is_unchanged = false;
        if to.first() == Some(&b'@') {
            let config = self.config;
            let location = config.inside(self.server).locations.named(&String::from_utf8_lossy(to));
            let Some(location) = location else {
                self.error_status = Some(500);
                return None;
            };
            self.enter(Some(location));
            return Some(Start::Named);
        }
        let target = Target::parse(to, false);
        (self.path, self.args) = target.map_or((to.to_vec(), Vec::new()), |target| (target.path, target.args));
        Some(Start::Server)
    }

    /// The address of a redirect as clients get it.
    pub(super) fn absolute(&mut self, to: Value<'c>) -> Value<'c> {
        let Value::Known(path) = &to else { return to };
        if path.first() != Some(&b'/') || self.level.absolute_redirects == Some(false) {
            return to;
        }
        let scheme = if self.request.is_tls { "https" } else { "http" };
        let name = &self.config.servers[self.server].name;
        let host = if self.level.server_name_in_redirect == Some(true) || self.host.is_empty() { name } else { &*self.host };
        let usual = if self.request.is_tls { 443 } else { 80 };
        let port = if self.level.port_in_redirect != Some(false) && self.port != usual { format!(":{}", self.port) } else { String::new() };
        Value::made([format!("{scheme}://{host}{port}").as_bytes(), path].concat())
    }
}
