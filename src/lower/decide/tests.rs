//! What the annotations of one Ingress come to on its routes.

use serde_json::{Map, Value, json};

use crate::catalog::flags::Flags;
use crate::catalog::releases::LATEST;
use crate::ir::{Origin, PathMatch, PatternBy, Protocol, Proxy, Route, Satisfy, Step};
use crate::lower::{Controller, Environment, lower};
use crate::manifest;
use crate::source::SourceMap;

const HOST: &str = "shop.example";

/// What an Ingress comes to, with annotations, keys of the ConfigMap, and a host that has a certificate or none.
fn proxy(annotations: &[(&str, &str)], keys: &[(&str, &str)], has_certificate: bool) -> Proxy {
    let map = |prefix: &str, pairs: &[(&str, &str)]| -> Map<String, Value> {
        pairs.iter().map(|(name, value)| (format!("{prefix}{name}"), json!(value))).collect()
    };
    let annotations = map("nginx.ingress.kubernetes.io/", annotations);
    let config = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "ingress-nginx-controller", "namespace": "ingress-nginx"},
        "data": map("", keys)});
    let class = json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": "nginx"},
        "spec": {"controller": "k8s.io/ingress-nginx"}});
    let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
    let paths = json!([
        {"path": "/app", "pathType": "Prefix", "backend": backend},
        {"path": "/open/x", "pathType": "Exact", "backend": backend},
    ]);
    let tls = if has_certificate { json!([{"hosts": [HOST]}]) } else { json!([]) };
    let ingress = json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop", "annotations": annotations},
        "spec": {"ingressClassName": "nginx", "tls": tls, "rules": [{"host": HOST, "http": {"paths": paths}}]}});
    let mut sources = SourceMap::default();
    for (at, object) in [config, class, ingress].iter().enumerate() {
        sources.add(format!("{at}.json"), object.to_string());
    }
    let cluster = manifest::load(&mut sources).value;
    let flags = Flags::parse(LATEST, [("--configmap=ingress-nginx/ingress-nginx-controller", None)]).value;
    lower(&cluster, &Controller { version: LATEST, flags, environment: Environment::default() }).value
}

fn route<'p>(proxy: &'p Proxy, path: &str) -> &'p Route {
    let server = proxy.server(HOST).expect("the host is there");
    server.routes.iter().find(|route| route.path == path).expect("the path is there")
}

fn names(route: &Route) -> Vec<&'static str> {
    let name = |step| match step {
        Step::Firewall(_) => "firewall",
        Step::Refuse(_) => "refuse",
        Step::Cors(_) => "cors",
        Step::Redirect(_) => "redirect",
        Step::Rewrite(_) => "rewrite",
        Step::ToHttps(_) => "https",
        Step::LimitGlobally(_) => "limit globally",
        Step::Choose => "choose",
        Step::Limit(_) => "limit",
        Step::Admit(_) => "admit",
        Step::Mirror(_) => "mirror",
        Step::Pass(_) => "pass",
        Step::ReplaceErrors(_) => "replace errors",
    };
    route.steps.in_order().map(name).collect()
}

#[test]
fn steps_stand_in_the_order_of_asking() {
    assert_eq!(names(route(&proxy(&[], &[], false), "/app/")), ["firewall", "choose", "admit", "pass"]);
    let all = [
        ("permanent-redirect", "https://new.example/"),
        ("rewrite-target", "/new"),
        ("enable-cors", "true"),
        ("limit-rps", "5"),
        ("whitelist-source-range", "10.0.0.0/8"),
        ("mirror-target", "https://mirror.example$request_uri"),
        ("custom-http-errors", "404"),
    ];
    let found = proxy(&all, &[], true);
    let order = ["firewall", "cors", "redirect", "rewrite", "https", "choose", "limit", "admit", "mirror", "pass", "replace errors"];
    assert_eq!(names(route(&found, "/app")), order);
    let refused = proxy(&[("auth-url", "nonsense"), ("permanent-redirect", "https://new.example/")], &[], false);
    assert_eq!(names(route(&refused, "/app/"))[..3], ["firewall", "refuse", "redirect"], "what is refused is refused first");
}

#[test]
fn redirects_to_https_need_a_certificate_or_force() {
    for (annotations, keys, has_certificate, expected) in [
        (&[][..], &[][..], true, true),
        (&[], &[], false, false),
        (&[("ssl-redirect", "false")], &[], true, false),
        (&[("force-ssl-redirect", "true")], &[], false, true),
        (&[], &[("ssl-redirect", "false")], true, false),
        (&[("ssl-redirect", "true")], &[("ssl-redirect", "false")], true, true),
        (&[("force-ssl-redirect", "true")], &[("no-tls-redirect-locations", "/x, /app")], true, false),
    ] {
        let found = proxy(annotations, keys, has_certificate);
        assert_eq!(route(&found, "/app/").steps.https.happens, expected, "{annotations:?} {keys:?} {has_certificate}");
    }
}

