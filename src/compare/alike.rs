//! Edits that do the same to different objects, and which of them a difference is about. There may be thousands of edits, for each of
//! thousands of differences.

use std::cmp::Reverse;
use std::sync::OnceLock;

use hashbrown::HashMap;

use crate::cause::edits::Edit;
use crate::cause::{Causes, Query};
use crate::diagnostic::ObjectRef;

const INGRESS: &str = "Ingress";

/// Numbers of edits that do the same to different objects.
#[derive(Debug, Default)]
pub(super) struct Alike {
    /// Ascending.
    members: Vec<usize>,
    /// By their objects, and then ascending.
    by_object: Vec<usize>,
    /// The first and the last of those that are of no Ingress, and act anywhere.
    anywhere: Option<Ends>,
    /// The first and the last of the Ingresses that have a part in a host.
    of_hosts: OnceLock<HashMap<Box<str>, Ends>>,
}

/// The first and the last of some edits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Ends {
    fn with(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    fn add(ends: &mut Option<Self>, at: usize) {
        let one = Self { first: at, last: at };
        *ends = Some(ends.map_or(one, |known| known.with(one)));
    }
}

impl Alike {
    /// For some of the edits, by their numbers, ascending.
    pub(super) fn new(edits: &[Edit], members: Vec<usize>) -> Self {
        let mut by_object = members.clone();
        by_object.sort_by(|one, other| edits[*one].object.cmp(&edits[*other].object));
        let mut anywhere = None;
        members.iter().filter(|at| ingress(&edits[**at]).is_none()).for_each(|at| Ends::add(&mut anywhere, *at));
        Self { members, by_object, anywhere, of_hosts: OnceLock::new() }
    }

    /// The numbers, ascending.
    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }

    /// The edits of an object, ascending.
    fn of_object<'s>(&'s self, edits: &[Edit], (kind, namespace, name): (&str, &str, &str)) -> &'s [usize] {
        let order = |at: &usize| {
            let object = edits[*at].object.as_ref();
            object.map(|object| (object.kind.as_str(), object.namespace.as_str(), object.name.as_str())).cmp(&Some((kind, namespace, name)))
        };
        let start = self.by_object.partition_point(|at| order(at).is_lt());
        let length = self.by_object[start..].partition_point(|at| order(at).is_eq());
        &self.by_object[start..start + length]
    }

    /// The edits of the Ingress that a query is about, ascending.
    pub(super) fn own(&self, edits: &[Edit], query: &Query) -> &[usize] {
        query.ingress.map(|(namespace, name)| self.of_object(edits, (INGRESS, namespace, name))).unwrap_or_default()
    }

    /// The first and the last of those that reach a place.
    pub(super) fn reaching(&self, edits: &[Edit], place: &Where) -> Option<Ends> {
        let Some(host) = place.query.host else {
            let (first, last) = (self.members.first()?, self.members.last()?);
            return Some(Ends { first: *first, last: *last });
        };
        let of_host = self.of_hosts.get_or_init(|| self.find_hosts(edits, place)).get(host).copied();
        match (of_host, self.anywhere) {
            (Some(one), Some(other)) => Some(one.with(other)),
            (one, other) => one.or(other),
        }
    }

    /// All places that are asked about have the same causes.
    fn find_hosts(&self, edits: &[Edit], place: &Where) -> HashMap<Box<str>, Ends> {
        let mut found: HashMap<Box<str>, Ends> = HashMap::new();
        for at in &self.members {
            let Some(object) = ingress(&edits[*at]) else { continue };
            let hosts = place.causes.iter().flatten().flat_map(|causes| causes.hosts(&object.namespace, &object.name));
            for host in hosts {
                match found.get_mut(*host) {
                    Some(ends) => *ends = ends.with(Ends { first: *at, last: *at }),
                    None => drop(found.insert((*host).into(), Ends { first: *at, last: *at })),
                }
            }
        }
        found
    }
}

fn ingress(edit: &Edit) -> Option<&ObjectRef> {
    edit.object.as_ref().filter(|object| object.kind == INGRESS)
}

/// Where a difference is.
pub(super) struct Where<'q, 'c> {
    pub(super) query: &'q Query<'q>,
    pub(super) causes: [Option<&'q Causes<'c>>; 2],
    /// The object that seems to be its cause.
    pub(super) likely: Option<&'q ObjectRef>,
}

impl Where<'_, '_> {
    pub(super) fn reaches(&self, edit: &Edit) -> bool {
        self.causes.iter().flatten().any(|causes| causes.reaches(edit, self.query.host))
    }

