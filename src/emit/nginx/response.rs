//! Headers of responses. The controller's directive replaces a header; nginx itself can only add, and hide that of the backend.

use std::collections::{BTreeMap, HashMap};

use super::forwarding::Family;
use super::lines::{Lines, Word, put};
use super::names;
use super::shared::Shared;
use crate::ir::Features;

/// Headers of the responses of one route.
#[derive(Debug, Clone, Default)]
pub(super) struct ResponseHeaders {
    /// In the order in which they were set.
    replaced: BTreeMap<usize, (String, String)>,
    /// Where each is, by its name in small letters.
    places: HashMap<String, usize>,
    /// The place of the next one.
    next: usize,
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
        if let Some(old) = self.places.insert(name.to_ascii_lowercase(), self.next) {
            self.replaced.remove(&old);
        }
        self.replaced.insert(self.next, (name.to_owned(), value.to_owned()));
        self.next += 1;
    }

    /// Adds a header to those of the backend; `always`: to errors as well.
    pub(super) fn add(&mut self, name: &str, value: &str, always: bool) {
        self.added.push((name.to_owned(), value.to_owned(), always));
    }

    /// Writes what hides the headers of the backend that others take the place of. What is hidden at one level takes the place of
    /// what is hidden further out, so that all are named again where there is one more.
    pub(super) fn hide(&self, shared: &Shared, protocol: Family, lines: &mut Lines) {
        let usual = Self::usual(shared);
        if self.places.keys().any(|name| !usual.places.contains_key(name)) {
            self.hide_all(shared, protocol, lines);
        }
    }

    /// The same without regard to what is hidden further out.
    pub(super) fn hide_all(&self, shared: &Shared, protocol: Family, lines: &mut Lines) {
        let hidden = shared.proxy.settings.headers.hide.iter();
        for name in hidden.chain(self.replaced.values().map(|(name, _)| name)) {
            lines.directive(protocol.hides(), vec![Word::from(name)]);
        }
    }

    /// Whether no header is set or added.
    pub(super) fn is_empty(&self) -> bool {
        self.replaced.is_empty() && self.added.is_empty()
    }

    /// Writes the headers that are set or added.
    pub(super) fn write(&self, lines: &mut Lines) {
        for (name, value) in self.replaced.values() {
            put!(lines, "add_header", name, value, "always");
        }
        for (name, value, always) in &self.added {
            let mut words = vec![Word::from(name), Word::from(value)];
            words.extend(always.then(|| Word::from("always")));
            lines.directive("add_header", words);
        }
    }
}