#[test]
fn a_path_that_changes_is_a_pattern() {
    for (annotations, pattern, target, leads_elsewhere) in [
        (&[][..], None, None, false),
        (&[("use-regex", "true")], Some(PatternBy::Asked), None, false),
        (&[("rewrite-target", "/new")], Some(PatternBy::Rewrite), Some("/new"), false),
        (&[("rewrite-target", "/new"), ("use-regex", "true")], Some(PatternBy::Asked), Some("/new"), false),
        (&[("rewrite-target", "https://new.example/")], Some(PatternBy::Rewrite), Some("https://new.example/"), true),
        (&[("rewrite-target", "/open/x")], None, None, false),
    ] {
        let found = proxy(annotations, &[], false);
        let exact = route(&found, "/open/x");
        let elsewhere = exact.steps.rewrite.as_ref().is_some_and(|rewrite| rewrite.leads_elsewhere);
        assert_eq!((exact.pattern, exact.rewritten(), elsewhere), (pattern, target, leads_elsewhere), "{annotations:?}");
        let is_any = annotations.iter().any(|(name, _)| ["use-regex", "rewrite-target"].contains(name));
        // Of a path that changes, one is enough for the host.
        assert_eq!(found.server(HOST).map(|server| server.by_pattern), Some(is_any), "{annotations:?}");
    }
}

#[test]
fn free_paths_are_admitted_without_a_question() {
    let annotations = [("auth-url", "https://auth.example/check"), ("satisfy", "any")];
    let found = proxy(&annotations, &[("no-auth-locations", "/open")], false);
    for (path, path_match, is_asked) in [("/app/", PathMatch::Prefix, true), ("/open/x", PathMatch::Exact, false)] {
        let route = route(&found, path);
        let admission = &route.steps.admission;
        assert_eq!((route.path_match, admission.service(&found.settings).is_some()), (path_match, is_asked), "{path}");
        assert!(admission.own_service().is_some(), "it is named all the same");
        assert_eq!(admission.satisfy.map(|satisfy| satisfy.value), Some(Satisfy::Any));
    }
    let global = [("global-auth-url", "https://auth.example/all")];
    for (annotations, url) in [
        (&[][..], Some("https://auth.example/all")),
        (&[("enable-global-auth", "false")], None),
        (&[("auth-url", "https://auth.example/own")], Some("https://auth.example/own")),
    ] {
        let found = proxy(annotations, &global, false);
        let service = route(&found, "/app/").steps.admission.service(&found.settings);
        assert_eq!(service.map(|service| service.url.as_str()), url, "{annotations:?}");
    }
}

#[test]
fn each_step_tells_where_it_was_asked_for() {
    let text = |origin: Origin| origin.span().map(|span| span.file.0);
    let found = proxy(&[("force-ssl-redirect", "true"), ("limit-rpm", "7")], &[("whitelist-source-range", "10.0.0.0/8")], false);
    let steps = &route(&found, "/app/").steps;
    // The ConfigMap is the first file, the Ingress the third.
    assert_eq!((text(steps.https.origin), text(steps.admission.allow.origin), text(steps.admission.deny.origin)), (Some(2), Some(0), None));
    assert_eq!(steps.limits.as_ref().map(|limits| text(limits.origin)), Some(Some(2)));
}

#[test]
fn words_for_protocols_are_read() {
    for (word, protocol) in [("HTTPS", Protocol::Https), ("GRPC", Protocol::Grpc), ("AUTO_HTTP", Protocol::AsClient)] {
        let found = proxy(&[("backend-protocol", word)], &[], false);
        let backend = &route(&found, "/app/").steps.backend;
        assert_eq!((backend.protocol, backend.asked.value), (protocol, protocol), "{word}");
        let root = found.server("_").and_then(|server| server.routes.first()).expect("the catch-all is there");
        assert_eq!(root.steps.backend.protocol, Protocol::Http, "the default backend gets plain HTTP");
    }
}

#[test]
fn errors_of_backends_are_replaced_where_the_route_or_all_hosts_ask_for_it() {
    let own = ("custom-http-errors", "410");
    let (all, keeps) = (("custom-http-errors", "404"), ("disable-proxy-intercept-errors", "true"));
    for (annotations, keys, expected) in [
        (&[][..], &[][..], false),
        (&[own], &[], true),
        (&[own, keeps], &[], false),
        (&[], &[all], true),
        (&[], &[all, keeps], false),
        (&[own], &[all, keeps], true),
        (&[own, keeps], &[all, keeps], false),
        (&[own, keeps], &[all], true),
        (&[own], &[keeps], true),
    ] {
        let proxy = proxy(annotations, keys, false);
        assert_eq!(route(&proxy, "/open/x").steps.error_pages.intercepts, expected, "{annotations:?} {keys:?}");
    }
}
