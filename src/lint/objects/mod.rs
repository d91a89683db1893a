//! Rules about what stands between objects, and about what the routes come to: one file each, with its page, severity and check
//! together. A rule is a file and a line in the list below.
//!
//! A rule is silent where it cannot know: objects of a kind that the input does not hold at all may well be in the cluster.

mod behind;
mod canaries;
mod certificates;
mod cluster_addresses;
mod entrances;
mod guards;
mod inclusion;
mod look;
mod lost_rest;
mod matching;
mod permissions;
mod policies;
mod speech;
mod unanswered;
mod urls;
mod wanted_secrets;

use std::iter;

use rayon::prelude::*;

use super::Subject;
use super::rule::Rule;
use crate::diagnostic::{Diagnostic, few};
use look::Look;
pub use unanswered::{Idle, unanswered};

/// Looks for one mistake.
type Check = fn(&Look) -> Vec<Diagnostic>;

/// Declares the rules: for each a file with `RULE` and `check`.
macro_rules! objects {
    ($($name:ident,)+) => {
        $(mod $name;)+

        const ALL: &[(&Rule, Check)] = &[$((&$name::RULE, $name::check),)+];
    };
}

objects! {
    aimless_canary,
    all_reading_controller,
    auth_loop,
    auth_without_proxy_header,
    blocked_challenge,
    borrowed_pattern,
    committed_private_key,
    contested_certificate,
    credentials_for_any_origin,
    cut_segment,
    detection_only_firewall,
    different_replicas,
    doubled_slash,
    dropped_path,
    error_pages_without_backend,
    expired_certificate,
    exposed_store,
    external_loop,
    external_named_target,
    external_without_host,
    fallen_open,
    fixed_node_port,
    forgeable_address,
    glob_in_pattern,
    grpc_as_http,
    grpc_without_http2,
    grpc_without_tls,
    half_anchored_path,
    headless_backend,
    headless_service_upstream,
    host_outside_tls,
    idle_on_passthrough,
    idle_protection,
    idle_session_affinity,
    idle_tracing,
    ignored_on_canary,
    incomplete_chain,
    inherited_protection,
    inherited_redirect,
    kept_session,
    known_fault,
    limit_per_replica,
    literal_pattern,
    loose_path,
    loosened_policy,
    lost_client_address,
    low_limit_without_autoscaler,
    many_ingress_writers,
    many_name_lookups,
    masked_refusal,
    mirror_loop,
    miscounted_weight,
    missing_group,
    missing_issuer,
    missing_pre_stop,
    missing_secret,
    missing_service,
    missing_service_port,
    missing_target_port,
    missing_tls,
    needless_load_balancer,
    no_default_backend,
    no_disruption_budget,
    no_fallback_to_wildcard,
    no_readiness_probe,
    node_port_clash,
    one_sided_proxy_protocol,
    open_allowlist,
    open_sister_path,
    optional_client_certificates,
    outside_auth_url,
    overridden_balancing,
    password_without_tls,
    pattern_as_cookie_path,
    plain_behind_passthrough,
    plain_to_tls_port,
    port_in_redirect,
    preflight_to_backend,
    redirect_behind_tls,
    redirect_loop,
    rewrite_without_slash,
    satisfied_by_one,
    second_canary,
    secret_elsewhere,
    selector_without_pods,
    service_without_endpoints,
    shared_backend_tls,
    shared_client_certificates,
    short_grace_period,
    short_shutdown_timeout,
    short_websocket_timeout,
    shut_out_controller,
    shut_out_dns,
    single_controller,
    skipped_client_certificates,
    slash_at_end,
    stateful_without_affinity,
    tenant_wildcard,
    tls_to_plain_port,
    tls_without_hosts,
    told_version,
    two_certificates,
    two_default_classes,
    two_issuers,
    two_protocols,
    unchecked_certificates,
    uncovered_alias,
    uncovered_host,
    unguarded_path,
    unlimited_controller,
    unopened_stream_port,
    unpatched_nginx,
    unreachable_path,
    unread_configmap,
    unsafe_auth_url,
    unserved_tls_host,
    unspread_local_traffic,
    unused_certificate,
    way_around_ingress,
    weak_certificate,
    wide_canary,
}

/// The rules of this room.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    ALL.iter().map(|(rule, _)| *rule)
}

/// Looks for all of them. The findings of one rule stay together.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let Subject { cluster, controller, proxy, judgement: _, now } = *subject;
    let look = Look::of(cluster, controller, proxy, now);
    ALL.par_iter().flat_map_iter(|(_, check)| check(&look)).collect()
}

/// Some names for a message: "`a`, `b`, `c` and 4 more".
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const SHOWN: usize = 3;
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let mut shown = few(&names, SHOWN);
    match shown.pop() {
        None => String::new(),
        Some(rest) if shown.is_empty() => rest,
        Some(rest) => format!("{} and {rest}", shown.join(", ")),
    }
}

/// The name that was probably meant.
fn meant<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const SIMILAR: f64 = 0.85;
    let scored = names.into_iter().map(|known| (strsim::jaro_winkler(known, name), known));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))?;
    iter::once(best).find(|(score, _)| *score >= SIMILAR).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_short() {
        for (names, expected) in [
            (vec![], ""),
            (vec!["a"], "`a`"),
            (vec!["a", "b"], "`a` and `b`"),
            (vec!["a", "b", "c"], "`a`, `b` and `c`"),
            (vec!["a", "b", "c", "d"], "`a`, `b`, `c` and `d`"),
            (vec!["a", "b", "c", "d", "e"], "`a`, `b`, `c` and 2 more"),
        ] {
            assert_eq!(listed(names), expected);
        }
    }

    #[test]
    fn a_misspelt_name_is_understood() {
        assert_eq!(meant("webb", ["api", "web"]), Some("web"));
        assert_eq!(meant("frontend", ["api", "web"]), None);
        assert_eq!(meant("x", []), None);
    }
}
