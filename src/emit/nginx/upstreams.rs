//! Groups of endpoints: where each leads, how one is chosen, and the maps that canaries and cookies need.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::canary;
use super::cookies;
use super::lines::{Lines, Word, put};
use super::names;
use super::scope::Scope;
use super::subsets;
use crate::ir::{DEFAULT_UPSTREAM, Endpoint, Hashing, Proxy, Settings, Upstream};
use crate::nginx;

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
    /// Part of the names of its variables.
    pub(super) id: String,
    /// How often the endpoints are listed, so that nginx tries as often as routes ask for.
    repeats: usize,
}

/// All upstreams by name.
pub(super) type Plans<'a> = BTreeMap<&'a str, Plan<'a>>;

/// Decides where the requests for each upstream go.
pub(super) fn plan<'a>(proxy: &'a Proxy, scope: &mut Scope) -> Plans<'a> {
    // Quirk: fallbacks have one name for all their copies; the first counts.
    let mut by_name: BTreeMap<&str, &Upstream> = BTreeMap::new();
    for upstream in &proxy.upstreams {
        by_name.entry(&upstream.name).or_insert(upstream);
    }
    let tries = tries(proxy);
    let mut plans = Plans::new();
    for (&name, &upstream) in &by_name {
        let id = names::variable_part(name);
        let other = upstream.alternatives.first().and_then(|name| by_name.get(name.as_str()).copied());
        let leads = |upstream| matches!(destination(proxy, upstream), Destination::Group(_) | Destination::Name(_));
        let canary = other.filter(|other| leads(upstream) && leads(other));
        let destination = match canary {
            Some(canary) if canary::is_taking(upstream, canary) => Destination::Choice(names::variable("choice", &id)),
            _ => destination(proxy, upstream),
        };
        let repeats = tries.get(name).map_or(1, |tries| tries.div_ceil(upstream.endpoints.len().max(1)));
        let mut plan = Plan { upstream, destination, canary, id, repeats };
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

fn destination(proxy: &Proxy, upstream: &Upstream) -> Destination {
    let is_own = |endpoint: &Endpoint| endpoint.address == "127.0.0.1" && endpoint.port == proxy.runtime.default_port.to_string();
    match (upstream.endpoints.as_slice(), &upstream.dns) {
        ([], Some(name)) => Destination::Name(format!("{}:{}", name.address, name.port)),
        ([], None) => Destination::Nowhere,
        ([endpoint], _) if upstream.name == DEFAULT_UPSTREAM && is_own(endpoint) => Destination::NotFound,
        ([first, ..], _) if !is_address(first) => Destination::Name(format!("{}:{}", first.address, first.port)),
        _ => Destination::Group(upstream.name.clone()),
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

fn is_address(endpoint: &Endpoint) -> bool {
    endpoint.address.parse::<IpAddr>().is_ok()
}

/// An endpoint as `server` takes it.
pub(super) fn address(endpoint: &Endpoint) -> String {
    if endpoint.address.contains(':') {
        return format!("[{}]:{}", endpoint.address, endpoint.port);
    }
    format!("{}:{}", endpoint.address, endpoint.port)
}

impl Plan<'_> {
    /// Whether a cookie keeps clients on one endpoint.
    pub(super) fn is_sticky(&self) -> bool {
        self.upstream.affinity.kind == "cookie"
    }

    /// Where requests go that no canary takes, given that there is anybody.
    pub(super) fn home(&self) -> Destination {
        let upstream = self.upstream;
        match upstream.endpoints.first().or(upstream.dns.as_ref()) {
            Some(endpoint) if !is_address(endpoint) => Destination::Name(format!("{}:{}", endpoint.address, endpoint.port)),
            _ if self.has_subsets() => Destination::Choice(subsets::variable(self)),
            _ => Destination::Group(upstream.name.clone()),
        }
    }

    fn has_subsets(&self) -> bool {
        !self.is_sticky() && self.upstream.hashing.subset && !self.upstream.hashing.key.is_empty()
    }

    /// Writes the group, where there is one.
    pub(super) fn group(&self, settings: &Settings, scope: &mut Scope, lines: &mut Lines) {
        let upstream = self.upstream;
        if upstream.endpoints.is_empty() || !upstream.endpoints.iter().all(is_address) {
            return;
        }
        if self.has_subsets() {
            return subsets::write(self, settings, lines);
        }
        if self.is_sticky() {
            cookies::key(self, lines);
        }
        lines.gap();
        lines.block("upstream", vec![Word::from(&upstream.name)], |lines| {
            let hashes = self.method(settings, scope, lines);
            for round in 0..if hashes { 1 } else { self.repeats } {
                if round == 1 {
                    lines.comment("Once more: nginx tries each line once, and routes ask for more tries.");
                }
                for endpoint in &upstream.endpoints {
                    // The controller does not remember failures: the next request tries the endpoint again.
                    put!(lines, "server", address(endpoint), "max_fails=0");
                }
            }
            keepalive(settings, lines);
        });
    }

    /// Writes how an endpoint is chosen, without a word one after the other; whether that is by a hash.
    fn method(&self, settings: &Settings, scope: &mut Scope, lines: &mut Lines) -> bool {
        let upstream = self.upstream;
        if self.is_sticky() {
            put!(lines, "hash", names::variable("sticky_key", &self.id), "consistent");
            return true;
        }
        if !upstream.hashing.key.is_empty() {
            put!(lines, "hash", hash_key(&upstream.hashing), "consistent");
            return true;
        }
        if upstream.algorithm == "ewma" || upstream.algorithm.is_empty() && settings.upstreams.load_balance == "ewma" {
            scope.differs("load-balance", "`ewma` becomes the endpoint with the fewest connections");
            put!(lines, "least_conn");
        }
        false
    }
}

/// What is hashed. nginx takes turns where that is empty, the controller does not: it never is. Variables that nobody knows are empty
/// for the controller, which reads the key while requests come, and keep nginx from starting.
pub(super) fn hash_key(hashing: &Hashing) -> String {
    let mut key = hashing.key.clone();
    let mut unknown: Vec<_> = nginx::used(&hashing.key).unwrap_or_default();
    unknown.retain(|name| !nginx::is_builtin(name));
    // A name may begin like another.
    unknown.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in unknown {
        key = key.replace(&format!("${{{name}}}"), "").replace(&format!("${name}"), "");
    }
    format!("{key}-")
}

pub(super) fn keepalive(settings: &Settings, lines: &mut Lines) {
    let upstreams = &settings.upstreams;
    if upstreams.keepalive_connections <= 0 {
        return;
    }
    put!(lines, "keepalive", upstreams.keepalive_connections);
    if upstreams.keepalive_requests != 1000 {
        put!(lines, "keepalive_requests", upstreams.keepalive_requests);
    }
    if upstreams.keepalive_timeout != 60 {
        put!(lines, "keepalive_timeout", format!("{}s", upstreams.keepalive_timeout));
    }
    if upstreams.keepalive_time != "1h" {
        put!(lines, "keepalive_time", &upstreams.keepalive_time);
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
        if !route.features.error_pages.is_empty() {
            used.insert(route.error_upstream.as_str());
        }
    }
    let canaries: Vec<&str> = used.iter().filter_map(|name| plans.get(name)?.canary).map(|canary| canary.name.as_str()).collect();
    used.extend(canaries);
    used
}
