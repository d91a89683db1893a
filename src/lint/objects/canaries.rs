//! Which canary takes requests of which upstream.

use hashbrown::HashMap;

use super::look::Look;
use crate::catalog::key::Key;
use crate::diagnostic::Diagnostic;
use crate::ir::Upstream;
use crate::lint::rule::Rule;
use crate::manifest::{Backend, Object};
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;

/// An upstream, and a canary that takes a share of its requests.
pub(super) struct Split<'a> {
    pub(super) own: &'a Upstream,
    pub(super) canary: &'a Upstream,
    /// Which of the canaries of the upstream it is: only the first one gets requests.
    pub(super) number: usize,
    pub(super) ingress: &'a Object<Ingress>,
    pub(super) backend: Backend<'a>,
    /// Where its path stands.
    pub(super) place: Span,
}

/// All of them, in the order of the upstreams.
pub(super) fn splits<'a>(look: &Look<'a>) -> Vec<Split<'a>> {
    let mut asked: HashMap<Span, (&Object<Ingress>, Backend)> = HashMap::new();
    for ingress in look.canaries() {
        for backend in ingress.backends() {
            asked.insert(ingress.backend_span(backend.place, &["path"]), (ingress, backend));
        }
    }
    if asked.is_empty() {
        return Vec::new();
    }
    let mut splits = Vec::new();
    for own in &look.proxy.upstreams {
        for (number, name) in own.alternatives.iter().enumerate() {
            let Some(canary) = look.proxy.upstream(name) else { continue };
            let Some(place) = canary.origin.span() else { continue };
            if let Some((ingress, backend)) = asked.get(&place).copied() {
                splits.push(Split { own, canary, number, ingress, backend, place });
            }
        }
    }
    splits
}

impl<'a> Split<'a> {
    /// A finding at an annotation of the canary, or at its path where it has none of these.
    pub(super) fn finding<T>(&self, look: &Look<'a>, rule: &'static Rule, message: String, keys: &[&'static Key<T>]) -> Diagnostic {
        let written =
            keys.iter().find_map(|key| look.annotations(self.ingress).find(|(spec, ..)| std::ptr::eq(*spec, &raw const key.spec)));
        let place = written.map_or(self.place, |(_, name, _)| self.ingress.span(&["metadata", "annotations", name]));
        let subject = written.map_or(self.backend.path(), |(_, name, _)| name);
        rule.finding(message).at(place).subject(subject).object(self.ingress.reference.clone())
    }
}
