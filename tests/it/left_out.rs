//! What is proved of two configurations without the hosts that both have in the same words is what is proved of the whole.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::compare::{Rest, rest};
use ingressc::compile::{Circumstances, Declared, Input, Lua, Written};
use ingressc::conf;
use ingressc::emit::IngressNginx;
use ingressc::lower::{Controller, Environment};
use ingressc::manifest;
use ingressc::route::{Alike, Config, Dynamic, HostProof, Limits, ProofVerdict, is_host_alike};
use ingressc::source::{SourceMap, Span};

const PREFIX: &str = "nginx.ingress.kubernetes.io";

/// A host: its name, the path, the annotations and the Service.
type Host = (String, &'static str, String, &'static str);

fn hosts() -> Vec<Host> {
    let all = ["", "allowlist-source-range: '10.0.0.0/8'", "limit-rps: '5'", "from-to-www-redirect: 'true'", "enable-cors: 'true'"];
    let asked = |at: usize| if all[at].is_empty() { String::new() } else { format!("{PREFIX}/{}", all[at]) };
    let exact = (0..200).map(|at| (format!("h{at:03}.{}.example.com", at % 2), "/", asked(at % all.len()), "s"));
    exact.chain([0, 1].map(|at| (format!("*.{at}.example.com"), "/", asked(at), "s"))).collect()
}

