//! One mistake is one finding, in the words of whoever knows most of it.

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{folder, run};

/// An Ingress with lines of its own in `metadata`, in `spec` and for its only path.
fn ingress(name: &str, metadata: &str, spec: &str, path: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}, namespace: shop{metadata}}}\nspec:\n  \
         ingressClassName: nginx\n{spec}  rules:\n  - host: shop.example\n    http:\n      paths:\n      \
         - {{path: '{path}', pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n---\n"
    )
}

fn check(manifests: &str, args: &[&str]) -> Value {
    let folder = folder(&[("in.yaml", manifests)]);
    let run = run(folder.path(), &[&["check", "in.yaml", "--format", "json"], args].concat(), "");
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Severity, rule, object and effect of each finding.
fn told(manifests: &str, args: &[&str]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |finding: &Value| {
        let [severity, rule, effect] = ["severity", "rule", "effect"].map(|key| text(&finding[key]));
        format!("{severity} {rule} {} {effect}", text(&finding["object"]["name"]))
    };
    check(manifests, args)["findings"].as_array().into_iter().flatten().map(line).collect()
}

fn at(time: &str) -> String {
    format!(", creationTimestamp: '{time}'")
}

#[test]
fn a_path_of_two_ingresses_is_an_error_of_the_one_that_loses_it() {
    let (early, late) = (at("2024-01-01T00:00:00Z"), at("2025-01-01T00:00:00Z"));
    let expected = ["info overridden-path old admission-denied", "error overridden-path new admission-denied"];
    let manifests = ingress("old", &early, "", "/a") + &ingress("new", &late, "", "/a");
    assert_eq!(told(&manifests, &[]), expected);
    let finding = &check(&manifests, &[])["findings"][1];
    let notes = finding["notes"].to_string();
    assert!(notes.contains("is already defined in ingress shop/old"), "{finding:#}");
    // Paths that one Ingress repeats of another one are one mistake.
    let twice = |text: &str| {
        let path = "      - {path: '/a', pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n";
        text.replace(path, &format!("{path}{}", path.replace("/a", "/b")))
    };
    assert_eq!(told(&twice(&manifests), &[]), expected);
}

#[test]
fn a_location_that_many_declare_blocks_the_reload_once_with_all_places() {
    let exact = |name: &str| ingress(name, "", "", "/").replace("Prefix", "Exact");
    let manifests: String = ["a", "b", "c", "d"].map(exact).concat();
    let report = check(&manifests, &[]);
    let findings = report["findings"].as_array().expect("findings");
    let blocked: Vec<_> = findings.iter().filter(|finding| finding["rule"] == "blocked-reload").collect();
    let [finding] = blocked[..] else { panic!("{blocked:#?}") };
    assert_eq!(finding["message"], "nginx refuses the configuration: the location `= /` of host `shop.example` stands twice");
    let mut lines: Vec<_> = finding["related"].as_array().into_iter().flatten().map(|label| &label["location"]["line"]).collect();
    lines.push(&finding["location"]["line"]);
    lines.sort_by_key(|line| line.as_u64());
    assert_eq!(lines, [10, 21, 32, 43]);
    // Which of them the webhook refuses is told of each.
    assert_eq!(findings.iter().filter(|finding| finding["effect"] == "admission-denied").count(), 4);
}

#[test]
fn what_one_place_brings_is_told_once() {
    let tls = |secret: &str| format!("  tls: [{{hosts: [shop.example], secretName: {secret}}}]\n");
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: one, namespace: shop}\ndata: {tls.crt: YQ==, tls.key: YQ==}\n---\n";
    let two = ingress("a", &at("2025-01-01T00:00:00Z"), &tls("one"), "/a") + &ingress("b", &at("2026-01-01T00:00:00Z"), &tls("two"), "/b");
    for (what, manifests, expected) in [
        (
            "a Secret that is missing, and would not count",
            format!("{two}{secret}"),
            &["warning default-certificate a -", "warning missing-secret b -"][..],
        ),
        (
            "a pattern that the webhook refuses, and that nobody makes one",
            ingress("a", "", "", "/a/(.*)"),
            &["error admission a admission-denied"],
        ),
        (
            "codes of error pages that cannot be read",
            ingress("a", ", annotations: {nginx.ingress.kubernetes.io/custom-http-errors: none}", "", "/"),
            &["error bad-annotation-value a admission-denied"],
        ),
        (
            "a Service with a name that none can have",
            ingress("a", "", "", "/").replace("name: web", "name: Web_1")
                + "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{port: 80}]}\n",
            &["error malformed-name a -"],
        ),
    ] {
        assert_eq!(told(&manifests, &["--now", "2026-01-01"]), expected, "{what}");
    }
}

