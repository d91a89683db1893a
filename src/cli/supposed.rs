//! Ingresses of classes of which nobody knows whose they are: they are checked as if the controller served them.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::lower::Classes;
use crate::manifest::Cluster;
use crate::source::Span;

/// Most classes that are looked at: each costs a run of its own, because Ingresses of two classes do not meet.
const MOST: usize = 16;

/// Adds what is found about Ingresses of such classes, each class as if it was the only one that is served.
pub(super) fn add<'a>(
    found: &mut Vec<Diagnostic>,
    cluster: &'a Cluster,
    classes: &Classes<'a>,
    mut compile: impl FnMut(Classes<'a>) -> Vec<Diagnostic>,
) {
    for (at, class) in classes.supposable(&cluster.ingresses).into_iter().enumerate() {
        let own: HashSet<&ObjectRef> = cluster
            .ingresses
            .iter()
            .filter(|object| Classes::named(object).unwrap_or_default() == class && !classes.serve(object))
            .map(|object| &object.reference)
            .collect();
        if at >= MOST {
            let is_it = |finding: &&mut Diagnostic| {
                finding.rule == "unknown-class" && finding.object.as_ref().is_some_and(|object| own.contains(object))
            };
            found.iter_mut().filter(is_it).for_each(|finding| {
                finding
                    .notes
                    .push(format!("its paths and values are not checked: {MOST} other classes of which nobody knows whose they are were"));
            });
            continue;
        }
        let told: HashSet<(&str, Option<Span>, &str)> = found.iter().map(key).collect();
        let is_new =
            |finding: &Diagnostic| finding.object.as_ref().is_some_and(|object| own.contains(object)) && !told.contains(&key(finding));
        let more: Vec<Diagnostic> = compile(classes.clone().supposing(class)).into_iter().filter(is_new).collect();
        drop(told);
        found.extend(more.into_iter().map(|finding| {
            finding.note(match class {
                "" => String::from("this holds once the Ingress has a class that the controller serves"),
                _ => format!("this holds where the controller serves the class `{class}`"),
            })
        }));
    }
}

fn key(finding: &Diagnostic) -> (&'static str, Option<Span>, &str) {
    (finding.rule, finding.span, &finding.message)
}
