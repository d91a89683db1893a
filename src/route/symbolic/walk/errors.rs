//! Pages in place of errors, and the addresses of redirects.

use super::{Start, Stop, Walk};
use crate::route::model::MOST_CHANGES;
use crate::route::symbolic::term::Term;
use crate::route::symbolic::test::Test;
use crate::route::target::Target;

impl Walk<'_, '_, '_, '_> {
    pub(super) fn page_for(&mut self, stop: &Stop) -> Option<Start> {
        let status = match stop {
            Stop::Status(status) | Stop::Redirect(status, _) => *status,
            Stop::Inner(to) => return self.inner(to),
            Stop::Answer(..) | Stop::Done(_) => return None,
        };
        if self.is_error_page || self.level.error_pages.is_empty() || status == 444 {
            return None;
        }
        self.is_error_page = true;
        let page = self.level.error_pages.iter().find(|page| page.status == status).cloned()?;
        self.error_status = match page.response {
            None => Some(if matches!(status, 494..=497) { 400 } else { status }),
            Some(given) => given,
        };
        let to = self.term(&page.to);
        let literal = to.literal_text();
        if let Some(to) = literal.filter(|to| to.starts_with(['/', '@'])) {
            if to.starts_with('/') {
                let method = self.method.clone();
                if !self.assumed.ask(&method, &Test::Is(b"HEAD".to_vec())) {
                    self.method = Term::of("GET");
                }
            }
            return self.inner(&to);
        }
        self.error_status = None;
        let code = page.response.flatten().filter(|code| matches!(code, 301 | 302 | 303 | 307 | 308)).unwrap_or(302);
        self.redirect_to = Some((code, to));
        None
    }

    fn inner(&mut self, to: &str) -> Option<Start> {
        self.changes += 1;
        if self.changes > MOST_CHANGES {
            self.error_status = Some(500);
            return None;
        }
        self.is_internal = true;
        self.is_unchanged = false;
        if to.starts_with('@') {
            let config = self.side.config;
            let Some(location) = config.inside(self.arrival.server).locations.named(to) else {
                self.error_status = Some(500);
                return None;
            };
            self.enter(Some(location));
            return Some(Start::Named);
        }
        let target = Target::parse(to.as_bytes(), false);
        let (path, args) = target.map_or((to.as_bytes().to_vec(), Vec::new()), |target| (target.path, target.args));
        (self.path, self.args) = (Term::of(path), Term::of(args));
        Some(Start::Server)
    }

    /// The address of a redirect as clients get it.
    pub(super) fn absolute(&mut self, to: Term) -> Term {
        if self.level.absolute_redirects == Some(false) || !self.assumed.ask(&to, &Test::Begins(b"/".to_vec())) {
            return to;
        }
        let scheme = if self.arrival.is_tls { "https" } else { "http" };
        let name = Term::of(&self.side.config.servers[self.arrival.server].name);
        let host = if self.level.server_name_in_redirect == Some(true) { name } else { self.arrival.host.clone() };
        let usual = if self.arrival.is_tls { 443 } else { 80 };
        let has_port = self.level.port_in_redirect != Some(false) && self.arrival.port != usual;
        let port = if has_port { format!(":{}", self.arrival.port) } else { String::new() };
        Term::join([Term::of(format!("{scheme}://")), host, Term::of(port), to])
    }
}
