//! The sentence on top of each difference is true, and what a user would say: one change, one difference, at its line.

use serde_json::Value;

use super::{run, write};
use crate::support::program::folder;

const MANIFESTS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
    nginx.ingress.kubernetes.io/auth-url: https://auth.example/check
    nginx.ingress.kubernetes.io/auth-signin: https://auth.example/start
spec:
  ingressClassName: nginx
  tls:
  - hosts: [web.example]
    secretName: web-tls
  rules:
  - host: web.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: plain
  namespace: shop
  annotations: {}
spec:
  ingressClassName: nginx
  tls:
  - hosts: [plain.example]
  rules:
  - host: plain.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: plain, port: {number: 80}}}}
      - {path: /more, pathType: Prefix, backend: {service: {name: plain, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: bare
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
    nginx.ingress.kubernetes.io/backend-protocol: HTTP
spec:
  ingressClassName: nginx
  rules:
  - {host: bare.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: bare, port: {number: 80}}}}]}}
";

const TLS_OF_WEB: &str = "  tls:\n  - hosts: [web.example]\n    secretName: web-tls\n";
const TLS_OF_PLAIN: &str = "  tls:\n  - hosts: [plain.example]\n";
const API: &str = "      - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n";
const FORCED: &str = "    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'\n";
const BACKEND: &str = "    nginx.ingress.kubernetes.io/backend-protocol: HTTP\n";

/// What is replaced by what, the verdict and the words of the only difference, and a word of its cause.
type Row<'r> = (&'r str, &'r str, &'r str, &'r str, &'r str);

const CHANGES: &[Row] = &[
    // A redirect goes with the annotation that asks for it, and with the certificate where it hangs on that.
    (
        "annotations: {}",
        "annotations: {nginx.ingress.kubernetes.io/ssl-redirect: 'false'}",
        "lost",
        "requests over http are no longer redirected to https",
        "ssl-redirect",
    ),
    (
        TLS_OF_PLAIN,
        "",
        "lost",
        "requests over http are no longer redirected to https, and HSTS is no longer sent: no section `tls` names host `plain.example` any more",
        "tls",
    ),
    (
        TLS_OF_WEB,
        "",
        "lost",
        "certificate of host `web.example` removed: the default one of the controller is shown; HSTS is no longer sent",
        "tls",
    ),
    // Without the force, the certificate asks for the same; without a certificate nothing does.
    (
        "    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'\n    nginx.ingress.kubernetes.io/auth-url",
        "    nginx.ingress.kubernetes.io/auth-url",
        "weaker",
        "the redirect of http to https is no longer forced: it follows from the certificate of the host",
        "force-ssl-redirect",
    ),
    (
        "    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'\n    nginx.ingress.kubernetes.io/backend-protocol: HTTP\n",
        BACKEND,
        "lost",
        "requests over http are no longer redirected to https",
        "force-ssl-redirect",
    ),
    // Which certificate it is says the section, and not a Secret that nobody has here.
    (
        "    secretName: web-tls\n",
        "    secretName: other\n",
        "changed",
        "certificate of host `web.example` changed from that of Secret `shop/web-tls` to that of Secret `shop/other`",
        "tls",
    ),
    (
        "    secretName: web-tls\n",
        "",
        "changed",
        "certificate of host `web.example` changed from that of Secret `shop/web-tls` to the default one of the controller",
        "tls",
    ),
    (
        "hosts: [web.example]",
        "hosts: [wed.example]",
        "changed",
        "certificate of host `web.example` changed from that of Secret `shop/web-tls` to the default one of the controller",
        "tls",
    ),
    // Where who is not signed in is sent is no name of a location.
    (
        "https://auth.example/start",
        "https://evil.example/start",
        "changed",
        "page for who has to sign in changed from https://auth.example/start to https://evil.example/start",
        "auth-signin",
    ),
    (
        "    nginx.ingress.kubernetes.io/auth-signin: https://auth.example/start\n",
        "",
        "",
        "who has to sign in is no longer sent to https://auth.example/start, and gets 401",
        "auth-signin",
    ),
    (
        "    nginx.ingress.kubernetes.io/auth-url: https://auth.example/check\n",
        "",
        "lost",
        "external authentication removed: https://auth.example/check",
        "auth-url",
    ),
    // All of a list that a line has room for.
    (
        "annotations: {}",
        "annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: '10.0.0.0/24,10.0.2.0/24,10.0.4.0/24,10.0.6.0/24,10.0.8.0/24,10.1.0.0/24'}",
        "gained",
        "list of allowed addresses (10.0.0.0/24, 10.0.2.0/24, 10.0.4.0/24, 10.0.6.0/24, 10.0.8.0/24, 10.1.0.0/24) added",
        "whitelist-source-range",
    ),
];

fn differences(text: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    document["differences"].as_array().cloned().unwrap_or_default()
}

