//! Two configurations, region by region.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::assume::{Assumed, Paths, Place};
use super::facts::Facts;
use super::hosts::{Class, arrival, classes};
use super::judge::{both_literal, construct, fact, inputs_of, is_asked, join_differences, join_doubts, plain_paths, strength, words_of};
use super::leaf::{End, Way};
use super::proof::{self, Difference, Doubt, HostProof, Limits, Pair, Proof, Region, Strength};
use super::requests::{Wish, drawn, encoded, requests, size};
use super::seen::{end, seen};
use super::shown::Both;
use super::side::{Around, Side};
use super::term::Input;
use super::test::{Solver, Test};
use super::texts::{Common, around_locations};
use super::unlike::{Aspect, Kind, unlike};
use super::unserved::{answers, asks_for_as_much, is_unserved};
use super::walk::{Arrival, Walk};
use super::words::{self, Budget};
use super::work::{REQUEST, WAY, Work};
use crate::conf::Directive;
use crate::nginx;
use crate::route::config::Config;
use crate::route::request::Request;
use crate::source::Span;

/// Tests of paths beyond those of locations that are run over all paths at once.
const MOST_OTHERS: usize = 6;
/// What an automaton may take that has no tests, and for each of them.
const SMALLEST: usize = 8 << 20;
const BYTES_OF_TEST: usize = 16 << 10;
/// Requests that are looked for where the same differs between the same locations of a region.
const MOST_SOUGHT: usize = 4;
/// Differences of one host that are told.
const MOST_DIFFERENCES: usize = 64;

impl<'t> Config<'t> {
    /// Compares two configurations for all requests.
    #[must_use]
    pub fn prove(base: &Self, head: &Self, limits: &Limits) -> Proof {
        let arounds = [Around::of(base), Around::of(head)];
        let is_same_words = arounds[0].is_of_controller == arounds[1].is_of_controller;
        let common = Common::of([base, head]);
        let (classes, open) = classes([base, head], &limits.left_out);
        let is_meant = |class: &&Class| limits.hosts.is_empty() || limits.hosts.contains(&class.label);
        let classes: Vec<&Class> = classes.iter().filter(is_meant).collect();
        let all = Pairing { configs: [base, head], arounds: &arounds, common: &common, is_same_words, limits };
        let mut hosts: Vec<HostProof> = classes.par_iter().flat_map_iter(|class| all.host(class)).collect();
        if let Some(construct) = open.filter(|_| limits.hosts.is_empty()) {
            let doubt = Doubt { construct, tried: 0, region: Region::default() };
            hosts.push(HostProof { host: String::from("hosts that such a name may fit"), doubts: vec![doubt], ..HostProof::default() });
        }
        Proof { hosts, is_same_words }
    }
}

/// Both configurations.
struct Pairing<'a, 't> {
    configs: [&'a Config<'t>; 2],
    arounds: &'a [Around<'t>; 2],
    common: &'a Common,
    is_same_words: bool,
    limits: &'a Limits,
}

/// Where ways end on both sides, what differs there, and how.
type Sought = ([Option<Span>; 2], Vec<Kind>, Option<Strength>);

/// What a region came to.
#[derive(Default)]
struct Seeking {
    ways: usize,
    /// The paths are the controller's own.
    is_reserved: bool,
    /// Not all ways were gone.
    is_cut: bool,
    differences: Vec<Difference>,
    doubts: Vec<Doubt>,
    facts: Vec<proof::Facts>,
    pairs: BTreeMap<(Option<Span>, Option<Span>), bool>,
    /// How often a request was looked for that shows what differs there.
    sought: HashMap<Sought, usize>,
}

/// The tests of the paths of a host, and the regions that they cut; none over the budget. For which servers.
struct Cut {
    servers: [usize; 2],
    paths: Paths,
    regions: Option<Vec<words::Region>>,
}

