//! What a route asks for that HAProxy does not have.

use super::super::dialect::is_address;
use super::super::scope::Scope;
use super::shared::Shared;
use crate::ir::{Extra, Features, Proxy, Route, Steps};

/// Why HAProxy cannot do something.
pub(super) fn lack(extra: Extra) -> &'static str {
    match extra {
        Extra::Firewall => "HAProxy has no web application firewall of its own",
        Extra::GlobalLimit => "counters of several machines need a store that HAProxy does not ask",
        Extra::Digest => "HAProxy has no digest authentication",
        Extra::Tracing => "HAProxy has no tracing of its own: requests are not traced",
        Extra::Push => "HAProxy pushes nothing, nor does any browser take it",
    }
}

/// What clients and backends can do that HAProxy takes in another way, whatever the manifests say.
const REQUESTS: [&str; 9] = [
    "paths with hundreds of `/..` get 400, and those that a regular expression of the host gives up on get 500",
    "bodies without a length are limited by the script of `--haproxy-lua`, while the backend gets them; without it, where the limit is at most 8,000 bytes",
    "handshakes of WebSocket without a key get 400, and those that a backend answers falsely 502",
    "letters beyond ASCII in a URI get 400 unless they are encoded",
    "headers get 400 where they are longer together than `large-client-header-buffers`, not where the buffers are full before",
    "absolute URIs for another host than `Host` get 400, and so does `#` in URIs",
    "requests of HTTP/1.0 reach backends as such",
    "backends get headers of one connection, such as `Connection` and `TE`, as HAProxy sets them",
    "a client that asks for a name with a dot behind it in TLS gets the default certificate",
];

/// Tells of what holds for all hosts.
pub(super) fn tell_of_settings(proxy: &Proxy, scope: &mut Scope) {
    let settings = &proxy.settings;
    scope.requests_differ(proxy, "haproxy", "HAProxy takes some requests in another way than nginx", &REQUESTS);
    tell_of_keys(scope);
    let listening = &settings.listening;
    if !listening.bind_address_ipv4.iter().chain(&listening.bind_address_ipv6).all(|address| is_address(address)) {
        scope.lost("bind-address", "not all of these are addresses: those that are not are left out");
    }
    if settings.headers.server_tokens {
        scope.lost("server-tokens", "HAProxy does not name itself in answers");
    }
    if settings.compression.brotli {
        scope.lost("enable-brotli", "HAProxy has no Brotli: answers are not compressed with it");
    }
    settings.extras().for_each(|extra| scope.lacks(extra, lack(extra)));
    if settings.limits.rate > 0 {
        scope.lost("limit-rate", "how fast answers are sent is limited by routes only");
    }
    if settings.geo.enabled {
        scope.lost("use-geoip2", "HAProxy does not read GeoIP2 databases");
    }
}

/// Keys of the ConfigMap that get lost.
const LOST: &[(&[&str], &str)] = &[
    (&["debug-connections"], "HAProxy writes no log of single connections in detail"),
    (&["keep-alive-requests", "http2-max-requests"], "HAProxy does not count the requests on a connection"),
    (
        &["access-log-path", "http-access-log-path", "access-log-params", "error-log-path", "enable-syslog", "syslog-host", "syslog-port"],
        "HAProxy logs to its standard output",
    ),
    (
        &["log-format-upstream", "log-format-escape-none", "log-format-escape-json", "skip-access-log-urls", "error-log-level"],
        "HAProxy logs each request, in its own format",
    ),
    (
        &["disable-stream-access-log", "stream-access-log-path", "log-format-stream", "enable-auth-access-log"],
        "HAProxy logs requests of HTTP only, and none of its own to authentication services",
    ),
    (&["gzip-level", "gzip-min-length", "gzip-disable"], "HAProxy chooses itself how much it compresses, and for whom"),
    (&["limit-rate-after"], "HAProxy limits answers from their first byte on"),
    (&["proxy-stream-responses"], "HAProxy does not pass on UDP"),
    (
        &["proxy-stream-next-upstream", "proxy-stream-next-upstream-timeout", "proxy-stream-next-upstream-tries"],
        "connections of TCP are tried as often as requests of HTTP",
    ),
    (&["default-type"], "HAProxy gives no type to an answer that has none"),
];

