//! What no expectation touches: routes, branches of canaries, and protections.

use hashbrown::HashMap;

use super::compare::asked;
use super::sample::{Sampler, comes_to};
use super::suite::{Expected, Test};
use crate::route::{Canary, CanaryRule, CheckKind, Config, Decision, End, Goal, Host, Request, Route, Table, Verdict};
use crate::source::Span;

/// What of a route can be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// The route itself.
    Route,
    /// A rule of one of its canaries: the places of both, who gets the requests, and which ones, in words.
    Canary(usize, usize, String, String),
    /// What it asks.
    Protection(CheckKind),
}

impl ItemKind {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Canary(..) => "canary",
            Self::Protection(_) => "protection",
        }
    }
}

/// Something that expectations can touch.
#[derive(Debug)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// The place of its host in the table, and that of its route in the host.
    pub place: (usize, usize),
    /// Where the route stands.
    pub at: Span,
    /// An expectation touches it.
    pub is_touched: bool,
    /// A request that would touch it; none where it is touched, or where no request was found.
    pub request: Option<Request>,
}

/// What expectations touch.
#[derive(Debug)]
pub struct Coverage<'c> {
    table: &'c Table,
    /// All there is, in the order of the routes.
    pub items: Vec<Item>,
    /// The items of a route, by where its server and itself stand.
    by_route: HashMap<(u32, u32), Vec<usize>>,
}

impl<'c> Coverage<'c> {
    /// Of all routes of a table, of which nothing is touched yet.
    #[must_use]
    pub fn of(table: &'c Table) -> Self {
        let mut items = Vec::new();
        let mut by_route: HashMap<(u32, u32), Vec<usize>> = HashMap::new();
        for (host_at, host) in table.hosts.iter().enumerate() {
            for (route_at, route) in host.routes.iter().enumerate().filter(|(_, route)| is_counted(route)) {
                for kind in kinds(route) {
                    by_route.entry((host.at.start, route.at.start)).or_default().push(items.len());
                    items.push(Item { kind, place: (host_at, route_at), at: route.at, is_touched: false, request: None });
                }
            }
        }
        Self { table, items, by_route }
    }

    /// The host and the route of an item.
    #[must_use]
    pub fn route(&self, item: &Item) -> (&'c Host, &'c Route) {
        let host = &self.table.hosts[item.place.0];
        (host, &host.routes[item.place.1])
    }

    /// Notes what a test touches on the ways that count.
    pub(super) fn note(&mut self, test: &Test, ways: &[&Decision]) {
        let table = self.table;
        for way in ways {
            let Some(server) = way.server.as_ref().map(|server| server.at.start) else { continue };
            let passed = way.steps.iter().filter_map(|step| step.at).chain(way.location.as_ref().map(|location| location.at));
            let mut routes: Vec<u32> = passed.map(|at| at.start).chain([server]).collect();
            routes.sort_unstable();
            routes.dedup();
            for at in routes.iter().filter_map(|route| self.by_route.get(&(server, *route))).flatten() {
                let item = &mut self.items[*at];
                let host = &table.hosts[item.place.0];
                let route = &host.routes[item.place.1];
                item.is_touched |= comes_to(way, host, route) && touches(test, way, route, &item.kind);
            }
        }
    }

    /// Finds a request for each item that nothing touches.
    pub fn find_requests(&mut self, config: &Config<'_>) {
        let sampler = Sampler::new(config, self.table);
        let mut plain: HashMap<(usize, usize), Option<Request>> = HashMap::new();
        for item in self.items.iter_mut().filter(|item| !item.is_touched) {
            let host = &self.table.hosts[item.place.0];
            let route = &host.routes[item.place.1];
            let plain = plain.entry(item.place).or_insert_with(|| sampler.plain(host, route));
            item.request = plain.clone().and_then(|plain| request_for(sampler, plain, route, &item.kind));
        }
    }

    /// How many there are, how many of them are touched, and for how many of the others no request was found.
    #[must_use]
    pub fn counts(&self, is_meant: impl Fn(&ItemKind) -> bool) -> (usize, usize, usize) {
        let all = || self.items.iter().filter(|item| is_meant(&item.kind));
        let touched = all().filter(|item| item.is_touched).count();
        (all().count(), touched, all().filter(|item| !item.is_touched && item.request.is_none()).count())
    }