impl<'t> Pairing<'_, 't> {
    /// Both schemes of a host: they mostly have the same servers, and so the same regions.
    fn host(&self, class: &Class) -> Vec<HostProof> {
        let mut cut = None;
        [false, true].into_iter().filter_map(|is_tls| self.over(class, is_tls, &mut cut)).collect()
    }

    fn over(&self, class: &Class, is_tls: bool, cut: &mut Option<Cut>) -> Option<HostProof> {
        let mut proof = HostProof { host: class.label.clone(), name: class.name.clone(), is_tls, ..HostProof::default() };
        let arrivals = [0, 1].map(|at| arrival(self.configs[at], class, is_tls));
        let (base, head) = match arrivals {
            [Ok(None), Ok(None)] => return None,
            [Ok(Some(base)), Ok(Some(head))] => (base, head),
            [Err(why), _] | [_, Err(why)] => {
                proof.doubts.push(self.sampled(class, is_tls, &why, &[]));
                return Some(proof);
            }
            _ => {
                self.ask_about(&mut proof, class, is_tls);
                return Some(proof);
            }
        };
        if class.is_left_out {
            proof.is_same_text = true;
            return Some(proof);
        }
        let arrivals = [base, head];
        let key = |arrival: &Arrival| (arrival.port, arrival.is_proxied, arrival.passed.clone());
        let servers = [arrivals[0].server, arrivals[1].server];
        proof.servers = Some(servers);
        let merges = [0, 1].map(|at| self.configs[at].inside(self.default_of(at, is_tls)).merges_slashes);
        if key(&arrivals[0]) == key(&arrivals[1]) && merges[0] == merges[1] && self.common.are_same(self.configs, servers, &class.name) {
            proof.is_same_text = true;
            return Some(proof);
        }
        let host = Host::new(self, class, is_tls, arrivals);
        host.certificates(&mut proof);
        if merges[0] != merges[1] {
            proof.doubts.push(self.sampled(class, is_tls, "slashes are merged on one side alone", &[]));
            return Some(proof);
        }
        host.prove(merges[0], cut, &mut proof);
        Some(proof)
    }

    /// Both sides, for single requests.
    fn both(&self) -> Both<'_, 't> {
        Both { configs: self.configs, is_same_words: self.is_same_words }
    }

    /// The server that says how paths are read.
    fn default_of(&self, side: usize, is_tls: bool) -> usize {
        self.configs[side].listener(is_tls, None).map_or(0, |(_, servers)| servers.default)
    }

    /// Asks requests of both sides where nothing is proved.
    fn sampled(&self, class: &Class, is_tls: bool, construct: &str, places: &[Place]) -> Doubt {
        let places = if places.is_empty() { &[Place { word: b"/".to_vec(), ..Place::default() }][..] } else { places };
        let tried = drawn(class, is_tls, places);
        let agreed = tried.iter().filter(|request| self.is_same(request)).count();
        Doubt { construct: construct.to_owned(), tried: agreed, region: Region::default() }
    }

    fn is_same(&self, request: &Request) -> bool {
        seen(self.configs[0], request, !self.is_same_words).0 == seen(self.configs[1], request, !self.is_same_words).0
    }

    /// A host that one side does not listen for.
    fn ask_about(&self, proof: &mut HostProof, class: &Class, is_tls: bool) {
        let request = drawn(class, is_tls, &[Place { word: b"/".to_vec(), ..Place::default() }]).into_iter().next();
        let Some(request) = request else { return };
        let aspect = |kind, base: &str, head: &str| Aspect { kind, base: base.to_owned(), head: head.to_owned() };
        let decisions = [0, 1].map(|at| self.configs[at].decide(&request));
        let texts = [0, 1].map(|at| end(self.configs[at], &decisions[at].end));
        let aspects = vec![aspect(Kind::Answer, &texts[0], &texts[1])];
        let region = Region { paths: vec![String::from("/")], ..Region::default() };
        proof.differences.push(Difference::unranked(request, aspects, region, decisions));
    }
}

