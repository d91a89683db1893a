use super::*;
use crate::catalog::flags::Flags;
use crate::ir::Proxy;
use crate::lower::{Controller, Environment};
use crate::manifest;
use crate::source::SourceMap;

fn findings(text: &str, version: &str, prefix: &str) -> Vec<Diagnostic> {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", text);
    let environment = Environment { processors: 1, ..Environment::default() };
    let flags = Flags { annotations_prefix: prefix.to_owned(), ..Flags::default() };
    let version = version.parse().expect("the tests name versions");
    let controller = Controller { version, flags, environment };
    let cluster = manifest::load(&mut sources).value;
    check(&Subject {
        cluster: &cluster,
        controller: &controller,
        proxy: &Proxy::default(),
        judgement: &crate::lint::Judgement::default(),
        now: None,
    })
}

/// An Ingress of a class with these annotations.
fn ingress(class: &str, annotations: &[(&str, &str)]) -> String {
    let annotations: String = annotations.iter().map(|(key, value)| format!("    {key}: \"{value}\"\n")).collect();
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  namespace: b\n  annotations:\n    c/d: e\n{annotations}spec:\n  \
         ingressClassName: {class}\n  defaultBackend: {{service: {{name: a, port: {{number: 80}}}}}}\n"
    )
}

const OWN: &str = "nginx.ingress.kubernetes.io";

/// Rule, severity and fate of each finding.
fn told(findings: &[Diagnostic]) -> Vec<String> {
    let told = |finding: &Diagnostic| {
        let effect = finding.effect.map_or("", Effect::name);
        format!("{} {} {effect}", finding.rule, finding.severity.name())
    };
    findings.iter().map(told).collect()
}

#[test]
fn each_name_has_its_fate() {
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);
    let cases: &[Case] = &[
        (&[("nginx.ingress.kubernetes.io/app-root", "/a")], &[]),
        (&[("nginx.ingress.kubernetes.io/whitelist-source-range", "10.0.0.0/8")], &[]),
        (&[("cert-manager.io/cluster-issuer", "a")], &[]),
        (&[("nginx.ingress.kubernetes.io/foo", "a")], &["unknown-annotation warning annotation-ignored"]),
        (&[("nginx.ingress.kubernetes.io/rate-limit", "5")], &["unknown-annotation error fails-open"]),
        (&[("nginx.ingress.kubernetes.io/auth-ulr", "http://a")], &["unknown-annotation error fails-open"]),
        (&[("nginx.ingress.kubernetes.io/auth-basic", "off")], &["unknown-annotation warning annotation-ignored"]),
        (
            &[("nginx.ingress.kubernetes.io/rate-limit", "5"), ("nginx.ingress.kubernetes.io/limit-rpm", "5")],
            &["unknown-annotation warning annotation-ignored"],
        ),
        (&[("nginx.ingress.kubernetes.io/cors-allowed-origin", "a")], &["unknown-annotation warning annotation-ignored"]),
        (
            &[("nginx.ingress.kubernetes.io/cors-allowed-origin", "a"), ("nginx.ingress.kubernetes.io/enable-cors", "true")],
            &["unknown-annotation error fails-open"],
        ),
        (&[("nginx.ingress.kubernetes.io/secure-backends", "true")], &["removed-annotation warning annotation-ignored"]),
        (&[("nginx.ingress.kubernetes.io/global-rate-limit", "5")], &["removed-annotation error fails-open"]),
        (&[("nginx.ingress.kubernetes.io/opentelemetry-trust-incoming-spans", "true")], &["unknown-annotation warning annotation-ignored"]),
        (&[("nginx.org/rewrites", "a")], &["foreign-annotation info annotation-ignored"]),
        (&[("haproxy.org/whitelist", "a")], &["foreign-annotation info annotation-ignored"]),
        (&[("ingress.kubernetes.io/ssl-redirect", "true")], &["wrong-annotation-prefix warning annotation-ignored"]),
        (&[("ingress.kubernetes.io/auth-url", "http://a")], &["wrong-annotation-prefix error fails-open"]),
        (
            &[("ingress.kubernetes.io/auth-url", "http://a"), ("nginx.ingress.kubernetes.io/auth-url", "http://a")],
            &["wrong-annotation-prefix info annotation-ignored"],
        ),
        (&[("proxy-body-size", "1m")], &["unprefixed-annotation warning annotation-ignored"]),
        (&[("'nginx.ingress.kubernetes.io/a b'", "1")], &["malformed-annotation error admission-denied"]),
        (
            &[("nginx.ingress.kubernetes.io/limit-whitelist", "::1"), ("nginx.ingress.kubernetes.io/limit-allowlist", "::1")],
            &["shadowed-annotation warning overridden"],
        ),
        (&[("nginx.ingress.kubernetes.io/limit-whitelist", "::1"), ("nginx.ingress.kubernetes.io/limit-allowlist", "")], &[]),
    ];
    for (annotations, expected) in cases {
        assert_eq!(told(&findings(&ingress("nginx", annotations), "1.15.1", OWN)), *expected, "{annotations:?}");
    }
}

