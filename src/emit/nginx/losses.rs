//! What a route asks for that nginx itself does not have.

use super::super::dialect::is_network;
use super::scope::Scope;
use super::shared::Shared;
use crate::ir::{Extra, Features, Route, Settings, Steps};

/// Why nginx cannot do something.
pub(super) fn lack(extra: Extra) -> &'static str {
    match extra {
        Extra::Firewall => "nginx has no web application firewall of its own",
        Extra::GlobalLimit => "nginx counts for itself: no limit holds for several of them",
        Extra::Digest => "nginx has no digest authentication",
        Extra::Tracing => "nginx has no tracing of its own: requests are not traced",
        Extra::Push => "this version of nginx pushes nothing, nor does any browser take it",
    }
}

/// Tells of keys of the ConfigMap that hold for all hosts.
pub(super) fn tell_of_settings(settings: &Settings, scope: &mut Scope) {
    let filters = &settings.filters;
    for (key, networks) in [("nginx-status-ipv4-whitelist", &filters.status_ipv4), ("nginx-status-ipv6-whitelist", &filters.status_ipv6)] {
        if !networks.iter().all(|network| is_network(network)) {
            scope.lost(key, "not all of these are addresses or networks: those that are not may not read the status page");
        }
    }
    settings.extras().for_each(|extra| scope.lacks(extra, lack(extra)));
    scope.lost_keys(
        &["disable-stream-access-log", "stream-access-log-path", "log-format-stream"],
        "connections of TCP and UDP services are not logged",
    );
    scope.lost_keys(&["debug-connections"], "an nginx of a distribution writes no such log");
    scope.keys_differ(&["max-worker-open-files"], "the limit of the service that runs nginx holds");
    scope.keys_differ(&["enable-aio-write"], "workers write temporary files themselves");
    scope.keys_differ(&["reuse-port"], "all workers share their listening sockets");
    scope.keys_differ(&["http2-max-field-size", "http2-max-header-size"], "headers are limited by `large-client-header-buffers` alone");
    scope.keys_differ(&["http2-max-requests"], "requests on a connection are counted by `keep-alive-requests` alone");
}

/// Tells of each loss; a protection that gets lost closes the route.
pub(super) fn tell(route: &Route, shared: &Shared, scope: &mut Scope) {
    // What is not bound is written, or one of the extras. A new field is asked about here: nobody forgets it in silence.
    #[rustfmt::skip]
    let Steps {
        refusal, mirror,
        app_root: _, firewall: _, global_limit: _, cors: _, redirect: _, rewrite: _, https: _, limits: _, admission: _, backend: _, error_pages: _,
    } = &*route.steps;
    #[rustfmt::skip]
    let Features {
        proxying,
        tracing: _, push_preload: _, fastcgi: _, body_buffer: _, connection_header: _, host_header: _, forwarded_prefix: _, response_headers: _, from_twin: _,
        relative_redirects: _, port_in_redirects: _, logging: _, snippet: _, causes: _,
    } = &*route.features;
    if refusal.is_some() {
        return;
    }
    for extra in route.extras().filter(|extra| *extra != Extra::Push || !shared.options.version.has_push()) {
        scope.lacks(extra, lack(extra));
    }
    if proxying.next_upstream.split(' ').any(|word| word.starts_with("http_")) {
        let message = "endpoints are listed as often as tries are asked for: one that had closed a kept connection gets one try more";
        scope.differs("proxy-next-upstream", message);
    }
    scope.asked_differs("affinity-mode", "new endpoints get some clients of the others, as with `balanced`");
    // With HTTP/2 the controller does not keep them either.
    if !shared.proxy.settings.listening.http2 {
        for name in ["auth-keepalive", "auth-keepalive-requests", "auth-keepalive-share-vars", "auth-keepalive-timeout"] {
            scope.asked_differs(name, "connections to the service are not kept");
        }
    }
    if mirror.as_ref().is_some_and(|mirror| !mirror.is_sent()) {
        scope.lost("mirror-target", "there is no target to send copies to: requests are not copied");
    }
}
