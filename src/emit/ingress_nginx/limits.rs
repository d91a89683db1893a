//! Rate limits: tables of counters for the whole proxy, and what a route counts.

use std::collections::BTreeSet;
use std::sync::Arc;

use hashbrown::HashSet;

use super::super::view::{Raw, view};
use super::printer::{Printer, comment};
use crate::ir::{Proxy, RateLimits};

view! {
    /// Who is not limited.
    struct Exempt {
        name: Raw,
        id: Raw,
        addresses: Vec<Raw>,
        key: Raw,
    }

    /// A table of counters.
    struct Zone {
        directive: &'static str,
        id: Raw,
        zone: Raw,
        /// Requests per second or minute, as in `5r/s`; none for connections.
        rate: Option<Raw>,
    }

    /// What a route counts.
    #[derive(PartialEq, Eq, Hash)]
    struct LimitsView {
        connections_zone: Raw,
        connections: i64,
        second_zone: Raw,
        second_burst: i64,
        per_second: bool,
        minute_zone: Raw,
        minute_burst: i64,
        per_minute: bool,
        bandwidth: i64,
        bandwidth_after: i64,
    }
}

/// Lists of addresses that are not limited, one for each rule set with limits.
pub(super) fn exempt(proxy: &Proxy, printer: &mut Printer) -> Vec<Arc<Exempt>> {
    let mut seen = HashSet::new();
    let new = all(proxy).filter(|limits| !limits.id.is_empty() && seen.insert(limits.id.as_str()));
    let exempt = |limits: &RateLimits| Exempt {
        name: comment(&limits.name),
        id: printer.tail("limit-allowlist", &limits.id),
        addresses: limits.exempt.iter().map(|address| printer.words("limit-allowlist", address)).collect(),
        key: printer.words("limit-conn-zone-variable", &proxy.settings.limits.zone_variable),
    };
    new.map(exempt).map(Arc::new).collect()
}

/// The tables of counters, each once.
pub(super) fn zones(proxy: &Proxy, printer: &mut Printer) -> Vec<Arc<Zone>> {
    let mut zones = BTreeSet::new();
    for limits in all(proxy) {
        let RateLimits { name, id, table_size, connections, per_second, per_minute, .. } = limits;
        let zone = |suffix: &str| format!("{name}_{suffix}:{table_size}m");
        if *connections > 0 {
            zones.insert(("limit_conn_zone", id, zone("conn"), None));
        }
        if *per_minute > 0 {
            zones.insert(("limit_req_zone", id, zone("rpm"), Some(format!("{per_minute}r/m"))));
        }
        if *per_second > 0 {
            zones.insert(("limit_req_zone", id, zone("rps"), Some(format!("{per_second}r/s"))));
        }
    }
    let view = |(directive, id, zone, rate): (&'static str, &String, String, Option<String>)| Zone {
        directive,
        id: printer.tail("limit-rps", id),
        zone: printer.tail("limit-rps", &zone),
        rate: rate.map(Raw::new),
    };
    zones.into_iter().map(view).map(Arc::new).collect()
}

/// What a route counts; none where it limits nothing.
pub(super) fn of_route(limits: &RateLimits, printer: &mut Printer) -> Option<Arc<LimitsView>> {
    let RateLimits { name, connections, per_second, per_minute, bandwidth, bandwidth_after, .. } = limits;
    if [connections, per_second, per_minute, bandwidth, bandwidth_after].iter().all(|limit| **limit <= 0) {
        return None;
    }
    let mut zone = |suffix: &str| printer.words("limit-rps", &format!("{name}_{suffix}"));
    Some(Arc::new(LimitsView {
        connections_zone: zone("conn"),
        connections: *connections,
        second_zone: zone("rps"),
        second_burst: limits.per_second_burst,
        per_second: *per_second > 0,
        minute_zone: zone("rpm"),
        minute_burst: limits.per_minute_burst,
        per_minute: *per_minute > 0,
        bandwidth: *bandwidth,
        bandwidth_after: *bandwidth_after,
    }))
}

fn all(proxy: &Proxy) -> impl Iterator<Item = &RateLimits> {
    proxy.servers.iter().flat_map(|server| &server.routes).filter_map(|route| Some(&**route.steps.limits.as_deref()?))
}
