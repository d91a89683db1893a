//! Hosts, paths and backends that a release serves otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::Compiled;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{Features, Origin, PathMatch, Proxy, Route, Server, Steps, Upstream};
use crate::lint::reference;

const RULE: &str = "changed-route";

/// The words for the fields in which two values differ. Every field has to be named, so that none is forgotten.
macro_rules! differences {
    ($before:expr, $after:expr, $type:ident { $($field:ident: $words:literal),+ $(,)? } and not { $($other:ident),* $(,)? }) => {{
        let (before, after) = ($before, $after);
        let $type { $($field,)+ $($other: _,)* } = before;
        let fields = [$(($words, *$field == after.$field)),+];
        fields.into_iter().filter(|(_, is_same)| !is_same).map(|(words, _)| words).collect::<Vec<&str>>()
    }};
}

/// What changes for requests, apart from what `explained` Ingresses are already known to lose or to get.
pub(super) fn compare(before: Compiled, after: Compiled, explained: &BTreeSet<ObjectRef>) -> Vec<Diagnostic> {
    let mut changes = routes(before.proxy, after.proxy, explained);
    changes.extend(servers(before.proxy, after.proxy));
    changes.extend(upstreams(before.proxy, after.proxy));
    let with = format!("with {}, compared with {}", after.controller.version, before.controller.version);
    changes.into_iter().map(|change| change.note(with.clone())).collect()
}

type Routes<'a> = BTreeMap<(&'a str, &'a str, PathMatch), &'a Route>;

fn by_path(proxy: &Proxy) -> Routes<'_> {
    let mut routes = Routes::new();
    for server in &proxy.servers {
        for route in &server.routes {
            routes.entry((&server.hostname, &route.path, route.path_match)).or_insert(route);
        }
    }
    routes
}

fn routes(before: &Proxy, after: &Proxy, explained: &BTreeSet<ObjectRef>) -> Vec<Diagnostic> {
    let (old, new) = (by_path(before), by_path(after));
    let mut changes = Vec::new();
    let mut say = |route: &Route, host: &str, words: &str| {
        let Some(owner) = &route.owner else { return };
        let object = reference(owner);
        if !explained.contains(&object) {
            let change = Diagnostic::warning(RULE, format!("path `{}` of host `{host}` {words}", route.path)).object(object);
            changes.push(place(change.subject(format!("{host}{}", route.path)), route.origin));
        }
    };
    for (key, was) in &old {
        match new.get(key) {
            Some(is) => {
                let fields = differing(was, is);
                if !fields.is_empty() {
                    say(is, key.0, &format!("is served otherwise: {}", fields.join(", ")));
                }
            }
            None => say(was, key.0, "is no longer served"),
        }
    }
    for (key, is) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        say(is, key.0, "comes to be served");
    }
    changes
}

fn place(change: Diagnostic, origin: Origin) -> Diagnostic {
    match origin {
        Origin::Manifest(span) => change.at(span),
        Origin::Default => change,
    }
}

fn differing(was: &Route, is: &Route) -> Vec<&'static str> {
    let mut fields = differences!(was, is, Route {
        upstream: "its Service",
        owner: "its Ingress",
        pattern: "regular expressions",
    } and not { path, path_match, declared_path, is_default_backend, steps, features, origin });
    fields.extend(differences!(&*was.steps, &is.steps, Steps {
        refusal: "whether requests are denied",
        admission: "who may come in",
        backend: "the protocol of the backend",
        cors: "cross-origin requests",
        limits: "rate limits",
        global_limit: "global rate limits",
        redirect: "redirects",
        app_root: "the root of the host",
        rewrite: "rewriting",
        https: "redirects to HTTPS",
        mirror: "mirroring",
        firewall: "the web application firewall",
        error_pages: "error pages",
    } and not {}));
    fields.extend(differences!(&*was.features, &is.features, Features {
        proxying: "proxying",
        fastcgi: "FastCGI parameters",
        body_buffer: "the buffer of requests",
        connection_header: "the header `Connection`",
        host_header: "the header `Host`",
        forwarded_prefix: "the header `X-Forwarded-Prefix`",
        response_headers: "headers of the response",
        from_twin: "the redirect of the `www.` twin",
        relative_redirects: "hosts in redirects",
        port_in_redirects: "ports in redirects",
        logging: "logs",
        tracing: "tracing",
        push_preload: "preloading",
        snippet: "the snippet",
    } and not { causes }));
    fields
}

fn servers(before: &Proxy, after: &Proxy) -> Vec<Diagnostic> {
    let old: BTreeMap<&str, &Server> = before.servers.iter().map(|server| (server.hostname.as_str(), server)).collect();
    let changes = after.servers.iter().filter_map(|is| {
        let fields = differences!(*old.get(is.hostname.as_str())?, is, Server {
            aliases: "aliases",
            certificate: "the certificate",
            tls_passthrough: "TLS passthrough",
            ciphers: "ciphers",
            prefer_server_ciphers: "the order of ciphers",
            client_auth: "client certificates",
            client_auth_error: "whether client certificates can be checked",
            backend_tls: "TLS towards the backends",
            redirect_twin: "the redirect of its `www.` twin",
            snippet: "the snippet",
        } and not { hostname, by_pattern, routes, origin, contested_aliases, yielding_aliases, contested_twin });
        let change = Diagnostic::warning(RULE, format!("host `{}` is served otherwise: {}", is.hostname, fields.join(", ")));
        (!fields.is_empty()).then(|| place(change.subject(&is.hostname), is.origin))
    });
    changes.collect()
}

fn upstreams(before: &Proxy, after: &Proxy) -> Vec<Diagnostic> {
    let old: BTreeMap<&str, &Upstream> = before.upstreams.iter().map(|upstream| (upstream.name.as_str(), upstream)).collect();
    let changes = after.upstreams.iter().filter_map(|is| {
        let fields = differences!(*old.get(is.name.as_str())?, is, Upstream {
            tls_passthrough: "TLS passthrough",
            endpoints: "endpoints",
            affinity: "session affinity",
            hashing: "hashing",
            algorithm: "load balancing",
            share: "the canary's share",
            alternatives: "canaries",
        } and not { name, port, service, dns, unknown, is_alternative, origin });
        let change = Diagnostic::warning(RULE, format!("backend `{}` is served otherwise: {}", is.name, fields.join(", ")));
        (!fields.is_empty()).then(|| place(change.subject(&is.name), is.origin))
    });
    changes.collect()
}