#[test]
fn an_ingress_of_another_controller_may_have_its_annotations() {
    let annotations = [("haproxy.org/whitelist", "a"), ("ingress.kubernetes.io/ssl-redirect", "a"), ("proxy-body-size", "1m")];
    assert_eq!(findings(&ingress("haproxy", &annotations), "1.15.1", OWN), []);
    let class = |controller: &str| {
        format!("---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {{name: own}}\nspec: {{controller: {controller}}}\n")
    };
    let own = ingress("own", &annotations);
    assert_eq!(findings(&format!("{own}{}", class("k8s.io/ingress-nginx")), "1.15.1", OWN).len(), 3);
    assert_eq!(findings(&format!("{own}{}", class("haproxy.org/ingress-controller")), "1.15.1", OWN), []);
}

#[test]
fn what_an_older_controller_still_reads_is_not_removed() {
    let text = ingress("nginx", &[("nginx.ingress.kubernetes.io/global-rate-limit", "5")]);
    assert_eq!(findings(&text, "1.11.8", OWN), []);
    assert_eq!(told(&findings(&text, "1.12.0", OWN)), ["removed-annotation error fails-open"]);
    let text = ingress("nginx", &[("nginx.ingress.kubernetes.io/enable-opentracing", "true")]);
    assert_eq!(told(&findings(&text, "1.9.4", OWN)), ["unsupported-annotation warning not-expressible"]);
}

#[test]
fn another_prefix_makes_the_usual_one_a_mistake() {
    let annotations = [("edge.example.com/app-root", "/a"), ("nginx.ingress.kubernetes.io/app-root", "/b")];
    let findings = findings(&ingress("nginx", &annotations), "1.15.1", "edge.example.com");
    assert_eq!(told(&findings), ["wrong-annotation-prefix warning annotation-ignored"]);
}

#[test]
fn help_names_the_right_annotation_and_fixes_what_is_sure() {
    let cases = [
        (
            ("nginx.ingress.kubernetes.io/client_max_body_size", "4m"),
            "it is a directive of nginx: the annotation for this is `nginx.ingress.kubernetes.io/proxy-body-size`",
            None,
        ),
        (
            ("nginx.ingress.kubernetes.io/sslRedirect", "true"),
            "write `nginx.ingress.kubernetes.io/ssl-redirect`",
            Some("nginx.ingress.kubernetes.io/ssl-redirect"),
        ),
        (
            ("nginx.org/proxy-read-timeout", "20s"),
            "write `nginx.ingress.kubernetes.io/proxy-read-timeout`, whose value must be a whole number",
            None,
        ),
        (
            ("nginx.ingress.kubernetes.io/ssl-protocols", "TLSv1.3"),
            "`ssl-protocols` is a key of the controller's ConfigMap, where it counts for all Ingresses",
            None,
        ),
        (
            ("nginx.ingress.kubernetes.io/add-header", "a"),
            "the annotation for this is `nginx.ingress.kubernetes.io/custom-headers` (known from 1.11.0 on); it names a ConfigMap that holds the headers",
            None,
        ),
    ];
    for (annotation, help, fix) in cases {
        let finding = findings(&ingress("nginx", &[annotation]), "1.10.6", OWN).remove(0);
        assert_eq!(finding.help.as_deref(), Some(help));
        assert_eq!(finding.fix.map(|fix| fix.text).as_deref(), fix, "{annotation:?}");
    }
}

#[test]
fn an_unknown_name_that_another_controller_has_says_whose_it_is() {
    for (name, expected) in [
        ("nginx.ingress.kubernetes.io/whitelist", &["HAProxy's own ingress controller has an annotation of this name"][..]),
        ("nginx.ingress.kubernetes.io/foo", &[]),
        // Its prefix says that already.
        ("haproxy.org/whitelist", &[]),
    ] {
        let finding = findings(&ingress("nginx", &[(name, "10.0.0.0/8")]), "1.15.1", OWN).remove(0);
        let notes: Vec<&str> = finding.notes.iter().map(String::as_str).filter(|note| note.ends_with("of this name")).collect();
        assert_eq!(notes, expected, "{name}");
    }
}

#[test]
fn other_objects_have_none_of_these_annotations() {
    let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  annotations:\n    nginx.ingress.kubernetes.io/affinity: cookie\n    \
                nginx.org/x: z\nspec: {ports: [{port: 80}]}\n";
    assert_eq!(told(&findings(text, "1.15.1", OWN)), ["misplaced-annotation warning annotation-ignored"]);
}