#[test]
fn the_certificate_that_counts_is_that_of_the_oldest_ingress() {
    let tls = |secret: &str| format!("  tls: [{{hosts: [shop.example], secretName: {secret}}}]\n");
    for (a, b, loser) in [
        ("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "b"),
        ("2025-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "a"),
        // Of equal age the last by name counts.
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "a"),
    ] {
        let manifests = ingress("a", &at(a), &tls("of-a"), "/a") + &ingress("b", &at(b), &tls("of-b"), "/b");
        let report = check(&manifests, &[]);
        let finding = &report["findings"][0];
        assert_eq!((&finding["rule"], &finding["object"]["name"]), (&"two-certificates".into(), &loser.into()), "{report:#}");
        let winner = if loser == "a" { "b" } else { "a" };
        let message = finding["message"].as_str().unwrap_or_default();
        assert!(message.contains(&format!("served with the certificate in Secret `shop/of-{winner}`")), "{message}");
        assert_eq!(finding["notes"].as_array().map(Vec::len), Some(0), "both ages are known: {finding:#}");
    }
}

#[test]
fn what_a_secret_would_be_needed_for_is_checked_without_it() {
    let with = |names: &str| format!(", annotations: {{{names}}}");
    let (secret, any) = ("nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca", "nginx.ingress.kubernetes.io/satisfy: any");
    let users = "nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: users";
    let list = "nginx.ingress.kubernetes.io/allowlist-source-range: 10.0.0.0/8";
    let tls = "  tls: [{hosts: [shop.example], secretName: shop-tls}]\n";
    let other = "apiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: shop}\ndata: {auth: YTpi}\n";
    for (what, manifests, expected) in [
        (
            "certificates on a host without TLS",
            ingress("a", &with(secret), "", "/"),
            &["error skipped-client-certificates a fails-open"][..],
        ),
        ("certificates on one with TLS", ingress("a", &with(secret), tls, "/"), &[]),
        ("one check of two", ingress("a", &with(&format!("{users}, {list}, {any}")), tls, "/"), &["info satisfied-by-one a -"]),
        (
            "a Secret that is known to be missing",
            ingress("a", &with(users), "", "/") + other,
            &["warning password-without-tls a -", "warning missing-secret a -"],
        ),
    ] {
        assert_eq!(told(&manifests, &[]), expected, "{what}");
    }
    let report = check(&ingress("a", &with(secret), "", "/"), &[]);
    assert_eq!(report["findings"][0]["notes"][0], "this holds where the cluster has the Secret `shop/ca`");
}

#[test]
fn what_is_wrong_only_without_a_secret_says_so() {
    let dropped = format!(
        ", annotations: {{nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca, nginx.ingress.kubernetes.io/auth-tls-error-page: '{}'}}",
        "https://pages.example/why?a=b"
    );
    let tls = "  tls: [{hosts: [shop.example], secretName: shop-tls}]\n";
    let both = ingress("a", &dropped, tls, "/") + &ingress("b", "", tls, "/");
    let report = check(&both, &[]);
    let notes = |rule: &str, name: &str| {
        let is_it = |finding: &&Value| finding["rule"] == rule && finding["object"]["name"] == name;
        report["findings"].as_array().into_iter().flatten().find(is_it).map(|finding| finding["notes"].to_string()).unwrap_or_default()
    };
    let (with, without) =
        ("this holds where the cluster has the Secret `shop/ca`", "this holds where the cluster lacks the Secret `shop/ca`");
    assert!(notes("bad-annotation-value", "a").contains(with), "{report:#}");
    assert!(notes("overridden-path", "b").contains(without), "{report:#}");
}

#[test]
fn the_older_of_two_ingresses_is_a_guess_where_nobody_says_when_they_were_made() {
    let keep = |name: &str, more: &str| {
        format!(
            ", annotations: {{nginx.ingress.kubernetes.io/affinity: cookie, nginx.ingress.kubernetes.io/session-cookie-name: {name}}}{more}"
        )
    };
    let pair = |early: &str, late: &str| ingress("a", &keep("one", early), "", "/a") + &ingress("b", &keep("two", late), "", "/b");
    let guesses = |manifests: &str| check(manifests, &[])["findings"][0]["notes"].to_string().contains("this is a guess");
    assert!(guesses(&pair("", "")));
    assert!(!guesses(&pair(&at("2024-01-01T00:00:00Z"), &at("2025-01-01T00:00:00Z"))));
}

#[test]
fn what_follows_from_a_mistake_is_not_told_beside_it() {
    let with = |names: &str| {
        format!(
            ", annotations: {{{}}}",
            names.split(", ").map(|name| format!("nginx.ingress.kubernetes.io/{name}")).collect::<Vec<_>>().join(", ")
        )
    };
    let service = |spec: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {spec}\n---\n");
    let canary = |weight: &str| {
        ingress("a", "", "", "/") + &ingress("b", &with(&format!("canary: 'true', {weight}")), "", "/").replace("name: web", "name: next")
    };
    let passing = with("ssl-passthrough: 'true', force-ssl-redirect: 'true'");
    let tls = service("{ports: [{name: https, port: 443}], selector: {app: web}}");
    for (what, manifests, args, expected) in [
        ("a weight that is no number", canary("canary-weight: '10%'"), &[][..], &["warning bad-annotation-value b annotation-ignored"][..]),
        ("a header's value alone", canary("canary-by-header-value: x"), &[], &["warning idle-annotation b annotation-ignored"]),
        (
            "what is passed on unopened, and redirected otherwise",
            ingress("a", &passing, "", "/").replace("number: 80", "number: 443") + &tls,
            &["--controller-arg=--enable-ssl-passthrough"],
            &[],
        ),
        (
            "one port of nodes twice",
            service(
                "{type: NodePort, selector: {app: web}, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]}",
            ),
            &[],
            &["error refused-object web -"],
        ),
    ] {
        let told: Vec<String> = told(&manifests, args).into_iter().filter(|line| !line.starts_with("info")).collect();
        assert_eq!(told, expected, "{what}");
    }
}

#[test]
fn what_a_service_shares_is_told_of_each_ingress() {
    let keep = |name: &str| {
        format!(", annotations: {{nginx.ingress.kubernetes.io/affinity: cookie, nginx.ingress.kubernetes.io/session-cookie-name: {name}}}")
    };
    for (what, manifests, expected) in [
        (
            "two cookies",
            ingress("a", &keep("one"), "", "/a") + &ingress("b", &keep("two"), "", "/b"),
            &["warning overridden-annotation b overridden"][..],
        ),
        ("one cookie", ingress("a", &keep("one"), "", "/a") + &ingress("b", &keep("one"), "", "/b"), &[]),
        ("one that asks for none", ingress("a", &keep("one"), "", "/a") + &ingress("b", "", "", "/b"), &["info shared-upstream a -"]),
        ("another Service", ingress("a", &keep("one"), "", "/a") + &ingress("b", "", "", "/b").replace("name: web", "name: api"), &[]),
    ] {
        assert_eq!(told(&manifests, &[]), expected, "{what}");
    }
}

#[test]
fn a_port_of_a_service_without_known_endpoints_is_not_said_to_be_dead() {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: tcp, namespace: shop}\ndata: {'6379': 'shop/cache:6379'}\n---\n";
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: cache, namespace: shop}\nspec: {ports: [{port: 6379}]}\n---\n";
    let slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x, namespace: shop, labels: {kubernetes.io/service-name: x}}\n\
        addressType: IPv4\nports: [{port: 1}]\nendpoints: [{addresses: [10.0.0.1]}]\n";
    let args = ["--controller-arg=--tcp-services-configmap=shop/tcp"];
    let store = "warning exposed-store tcp -";
    assert_eq!(told(&format!("{map}{service}"), &args), [store]);
    assert_eq!(told(&format!("{map}{service}{slice}"), &args), [store, "warning stream-not-served tcp unreachable"]);
}
