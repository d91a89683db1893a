//! Objects that manifests name and do not hold: whether a cluster has them, and what they hold, nobody knows, so that a difference which
//! follows from that is none, and two sides that name different ones are not equal.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use crate::protection::Judgement;
use crate::route::{Difference, Doubt, End, HostProof, Kind, Region};

/// An object of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// What a side names and does not hold: the objects by the Ingresses that name them, by namespace and name.
#[derive(Debug, Default)]
pub struct Unheld<'a>(HashMap<(&'a str, &'a str), Vec<Reference<'a>>>);

impl<'a> FromIterator<(Reference<'a>, &'a [(String, String)])> for Unheld<'a> {
    fn from_iter<I: IntoIterator<Item = (Reference<'a>, &'a [(String, String)])>>(objects: I) -> Self {
        let mut unheld = Self::default();
        for (object, users) in objects {
            for (namespace, name) in users {
                unheld.0.entry((namespace, name)).or_default().push(object);
            }
        }
        unheld
    }
}

impl<'a> Unheld<'a> {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What an Ingress names.
    fn of<'s>(&'s self, ingress: (&'s str, &'s str)) -> &'s [Reference<'a>] {
        let all: &'s HashMap<(&'s str, &'s str), Vec<Reference<'a>>> = &self.0;
        all.get(&ingress).map(Vec::as_slice).unwrap_or_default()
    }

    fn maps(&self) -> BTreeSet<(&'a str, &'a str, Reference<'a>)> {
        let all = self.0.iter().flat_map(|((namespace, name), objects)| objects.iter().map(move |object| (*namespace, *name, *object)));
        all.filter(|(_, _, object)| is_map(object)).collect()
    }
}

fn is_map(object: &Reference<'_>) -> bool {
    object.kind == "ConfigMap"
}

/// Whether both sides name the same ConfigMaps that they do not hold for the same Ingresses.
#[must_use]
pub fn is_alike(unheld: &[Option<Unheld<'_>>; 2]) -> bool {
    let maps = |side: usize| unheld[side].as_ref().map(Unheld::maps).unwrap_or_default();
    maps(0) == maps(1)
}

/// The Ingresses for which only one side names a ConfigMap that it does not hold, with that, where both are manifests: the rest of what
/// they come to may be written in the same words.
pub(super) fn apart<'a>(unheld: &[Option<Unheld<'a>>; 2]) -> HashMap<(&'a str, &'a str), Reference<'a>> {
    let [Some(base), Some(head)] = unheld else { return HashMap::new() };
    let (base, head) = (base.maps(), head.maps());
    base.symmetric_difference(&head).map(|(namespace, name, object)| ((*namespace, *name), *object)).collect()
}

/// What the controller answers in place of a route, or of a host, that needs what is not there.
const CLOSED: [u16; 2] = [403, 503];
/// Directives that follow from what a ConfigMap holds.
const OF_MAPS: [&str; 1] = ["more_set_headers"];
/// How the names of directives begin that follow from a Secret.
const OF_SECRETS: &str = "proxy_ssl_";

/// Whether a difference from what a side comes to with an object can follow from that it is not there, where the controller closes all
/// that needs it, or from what it holds.
fn decides(object: &Reference<'_>, difference: &Difference, side: usize) -> bool {
    let is_closed = matches!(&difference.decisions[1 - side].end, End::Answer(answer) if CLOSED.contains(&answer.status));
    is_closed || is_map(object) && difference.aspects.iter().all(|aspect| matches!(aspect.kind, Kind::Header(_)))
}

/// The Ingresses of the locations of a side, by their texts; none where a location says nothing of it.
pub(super) type Owners = BTreeMap<String, (String, String)>;

/// What both sides of a host name and do not hold.
pub(super) struct Named<'u, 'a> {
    pub(super) unheld: &'u [Option<Unheld<'a>>; 2],
    pub(super) owners: [Owners; 2],
}