/// One class of hosts over one scheme, on both sides.
struct Host<'a, 't> {
    pairing: &'a Pairing<'a, 't>,
    class: &'a Class,
    is_tls: bool,
    arrivals: [Arrival; 2],
    sides: [Side<'a, 't>; 2],
    statuses: Vec<u16>,
    /// What stands around the locations does the same.
    is_same_around: bool,
    facts: Facts,
    /// What may still be looked into.
    work: Rc<Work>,
}

impl<'a, 't> Host<'a, 't> {
    fn new(pairing: &'a Pairing<'a, 't>, class: &'a Class, is_tls: bool, arrivals: [Arrival; 2]) -> Self {
        let sides = [0, 1].map(|at| Side::new(pairing.configs[at], &pairing.arounds[at], at, pairing.is_same_words));
        let inside = |at: usize| pairing.configs[at].inside(arrivals[at].server);
        let statuses: BTreeSet<u16> = [0, 1].into_iter().flat_map(|at| sides[at].statuses(inside(at))).collect();
        let tests = [0, 1].into_iter().map(|at| inside(at).locations.all.len()).sum();
        let around = [0, 1].map(|at| around_locations(pairing.configs[at], arrivals[at].server));
        let is_same_around = pairing.common.are_around_alike(&around);
        Self {
            pairing,
            class,
            is_tls,
            sides,
            statuses: statuses.into_iter().collect(),
            is_same_around,
            arrivals,
            facts: Facts::default(),
            work: Rc::new(Work::new(pairing.limits.work, tests)),
        }
    }

    fn servers(&self) -> [usize; 2] {
        [self.arrivals[0].server, self.arrivals[1].server]
    }

    fn certificates(&self, proof: &mut HostProof) {
        if !self.is_tls {
            return;
        }
        let configs = self.pairing.configs;
        let shown = |at: usize| configs[at].certificate(configs[at].inside(self.arrivals[at].server), &self.class.name);
        // Files of other names hold what nobody here sees.
        if !self.pairing.is_same_words || shown(0) == shown(1) {
            return;
        }
        let texts = [0, 1].map(|at| shown(at).words());
        let wish = Wish::default();
        let Some(request) = requests(&wish, self.class, true, &[b"/".to_vec()], &[]).into_iter().next() else { return };
        let decisions = [0, 1].map(|at| configs[at].decide(&request));
        let [base, head] = texts;
        let aspects = vec![Aspect { kind: Kind::Certificate, base, head }];
        let region = Region { paths: vec![String::from("/")], ..Region::default() };
        proof.differences.push(Difference::unranked(request, aspects, region, decisions));
    }

    /// Cuts all paths into regions.
    fn cut(&self, merges_slashes: bool) -> Cut {
        let mut paths = Paths::default();
        let mut others = Paths::default();
        for (at, side) in self.sides.iter().enumerate() {
            side.add_locations(side.config.inside(self.arrivals[at].server), &mut paths);
            side.add_others(side.config.inside(self.arrivals[at].server), &mut others);
        }
        // A few more cut the regions so that nothing is asked twice; many are asked where they matter.
        let others: Vec<Test> = others.all.into_iter().filter(|test| paths.place(test).is_none()).collect();
        if others.len() <= MOST_OTHERS {
            others.into_iter().for_each(|test| paths.add(test));
        }
        let limits = self.pairing.limits;
        let plain = nginx::parsed(plain_paths(merges_slashes), false);
        let all: Option<Vec<_>> = std::iter::once(plain).chain(paths.all.iter().map(Test::of_path)).collect();
        let bytes = limits.bytes.min(SMALLEST + paths.all.len() * BYTES_OF_TEST);
        let budget = Budget { bytes, states: limits.states };
        Cut { servers: self.servers(), regions: all.and_then(|all| words::regions(&all, budget, &self.work)), paths }
    }

