//! What a proof says: the ways of requests from `route`, and beside them what `protection` says of the locations that take the same
//! requests.

mod unheld;

use std::collections::BTreeSet;

use hashbrown::HashMap;

use crate::conf::{Directive, Tree};
use crate::protection::{self, Configuration, Judgement, Route};
use crate::route::{Config, HostProof, Limits, Pair, Places, Proof, ProofVerdict, Region, Strength};
use unheld::{Named, Owners};
pub use unheld::{Reference, Unheld, is_alike};

/// What is known of two configurations.
#[derive(Debug, Default)]
pub struct Proved {
    /// The ways of requests.
    pub proof: Proof,
    /// What became of protections beside them; by the places of the hosts in the proof.
    pub judged: Vec<Judged>,
}

/// What became of a protection.
#[derive(Debug)]
pub struct Judged {
    /// The place of the host in the proof.
    pub host: usize,
    /// The paths; none where it is about the host as a whole.
    pub region: Option<Region>,
    /// What.
    pub judgement: Judgement,
}

/// Compares two configurations for all requests; `unheld` is what each side that is manifests names and does not hold.
#[must_use]
pub fn prove<'t>(
    base: (&Config<'t>, &'t Tree<'t>),
    head: (&Config<'t>, &'t Tree<'t>),
    limits: &Limits,
    unheld: &[Option<Unheld<'_>>; 2],
) -> Proved {
    let proof = Config::prove(base.0, head.0, limits);
    // Other words for the same protection cannot be ranked line by line.
    let judged = if proof.is_same_words { judge([base, head], &proof) } else { Vec::new() };
    let mut proved = Proved { proof, judged };
    if unheld.iter().flatten().any(|unheld| !unheld.is_empty()) {
        settle([base.0, head.0], &mut proved, unheld);
    }
    proved
}

/// Takes what only objects decide that are not in the input for what nobody knows.
fn settle(sides: [&Config<'_>; 2], proved: &mut Proved, unheld: &[Option<Unheld<'_>>; 2]) {
    let mut places = [0, 1].map(|_| HashMap::new());
    let mut named: Vec<Named<'_, '_>> = Vec::new();
    let apart = unheld::apart(unheld);
    for host in &mut proved.proof.hosts {
        let mut owners = [Owners::new(), Owners::new()];
        for pair in &host.pairs {
            for (side, region) in [&pair.region.base, &pair.region.head].into_iter().enumerate() {
                let places = places[side].entry(pair.servers[side]).or_insert_with(|| sides[side].places(pair.servers[side]));
                let location = pair.locations[side].and_then(|at| places.blocks(Some(at)).last());
                if let (Some(region), Some(owner)) = (region, location.and_then(|location| owner(*location))) {
                    owners[side].insert(region.clone(), owner);
                }
            }
        }
        let of_host = Named { unheld, owners };
        of_host.settle(host);
        if unheld.iter().all(Option::is_some) {
            of_host.tell_apart(host);
        }
        if let Some(servers) = host.servers.filter(|_| !apart.is_empty()) {
            let one_sided = |block: Directive<'_>| {
                let (namespace, name) = owner(block)?;
                let path = block.args().next_back()?.value().into_owned();
                Some((*apart.get(&(&*namespace, &*name))?, path))
            };
            let of_side = |side: usize| {
                let places: &Places<'_> = places[side].entry(servers[side]).or_insert_with(|| sides[side].places(servers[side]));
                places.all().filter_map(one_sided).min()
            };
            if let Some((object, path)) = [0, 1].into_iter().filter_map(of_side).min() {
                Named::doubt_one_sided(host, object, Region { paths: vec![path], ..Region::default() });
            }
        }
        named.push(of_host);
    }
    let hosts = &mut proved.proof.hosts;
    proved.judged.retain(|Judged { host, region, judgement }| {
        let found = region.as_ref().and_then(|region| Some((named[*host].judges(region, judgement)?, region)));
        found.inspect(|(object, region)| Named::doubt(&mut hosts[*host], *object, region)).is_none()
    });
}

/// The Ingress of a location, by namespace and name, as the controller notes it there.
fn owner(location: Directive<'_>) -> Option<(String, String)> {
    let value = |variable: &str| {
        let is_it = |line: &Directive<'_>| line.name() == "set" && line.args().next().is_some_and(|arg| arg.value() == variable);
        Some(location.directives().find(is_it)?.args().nth(1)?.value().into_owned())
    };
    Some((value("$namespace")?, value("$ingress_name")?))
}

fn judge<'t>(sides: [(&Config<'t>, &'t Tree<'t>); 2], proof: &Proof) -> Vec<Judged> {
    let configurations = sides.map(|(_, tree)| Configuration::new(tree.directives().find(|directive| directive.name() == "http")));
    let mut judged = Vec::new();
    for (host, of_host) in proof.hosts.iter().enumerate() {
        let (mut seen, mut servers) = (BTreeSet::new(), BTreeSet::new());
        let mut places = [0, 1].map(|_| HashMap::new());
        for pair in &of_host.pairs {
            for (side, places) in places.iter_mut().enumerate() {
                let server = pair.servers[side];
                places.entry(server).or_insert_with(|| sides[side].0.places(server));
            }
            let route = |side: usize, at| Route::new(&configurations[side], places[side][&pair.servers[side]].blocks(at));
            // A redirect shows in the ways of requests, and more than that is none.
            let counts = |judgement: &Judgement| judgement.verdict.is_some() && !judgement.is_of_plain_http();
            let mut add = |region: Option<&Region>, found: Vec<Judgement>| {
                for judgement in found.into_iter().filter(counts) {
                    if seen.insert((judgement.kind, judgement.message.clone())) {
                        judged.push(Judged { host, region: region.cloned(), judgement });
                    }
                }
            };
            // Who is served by nobody is protected by nobody.
            if pair.is_new {
                continue;
            }
            if servers.insert(pair.servers) {
                add(None, protection::of_host(&route(0, None), &route(1, None)));
            }
            let Pair { locations: [Some(base), Some(head)], region, .. } = pair else { continue };
            add(Some(region), protection::of_path(&route(0, Some(*base)), &route(1, Some(*head))));
        }
    }
    judged
}

