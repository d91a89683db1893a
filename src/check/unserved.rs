//! Ingresses of classes of which nobody knows whose they are: they are checked as if the controller served them.

use hashbrown::{HashMap, HashSet};

use super::presumed;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::lower::Classes;
use crate::manifest::Cluster;
use crate::source::Span;

/// Most classes that are looked at: each costs a run of its own, because Ingresses of two classes do not meet.
const MOST: usize = 16;

/// Classes of which nobody knows whose they are: those whose Ingresses are looked at, and those that are too many for that.
#[must_use]
pub fn supposable<'a>(cluster: &'a Cluster, classes: &Classes<'a>) -> (Vec<&'a str>, Vec<&'a str>) {
    let mut looked_at = classes.supposable(&cluster.ingresses);
    let left_out = looked_at.split_off(looked_at.len().min(MOST));
    (looked_at, left_out)
}

/// Adds what is found about Ingresses of such classes, each class as if it was the only one that is served: of several, each with a part of
/// the input that has no other Ingresses, as these have nothing to do with it.
pub(super) fn add(
    found: &mut Vec<Diagnostic>,
    cluster: &Cluster,
    classes: &Classes,
    mut compile: impl FnMut(&str, Option<&Cluster>) -> Vec<Diagnostic>,
) {
    let mut by_class: HashMap<&str, HashSet<&ObjectRef>> = HashMap::new();
    for object in cluster.ingresses.iter().filter(|object| !classes.serve(object)) {
        by_class.entry(Classes::named(object).unwrap_or_default()).or_default().insert(&object.reference);
    }
    let (looked_at, left_out) = supposable(cluster, classes);
    // Of a larger input nothing is there twice.
    let is_worth = looked_at.len() > 1 && cluster.ingresses.len() <= presumed::MOST;
    let mut part = is_worth.then(|| Cluster { ingresses: Vec::new(), ..cluster.clone() });
    for class in looked_at {
        let Some(own) = by_class.remove(class) else { continue };
        let told: HashSet<(&str, Option<Span>, &str)> = found.iter().map(key).collect();
        let is_new =
            |finding: &Diagnostic| finding.object.as_ref().is_some_and(|object| own.contains(object)) && !told.contains(&key(finding));
        if let Some(part) = &mut part {
            part.ingresses = cluster.ingresses.iter().filter(|object| own.contains(&object.reference)).cloned().collect();
        }
        let more: Vec<Diagnostic> = compile(class, part.as_ref()).into_iter().filter(is_new).collect();
        drop(told);
        found.extend(more.into_iter().map(|finding| {
            finding.note(match class {
                "" => String::from("this holds once the Ingress has a class that the controller serves"),
                _ => format!("this holds where the controller serves the class `{class}`"),
            })
        }));
    }
    let left_out: HashSet<&ObjectRef> = left_out.iter().filter_map(|class| by_class.get(class)).flatten().copied().collect();
    let is_left_out = |object: &ObjectRef| left_out.contains(object);
    for finding in found.iter_mut().filter(|finding| finding.rule == "unknown-class" && finding.object.as_ref().is_some_and(is_left_out)) {
        finding.notes.push(format!("its paths and values are not checked: {MOST} other classes of which nobody knows whose they are were"));
    }
}

fn key(finding: &Diagnostic) -> (&'static str, Option<Span>, &str) {
    (finding.rule, finding.span, &finding.message)
}
