//! `haproxy.org/*`: HAProxy Kubernetes Ingress Controller, by the makers of HAProxy.

use super::Meaning::{Beside, List, Nothing, Rate, Same, Seconds, Switch, Words};
use super::{Dialect, OF_HAPROXY, Row, row};
use crate::catalog::families::HAPROXY;

const ELSEWHERE: &str = "that controller reads it in its ConfigMap or on Services, not on Ingresses";
const RAW: &str = "it is raw configuration of HAProxy";
const PROBES: &str = "the kubelet's probes tell which endpoints there are";
const HEADERS: &str = "there is no annotation that sets headers";

pub(super) static DIALECT: Dialect = Dialect {
    name: "haproxy.org",
    family: &HAPROXY,
    class: "haproxy",
    controller: "haproxy.org/ingress-controller/haproxy",
    defaults: OF_HAPROXY,
    rows: ROWS,
};

static ROWS: &[Row] = &[
    row("allow-list", List("allowlist-source-range")),
    row("whitelist", List("allowlist-source-range")),
    row("deny-list", List("denylist-source-range")),
    row("blacklist", List("denylist-source-range")),
    row("src-ip-header", Nothing("addresses are those of the connection")).guards(),
    row("auth-type", Words(&[("basic-auth", &[("auth-type", "basic")])])),
    // The Secret holds a key for each user.
    row("auth-secret", Same(&["auth-secret"])).with(&[("auth-secret-type", "auth-map")]),
    row("auth-realm", Same(&["auth-realm"])),
    row("client-ca", Nothing(ELSEWHERE)).guards(),
    row("client-crt-optional", Nothing(ELSEWHERE)),
    row("rate-limit-requests", Rate { period: "rate-limit-period" })
        .but("requests over the limit get 503 and are not counted: a client that goes on gets as many answers as the limit allows"),
    row("rate-limit-period", Beside("rate-limit-requests")),
    row("rate-limit-size", Nothing("tables have room for all clients")),
    row("rate-limit-status-code", Nothing("the key `limit-req-status-code` of the ConfigMap sets it for all Ingresses")),
    row("rate-limit-whitelist", List("limit-allowlist")),
    row("cors-enable", Same(&["enable-cors"])),
    row("cors-allow-origin", Same(&["cors-allow-origin"])),
    row("cors-allow-methods", Same(&["cors-allow-methods"])),
    row("cors-allow-headers", Same(&["cors-allow-headers"])),
    row("cors-allow-credentials", Same(&["cors-allow-credentials"])),
    row("cors-max-age", Seconds(&["cors-max-age"])),
    row(
        "load-balance",
        Words(&[
            ("roundrobin", &[("load-balance", "round_robin")]),
            ("static-rr", &[("load-balance", "round_robin")]),
            ("random", &[("load-balance", "ewma")]),
            ("source", &[("upstream-hash-by", "$remote_addr")]),
        ]),
    ),
    row("path-rewrite", Nothing("`rewrite-target` makes a regular expression of each path of the host, in any case of letters")),
    row("request-redirect", Nothing("redirects lead to one URL, and not to the same path of another host")),
    row("request-redirect-code", Nothing("there is no redirect without `request-redirect`")),
    row("set-host", Same(&["upstream-vhost"])),
    row("server-ssl", Switch(&[("backend-protocol", "HTTPS")], &[("backend-protocol", "HTTP")])),
    row("server-proto", Words(&[("h2", &[("backend-protocol", "GRPC")])])),
    row("server-ca", Nothing("its Secret has another form than that of `proxy-ssl-secret`")).guards(),
    row("server-crt", Nothing("its Secret has another form than that of `proxy-ssl-secret`")),
    row("ssl-passthrough", Same(&["ssl-passthrough"])),
    row("ssl-redirect", Switch(&[("force-ssl-redirect", "true")], &[("ssl-redirect", "false")])),
    row("ssl-redirect-code", Words(&[("308", &[])])),
    row("ssl-redirect-port", Nothing("redirects lead to the port of the address bar")),
    row("timeout-server", Seconds(&["proxy-read-timeout", "proxy-send-timeout"])),
    row("timeout-connect", Nothing(ELSEWHERE)),
    row("timeout-client", Nothing(ELSEWHERE)),
    row("timeout-check", Nothing(PROBES)),
    row("check", Nothing(PROBES)),
    row("check-http", Nothing(PROBES)),
    row("check-interval", Nothing(PROBES)),
    row("cookie-persistence", Nothing(ELSEWHERE)),
    row("forwarded-for", Nothing("backends always see the address of the client")),
    row("request-set-header", Nothing(HEADERS)),
    row("response-set-header", Nothing(HEADERS)),
    row("backend-config-snippet", Nothing(RAW)).guards(),
    row("cr-backend", Nothing(RAW)).guards(),
    row("route-acl", Nothing(RAW)).guards(),
];