    /// Goes through all regions of paths.
    fn prove(&self, merges_slashes: bool, cut: &mut Option<Cut>, proof: &mut HostProof) {
        if cut.as_ref().is_none_or(|cut| cut.servers != self.servers()) {
            *cut = Some(self.cut(merges_slashes));
        }
        let Some(Cut { paths, regions, .. }) = cut else { return };
        let Some(regions) = regions else {
            let construct = "the expressions of its paths together, which take more states than the budget has";
            self.sample_tests(paths, construct, proof);
            return;
        };
        proof.regions = regions.len();
        let mut solver = Solver::new(Rc::clone(&self.work));
        let count = regions.len();
        let mut pairs = BTreeMap::new();
        for (at, region) in regions.iter().enumerate() {
            let place = Place { fits: region.fits.iter().skip(1).map(|at| at - 1).collect(), word: region.words[0].clone() };
            if !self.work.is_left() {
                let places = [place];
                proof.doubts.push(self.pairing.sampled(self.class, self.is_tls, "more work than the budget has", &places));
                break;
            }
            let share = self.work.end_of_share(count - at);
            let mut found = self.region(paths, &place, &region.words, &mut solver, (false, share));
            if !found.differences.is_empty() || !found.doubts.is_empty() || !found.facts.is_empty() {
                let share = self.work.end_of_share(count - at);
                let opened = self.region(paths, &place, &region.words, &mut solver, (true, share));
                let ways = found.ways + opened.ways;
                // Where there are too many ways, what was found without them holds.
                if !opened.is_cut {
                    found = opened;
                }
                found.ways = ways;
            }
            proof.ways += found.ways;
            proof.has_reserved |= found.is_reserved;
            proof.differences.extend(found.differences);
            proof.doubts.extend(found.doubts);
            for facts in found.facts {
                if !proof.facts.iter().any(|known| known.all == facts.all) {
                    proof.facts.push(facts);
                }
            }
            for (pair, is_passed) in found.pairs {
                let known = pairs.entry(pair).or_insert_with(|| (self.region_of([pair.0, pair.1], &region.words), false));
                known.1 |= is_passed;
            }
        }
        join_differences(&mut proof.differences);
        join_doubts(&mut proof.doubts);
        self.tell_facts(pairs, proof);
    }

    /// What else holds in locations that take the same requests.
    fn tell_facts(&self, pairs: BTreeMap<(Option<Span>, Option<Span>), (Region, bool)>, proof: &mut HostProof) {
        for ((base, head), (region, is_passed)) in pairs {
            if self.are_same_locations([base, head]) {
                continue;
            }
            let sides = [&self.sides[0], &self.sides[1]];
            // In other words, only what is about backends is compared: where none gets a request, nothing is.
            let is_new = self.is_new([base, head]);
            let is_meant = (self.pairing.is_same_words || is_passed) && !is_new;
            let all = if is_meant { self.facts.unlike(sides, self.servers(), [base, head]) } else { Vec::new() };
            if !all.is_empty() {
                match proof.facts.iter_mut().find(|known| known.all == all) {
                    Some(known) => known.region.paths.extend(region.paths.first().cloned()),
                    None => proof.facts.push(proof::Facts { region: region.clone(), all }),
                }
            }
            proof.pairs.push(Pair { servers: self.servers(), locations: [base, head], region, is_new });
        }
    }