#[test]
fn one_change_is_one_difference_with_a_true_headline() {
    for (from, to, verdict, message, cause) in CHANGES {
        assert!(MANIFESTS.contains(from), "{from}");
        let folder = folder(&[("base/in.yaml", MANIFESTS), ("head/in.yaml", &MANIFESTS.replacen(from, to, 1))]);
        let said = run(folder.path(), &["diff", "--base", "base", "--head", "head", "--format", "json", "--quiet"]);
        let all = differences(&said.stdout);
        let [only] = all.as_slice() else { panic!("{from}: {}", said.stdout) };
        assert_eq!((only["protection"].as_str().unwrap_or_default(), only["message"].as_str()), (*verdict, Some(*message)), "{from}");
        let causes = format!("{} {}", only["cause_before"], only["cause"]);
        assert!(causes.contains(cause) && !causes.contains("changes of the manifests") && !causes.contains("Secret"), "{from}: {causes}");
        assert!(only["host"].is_string(), "{from}: {only}");
        // What a certificate does takes no reload, unless a line goes with it.
        assert_eq!(only["reload"], Value::Bool(only["file"] == "nginx.conf"), "{from}");
    }
}

#[test]
fn a_redirect_is_told_only_of_paths_that_lose_it() {
    let settings = |data: &str| {
        format!(
            "{MANIFESTS}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}\ndata: {{{data}}}\n"
        )
    };
    let folder = folder(&[("base/in.yaml", &settings("")), ("head/in.yaml", &settings("ssl-redirect: 'false'"))]);
    let said = run(folder.path(), &["diff", "--base", "base", "--head", "head", "--quiet"]);
    assert!(
        said.stdout.contains("LOST: requests over http are no longer redirected to https\n      also: plain.example/\n"),
        "{}",
        said.stdout
    );
}

#[test]
fn what_a_path_or_a_host_alone_needs_goes_with_it() {
    let folder = folder(&[("base/in.yaml", MANIFESTS)]);
    run(folder.path(), &["render", "base", "--target", "ingress-nginx", "-o", "live"]);
    let cut = MANIFESTS.find("---\n").expect("there are several");
    for (head, message) in [
        (MANIFESTS[cut..].to_owned(), "host `web.example` removed, with `/api` to Service `shop/web` port 80, `/` to"),
        (MANIFESTS.replacen(API, "", 1), "path `/api` removed, to Service `shop/web` port 80"),
    ] {
        write(folder.path(), "base/in.yaml", &head);
        let said = run(folder.path(), &["diff", "base", "--live", "live", "--format", "json", "--quiet"]);
        let messages: Vec<String> = differences(&said.stdout).iter().map(|one| one["message"].to_string()).collect();
        assert!(matches!(messages.as_slice(), [only] if only.contains(message)), "{messages:?}");
    }
}

#[test]
fn what_decides_is_not_cut() {
    let open = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: open, namespace: shop}\nspec:\n  ingressClassName: nginx\n  rules:\n  - {host: web.example, http: {paths: [{path: /a/rather/long/path/that/nobody/protects, pathType: Prefix, backend: {service: {name: a-service-with-a-long-name, port: {number: 80}}}}]}}\n";
    let more = "annotations:\n    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8,172.16.0.0/12,192.168.0.0/16\n    nginx.ingress.kubernetes.io/limit-rps: '5'\n";
    let base = MANIFESTS.replacen("annotations:\n", more, 1);
    let folder = folder(&[("base/in.yaml", &base), ("head/in.yaml", &format!("{base}{open}"))]);
    let said = run(folder.path(), &["diff", "--base", "base", "--head", "head", "--quiet"]).stdout;
    let headline = said.lines().find(|line| line.contains("LOST")).unwrap_or_else(|| panic!("{said}"));
    for word in ["https://auth.example/check", "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16", "5r/s"] {
        assert!(headline.contains(word) && !headline.contains('…'), "{headline}");
    }
}

/// Two Ingresses change at once.
#[test]
fn several_changes_are_told_each_for_itself() {
    let head = MANIFESTS.replacen(TLS_OF_PLAIN, "", 1).replacen(&format!("{FORCED}{BACKEND}"), BACKEND, 1);
    let folder = folder(&[("base/in.yaml", MANIFESTS), ("head/in.yaml", &head)]);
    let said = run(folder.path(), &["diff", "--base", "base", "--head", "head", "--format", "json", "--quiet"]);
    let all = differences(&said.stdout);
    let mut causes: Vec<(String, String)> = all.iter().map(|one| (one["host"].to_string(), one["cause"]["message"].to_string())).collect();
    causes.sort();
    assert_eq!(causes.len(), 2, "{causes:?}");
    assert!(causes[0].0.contains("bare") && causes[0].1.contains("force-ssl-redirect"), "{causes:?}");
    assert!(causes[1].0.contains("plain") && causes[1].1.contains("spec.tls"), "{causes:?}");
}