fn declared(hosts: &[Host], canary: bool) -> Declared {
    let mut text = String::from(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: i}\ndata: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}\n",
    );
    for (service, address) in [("s", "10.0.0.1"), ("t", "10.0.0.2")] {
        let _ = writeln!(
            text,
            "---
apiVersion: v1
kind: Service
metadata: {{name: {service}, namespace: d}}
spec: {{ports: [{{port: 80}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: {service}, namespace: d, labels: {{kubernetes.io/service-name: {service}}}}}
addressType: IPv4
ports: [{{port: 80}}]
endpoints: [{{addresses: [{address}]}}]"
        );
    }
    let mut all: Vec<Host> = hosts.to_vec();
    if canary {
        let asked = format!("{PREFIX}/canary: 'true', {PREFIX}/canary-weight: '10'");
        all.push((String::from("h151.1.example.com"), "/", asked, "t"));
    }
    for (at, (host, path, annotations, service)) in all.iter().enumerate() {
        let _ = writeln!(
            text,
            "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i{at:04}, namespace: d, annotations: {{{annotations}}}}}
spec: {{ingressClassName: nginx, tls: [{{hosts: ['{host}'], secretName: tls-{}}}], rules: [{{host: '{host}', http: {{paths: [{{path: {path}, \
pathType: Prefix, backend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}]}}}}]}}",
            at % 3
        );
    }
    let mut sources = SourceMap::default();
    sources.add("in.yaml", text);
    let read = manifest::load(&mut sources);
    assert_eq!(read.diagnostics, vec![]);
    let flags = Flags::parse(LATEST, [("--configmap=i/c", None)]).value;
    let controller = Controller { version: LATEST, flags, environment: Environment::default() };
    let input = Input { sources, cluster: read.value, controller, guess: None, findings: Vec::new() };
    Declared::new(input, &Circumstances { keep_environment: true, ..Circumstances::default() }).expect("there are random numbers")
}

fn dynamic(declared: &Declared) -> Dynamic {
    let [certificates, settings] = [Lua::Certificates, Lua::Settings].map(|what| Written::one(&declared.proxy, what));
    let dynamic = Dynamic::new(None, certificates.as_ref(), settings.as_ref());
    dynamic.with_backends(declared.proxy.upstreams.iter().map(IngressNginx::backend))
}

/// What is proved of each host, without places: they are of the texts.
fn told(hosts: &[HostProof]) -> Vec<String> {
    let one = |host: &HostProof| {
        let differences = host
            .differences
            .iter()
            .map(|found| format!("{:?} {:?} {:?} {:?} {}", found.request, found.aspects, found.strength, found.region, found.others));
        let HostProof { host: label, name, is_tls, has_reserved, is_same_text, regions, ways, facts, doubts, .. } = host;
        let differences: Vec<String> = differences.collect();
        format!("{label} {name} {is_tls} {has_reserved} {is_same_text} {regions} {ways} {differences:?} {facts:?} {doubts:?}")
    };
    hosts.iter().map(one).collect()
}

/// What is proved of the whole and of the rest, how many hosts are left out, and the verdicts.
fn compare(base: &Declared, head: &Declared) -> Option<(usize, BTreeSet<ProofVerdict>)> {
    let sides = [base, head];
    let dynamics = sides.map(dynamic);
    let both = [&dynamics[0], &dynamics[1]];
    let alike = Alike::of(both);
    let Rest { texts, same, has_snippets } = rest(sides, &|name| is_host_alike(both, name), &|text| alike.serves(text))?;
    let trees = [0, 1].map(|at| conf::parse(Span::NOWHERE.file, &texts[at]).value);
    let configs = [0, 1].map(|at| Config::lift(&trees[at], dynamics[at].clone()));
    if !Config::can_leave_out(&configs[0], &configs[1], has_snippets) {
        return None;
    }
    let count = same.len();
    let found = Config::prove(&configs[0], &configs[1], &Limits { left_out: same, ..Limits::default() });
    let trees = sides.map(Declared::tree);
    let configs = [0, 1].map(|at| Config::lift(&trees[at], dynamics[at].clone()));
    let whole = Config::prove(&configs[0], &configs[1], &Limits::default());
    let (found, expected) = (told(&found.hosts), told(&whole.hosts));
    // All of them would be pages of text.
    let first = found.iter().zip(&expected).find(|(found, expected)| found != expected);
    assert_eq!((found.len(), first.map(|first| first.0)), (expected.len(), first.map(|first| first.1)));
    Some((count, whole.hosts.iter().map(HostProof::verdict).collect()))
}

#[test]
fn hosts_in_the_same_words_can_be_left_out_of_a_proof() {
    let base = declared(&hosts(), false);
    let changed = |change: &dyn Fn(&mut Vec<Host>)| {
        let mut hosts = hosts();
        change(&mut hosts);
        declared(&hosts, false)
    };
    let cases: [(&str, Declared); 7] = [
        ("nothing", changed(&|_| {})),
        ("a path", changed(&|hosts| hosts[150].1 = "/other")),
        ("a Service", changed(&|hosts| hosts[150].3 = "t")),
        // Its requests come to the host with a star.
        ("a host that goes", changed(&|hosts| hosts[5].0 = String::from("zz.0.example.com"))),
        ("a name that comes", changed(&|hosts| hosts[10].2 = format!("{PREFIX}/server-alias: 'new.1.example.com'"))),
        ("the host with a star", changed(&|hosts| hosts[200].2 = format!("{PREFIX}/auth-url: 'http://auth.example.com/check'"))),
        (
            "a service that decides",
            changed(&|hosts| hosts[15].2 = format!("{PREFIX}/auth-url: 'http://a.example.com/', {PREFIX}/auth-response-headers: X-A")),
        ),
    ];
    for (what, head) in &cases {
        let (count, verdicts) = compare(&base, head).unwrap_or_else(|| panic!("{what}: the whole is proved"));
        assert!(count > 50 && (count < 240 || *what == "nothing"), "{what}: {count} hosts are left out");
        assert_eq!(verdicts.contains(&ProofVerdict::Differs), *what != "nothing", "{what}");
    }
}

#[test]
fn hosts_whose_upstream_gets_a_canary_are_not_left_out() {
    assert_eq!(compare(&declared(&hosts(), false), &declared(&hosts(), true)), None);
}

#[test]
fn what_snippets_ask_for_is_looked_at_as_a_whole() {
    let snippet = |hosts: &mut Vec<Host>| hosts[5].2 = format!("{PREFIX}/configuration-snippet: 'more_set_headers \"X: $authHeader0\";'");
    let mut before = hosts();
    snippet(&mut before);
    let mut after = before.clone();
    after[15].2 = format!("{PREFIX}/auth-url: 'http://a.example.com/', {PREFIX}/auth-response-headers: X-A");
    assert_eq!(compare(&declared(&before, false), &declared(&after, false)), None);
}