/// Keys of the ConfigMap that are done in another way.
const DIFFERENT: &[(&[&str], &str)] = &[
    (
        &["worker-processes", "worker-cpu-affinity", "max-worker-open-files", "enable-multi-accept", "enable-aio-write", "reuse-port"],
        "HAProxy is one process with a thread for each processor, and allows itself as many files as it needs",
    ),
    (
        &[
            "map-hash-bucket-size",
            "server-name-hash-max-size",
            "server-name-hash-bucket-size",
            "proxy-headers-hash-max-size",
            "proxy-headers-hash-bucket-size",
            "variables-hash-max-size",
            "variables-hash-bucket-size",
        ],
        "tables of HAProxy grow as they need to",
    ),
    (&["disable-ipv6-dns"], "HAProxy asks name servers for the addresses that it can reach"),
    (
        &[
            "client-header-buffer-size",
            "large-client-header-buffers",
            "client-body-buffer-size",
            "grpc-buffer-size-kb",
            "http2-max-field-size",
            "http2-max-header-size",
        ],
        "HAProxy has buffers of one size, and refuses headers that do not fit into one",
    ),
    (&["ssl-session-cache", "ssl-session-cache-size", "ssl-session-timeout", "ssl-buffer-size"], "HAProxy keeps and sends TLS as it does"),
    (&["nginx-status-ipv4-whitelist", "nginx-status-ipv6-whitelist"], "there is no page with the state of nginx: nobody may read it"),
    (
        &[
            "upstream-keepalive-connections",
            "upstream-keepalive-time",
            "upstream-keepalive-timeout",
            "upstream-keepalive-requests",
            "proxy-http-version",
        ],
        "HAProxy keeps connections to backends by its own rules",
    ),
    (&["global-auth-cache-key"], "answers of the service are not kept: it is asked for each request"),
    (&["proxy-send-timeout"], "HAProxy has one timeout for reading and writing: that for reading"),
    (
        &[
            "proxy-buffers-number",
            "proxy-buffer-size",
            "proxy-busy-buffers-size",
            "proxy-request-buffering",
            "proxy-buffering",
            "proxy-max-temp-file-size",
        ],
        "HAProxy passes bodies on as they come, by buffers of one size",
    ),
];

/// Tells of keys of the ConfigMap that HAProxy passes over.
fn tell_of_keys(scope: &mut Scope) {
    for (keys, message) in LOST {
        scope.lost_keys(keys, message);
    }
    for (keys, message) in DIFFERENT {
        scope.keys_differ(keys, message);
    }
}

/// Tells of each loss; a protection that gets lost closes the route.
pub(super) fn tell(route: &Route, shared: &Shared, scope: &mut Scope) {
    // What is not bound is written, or one of the extras. A new field is asked about here: nobody forgets it in silence.
    #[rustfmt::skip]
    let Steps {
        refusal,
        app_root: _, firewall: _, global_limit: _, cors: _, redirect: _, rewrite: _, https: _, limits: _, admission: _, mirror: _, backend: _, error_pages: _,
    } = &*route.steps;
    #[rustfmt::skip]
    let Features {
        proxying, body_buffer, logging, snippet,
        tracing: _, push_preload: _, fastcgi: _, connection_header: _, host_header: _, forwarded_prefix: _, response_headers: _, from_twin: _, relative_redirects: _,
        port_in_redirects: _, causes: _,
    } = &*route.features;
    if refusal.is_some() {
        return;
    }
    route.extras().for_each(|extra| scope.lacks(extra, lack(extra)));
    scope.asked_differs("affinity-mode", "new endpoints get some clients of the others, as with `balanced`");
    scope.asked_differs("session-cookie-change-on-failure", "a client whose endpoint fails comes back to it once that works again");
    if scope.is_asked("stream-snippet") {
        scope.lost("stream-snippet", "raw configuration of nginx means nothing to HAProxy: what it listens to or passes on is not there");
    }
    if logging.rewrites {
        scope.lost("enable-rewrite-log", "HAProxy does not log changes of the path");
    }
    if !snippet.trim().is_empty() {
        scope.close("configuration-snippet", "raw configuration of nginx means nothing to HAProxy, and it may protect something");
    }
    let usual = &shared.proxy.settings.route_defaults;
    if proxying.http_version != usual.proxying.http_version {
        scope.differs("proxy-http-version", "HAProxy chooses the version by the protocol of the backend");
    }
    let buffers = [
        ("proxy-buffering", proxying.buffering != usual.proxying.buffering),
        ("proxy-buffer-size", proxying.buffer_size != usual.proxying.buffer_size),
        ("proxy-buffers-number", proxying.buffers_number != usual.proxying.buffers_number),
        ("proxy-busy-buffers-size", proxying.busy_buffers_size != usual.proxying.busy_buffers_size),
        ("proxy-max-temp-file-size", proxying.max_temp_file_size != usual.proxying.max_temp_file_size),
        ("proxy-request-buffering", proxying.request_buffering != usual.proxying.request_buffering),
        ("client-body-buffer-size", !body_buffer.is_empty()),
    ];
    for (name, _) in buffers.iter().filter(|(_, is_asked)| *is_asked) {
        scope.differs(name, "HAProxy passes bodies on as they come, by buffers of one size");
    }
}
