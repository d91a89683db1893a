//! Why nobody answers for an upstream: what the rules about Services say of the backend that it is made of.

use hashbrown::HashMap;

use super::look::{Asked, Look};
use super::{missing_service, missing_service_port, service_without_endpoints};
use crate::diagnostic::Diagnostic;
use crate::ir::Proxy;
use crate::lower::Controller;
use crate::manifest::Cluster;

/// An upstream without endpoints, and the path that leads there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idle<'i> {
    /// The upstream.
    pub upstream: &'i str,
    /// Namespace and name of the Ingress, where it is known.
    pub ingress: Option<(&'i str, &'i str)>,
    /// The path as the Ingress has it.
    pub path: Option<&'i str>,
}

/// Why each of some upstreams has no endpoint; nothing where that is not known.
#[must_use]
pub fn unanswered(cluster: &Cluster, controller: &Controller, proxy: &Proxy, idle: &[Idle]) -> Vec<Option<Diagnostic>> {
    if idle.is_empty() {
        return Vec::new();
    }
    let look = Look::of(cluster, controller, proxy, None);
    let mut asked: HashMap<&str, Vec<Asked>> = idle.iter().map(|idle| (idle.upstream, Vec::new())).collect();
    for backend in look.backends() {
        if let Some(known) = backend.upstream().and_then(|name| asked.get_mut(name.as_str())) {
            known.push(backend);
        }
    }
    let nearest = |idle: &Idle| {
        let is_own = |backend: &&Asked| {
            let reference = &backend.ingress.reference;
            let is_of_ingress = idle.ingress == Some((&reference.namespace, &reference.name));
            (is_of_ingress && idle.path == Some(backend.backend.path()), is_of_ingress)
        };
        asked.get(idle.upstream)?.iter().rev().max_by_key(is_own)
    };
    idle.iter().map(|idle| of(&look, nearest(idle)?)).collect()
}

fn of<'a>(look: &Look<'a>, asked: &Asked<'a>) -> Option<Diagnostic> {
    missing_service::of(look, asked)
        .or_else(|| missing_service_port::of(look, asked))
        .or_else(|| service_without_endpoints::of(look, asked))
        .or_else(|| service_without_endpoints::without_slices(look, asked))
}
