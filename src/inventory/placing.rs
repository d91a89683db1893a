//! Which Ingress something belongs to: by its name, or by the place that it stands at.

use hashbrown::HashMap;

use crate::diagnostic::Diagnostic;
use crate::manifest::Cluster;
use crate::source::{SourceMap, Span};

/// The Ingresses of a cluster, found by name and by place, each by its number.
pub(super) struct Placing {
    by_name: HashMap<(String, String), usize>,
    /// File, start, end and number, sorted.
    extents: Vec<(u32, u32, u32, usize)>,
}

impl Placing {
    pub(super) fn of(cluster: &Cluster) -> Self {
        let ingresses = cluster.ingresses.iter().enumerate();
        let mut extents: Vec<_> = ingresses
            .clone()
            .map(|(at, object)| (object.span(&[]), at))
            .filter(|(span, _)| !span.is_nowhere())
            .map(|(span, at)| (span.file.0, span.start, span.end, at))
            .collect();
        extents.sort_unstable();
        let by_name = ingresses.map(|(at, object)| ((object.reference.namespace.clone(), object.reference.name.clone()), at)).collect();
        Self { by_name, extents }
    }

    /// The Ingress of a name.
    pub(super) fn named(&self, namespace: &str, name: &str) -> Option<usize> {
        self.by_name.get(&(namespace.to_owned(), name.to_owned())).copied()
    }

    /// The Ingress that a finding is about; none where it is about something else.
    pub(super) fn of_finding(&self, finding: &Diagnostic) -> Option<usize> {
        match &finding.object {
            Some(object) if object.kind == "Ingress" => self.named(&object.namespace, &object.name),
            Some(_) => None,
            None => self.at(finding.span?),
        }
    }

    fn at(&self, span: Span) -> Option<usize> {
        let before = self.extents.partition_point(|(file, start, ..)| (*file, *start) <= (span.file.0, span.start));
        let (file, _, end, at) = *self.extents.get(before.checked_sub(1)?)?;
        (file == span.file.0 && span.start < end).then_some(at)
    }
}

/// A place as people write it: `file:line`; empty for what nobody wrote.
pub(super) fn place(sources: &SourceMap, span: Span) -> String {
    sources.spot(span).map(|spot| format!("{}:{}", spot.file, spot.position.line)).unwrap_or_default()
}
