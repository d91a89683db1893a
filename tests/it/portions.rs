//! The routes of a configuration that is read portion by portion are those of the whole.

use std::fmt::Write as _;

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::compile::{Circumstances, Declared, Input};
use ingressc::conf::Tree;
use ingressc::lower::{Controller, Environment};
use ingressc::manifest;
use ingressc::route::{Config, Dynamic, HostKind, Portions, Table};
use ingressc::source::{SourceMap, Span};

const PREFIX: &str = "nginx.ingress.kubernetes.io";

/// An Ingress with a host of its own, or with some of the paths of one.
fn ingress(name: &str, host: &str, annotations: &str, paths: impl IntoIterator<Item = String>) -> String {
    let mut text = format!(
        "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}, namespace: d, annotations: {{{annotations}}}}}
spec:
  ingressClassName: nginx
  rules:
  - host: {host}
    http:
      paths:
"
    );
    for path in paths {
        let _ = writeln!(text, "      - {{path: '{path}', pathType: Prefix, backend: {{service: {{name: s, port: {{number: 80}}}}}}}}");
    }
    text
}

/// More hosts and more paths of one than a portion has, names that are compared in ways of their own, and locations within others.
fn manifests() -> String {
    let mut text = String::from(
        "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: d}\nspec: {ports: [{port: 80}]}\n---
apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}\n",
    );
    for at in 0..250 {
        let asked = if at % 40 == 0 { format!("{PREFIX}/from-to-www-redirect: 'true'") } else { String::new() };
        text += &ingress(&format!("h{at}"), &format!("h{at:03}.example.com"), &asked, [String::from("/")]);
    }
    // The longest path is asked first, wherever its portion was read.
    text += &ingress("long", "m.example.com", "", (0..1000).map(|at| format!("/p{at:04}{}", "/x".repeat(at % 5))));
    let nested = format!("{PREFIX}/configuration-snippet: 'location ~ ^/p0001/in {{ return 204; }}'");
    text += &ingress("nested", "m.example.com", &nested, [String::from("/p0001/inside"), String::from("/zz")]);
    text += &ingress("wild", "'*.example.com'", "", [String::from("/")]);
    text += &ingress("open", "''", "", [String::from("/open")]);
    text + &ingress("alias", "z.example.com", &format!("{PREFIX}/server-alias: '~^q[0-9]+$'"), [String::from("/")])
}

fn declared() -> Declared {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", manifests());
    let read = manifest::load(&mut sources);
    assert_eq!(read.diagnostics, vec![]);
    let flags = Flags::parse(LATEST, [("--configmap=ingress-nginx/ingress-nginx-controller", None)]).value;
    let controller = Controller { version: LATEST, flags, environment: Environment::default() };
    let input = Input { sources, cluster: read.value, controller, guess: None, findings: Vec::new() };
    Declared::new(input, &Circumstances { keep_environment: true, ..Circumstances::default() }).expect("there are random numbers")
}

/// Without places: they are of the texts.
fn bare(mut table: Table) -> Vec<String> {
    let ports = table.ports.iter().map(|port| format!("{port:?}"));
    let mut all: Vec<String> = ports.collect();
    for host in &mut table.hosts {
        host.at = Span::NOWHERE;
        for route in &mut host.routes {
            route.at = Span::NOWHERE;
            route.guards.iter_mut().for_each(|guard| guard.at = None);
        }
        all.push(format!("{host:?}"));
    }
    all
}

#[test]
fn routes_of_portions_are_those_of_the_whole() {
    let declared = declared();
    let dynamic = Dynamic::default();
    let default = |_: &str| None;
    let tree = declared.tree();
    let whole = Config::lift(&tree, dynamic.clone()).table(&default);
    let (mut portions, mut count) = (Portions::default(), 0);
    declared.portions(&mut |tree: &Tree<'_>, length| {
        portions.add(&Config::lift(tree, dynamic.clone()), length, &default);
        count += 1;
    });
    let joined = portions.finish();
    assert!(count >= 3, "{count} portions");
    assert!(whole.hosts.len() > 250 && joined.hosts.iter().any(|host| host.routes.iter().any(|route| route.within.is_some())));
    // What stands behind another in the whole stands behind it here.
    let places: Vec<u32> = joined.hosts.iter().filter(|host| host.kind == HostKind::Exact).map(|host| host.at.start).collect();
    assert!(places.is_sorted(), "{places:?}");
    let (whole, joined) = (bare(whole), bare(joined));
    assert_eq!(whole.len(), joined.len());
    for (whole, joined) in whole.iter().zip(&joined) {
        assert_eq!(whole, joined);
    }
}
