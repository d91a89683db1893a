//! What must hold for any input: no order of files matters, what is rendered parses back, and no value changes the shape of the output.

use ingressc::catalog::flags::Flags;
use ingressc::catalog::version::LATEST;
use ingressc::catalog::{features, settings};
use ingressc::conf::{self, Directive};
use ingressc::diagnostic::{Diagnostic, Severity};
use ingressc::emit;
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::source::{FileId, SourceMap};
use proptest::prelude::*;

const SERVICES: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}]
ports: [{name: http, port: 8080, protocol: TCP}]
";

/// A rendered configuration and what was said on the way.
struct Made {
    files: Vec<emit::OutputFile>,
    findings: Vec<Diagnostic>,
}

fn controller(args: &[&str]) -> Controller {
    let flags = Flags::parse(LATEST, args.iter().map(|arg| (*arg, None))).value;
    Controller { version: LATEST, flags, environment: Environment::default() }
}

fn make(files: &[(&str, &str)]) -> Made {
    make_for("ingress-nginx", files)
}

fn make_for(target: &str, files: &[(&str, &str)]) -> Made {
    let mut sources = SourceMap::default();
    for (name, text) in files {
        sources.add(*name, *text);
    }
    let controller = controller(&["--configmap=shop/settings"]);
    let cluster = manifest::load(&mut sources);
    let proxy = lower::lower(&cluster.value, &controller);
    let rendered = emit::find(target).expect("it is there").render(&proxy.value, &emit::Options::default());
    let findings = [cluster.diagnostics, proxy.diagnostics, rendered.diagnostics].concat();
    Made { files: rendered.value, findings }
}

/// JSON is YAML, and quotes any text.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("any text is JSON")
}

fn ingress(name: &str, host: &str, path: &str, annotations: &[(String, String)]) -> String {
    let annotations: String = annotations.iter().map(|(key, value)| format!("    {}: {}\n", quoted(key), quoted(value))).collect();
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: {name}\n  namespace: shop\n  annotations:\n    a: b\n{annotations}spec:\n  ingressClassName: nginx\n  rules:\n  - host: {}\n    http:\n      paths:\n      - path: {}\n        pathType: Prefix\n        backend: {{service: {{name: web, port: {{number: 80}}}}}}\n",
        quoted(host),
        quoted(path),
    )
}

fn config_map(data: &[(&str, &str)]) -> String {
    let data: String = data.iter().map(|(key, value)| format!("  {}: {}\n", quoted(key), quoted(value))).collect();
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: shop}}\ndata:\n  allow-snippet-annotations: \"true\"\n  annotations-risk-level: Critical\n{data}"
    )
}

/// The names of all directives with their depth: what a value must not be able to change.
fn shape(text: &str) -> Vec<(u8, String)> {
    let tree = conf::parse(FileId(0), text);
    let all = tree
        .value
        .directives()
        .flat_map(|directive| std::iter::once(directive).chain(Directive::descendants(directive)).collect::<Vec<_>>());
    all.map(|directive| (directive.depth(), directive.name().into_owned())).collect()
}

/// Texts that end what they stand in, if they are let.
const HOSTILE: &[&str] = &[
    "x;} evil on; {",
    "\" ; evil on; \"",
    "' ; evil on; '",
    "a\nevil on;",
    "a } evil { b",
    "a # evil",
    "$evil",
    "a\\",
    "\\\"; evil on; #",
    "a\u{0}b",
    "\u{202e}a\u{7}",
    "{{ evil }}",
    "a\r\nevil on;",
];

/// Either the harmless shape, or an error that says what the value does. The targets `nginx` and `haproxy`, which copy nobody, have no
/// excuse.
fn assert_harmless(what: &str, files: &[(&str, &str)]) {
    let nginx = make_for("nginx", files);
    for file in &nginx.files {
        let found = conf::parse(FileId(0), &file.content).diagnostics;
        assert!(found.is_empty(), "{what}: {} of the target nginx cannot be read: {found:?}", file.name);
        let is_intact = !shape(&file.content).iter().any(|(_, name)| name == "evil");
        assert!(is_intact, "{what} breaks out of {} of the target nginx", file.name);
    }
    for file in &make_for("haproxy", files).files {
        let is_intact = !file.content.lines().any(|line| line.trim_start().starts_with("evil"));
        assert!(is_intact, "{what} breaks out of {} of the target haproxy", file.name);
    }
    let made = make(files);
    let text = &made.files[0].content;
    let is_intact = !shape(text).iter().any(|(_, name)| name == "evil");
    let is_reported = made.findings.iter().any(|finding| finding.severity == Severity::Error);
    assert!(is_intact || is_reported, "{what} breaks out, and nothing says so");
}

