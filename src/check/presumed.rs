//! Secrets and ConfigMaps that annotations name and the input does not hold: their Ingresses are checked as if they were there.
//!
//! Without its Secret a path answers 503, and nobody has to look at it. In a cluster it mostly is there.

use hashbrown::HashSet;

use crate::compile::{has_sisters, self_signed};
use crate::diagnostic::{self, Diagnostic, ObjectRef};
use crate::lower::{self, Absent, Controller};
use crate::manifest::Cluster;
use crate::source::Span;

/// A larger input is that of a cluster, which holds its Secrets, and to look twice takes twice as long.
pub(super) const MOST: usize = 4096;

/// Rules about what is not there, for which nothing may be presumed.
const ABOUT_ABSENCE: [&str; 5] = ["absent-object", "default-certificate", "missing-headers", "missing-secret", "secret-elsewhere"];

/// An input with what it lacks.
pub(super) struct Presumed {
    /// The objects, with those that are presumed.
    pub(super) cluster: Cluster,
    users: HashSet<ObjectRef>,
    /// What is presumed, as the end of a sentence.
    names: String,
}

/// Says that nothing is presumed, where the input is too large for what it lacks.
pub(super) fn left_out(cluster: &Cluster, controller: &Controller) -> Option<Diagnostic> {
    if cluster.ingresses.len() <= MOST {
        return None;
    }
    let absent = lower::absent(cluster, controller).iter().filter(|absent| may_be_there(cluster, absent)).count();
    let message = match absent {
        1 => String::from(
            "1 object that annotations name is not in the input, and what is wrong only where the cluster has it is not checked",
        ),
        _ => format!(
            "{absent} objects that annotations name are not in the input, and what is wrong only where the cluster has them is not checked"
        ),
    };
    let finding = Diagnostic::info("absent-object", message);
    (absent > 0).then(|| finding.note(format!("an input of more than {MOST} Ingresses is not checked a second time for that")))
}

impl Presumed {
    /// What is to be presumed of an input; none where nothing is.
    pub(super) fn of(cluster: &Cluster, controller: &Controller) -> Option<Self> {
        if cluster.ingresses.len() > MOST {
            return None;
        }
        let absent: Vec<Absent> = lower::absent(cluster, controller).into_iter().filter(|absent| may_be_there(cluster, absent)).collect();
        if absent.is_empty() {
            return None;
        }
        let certificate = self_signed(&[String::from("presumed")]).ok()?;
        let (authority, _) = certificate.split_once("-----BEGIN PRIVATE KEY").unwrap_or((&certificate, ""));
        let secret = [("auth", "presumed:x"), ("ca.crt", authority), ("tls.crt", authority)];
        let mut presumed = Self { cluster: cluster.clone(), users: HashSet::new(), names: String::new() };
        let names: Vec<String> =
            absent.iter().map(|absent| format!("{} `{}/{}`", absent.object.kind, absent.object.namespace, absent.object.name)).collect();
        presumed.names = match names.as_slice() {
            [one] => format!("the {one}"),
            [one, other] => format!("the {one} and the {other}"),
            [one, more @ ..] => format!("the {one} and {} that the input lacks", diagnostic::more(more.len(), "object")),
            [] => String::new(),
        };
        let mut held = Vec::new();
        for Absent { object, users, .. } in absent {
            let user = |(namespace, name): (String, String)| ObjectRef { kind: String::from("Ingress"), namespace, name };
            presumed.users.extend(users.into_iter().map(user));
            let data = if object.kind == "Secret" { &secret[..] } else { &[] };
            held.push((object, data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()));
        }
        presumed.cluster.presume(held);
        Some(presumed)
    }

    /// Adds what is found of the Ingresses only where these objects are there, and says of what is found only without them that it is so.
    pub(super) fn add(&self, found: &mut Vec<Diagnostic>, more: Vec<Diagnostic>) {
        let told = places(found);
        let remains = places(&more);
        for finding in found.iter_mut().filter(|finding| !ABOUT_ABSENCE.contains(&finding.rule)) {
            if !remains.contains(&(finding.rule, finding.span)) {
                finding.notes.push(format!("this holds where the cluster lacks {}", self.names));
            }
        }
        let is_own = |finding: &Diagnostic| finding.object.as_ref().is_some_and(|object| self.users.contains(object));
        let new: Vec<Diagnostic> = more
            .into_iter()
            .filter(|finding| is_own(finding) && !ABOUT_ABSENCE.contains(&finding.rule) && !told.contains(&(finding.rule, finding.span)))
            .filter(|finding| finding.span.is_none_or(|span| !span.is_nowhere()))
            .map(|mut finding| {
                finding.related.retain(|label| !label.span.is_nowhere());
                finding.note(format!("this holds where the cluster has {}", self.names))
            })
            .collect();
        found.extend(new);
    }
}

/// What is found, and where.
fn places(found: &[Diagnostic]) -> HashSet<(&'static str, Option<Span>)> {
    found.iter().map(|finding| (finding.rule, finding.span)).collect()
}

/// What an annotation names and may well be in the cluster.
fn may_be_there(cluster: &Cluster, absent: &Absent) -> bool {
    let is_named = match absent.object.kind.as_str() {
        "Secret" => absent.hosts.is_empty(),
        kind => kind == "ConfigMap",
    };
    is_named && !has_sisters(cluster, &absent.object)
}
