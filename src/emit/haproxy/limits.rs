//! Rate limits. nginx lets a bucket leak; the counters of HAProxy alone would lock out a client that goes on, so that the bucket is
//! computed: two numbers for each client, how full it is in thousandths of a request, and when it was looked at in milliseconds.

use std::collections::BTreeMap;

use super::super::scope::Scope;
use super::access;
use super::formats::{Kind, SectionName};
use super::lines::{Lines, Rule};
use super::scripts::ErrorPages;
use super::shared::Shared;
use super::variables;
use crate::ir::RateLimits;

/// A table of counters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Table {
    /// Requests at the same time.
    Connections,
    /// A bucket with its rate in requests and seconds, and its size.
    Bucket {
        /// Requests.
        rate: i64,
        /// Seconds in which they leak.
        seconds: i64,
        /// Requests that may exceed the rate at once.
        burst: i64,
    },
}

impl Table {
    /// The tables that a route counts in, with what they are for.
    fn of(limits: &RateLimits) -> Vec<(Kind, Self)> {
        let RateLimits { connections, per_second, per_second_burst, per_minute, per_minute_burst, .. } = *limits;
        let mut tables = Vec::new();
        if per_second > 0 {
            tables.push((Kind::PerSecond, Self::Bucket { rate: per_second, seconds: 1, burst: per_second_burst }));
        }
        if per_minute > 0 {
            tables.push((Kind::PerMinute, Self::Bucket { rate: per_minute, seconds: 60, burst: per_minute_burst }));
        }
        if connections > 0 {
            tables.push((Kind::Connections, Self::Connections));
        }
        tables
    }
}

/// Tables by name, for the whole proxy.
pub(super) type Tables = BTreeMap<SectionName, Table>;

fn table_name(limits: &RateLimits, kind: Kind) -> SectionName {
    SectionName::of(kind, &limits.name)
}

/// The expression that clients are told apart by; none where HAProxy has no word for it.
fn key(shared: &Shared) -> Option<String> {
    let variable = shared.proxy.settings.limits.zone_variable.as_str();
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    variable.strip_prefix('$').filter(is_name).and_then(variables::sample)
}

/// Writes the tables.
pub(super) fn tables(shared: &Shared, tables: &Tables, lines: &mut Lines) {
    let kind = if key(shared).as_deref() == Some("src") { "ipv6" } else { "string len 128" };
    for (name, table) in tables {
        lines.section(&format!("backend {name}"));
        match table {
            Table::Connections => lines.code(&format!("stick-table type {kind} size 100k expire 10m store conn_cur")),
            Table::Bucket { rate, seconds, burst } => {
                // A bucket may be forgotten once it is empty.
                let expire = (burst.saturating_add(1).saturating_mul(*seconds) / rate).clamp(10, 86_400) + 10;
                lines.code(&format!("stick-table type {kind} size 100k expire {expire}s store gpt(2)"));
            }
        }
    }
}

/// Writes what a route counts.
pub(super) fn write(limits: &RateLimits, shared: &Shared, pages: &ErrorPages, all: &mut Tables, scope: &mut Scope, lines: &mut Lines) {
    let tables = Table::of(limits);
    if tables.is_empty() {
        return;
    }
    let Some(key) = key(shared) else {
        return scope.close_for_setting(shared.proxy, "limit-conn-zone-variable", "HAProxy does not know what clients are counted by");
    };
    let settings = &shared.proxy.settings.limits;
    let mut exempt = Vec::new();
    if !limits.exempt.is_empty() {
        access::networks("unlimited", &limits.exempt, lines);
        exempt.push("!unlimited");
    }
    let condition = |more: &str| {
        let all: Vec<_> = exempt.iter().copied().chain((!more.is_empty()).then_some(more)).collect();
        if all.is_empty() { String::new() } else { format!("if {}", all.join(" ")) }
    };
    for (at, (kind, table)) in tables.into_iter().enumerate() {
        let name = table_name(limits, kind);
        lines.rule(Rule::new(&format!("http-request track-sc{at} {key} table {name}")).code(&condition("")));
        match table {
            Table::Connections => {
                let excess = format!("{{ sc{at}_conn_cur({name}) gt {} }}", limits.connections);
                pages.answer(settings.connection_status, &condition(&excess), lines);
            }
            Table::Bucket { rate, seconds, burst } => {
                let most = bucket(at, name.as_str(), (rate, seconds, burst), &condition, lines);
                pages.answer(settings.request_status, &condition(&format!("{{ var(txn.fill) -m int gt {most} }}")), lines);
                for (cell, variable) in [(0, "fill"), (1, "now")] {
                    lines.rule(Rule::new(&format!("http-request sc-set-gpt({cell},{at}) var(txn.{variable})")).code(&condition("")));
                }
            }
        }
        all.entry(name).or_insert(table);
    }
}

/// Writes how full the bucket is with this request; how full it may be.
fn bucket(at: usize, name: &str, (rate, seconds, burst): (i64, i64, i64), condition: &dyn Fn(&str) -> String, lines: &mut Lines) -> i64 {
    // Two billion thousandths are as full as a number can be.
    let most = burst.saturating_mul(1000).min(2_000_000_000);
    let leak = if seconds == 1 { format!("mul({rate})") } else { format!("mul({rate}),div({seconds})") };
    let mut put = |rule: String, more: &str| lines.rule(Rule::new(&format!("http-request {rule}")).code(&condition(more)));
    put(String::from("set-var(txn.now) date(0,ms),and(2147483647)"), "");
    put(format!("set-var(txn.last) sc_get_gpt(1,{at},{name})"), "");
    put(String::from("set-var(txn.since) var(txn.now),sub(txn.last),and(2147483647)"), "");
    // Clocks of threads differ by some milliseconds: what seems to lie in the future was just now.
    let is_ahead = "{ var(txn.since) -m int gt 1073741823 } !{ var(txn.last) -m int 0 }";
    put(String::from("set-var(txn.now) var(txn.last)"), is_ahead);
    put(String::from("set-var(txn.since) int(0)"), is_ahead);
    put(format!("set-var(txn.leak) var(txn.since),{leak}"), "");
    put(format!("set-var(txn.fill) sc_get_gpt(0,{at},{name}),sub(txn.leak),add(1000)"), "");
    put(String::from("set-var(txn.fill) int(0)"), "{ var(txn.fill) -m int lt 0 }");
    put(String::from("set-var(txn.fill) int(0)"), "{ var(txn.last) -m int 0 }");
    most
}

/// Tells of limits on how fast an answer is sent, or writes them.
pub(super) fn bandwidth(limits: &RateLimits, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    if limits.bandwidth <= 0 {
        return;
    }
    if !shared.options.version.has_bandwidth_limits() {
        return scope.lost("limit-rate", "HAProxy limits how fast answers are sent since 2.7 only");
    }
    if limits.bandwidth_after > 0 {
        scope.lost("limit-rate-after", "HAProxy limits answers from their first byte on");
    }
    lines.code(&format!("filter bwlim-out slow default-limit {}k default-period 1s", limits.bandwidth));
    lines.code("http-response set-bandwidth-limit slow");
}