/// How often each verdict is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Equal for every request.
    pub equal: usize,
    /// A request or a directive shows a difference.
    pub differs: usize,
    /// Neither.
    pub not_proved: usize,
}

impl Proved {
    /// The verdict on one host.
    #[must_use]
    pub fn verdict(&self, host: usize) -> ProofVerdict {
        let own = self.proof.hosts[host].verdict();
        if self.judged_of(host).is_empty() { own } else { ProofVerdict::Differs }
    }

    /// What became of the protections of one host: they stand in the order of the hosts.
    #[must_use]
    pub fn judged_of(&self, host: usize) -> &[Judged] {
        let first = self.judged.partition_point(|judged| judged.host < host);
        let behind = self.judged.partition_point(|judged| judged.host <= host);
        &self.judged[first..behind]
    }

    /// The verdict on all of them.
    #[must_use]
    pub fn whole(&self) -> ProofVerdict {
        (0..self.proof.hosts.len()).map(|host| self.verdict(host)).max().unwrap_or(ProofVerdict::Equal)
    }

    /// How often each verdict is there.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for host in 0..self.proof.hosts.len() {
            match self.verdict(host) {
                ProofVerdict::Equal => counts.equal += 1,
                ProofVerdict::Differs => counts.differs += 1,
                ProofVerdict::NotProved => counts.not_proved += 1,
            }
        }
        counts
    }

    /// Whether the second side serves requests that nobody serves on the first.
    #[must_use]
    pub fn is_more_served(&self) -> bool {
        let mut differences = self.proof.hosts.iter().flat_map(|host| &host.differences);
        differences.any(|difference| difference.strength == Some(Strength::Added))
    }

    /// Whether the second side protects at least what the first protects, and serves all that it serves; none where that is not proved.
    #[must_use]
    pub fn is_implied(&self) -> Option<bool> {
        let opens = self
            .judged
            .iter()
            .filter_map(|judged| judged.judgement.verdict)
            .any(|verdict| verdict.opens() || verdict == protection::Verdict::Changed);
        if opens || self.proof.hosts.iter().flat_map(|host| &host.differences).any(|difference| !difference.is_harmless()) {
            return Some(false);
        }
        let is_open = self.proof.hosts.iter().any(|host: &HostProof| !host.doubts.is_empty());
        if is_open { None } else { Some(true) }
    }
}