    /// Of edits that do the same to different objects, the one whose object is the nearest: that of the Ingress, else the likely one, else
    /// the first that reaches the place.
    pub(super) fn choose(&self, edits: &[Edit], alike: &Alike) -> usize {
        let likely = self.likely.map(|ObjectRef { kind, namespace, name }| alike.of_object(edits, (kind, namespace, name)));
        let near = alike.own(edits, self.query).iter().chain(likely.unwrap_or_default()).copied();
        let is_likely = |edit: &Edit| self.likely.is_some() && edit.object.as_ref() == self.likely;
        let nearest = near.max_by_key(|at| {
            let edit = &edits[*at];
            (Causes::is_of(edit, self.query.ingress), is_likely(edit), self.reaches(edit), Reverse(*at))
        });
        let first = || alike.reaching(edits, self).map(|ends| ends.first).or(alike.members.first().copied());
        nearest.or_else(first).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::ir::Proxy;
    use crate::lower::{self, Controller, Environment};
    use crate::manifest::{self, Cluster};
    use crate::source::SourceMap;

    /// What is chosen where each edit is looked at.
    fn looked_through(place: &Where, edits: &[Edit], members: &[usize]) -> usize {
        let is_likely = |edit: &Edit| place.likely.is_some() && edit.object.as_ref() == place.likely;
        let rank = |at: &usize| {
            let edit = &edits[*at];
            (Causes::is_of(edit, place.query.ingress), is_likely(edit), place.reaches(edit), Reverse(*at))
        };
        let near = members.iter().copied().filter(|at| Causes::is_of(&edits[*at], place.query.ingress) || is_likely(&edits[*at]));
        let first = members.iter().copied().find(|at| place.reaches(&edits[*at])).or(members.first().copied());
        near.max_by_key(rank).or(first).unwrap_or_default()
    }

    fn declared(text: &str, controller: &Controller) -> (Cluster, Proxy) {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let cluster = manifest::load(&mut sources).value;
        let proxy = lower::lower(&cluster, controller).value;
        (cluster, proxy)
    }

    #[test]
    fn the_nearest_of_many_edits_is_that_which_looking_at_each_finds() {
        let controller = Controller {
            version: LATEST,
            flags: Flags::parse(LATEST, [] as [(&str, Option<crate::source::Span>); 0]).value,
            environment: Environment::default(),
        };
        let text: String = (0..12)
            .map(|at| {
                let host = at % 4;
                format!(
                    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i{at}, namespace: d}}\n\
                     spec: {{ingressClassName: nginx, rules: [{{host: h{host}.example, http: {{paths: [{{path: /{at}, pathType: Prefix, \
                     backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]}}\n---\n"
                )
            })
            .collect();
        let (cluster, proxy) = declared(&text, &controller);
        let causes = Causes::new(&cluster, &controller, &proxy);
        let of = |kind: &str, name: String| ObjectRef { kind: kind.to_owned(), namespace: String::from("d"), name };
        let edits: Vec<Edit> = (0..12)
            .rev()
            .map(|at| Edit::annotation(&of("Ingress", format!("i{at}")), "a/b", "x"))
            .chain([Edit::key(&of("ConfigMap", String::from("c")), "k", "x"), Edit::argument("http-port")])
            .collect();
        let members: [Vec<usize>; 5] = [(0..14).collect(), (0..12).collect(), vec![1, 5, 12], vec![3, 13], vec![7]];
        let (likely, unlikely) = (of("Ingress", String::from("i7")), of("Service", String::from("s")));
        for members in members {
            let alike = Alike::new(&edits, members.clone());
            for host in [None, Some("h0.example"), Some("h1.example"), Some("h3.example"), Some("other.example")] {
                for ingress in [None, Some(("d", "i3")), Some(("d", "i8")), Some(("e", "i3"))] {
                    for likely in [None, Some(&likely), Some(&unlikely)] {
                        let query = Query { host, ingress, ..Query::default() };
                        let place = Where { query: &query, causes: [None, Some(&causes)], likely };
                        let wanted = looked_through(&place, &edits, &members);
                        assert_eq!(place.choose(&edits, &alike), wanted, "{members:?} {host:?} {ingress:?} {likely:?}");
                        let last = members.iter().copied().rfind(|at| place.reaches(&edits[*at]));
                        assert_eq!(alike.reaching(&edits, &place).map(|ends| ends.last), last, "{members:?} {host:?}");
                    }
                }
            }
        }
    }
}
