//! Headers of responses. The controller's directive replaces a header; nginx itself can only add, and hide that of the backend.

use super::forwarding::Family;
use super::lines::{Lines, Word, put};
use super::names;
use super::shared::Shared;
use crate::ir::Features;

/// Headers of the responses of one route.
#[derive(Debug, Clone, Default)]
pub(super) struct ResponseHeaders {
    replaced: Vec<(String, String)>,
    added: Vec<(String, String, bool)>,
}

impl ResponseHeaders {
    /// The headers that every route sets.
    pub(super) fn usual(shared: &Shared) -> Self {
        let mut headers = Self::default();
        for (name, value) in &shared.proxy.response_headers {
            headers.replace(name, value);
        }
        if shared.proxy.settings.tls.hsts {
            headers.replace("Strict-Transport-Security", "$hsts");
        }
        headers
    }

    /// The headers that a route asks for.
    pub(super) fn of_route(&mut self, features: &Features) {
        for (name, value) in &features.response_headers {
            self.replace(name, &names::literal(value));
        }
    }

    /// Sets a header in place of the one of the backend.
    pub(super) fn replace(&mut self, name: &str, value: &str) {
        self.replaced.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.replaced.push((name.to_owned(), value.to_owned()));
    }

    /// Adds a header to those of the backend; `always`: to errors as well.
    pub(super) fn add(&mut self, name: &str, value: &str, always: bool) {
        self.added.push((name.to_owned(), value.to_owned(), always));
    }

    /// Writes what hides the headers of the backend that others take the place of. What is hidden at one level takes the place of
    /// what is hidden further out, so that all are named again where there is one more.
    pub(super) fn hide(&self, shared: &Shared, protocol: Family, lines: &mut Lines) {
        let usual = Self::usual(shared);
        let is_usual = |name: &str| usual.replaced.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        if self.replaced.iter().any(|(name, _)| !is_usual(name)) {
            self.hide_all(shared, protocol, lines);
        }
    }

    /// The same without regard to what is hidden further out.
    pub(super) fn hide_all(&self, shared: &Shared, protocol: Family, lines: &mut Lines) {
        let hidden = shared.proxy.settings.headers.hide.iter();
        for name in hidden.chain(self.replaced.iter().map(|(name, _)| name)) {
            lines.directive(protocol.hides(), vec![Word::from(name)]);
        }
    }

    /// Whether no header is set or added.
    pub(super) fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.added.is_empty()
    }

    /// Writes the headers that are set or added.
    pub(super) fn write(&self, lines: &mut Lines) {
        for (name, value) in &self.replaced {
            put!(lines, "add_header", name, value, "always");
        }
        for (name, value, always) in &self.added {
            let mut words = vec![Word::from(name), Word::from(value)];
            words.extend(always.then(|| Word::from("always")));
            lines.directive("add_header", words);
        }
    }
}
