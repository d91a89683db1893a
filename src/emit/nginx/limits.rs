//! Rate limits: tables of counters for the whole proxy, and what a route counts.

use std::collections::{BTreeMap, BTreeSet};

use sha1_smol::Sha1;

use super::lines::{Lines, Word, put};
use super::names;
use crate::ir::{Proxy, RateLimits};

/// The name of a table, as far as it goes: what no name can be has a hash.
fn zone_name(limits: &RateLimits) -> String {
    const READABLE: usize = 200;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_plain = limits.name.len() <= READABLE && limits.name.bytes().all(fits);
    if is_plain { limits.name.clone() } else { format!("limit_{}", Sha1::from(&limits.name).digest()) }
}

/// What is counted by: empty for addresses that are not limited.
fn key(proxy: &Proxy, limits: &RateLimits) -> String {
    if limits.exempt.is_empty() {
        return proxy.settings.limits.zone_variable.clone();
    }
    names::variable("limit_key", &names::variable_part(&limits.id))
}

/// Writes the tables of counters. Each route of an Ingress counts in the same ones.
pub(super) fn tables(proxy: &Proxy, lines: &mut Lines) {
    let all = proxy.servers.iter().flat_map(|server| &server.routes).filter_map(|route| Some(&**route.steps.limits.as_deref()?));
    let mut by_id: BTreeMap<&str, &RateLimits> = BTreeMap::new();
    let mut zones = BTreeSet::new();
    for limits in all.filter(|limits| limits.counts()) {
        by_id.entry(&limits.id).or_insert(limits);
        let RateLimits { table_size, connections, per_second, per_minute, .. } = limits;
        let name = zone_name(limits);
        let zone = |suffix: &str| format!("zone={name}_{suffix}:{table_size}m");
        if *connections > 0 {
            zones.insert((key(proxy, limits), zone("conn"), None));
        }
        if *per_minute > 0 {
            zones.insert((key(proxy, limits), zone("rpm"), Some(format!("rate={per_minute}r/m"))));
        }
        if *per_second > 0 {
            zones.insert((key(proxy, limits), zone("rps"), Some(format!("rate={per_second}r/s"))));
        }
    }
    for limits in by_id.values().filter(|limits| !limits.exempt.is_empty()) {
        lines.apart(|lines| exempt(proxy, limits, lines));
    }
    lines.gap();
    for (key, zone, rate) in zones {
        match rate {
            None => put!(lines, "limit_conn_zone", key, zone),
            Some(rate) => put!(lines, "limit_req_zone", key, zone, rate),
        }
    }
}

/// Writes the variable that is counted by.
fn exempt(proxy: &Proxy, limits: &RateLimits, lines: &mut Lines) {
    let is_limited = names::variable("is_limited", &names::variable_part(&limits.id));
    lines.gap();
    lines.comment(&format!("Addresses that Ingress {} does not limit.", names::shown(&limits.name)));
    lines.block("geo", vec![Word::from(&is_limited)], |lines| {
        lines.entry(vec![Word::from("default"), Word::from("1")]);
        for address in &limits.exempt {
            lines.entry(vec![Word::from(address), Word::from("0")]);
        }
    });
    lines.block("map", vec![Word::from(&is_limited), Word::from(key(proxy, limits))], |lines| {
        lines.entry(vec![Word::from("0"), Word::from("")]);
        lines.entry(vec![Word::from("1"), Word::from(&proxy.settings.limits.zone_variable)]);
    });
}

/// Writes what a route counts.
pub(super) fn write(limits: &RateLimits, lines: &mut Lines) {
    let RateLimits { connections, per_second, per_second_burst, per_minute, per_minute_burst, bandwidth, bandwidth_after, .. } = limits;
    let name = zone_name(limits);
    if *connections > 0 {
        put!(lines, "limit_conn", format!("{name}_conn"), *connections);
    }
    if *per_second > 0 {
        put!(lines, "limit_req", format!("zone={name}_rps"), format!("burst={per_second_burst}"), "nodelay");
    }
    if *per_minute > 0 {
        put!(lines, "limit_req", format!("zone={name}_rpm"), format!("burst={per_minute_burst}"), "nodelay");
    }
    if *bandwidth_after > 0 {
        put!(lines, "limit_rate_after", format!("{bandwidth_after}k"));
    }
    if *bandwidth > 0 {
        put!(lines, "limit_rate", format!("{bandwidth}k"));
    }
}
