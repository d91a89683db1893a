//! Where the requests for each upstream go.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::scope::Scope;
use crate::ir::{self, DEFAULT_UPSTREAM, Proxy, Question, Side, Upstream, questions};

/// Where requests for an upstream go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// To a group of this name.
    Group(String),
    /// To the group that a variable names.
    Choice(String),
    /// To `name:port`, looked up for each request.
    Name(String),
    /// Nowhere: there is no endpoint.
    Nowhere,
    /// To nobody: nginx itself answers 404.
    NotFound,
}

/// What is to be done for one upstream.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// What it is.
    pub(super) upstream: &'a Upstream,
    /// Where its requests go.
    pub(super) destination: Destination,
    /// The upstream that takes a share.
    pub(super) canary: Option<&'a Upstream>,
    /// Whether that one is meant, in the order of asking.
    pub(super) questions: Vec<Question>,
    /// Part of the names of its variables.
    pub(super) id: String,
    /// How often the endpoints are listed, so that nginx tries as often as routes ask for.
    pub(super) repeats: usize,
}

/// All upstreams by name.
pub(super) type Plans<'a> = BTreeMap<&'a str, Plan<'a>>;

/// Decides where the requests for each upstream go.
pub(super) fn plan<'a>(proxy: &'a Proxy, scope: &mut Scope) -> Plans<'a> {
    let tries = tries(proxy);
    let mut plans = Plans::new();
    for upstream in &proxy.upstreams {
        let name = upstream.name.as_str();
        if plans.contains_key(name) {
            continue;
        }
        let id = names::variable_part(name);
        let other = upstream.alternatives.first().and_then(|name| proxy.upstream(name));
        let leads = |upstream| matches!(destination(proxy, upstream), Destination::Group(_) | Destination::Name(_));
        let canary = other.filter(|other| leads(upstream) && leads(other));
        let questions = canary.map(|canary| known_questions(upstream, canary, scope)).unwrap_or_default();
        let destination =
            if questions.is_empty() { destination(proxy, upstream) } else { Destination::Choice(names::variable("choice", &id)) };
        let repeats = tries.get(name).map_or(1, |tries| tries.div_ceil(upstream.endpoints.len().max(1)));
        let mut plan = Plan { upstream, destination, canary, questions, id, repeats };
        if let Destination::Group(_) = plan.destination {
            plan.destination = plan.home();
        }
        if let Destination::Name(_) = plan.home()
            && (plan.is_sticky() || !upstream.hashing.key.is_empty())
        {
            scope.lost("affinity", "a name in DNS has no endpoints to choose among: each request may go to another one");
        }
        plans.insert(name, plan);
    }
    plans
}

/// The questions that nginx can ask; none where nothing leads to the canary.
fn known_questions(upstream: &Upstream, canary: &Upstream, scope: &mut Scope) -> Vec<Question> {
    let mut known = questions(upstream, canary);
    known.retain(|question| {
        let is_known = !matches!(question, Question::Header { name, .. } if !names::is_header(name));
        if !is_known {
            scope.lost("canary-by-header", "no variable of nginx holds a header of this name");
        }
        is_known
    });
    if matches!(known.as_slice(), [Question::Kept { side: Side::Own, .. }]) {
        known.clear();
    }
    known
}

fn destination(proxy: &Proxy, upstream: &Upstream) -> Destination {
    match proxy.destination(upstream) {
        ir::Destination::Endpoints(_) => Destination::Group(upstream.name.clone()),
        ir::Destination::Name(name) => Destination::Name(format!("{}:{}", name.address, name.port)),
        ir::Destination::Nowhere => Destination::Nowhere,
        ir::Destination::NotFound => Destination::NotFound,
    }
}

/// How often routes ask for a try where a status of the backend is to be tried again. After an error of the connection, another try at
/// the same endpoint is worth nothing, and nginx leaves it out.
fn tries(proxy: &Proxy) -> BTreeMap<&str, usize> {
    const MOST: i64 = 10;
    let mut tries = BTreeMap::new();
    for route in proxy.servers.iter().flat_map(|server| &server.routes) {
        let proxying = &route.features.proxying;
        if proxying.next_upstream.split(' ').any(|word| word.starts_with("http_")) {
            let wanted = usize::try_from(proxying.next_upstream_tries.clamp(1, MOST)).unwrap_or(1);
            let most = tries.entry(route.upstream.as_str()).or_insert(1);
            *most = wanted.max(*most);
        }
    }
    tries
}

impl Plan<'_> {
    /// Whether a cookie keeps clients on one endpoint.
    pub(super) fn is_sticky(&self) -> bool {
        self.upstream.affinity.is_by_cookie()
    }

    /// Where requests go that no canary takes, given that there is anybody.
    pub(super) fn home(&self) -> Destination {
        let upstream = self.upstream;
        match upstream.endpoints.first().or(upstream.dns.as_ref()) {
            Some(endpoint) if !endpoint.is_address() => Destination::Name(format!("{}:{}", endpoint.address, endpoint.port)),
            _ if self.has_subsets() => Destination::Choice(self.subset()),
            _ => Destination::Group(upstream.name.clone()),
        }
    }

    /// The variable that names the group of a request where a key leads to a group of endpoints.
    pub(super) fn subset(&self) -> String {
        names::variable("subset", &self.id)
    }

    /// Whether a key leads to a group of endpoints.
    pub(super) fn has_subsets(&self) -> bool {
        !self.is_sticky() && self.upstream.hashing.subset && !self.upstream.hashing.key.is_empty()
    }
}

/// The upstreams that the hosts use, with those that take a share of them.
pub(super) fn used<'a>(proxy: &'a Proxy, plans: &Plans<'a>) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::new();
    if !proxy.settings.route_defaults.error_codes.is_empty() {
        used.insert(DEFAULT_UPSTREAM);
    }
    for route in proxy.servers.iter().flat_map(|server| &server.routes) {
        used.insert(route.upstream.as_str());
        if !route.steps.error_pages.codes.is_empty() {
            used.insert(&*route.steps.error_pages.upstream);
        }
    }
    let canaries: Vec<&str> = used.iter().filter_map(|name| plans.get(name)?.canary).map(|canary| canary.name.as_str()).collect();
    used.extend(canaries);
    used
}