impl<'a> Named<'_, 'a> {
    /// What the Ingress of a location of a side names.
    fn of_location(&self, side: usize, location: Option<&String>) -> impl Iterator<Item = Reference<'a>> {
        let owner = location.and_then(|location| self.owners[side].get(location));
        let unheld = self.unheld[side].as_ref();
        owner.zip(unheld).into_iter().flat_map(|((namespace, name), unheld)| unheld.of((namespace, name)).iter().copied())
    }

    /// What the Ingresses of a region name.
    fn of_region(&self, region: &Region) -> impl Iterator<Item = Reference<'a>> {
        self.of_location(0, region.base.as_ref()).chain(self.of_location(1, region.head.as_ref()))
    }

    /// What the Ingresses of the host name.
    fn of_host(&self) -> impl Iterator<Item = Reference<'a>> {
        [0, 1].into_iter().flat_map(move |side| self.owners[side].keys().flat_map(move |location| self.of_location(side, Some(location))))
    }

    /// The ConfigMap that a location names.
    fn map_of(&self, region: &Region) -> Option<Reference<'a>> {
        self.of_region(region).find(is_map)
    }

    /// What decides a judgement about a region and is not there.
    pub(super) fn judges(&self, region: &Region, judgement: &Judgement) -> Option<Reference<'a>> {
        if judgement.is_of_headers() { self.map_of(region) } else { self.of_region(region).next().filter(|_| judgement.is_closing()) }
    }

    /// Doubts that a path is answered alike where only one side names an object for it.
    pub(super) fn doubt_one_sided(host: &mut HostProof, object: Reference<'_>, region: Region) {
        let construct = format!("{}, which is not in the input, and which only one side names there", name(object));
        add(host, vec![Doubt { construct, tried: 0, region }]);
    }

    /// Doubts what nobody knows of a region.
    pub(super) fn doubt(host: &mut HostProof, object: Reference<'_>, region: &Region) {
        add(host, vec![Doubt { construct: construct(object), tried: 0, region: region.clone() }]);
    }

    /// What decides a difference and is not there.
    fn decider(&self, difference: &Difference, side: usize) -> Option<Reference<'a>> {
        let location = difference.decisions[side].location.as_ref();
        let own = location.and_then(|location| Some((location.namespace.as_deref()?, location.ingress.as_deref()?)));
        // What holds for a host as a whole can be of any of its Ingresses.
        let all = self.owners[side].values().filter(|_| location.is_none()).map(|(namespace, name)| (namespace.as_str(), name.as_str()));
        let unheld = self.unheld[side].as_ref()?;
        own.into_iter().chain(all).flat_map(|ingress| unheld.of(ingress)).copied().find(|object| decides(object, difference, side))
    }

    /// Takes differences that nobody can know for doubts.
    pub(super) fn settle(&self, host: &mut HostProof) {
        let mut doubts = Vec::new();
        let mut doubt = |object: Reference<'_>, region: &Region| {
            doubts.push(Doubt { construct: construct(object), tried: 0, region: region.clone() });
        };
        host.differences.retain(|difference| {
            let found = self.decider(difference, 0).or_else(|| self.decider(difference, 1));
            found.inspect(|object| doubt(*object, &difference.region)).is_none()
        });
        host.facts.retain_mut(|facts| {
            let is_of_map = |name: &str| OF_MAPS.contains(&name);
            let map = self.map_of(&facts.region).filter(|_| facts.all.iter().any(|fact| is_of_map(&fact.name)));
            // A closed route has nothing of what holds beyond the way of a request.
            let is_closed = facts.all.iter().all(|fact| fact.base.is_empty()) || facts.all.iter().all(|fact| fact.head.is_empty());
            let closes = self.of_region(&facts.region).next().filter(|_| is_closed);
            // How backends are spoken to with a Secret holds for the host.
            let is_of_secret = |name: &str| name.starts_with(OF_SECRETS);
            let is_asked =
                facts.region.base.is_none() && facts.region.head.is_none() && facts.all.iter().any(|fact| is_of_secret(&fact.name));
            let secret = self.of_host().find(|object| is_asked && !is_map(object));
            if let Some(object) = closes.or(map).or(secret) {
                doubt(object, &facts.region);
                facts.all.retain(|fact| {
                    closes.is_none() && !(map.is_some() && is_of_map(&fact.name)) && !(secret.is_some() && is_of_secret(&fact.name))
                });
            }
            !facts.all.is_empty()
        });
        add(host, doubts);
    }

    /// Doubts that what sides name holds the same, where both are manifests and only one of them names it for a route.
    pub(super) fn tell_apart(&self, host: &mut HostProof) {
        let mut found = Vec::new();
        for pair in &host.pairs {
            let maps = |side: usize, location: &Option<String>| -> BTreeSet<Reference<'_>> {
                self.of_location(side, location.as_ref()).filter(|object| is_map(object)).collect()
            };
            let (base, head) = (maps(0, &pair.region.base), maps(1, &pair.region.head));
            found.extend(base.symmetric_difference(&head).next().map(|object| (*object, pair.region.clone())));
        }
        found.into_iter().for_each(|(object, region)| Self::doubt_one_sided(host, object, region));
    }
}

fn name(Reference { kind, namespace, name }: Reference<'_>) -> String {
    format!("the {kind} `{namespace}/{name}`")
}

fn construct(object: Reference<'_>) -> String {
    format!("{}, which is not in the input", name(object))
}

/// Each construct once.
fn add(host: &mut HostProof, doubts: Vec<Doubt>) {
    for doubt in doubts {
        if !host.doubts.iter().any(|known| known.construct == doubt.construct) {
            host.doubts.push(doubt);
        }
    }
}