    /// A location of a side.
    fn block(&self, side: usize, at: Option<Span>) -> Option<Directive<'t>> {
        self.sides[side].blocks(self.arrivals[side].server, at?).last().copied()
    }

    /// Paths that the controller keeps for what it asks of authentication services.
    fn is_reserved(&self, at: [Option<Span>; 2], words: &[Vec<u8>]) -> bool {
        let is_internal =
            |side: usize| self.block(side, at[side]).is_some_and(|block| block.directives().any(|inner| inner.name() == "internal"));
        words.iter().all(|word| word.starts_with(b"/_external-auth-")) && (is_internal(0) || is_internal(1))
    }

    /// Whether the paths of two locations are served on the second side alone.
    fn is_new(&self, at: [Option<Span>; 2]) -> bool {
        let is_unserved = |side: usize| at[side].is_some_and(|at| is_unserved(&self.sides[side].blocks(self.arrivals[side].server, at)));
        is_unserved(0) && !is_unserved(1)
    }

    fn are_same_locations(&self, at: [Option<Span>; 2]) -> bool {
        let (Some(base), Some(head)) = (self.block(0, at[0]), self.block(1, at[1])) else { return false };
        self.is_same_around && self.pairing.common.are_same_locations([base, head])
    }

    fn region_of(&self, at: [Option<Span>; 2], words: &[Vec<u8>]) -> Region {
        let text = |side: usize| {
            let block = self.block(side, at[side])?;
            Some(block.args().map(|arg| arg.value().into_owned()).collect::<Vec<_>>().join(" "))
        };
        let is_plain = |word: &&Vec<u8>| !word.iter().any(u8::is_ascii_control);
        let mut paths: Vec<String> = words.iter().filter(is_plain).map(|word| encoded(word)).collect();
        // Those that people would write come first.
        paths.sort_by_key(|path| path.contains("/.") || path.contains('%'));
        if paths.is_empty() {
            paths = words.iter().take(1).map(|word| encoded(word)).collect();
        }
        Region { base: text(0), head: text(1), paths }
    }

    /// All ways through a region.
    fn region(&self, paths: &Paths, place: &Place, words: &[Vec<u8>], solver: &mut Solver, (opens_tables, share): (bool, u64)) -> Seeking {
        let mut found = Seeking::default();
        let mut assumed = Assumed::new(paths, place, solver, opens_tables);
        loop {
            let base = Walk::new(&self.sides[0], &mut assumed, &self.arrivals[0], &self.statuses).finish();
            let head = Walk::new(&self.sides[1], &mut assumed, &self.arrivals[1], &self.statuses).finish();
            found.ways += 1;
            self.compare([&base, &head], words, &mut assumed, &mut found);
            // Who gets the requests elsewhere needs no further comparison.
            if found.differences.is_empty() && found.doubts.is_empty() && !found.is_reserved {
                let is_passed = [&base, &head].iter().all(|way| matches!(way.leaf.end, End::Backend(_)));
                *found.pairs.entry((base.location, head.location)).or_default() |= is_passed;
            }
            self.work.pay(WAY);
            // A way was gone in any case.
            if !self.work.is_above(share) && assumed.has_more() {
                let region = self.region_of([base.location, head.location], words);
                let doubt = self.pairing.sampled(
                    self.class,
                    self.is_tls,
                    "more ways through one location than the budget has",
                    std::slice::from_ref(place),
                );
                found.doubts.push(Doubt { region, ..doubt });
                found.is_cut = true;
                return found;
            }
            if !assumed.next() {
                return found;
            }
        }
    }

    fn compare(&self, ways: [&Way; 2], words: &[Vec<u8>], assumed: &mut Assumed<'_>, found: &mut Seeking) {
        let leaves = assumed.leaves(ways);
        let [base, head] = [&*leaves[0], &*leaves[1]];
        let locations = ways.map(|way| way.location);
        let is_beyond = [base, head].iter().any(|leaf| matches!(leaf.end, End::Beyond(_)));
        if self.is_reserved(locations, words) {
            found.is_reserved = true;
            return;
        }
        let aspects = unlike(base, head);
        if aspects.is_empty() && !is_beyond || self.are_same_locations(locations) && base.end == head.end {
            return;
        }
        // What was looked for before is known to differ, or not to be proved.
        let kinds = aspects.iter().map(|aspect| aspect.kind.clone()).collect();
        let is_added = self.is_new(locations) && answers(head) && asks_for_as_much(base, head);
        let strength = if is_added { Some(Strength::Added) } else { strength(base, head, &aspects) };
        let sought = found.sought.entry((locations, kinds, strength)).or_default();
        *sought += 1;
        if *sought > MOST_SOUGHT {
            return;
        }
        let mut others = inputs_of([base, head]);
        others.extend(aspects.iter().filter_map(|aspect| match &aspect.kind {
            Kind::Header(name) => Some(Input::Header(name.replace('-', "_").into())),
            _ => None,
        }));
        let wish = Wish::of(assumed);
        let words = &*assumed.words(words);
        let mut candidates = requests(&wish, self.class, self.is_tls, words, &others);
        if let (true, [Aspect { kind: Kind::Body, .. }]) = (candidates.len() > 1, aspects.as_slice()) {
            candidates.truncate(1);
        }
        let with_body = |request: &Request| Request { body: Some(base.body.min(head.body).saturating_add(1)), ..request.clone() };
        let of_body = aspects.iter().filter(|aspect| aspect.kind == Kind::Body).count();
        if of_body > 0 {
            let large: Vec<Request> = candidates.iter().map(with_body).collect();
            // Where more than that differs, a request without a body shows it.
            candidates.retain(|_| of_body < aspects.len());
            candidates.extend(large);
        }
        let region = self.region_of(locations, words);
        candidates.sort_by_key(size);
        let mut tried = 0;
        let shown = candidates.into_iter().take_while(|_| self.work.pay(REQUEST)).find_map(|request| {
            tried += 1;
            self.pairing.both().smallest(request, [base, head], &aspects, &self.work)
        });
        let is_text = aspects.iter().all(|aspect| aspect.kind == Kind::Text) && !is_beyond;
        match shown {
            Some((decisions, request)) => {
                found.differences.push(Difference { request, aspects, strength, region, decisions: Box::new(decisions), others: 0 });
            }
            // What the proxy writes itself is no part of a decision.
            None if is_text && both_literal(base, head) => {
                let request = requests(&wish, self.class, self.is_tls, words, &[]).swap_remove(0);
                let decisions = [0, 1].map(|at| self.pairing.configs[at].decide(&request));
                found.differences.push(Difference::unranked(request, aspects, region, decisions));
            }
            // What is asked in other words is told as the directives that differ.
            None if self.pairing.is_same_words && !is_beyond && !aspects.is_empty() && aspects.iter().all(is_asked) => {
                found.facts.push(proof::Facts { region, all: aspects.iter().map(fact).collect() });
            }
            None => found.doubts.push(Doubt { construct: construct(base, head, &aspects), tried, region }),
        }
    }

    /// Where there is no proof: requests made of the tests of both sides.
    fn sample_tests(&self, paths: &Paths, construct: &str, proof: &mut HostProof) {
        let words: Vec<Vec<u8>> = paths.all.iter().flat_map(words_of).chain([b"/".to_vec()]).collect();
        let places: Vec<Place> = words.into_iter().take(4_000).map(|word| Place { word, ..Place::default() }).collect();
        let mut agreed = 0;
        let least = drawn(self.class, self.is_tls, &places[..1]).len();
        for (at, request) in drawn(self.class, self.is_tls, &places).into_iter().enumerate() {
            // Some are asked in any case.
            if !self.work.pay(REQUEST) && at > least {
                break;
            }
            match self.pairing.both().shows(&request) {
                None => agreed += 1,
                Some(decisions) if proof.differences.len() < MOST_DIFFERENCES => {
                    let texts = [0, 1].map(|at| end(self.pairing.configs[at], &decisions[at].end));
                    let [base, head] = texts;
                    let aspects = vec![Aspect { kind: Kind::Answer, base, head }];
                    let region = Region { paths: vec![String::from_utf8_lossy(&request.target).into_owned()], ..Region::default() };
                    proof.differences.push(Difference::unranked(request, aspects, region, decisions));
                }
                Some(_) => {}
            }
        }
        proof.doubts.push(Doubt { construct: construct.to_owned(), tried: agreed, region: Region::default() });
        join_differences(&mut proof.differences);
    }
}
