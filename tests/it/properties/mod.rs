//! What must hold for any input: no order of files matters, what is rendered parses back, no text makes the compiler panic, and no value
//! changes the shape of an output.

mod breakouts;
mod shape;
mod texts;

use std::sync::LazyLock;

use ingressc::catalog::features;
use ingressc::conf::{self, Directive};
use ingressc::diagnostic::{Diagnostic, Outcome};
use ingressc::emit::{self, OutputFile};
use ingressc::ir::Proxy;
use ingressc::source::FileId;
use proptest::prelude::*;

use crate::cluster;

/// The Service of all Ingresses.
static SERVICES: LazyLock<String> = LazyLock::new(|| cluster::service("shop", "web", "10.0.0.1", &["10.1.0.1"]));

/// What is made of manifests: decisions, and what was said on the way.
fn lower(files: &[(&str, &str)]) -> (Proxy, Vec<Diagnostic>) {
    cluster::lower(files, &["--configmap=shop/settings", "--enable-annotation-validation=false"])
}

fn render(target: &str, proxy: &Proxy) -> Outcome<Vec<OutputFile>> {
    emit::find(target).expect("it is there").render(proxy, &emit::Options::default())
}

fn make(files: &[(&str, &str)]) -> Vec<OutputFile> {
    render("ingress-nginx", &lower(files).0).value
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

#[test]
fn the_order_of_files_is_irrelevant() {
    let one = ingress("one", "a.example", "/", &[]);
    let two = ingress("two", "a.example", "/two", &[(String::from("nginx.ingress.kubernetes.io/use-regex"), String::from("true"))]);
    let three = ingress("three", "b.example", "/", &[]);
    let files = [("a.yaml", SERVICES.as_str()), ("b.yaml", &*one), ("c.yaml", &*two), ("d.yaml", &*three)];
    let expected = make(&files);
    for (first, second) in [(0, 3), (1, 2), (0, 1), (2, 3)] {
        let mut files = files;
        files.swap(first, second);
        assert_eq!(make(&files), expected);
    }
    let joined = [three.as_str(), two.as_str(), &SERVICES, one.as_str()].join("---\n");
    assert_eq!(make(&[("all.yaml", &joined)]), expected);
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
        let made = make(&[("a.yaml", SERVICES.as_str()), ("b.yaml", &all)]);
        let tree = conf::parse(FileId(0), &made[0].content);
        prop_assert!(tree.diagnostics.is_empty(), "{:?}", tree.diagnostics);
        let printed = conf::print(&tree.value);
        prop_assert_eq!(shape(&printed), shape(&made[0].content));
    }

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,200}", at in any::<prop::sample::Index>(), garbage in "[\\x00-\\x7f]{0,12}") {
        make(&[("a.yaml", &text)]);
        let manifest = format!("{}---\n{}", *SERVICES, ingress("main", "a.example", "/", &[]));
        let at = at.index(manifest.len());
        let mutated = format!("{}{garbage}{}", &manifest[..at], &manifest[at..]);
        make(&[("a.yaml", &mutated)]);
    }
}
