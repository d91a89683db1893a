//! `haproxy-ingress.github.io/*`: HAProxy Ingress, by the community.

use super::Meaning::{Beside, List, Nothing, Redirect, Same, Seconds, Secret, Switch, Web, WordOrSame, Words};
use super::{Dialect, OF_HAPROXY, Row, row};
use crate::catalog::families::HAPROXY_INGRESS;

const RAW: &str = "it is raw configuration of HAProxy";
const HEADERS: &str = "there is no annotation that sets headers";
const HSTS: &str = "the key of the same name in the ConfigMap sets it for all hosts";
const LIMITED: &str = "requests over the limit get 503";

pub(super) static DIALECT: Dialect = Dialect {
    name: "haproxy-ingress.github.io",
    family: &HAPROXY_INGRESS,
    class: "haproxy",
    controller: "haproxy-ingress.github.io/controller",
    defaults: OF_HAPROXY,
    rows: ROWS,
};

static ROWS: &[Row] = &[
    row("allowlist-source-range", List("allowlist-source-range")),
    row("whitelist-source-range", List("allowlist-source-range")),
    row("denylist-source-range", List("denylist-source-range")),
    row("allowlist-source-header", Nothing("addresses are those of the connection")).guards(),
    row("auth-type", Words(&[("basic", &[("auth-type", "basic")])])),
    row("auth-secret", Same(&["auth-secret"])).with(&[("auth-type", "basic")]),
    row("auth-realm", Same(&["auth-realm"])),
    // A header that the service no longer overwrites would be one that clients can make up.
    row("auth-url", Web("auth-url")).unless("auth-headers-succeed", "all headers of the answer go to the backend"),
    row("auth-method", Same(&["auth-method"])),
    row("auth-signin", Same(&["auth-signin"])),
    row("auth-headers-succeed", List("auth-response-headers")),
    row("auth-headers-request", Words(&[("*", &[])])),
    row("oauth", Nothing("there is no annotation for it: `auth-url` and `auth-signin` say which service is asked")).guards(),
    row("auth-tls-secret", Secret("auth-tls-secret")),
    row("auth-tls-verify-client", Same(&["auth-tls-verify-client"])),
    row("auth-tls-error-page", Same(&["auth-tls-error-page"])),
    row("auth-tls-cert-header", Nothing("backends get the certificate under another name")),
    row("cors-enable", Same(&["enable-cors"])),
    row("cors-allow-origin", Same(&["cors-allow-origin"])),
    row("cors-allow-origin-regex", Nothing("`cors-allow-origin` takes `*` for the first part of a host, and no regular expression"))
        .guards(),
    row("cors-allow-methods", Same(&["cors-allow-methods"])),
    row("cors-allow-headers", Same(&["cors-allow-headers"])),
    row("cors-allow-credentials", Same(&["cors-allow-credentials"])),
    row("cors-expose-headers", Same(&["cors-expose-headers"])),
    row("cors-max-age", Same(&["cors-max-age"])),
    row("limit-connections", Same(&["limit-connections"])).but(LIMITED),
    row("limit-rps", Same(&["limit-rps"])).with(&[("limit-burst-multiplier", "1")]).but(LIMITED),
    row("limit-whitelist", List("limit-allowlist")),
    row("waf", Nothing("HAProxy Ingress asks a service of its own for it")).guards(),
    row("app-root", Same(&["app-root"])),
    row("redirect-to", Redirect { code: "redirect-to-code" }),
    row("redirect-to-code", Beside("redirect-to")),
    row("redirect-from", Nothing("give that host an Ingress of its own with `redirect-to`")),
    row("rewrite-target", Nothing("that of ingress-nginx makes a regular expression of each path of the host, and replaces all of it")),
    row("server-alias", List("server-alias")),
    row("server-alias-regex", Nothing("names of hosts are no regular expressions")),
    row("ssl-redirect", Same(&["ssl-redirect"])),
    row("ssl-passthrough", Same(&["ssl-passthrough"])),
    row("ssl-ciphers", Same(&["ssl-ciphers"])),
    row("ssl-options-host", Nothing("the key `ssl-protocols` of the ConfigMap sets it for all hosts")),
    row("hsts", Nothing(HSTS)),
    row("hsts-max-age", Nothing(HSTS)),
    row("hsts-include-subdomains", Nothing(HSTS)),
    row("hsts-preload", Nothing(HSTS)),
    row("affinity", Same(&["affinity"])),
    row("session-cookie-name", Same(&["session-cookie-name"])),
    row("session-cookie-domain", Same(&["session-cookie-domain"])),
    row("session-cookie-strategy", Words(&[("insert", &[])])),
    row(
        "balance-algorithm",
        Words(&[
            ("roundrobin", &[("load-balance", "round_robin")]),
            ("static-rr", &[("load-balance", "round_robin")]),
            ("random", &[("load-balance", "ewma")]),
            ("random(2)", &[("load-balance", "ewma")]),
            ("source", &[("upstream-hash-by", "$remote_addr")]),
        ]),
    ),
    row("proxy-body-size", WordOrSame("proxy-body-size", ("unlimited", "0"))),
    row("secure-backends", Switch(&[("backend-protocol", "HTTPS")], &[])),
    row(
        "backend-protocol",
        Words(&[
            ("h1", &[("backend-protocol", "HTTP")]),
            ("http", &[("backend-protocol", "HTTP")]),
            ("h1-ssl", &[("backend-protocol", "HTTPS")]),
            ("https", &[("backend-protocol", "HTTPS")]),
            ("h2", &[("backend-protocol", "GRPC")]),
            ("grpc", &[("backend-protocol", "GRPC")]),
            ("h2-ssl", &[("backend-protocol", "GRPCS")]),
            ("grpcs", &[("backend-protocol", "GRPCS")]),
        ]),
    ),
    row("secure-verify-ca-secret", Nothing("its Secret has another form than that of `proxy-ssl-secret`")).guards(),
    row("secure-verify-hostname", Nothing("its Secret has another form than that of `proxy-ssl-secret`")).guards(),
    row("secure-crt-secret", Nothing("its Secret has another form than that of `proxy-ssl-secret`")),
    row("service-upstream", Same(&["service-upstream"])),
    row("timeout-connect", Seconds(&["proxy-connect-timeout"])),
    row("timeout-server", Seconds(&["proxy-read-timeout", "proxy-send-timeout"])),
    row("headers", Nothing(HEADERS)),
    row("request-set-headers", Nothing(HEADERS)),
    row("response-set-headers", Nothing(HEADERS)),
    // Without its condition a path would answer more requests than it was meant for.
    row("http-header-match", Nothing("paths are chosen by hosts and paths alone")).guards(),
    row("http-header-match-regex", Nothing("paths are chosen by hosts and paths alone")).guards(),
    row("path-type", Words(&[("prefix", &[])])).guards(),
    row("config-backend", Nothing(RAW)).guards(),
    row("config-backend-early", Nothing(RAW)).guards(),
    row("config-backend-late", Nothing(RAW)).guards(),
];