    /// How much is touched of what a request was found for, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        let (all, touched, lost) = self.counts(|_| true);
        #[expect(clippy::cast_precision_loss, reason = "there are fewer routes than a float can count")]
        if all == lost { 100.0 } else { touched as f64 * 100.0 / (all - lost) as f64 }
    }
}

/// Whether requests of clients can come to a route and something becomes of them.
pub(super) fn is_counted(route: &Route) -> bool {
    !route.is_internal
}

fn kinds(route: &Route) -> Vec<ItemKind> {
    let mut all = vec![ItemKind::Route];
    for (canary_at, canary) in route.canaries.iter().enumerate() {
        let whom = canary.service.as_ref().unwrap_or(&canary.upstream);
        let rules = canary.when.iter().enumerate();
        all.extend(rules.map(|(rule_at, when)| ItemKind::Canary(canary_at, rule_at, whom.clone(), when.clone())));
    }
    let mut guards: Vec<CheckKind> = route.guards.iter().map(|guard| guard.kind).collect();
    guards.sort_unstable();
    guards.dedup();
    // What is redirected or answered before is never asked.
    let is_asked = matches!(route.goal, Goal::Backend(_) | Goal::Files | Goal::Unknown);
    all.extend(guards.into_iter().filter(|_| is_asked).map(ItemKind::Protection));
    all
}

fn touches(test: &Test, way: &Decision, route: &Route, kind: &ItemKind) -> bool {
    match kind {
        ItemKind::Route => true,
        ItemKind::Canary(canary, rule, ..) => test.expects_backend() && takes(&test.request, way, &route.canaries[*canary], *rule),
        ItemKind::Protection(kind) => {
            let says = |what: &Expected| match what {
                Expected::Protection(said) => said == kind && asked(&test.request, way).contains(kind),
                // An answer that it gives itself is one as well.
                Expected::Status(_) | Expected::Reachable(false) => {
                    way.checks.iter().any(|check| check.kind == *kind && check.verdict == Verdict::Refuse)
                }
                _ => false,
            };
            test.all.iter().any(|expectation| says(&expectation.what))
        }
    }
}

/// Whether a canary takes a request on a way, by one of its rules.
pub(super) fn takes(request: &Request, way: &Decision, canary: &Canary, rule: usize) -> bool {
    let End::Backend(passed) = &way.end else { return false };
    let share = passed.canary.iter().find(|share| share.upstream == canary.upstream).map(|share| share.probability);
    let is_sure = share == Some(1.0) || passed.upstream == canary.upstream && way.chance() >= 1.0;
    let is_likely = share.is_some_and(|share| share > 0.0 && share < 1.0) || passed.upstream == canary.upstream && way.chance() < 1.0;
    match canary.rules.get(rule) {
        Some(CanaryRule::Header(name, value)) => is_sure && request.headers(name).any(|own| own == value),
        Some(CanaryRule::HeaderLike(name, _)) => is_sure && request.headers(name).next().is_some(),
        Some(CanaryRule::Cookie(name, value)) => {
            let cookie = format!("{name}={value}");
            is_sure && request.headers("cookie").flat_map(|all| all.split(';')).any(|own| own.trim() == cookie)
        }
        // All requests are a part of them, too.
        Some(CanaryRule::Chance) => is_likely || is_sure && request.headers.is_empty(),
        Some(CanaryRule::Other) | None => is_sure || is_likely,
    }
}

/// A request that touches an item, made of a plain one that comes to its route.
fn request_for(sampler: Sampler<'_, '_>, plain: Request, route: &Route, kind: &ItemKind) -> Option<Request> {
    let admitted = || sampler.admitted(plain.clone(), route);
    match kind {
        ItemKind::Route => Some(plain),
        ItemKind::Canary(canary, rule, ..) => {
            let canary = &route.canaries[*canary];
            let ways = |request: &Request| sampler.config.branches(request);
            let mut meant = sampler.for_canary(&admitted()?, canary.rules.get(*rule)?).into_iter();
            meant.find(|request| ways(request).iter().any(|way| takes(request, way, canary, *rule)))
        }
        ItemKind::Protection(kind) => {
            let is_met = |request: &Request| asked(request, &sampler.config.decide(request)).contains(kind);
            admitted().filter(is_met).or_else(|| Some(plain.clone()).filter(is_met))
        }
    }
}