#[test]
fn no_annotation_breaks_out_unseen() {
    for spec in features::all() {
        for value in HOSTILE {
            let name = format!("nginx.ingress.kubernetes.io/{}", spec.name);
            let mut annotations = vec![(name, (*value).to_owned())];
            if !spec.needs.is_empty() {
                let needed = features::find(spec.needs).map_or("", |needed| needed.example);
                annotations.push((format!("nginx.ingress.kubernetes.io/{}", spec.needs), needed.to_owned()));
            }
            let manifest = ingress("main", "a.example", "/", &annotations);
            let files = [("a.yaml", SERVICES), ("b.yaml", manifest.as_str()), ("c.yaml", &config_map(&[]))];
            // Raw configuration is meant to change the shape.
            if spec.name.ends_with("-snippet") {
                make(&files);
            } else {
                assert_harmless(&format!("{} = {value:?}", spec.name), &files);
            }
        }
    }
}

#[test]
fn no_setting_breaks_out_unseen() {
    let manifest = ingress("main", "a.example", "/", &[]);
    for setting in settings::all().filter(|setting| !setting.name.ends_with("-snippet")) {
        for value in HOSTILE {
            let files = [("a.yaml", SERVICES), ("b.yaml", manifest.as_str()), ("c.yaml", &config_map(&[(setting.name, value)]))];
            assert_harmless(&format!("{} = {value:?}", setting.name), &files);
        }
    }
}

#[test]
fn no_host_or_path_breaks_out_unseen() {
    for value in HOSTILE {
        for (host, path) in [(*value, "/"), ("a.example", &*format!("/{value}"))] {
            let files = [("a.yaml", SERVICES), ("b.yaml", &*ingress("main", host, path, &[]))];
            assert_harmless(&format!("host {host:?}, path {path:?}"), &files);
        }
    }
}

#[test]
fn the_order_of_files_is_irrelevant() {
    let one = ingress("one", "a.example", "/", &[]);
    let two = ingress("two", "a.example", "/two", &[(String::from("nginx.ingress.kubernetes.io/use-regex"), String::from("true"))]);
    let three = ingress("three", "b.example", "/", &[]);
    let files = [("a.yaml", SERVICES), ("b.yaml", &*one), ("c.yaml", &*two), ("d.yaml", &*three)];
    let expected = make(&files).files;
    for (first, second) in [(0, 3), (1, 2), (0, 1), (2, 3)] {
        let mut files = files;
        files.swap(first, second);
        assert_eq!(make(&files).files, expected);
    }
    let joined = [three.as_str(), two.as_str(), SERVICES, one.as_str()].join("---\n");
    assert_eq!(make(&[("all.yaml", &joined)]).files, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_parses_back(hosts in prop::collection::vec("[a-z]{1,8}\\.example", 1..4), path in "/[a-z0-9/._-]{0,12}", which in any::<prop::sample::Index>()) {
        let specs: Vec<_> = features::all().filter(|spec| !spec.name.ends_with("-snippet")).collect();
        let spec = which.get(&specs);
        let annotations = [(format!("nginx.ingress.kubernetes.io/{}", spec.name), spec.example.to_owned())];
        let manifests: Vec<String> = hosts.iter().enumerate().map(|(at, host)| ingress(&format!("i{at}"), host, &path, &annotations)).collect();
        let all = manifests.join("---\n");
        let made = make(&[("a.yaml", SERVICES), ("b.yaml", &all)]);
        let tree = conf::parse(FileId(0), &made.files[0].content);
        prop_assert!(tree.diagnostics.is_empty(), "{:?}", tree.diagnostics);
        let printed = conf::print(&tree.value);
        prop_assert_eq!(shape(&printed), shape(&made.files[0].content));
    }

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,200}", at in any::<prop::sample::Index>(), garbage in "[\\x00-\\x7f]{0,12}") {
        make(&[("a.yaml", &text)]);
        let manifest = format!("{SERVICES}---\n{}", ingress("main", "a.example", "/", &[]));
        let at = at.index(manifest.len());
        let mutated = format!("{}{garbage}{}", &manifest[..at], &manifest[at..]);
        make(&[("a.yaml", &mutated)]);
    }
}
