//! Which of two Ingresses is the older one decides what many rules tell. Where the input does not say when they were made, that is a guess.

use hashbrown::{HashMap, HashSet};
use k8s_openapi::api::networking::v1::Ingress;

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::manifest::{Cluster, Object};

/// Rules that tell an Ingress what an older one, or the first of all, has taken. `overridden-path` and `two-certificates` know of both, and
/// say themselves what they guess.
const RULES: [&str; 9] = [
    "foreign-host",
    "inherited-protection",
    "inherited-redirect",
    "overridden-alias",
    "overridden-annotation",
    "overridden-balancing",
    "path-lost-to-canary",
    "second-canary",
    "shared-upstream",
];

/// Those that may tell one Ingress of itself, where no other declares its host.
const OF_HOST: [&str; 2] = ["inherited-protection", "inherited-redirect"];

const GUESS: &str = "this is a guess: the input does not say when the Ingresses were created, and the older one counts";

/// Notes it of the findings that it holds for.
pub fn note_guesses(findings: &mut [Diagnostic], cluster: &Cluster) {
    let by_order = |finding: &Diagnostic| RULES.contains(&finding.rule);
    if cluster.ingresses.len() < 2 || !findings.iter().any(by_order) {
        return;
    }
    let undated = cluster.ingresses.iter().filter(|ingress| ingress.value.metadata.creation_timestamp.is_none());
    let undated: HashMap<&ObjectRef, &Object<Ingress>> = undated.map(|ingress| (&ingress.reference, ingress)).collect();
    let mut shared: Option<HashSet<&str>> = None;
    for finding in findings.iter_mut().filter(|finding| by_order(finding)) {
        let Some(ingress) = finding.object.as_ref().and_then(|object| undated.get(object)) else { continue };
        let is_alone = OF_HOST.contains(&finding.rule) && {
            let shared = shared.get_or_insert_with(|| shared_hosts(cluster));
            !hosts(ingress).any(|host| shared.contains(host))
        };
        if !is_alone {
            finding.notes.push(GUESS.to_owned());
        }
    }
}

fn hosts(ingress: &Object<Ingress>) -> impl Iterator<Item = &str> {
    ingress.rules().iter().filter_map(|rule| rule.host.as_deref())
}

/// Hosts that several Ingresses declare.
fn shared_hosts(cluster: &Cluster) -> HashSet<&str> {
    let mut first: HashMap<&str, &ObjectRef> = HashMap::new();
    let all = cluster.ingresses.iter().flat_map(|ingress| hosts(ingress).map(move |host| (host, &ingress.reference)));
    all.filter(|(host, own)| *first.entry(host).or_insert(own) != *own).map(|(host, _)| host).collect()
}
